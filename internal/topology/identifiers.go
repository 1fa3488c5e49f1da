package topology

import (
	"cmp"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"

	"lyncowa/internal/finding"
)

// fqdn is the fully qualified name of a computer or pool, in lower case.
var fqdn = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		if e.value.Tag == "!!bool" { // no name in quotes either
			l.report("wrong-type", e.place(), cmp.Or(e.hint, "write the FQDN"), "%s is a truth value, not an FQDN", e.name)
			return "", false
		}
		s, ok := l.text(e)
		if !ok {
			return "", false
		}
		if f := checkFQDN(e.name, s); f != nil {
			l.reportFault(e, f)
			return "", false
		}
		return strings.ToLower(s), true
	},
	schema: schema{Type: "string", MaxLength: 253, Pattern: "^" + fqdnPart + "$"},
}

// The top label is never a number.
const (
	label    = `[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	topLabel = `([0-9]*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?|[0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])`
	fqdnPart = `(` + label + `\.)+` + topLabel
)

// checkFQDN checks a name by RFC 1123: two or more labels of 1-63 letters, digits and dashes, no dash at either end of
// a label, and at most 253 characters in all.
func checkFQDN(field, s string) *fault {
	if isAddress(s) {
		return newFault("fqdn-address", wholeValue, "write the name in the certificate",
			"%s %s is an IP address, not a name", field, quote(s))
	}
	if i := strings.IndexByte(s, '*'); i >= 0 {
		return newFault("fqdn-wildcard", runeIndex(s, i), "write one name; Lync Server 2013 does not support wildcard certificates for trusted pools",
			"%s %s contains a wildcard", field, quote(s))
	}
	if f := checkHostCharacters(field, s); f != nil {
		return f
	}
	if strings.HasSuffix(s, ".") && len(s) > 1 {
		return newFault("fqdn-trailing-dot", len(s)-1, "write "+strings.TrimRight(s, "."),
			"%s %s ends with a dot", field, quote(s))
	}
	if len(s) > 253 {
		return newFault("fqdn-length", wholeValue, "check whether something was pasted twice",
			"%s has %d characters, more than the 253 that a name may have", field, len(s))
	}
	index := 0
	for label := range strings.SplitSeq(s, ".") {
		if why := labelFault(label); why != "" {
			return newFault("fqdn-label", index, "a label is 1-63 letters, digits and dashes, with a letter or digit at both ends",
				"%s %s: %s", field, quote(s), why)
		}
		index += len(label) + 1
	}
	if !strings.Contains(s, ".") {
		return newFault("fqdn-labels", wholeValue, "write the full name, such as "+strings.ToLower(s)+".contoso.com",
			"%s %s has only one label", field, quote(s))
	}
	return nil
}

// isAddress reports whether a text is an IP address or looks like one. No top-level domain is a number.
func isAddress(s string) bool {
	if i := strings.LastIndexByte(s, '.'); i >= 0 && isDecimal(s[i+1:]) {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

// checkHostCharacters reports the first character that host names do not allow.
func checkHostCharacters(field, s string) *fault {
	i := strings.IndexFunc(s, func(r rune) bool { return !isHostCharacter(r) })
	if i < 0 {
		return nil
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	if name, ok := asciiName(s); ok && unicode.In(r, unicode.L, unicode.M, unicode.N) {
		return newFault("fqdn-internationalised", runeIndex(s, i), "write its ASCII form, "+name,
			"%s %s is an internationalised name", field, quote(s))
	}
	return newFault("fqdn-character", runeIndex(s, i), characterHint(r),
		"%s %s contains %s", field, quote(s), finding.CodePoint(r))
}

func isHostCharacter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.'
}

// asciiName is the A-label form of an internationalised name (IDNA2008).
func asciiName(s string) (string, bool) {
	name, err := idna.Lookup.ToASCII(s)
	if err != nil || !strings.Contains(name, "xn--") || checkFQDN("", name) != nil {
		return "", false
	}
	return name, true
}

func characterHint(r rune) string {
	switch {
	case r == '_':
		return "host names have no underscore; write the name in the certificate"
	case r == ':' || r == '/':
		return "write only the name, without scheme, port or path"
	case finding.Hidden(r) || unicode.IsSpace(r):
		return "delete it and type the name again instead of pasting it"
	}
	return "host names have only letters a-z, digits and dashes"
}

// labelFault says what is wrong with one label, or "" if it is valid. Its characters are already checked.
func labelFault(label string) string {
	switch {
	case label == "":
		return "a label is empty"
	case len(label) > 63:
		return fmt.Sprintf("a label has %d characters, more than 63", len(label))
	case label[0] == '-':
		return fmt.Sprintf("the label %q starts with a dash", label)
	case label[len(label)-1] == '-':
		return fmt.Sprintf("the label %q ends with a dash", label)
	}
	return ""
}

// address is the SMTP or SIP address of a user, without scheme.
var address = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e)
		if !ok || isAddressOfUser(s) {
			return s, ok
		}
		scheme, bare, _ := strings.Cut(s, ":")
		if (strings.EqualFold(scheme, "sip") || strings.EqualFold(scheme, "smtp")) && isAddressOfUser(bare) {
			l.report("pilot-address", e.place(), "write "+bare, "%s %s has a scheme", e.name, quote(s))
		} else {
			l.report("pilot-address", e.place(), "write it as user@contoso.com", "%s %s is not an address", e.name, quote(s))
		}
		return "", false
	},
	schema: schema{Type: "string", Pattern: "^" + mailLocal + "@" + fqdnPart + "$"},
}

// mailLocal is the part of an address before the @: a dot-atom of RFC 5322.
const mailLocal = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"

var mailLocalForm = regexp.MustCompile("^" + mailLocal + "$")

func isAddressOfUser(s string) bool {
	local, domain, _ := strings.Cut(s, "@")
	return len(local) <= 64 && mailLocalForm.MatchString(local) && checkFQDN("", domain) == nil
}

// thumbprint is the SHA-1 thumbprint of a certificate: 40 hexadecimal digits in upper case, without the spaces that the
// Windows certificate dialog adds.
var thumbprint = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e, "!!int", "!!float") // YAML reads a thumbprint of digits, perhaps with one E, as a number
		if !ok {
			return "", false
		}
		if f := checkThumbprint(e.name, s); f != nil {
			l.reportFault(e, f)
			return "", false
		}
		return plainThumbprint(s), true
	},
	schema: schema{
		Type: []string{"string", "number"}, Pattern: `^ *([0-9A-Fa-f] *){40}$`,
		Not: &schema{Type: "string", Pattern: "^[0 ]*$"},
	},
}

// ThumbprintError says why a text is not a thumbprint, and how to correct it.
type ThumbprintError struct{ Problem, Hint string }

func (e *ThumbprintError) Error() string { return e.Problem }

// ParseThumbprint reads a thumbprint by the rules of certificateThumbprint. It accepts spaces and lower case, and
// returns 40 upper-case hexadecimal digits. Any error is a *ThumbprintError.
func ParseThumbprint(s string) (string, error) {
	if f := checkThumbprint("it", s); f != nil {
		return "", &ThumbprintError{f.message, f.hint}
	}
	return plainThumbprint(s), nil
}

func plainThumbprint(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }

func checkThumbprint(field, s string) *fault {
	if i := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF ", r) }); i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		hint := "a thumbprint is 40 of 0-9 and A-F; copy it from Get-ExchangeCertificate"
		if finding.Hidden(r) {
			hint = "the Windows certificate dialog adds it to a copied thumbprint; delete it, or copy from Get-ExchangeCertificate"
		}
		return newFault("thumbprint-character", runeIndex(s, i), hint,
			"%s contains %s at character %d, which is not a hexadecimal digit", field, finding.CodePoint(r), runeIndex(s, i)+1)
	}
	if digits := len(plainThumbprint(s)); digits != 40 {
		return newFault("thumbprint-length", wholeValue, thumbprintHint, "%s has %d hexadecimal digits, not 40", field, digits)
	}
	if strings.Trim(s, "0 ") == "" {
		return newFault("thumbprint-zero", wholeValue, thumbprintHint, "%s has only zeros, which is not the thumbprint of a certificate", field)
	}
	return nil
}

// bundleName is the name of the topology. It becomes part of a folder's name.
var bundleName = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e)
		if ok && !bundleNameForm.MatchString(s) {
			l.report("name-form", e.place(), nameHint(s, e.hint),
				"name %s is not 1-63 of a-z, 0-9 and dashes with a letter or digit at both ends", quote(s))
			return "", false
		}
		return s, ok
	},
	schema: schema{Type: "string", Pattern: bundleNameForm.String()},
}

var (
	bundleNameForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	notInName      = regexp.MustCompile(`[^a-z0-9]+`)
)

// nameHint proposes the nearest valid name.
func nameHint(s, otherwise string) string {
	nearest := strings.Trim(notInName.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if !bundleNameForm.MatchString(nearest) {
		return otherwise
	}
	return "write name: " + nearest
}

// applicationID is the id of the trusted application: letters and digits, no spaces (P4).
var applicationID = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e)
		if i := strings.IndexFunc(s, func(r rune) bool { return !isHostCharacter(r) || r == '-' || r == '.' }); i >= 0 {
			r, _ := utf8.DecodeRuneInString(s[i:])
			l.reportFault(e, newFault("application-id-character", runeIndex(s, i), "use only letters a-z and digits, such as OutlookWebApp",
				"%s %s contains %s", e.name, quote(s), finding.CodePoint(r)))
			return "", false
		}
		if len(s) > maxID {
			l.report("application-id-length", e.place(), "check whether something was pasted twice",
				"%s has %d characters, more than %d", e.name, len(s), maxID)
			return "", false
		}
		return s, ok
	},
	schema: schema{Type: "string", MaxLength: maxID, Pattern: "^[A-Za-z0-9]+$"},
}
