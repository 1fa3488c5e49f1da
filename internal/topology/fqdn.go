package topology

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"lyncowa/internal/finding"

	"golang.org/x/net/idna"
)

// fqdn reads the fully qualified name of a computer or pool, in lower case.
func (l *loader) fqdn(e entry) (string, bool) {
	s, ok := l.text(e)
	if !ok {
		return "", false
	}
	if f := checkFQDN(e.name, s); f != nil {
		l.reportFault(e, f)
		return "", false
	}
	return strings.ToLower(s), true
}

// checkFQDN holds a name against RFC 1123: two or more labels of 1-63 letters, digits and dashes, no dash at
// either end of a label, 253 characters in all.
func checkFQDN(field, s string) *fault {
	whole := func(id, hint, format string, args ...any) *fault {
		return &fault{id, wholeValue, fmt.Sprintf(format, args...), hint}
	}
	if isAddress(s) {
		return whole("fqdn-address", "write the name that the certificate carries", "%s %s is an IP address, not a name", field, quote(s))
	}
	if i := strings.IndexByte(s, '*'); i >= 0 {
		return &fault{
			"fqdn-wildcard", runeIndex(s, i), fmt.Sprintf("%s %s holds a wildcard", field, quote(s)),
			"write one name; Lync 2013 does not support a wildcard certificate here either",
		}
	}
	if f := checkHostCharacters(field, s); f != nil {
		return f
	}
	if strings.HasSuffix(s, ".") && len(s) > 1 {
		return &fault{
			"fqdn-trailing-dot", utf8.RuneCountInString(s) - 1, fmt.Sprintf("%s %s ends with a dot", field, quote(s)),
			"write " + strings.TrimRight(s, "."),
		}
	}
	if len(s) > 253 {
		return whole("fqdn-length", "check whether something was pasted twice", "%s has %d characters, more than the 253 of a name", field, len(s))
	}
	index := 0
	for label := range strings.SplitSeq(s, ".") {
		if why := labelFault(label); why != "" {
			return &fault{"fqdn-label", index, fmt.Sprintf("%s %s: %s", field, quote(s), why), "a label is 1-63 letters, digits and dashes, with a letter or digit at both ends"}
		}
		index += len(label) + 1
	}
	if !strings.Contains(s, ".") {
		return whole("fqdn-labels", "write the full name, such as "+strings.ToLower(s)+".contoso.com", "%s %s has only one label", field, quote(s))
	}
	return nil
}

// isAddress tells an IP address, and what could only be meant as one: no top-level domain is a number.
func isAddress(s string) bool {
	last := s[strings.LastIndexByte(s, '.')+1:]
	if last != s && isDecimal(last) {
		return true
	}
	if !strings.ContainsAny(s, ":[]") {
		return false // an address of version 4 has numbers only
	}
	_, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return err == nil
}

// checkHostCharacters reports the first character that host names do not have.
func checkHostCharacters(field, s string) *fault {
	index := 0
	for _, r := range s {
		if !isHostCharacter(r) {
			if name, ok := asciiName(s); ok && unicode.In(r, unicode.L, unicode.M, unicode.N) {
				return &fault{
					"fqdn-internationalised", index, fmt.Sprintf("%s %s is an internationalised name", field, quote(s)),
					"write its ASCII form, " + name,
				}
			}
			return &fault{"fqdn-character", index, fmt.Sprintf("%s %s holds %s", field, quote(s), codePoint(r)), characterHint(r)}
		}
		index++
	}
	return nil
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
		return "host names have no underscore; use the name that the certificate carries"
	case r == ':' || r == '/':
		return "write the name only, without scheme, port or path"
	case finding.Hidden(r) || isSpace(r):
		return "delete it and type the name again instead of pasting it"
	}
	return "host names have letters a-z, digits and dashes"
}

func isSpace(r rune) bool { return strings.TrimSpace(string(r)) == "" }

// labelFault says what is wrong with one label, "" if nothing is. Its characters are known to be right.
func labelFault(label string) string {
	switch {
	case label == "":
		return "a label is empty"
	case len(label) > 63:
		return fmt.Sprintf("a label has %d characters, more than 63", len(label))
	case label[0] == '-':
		return fmt.Sprintf("the label %q begins with a dash", label)
	case label[len(label)-1] == '-':
		return fmt.Sprintf("the label %q ends with a dash", label)
	}
	return ""
}
