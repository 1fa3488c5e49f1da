package topology

import (
	"fmt"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// apiVersion reads the version of the file's format.
func (l *loader) apiVersion(e entry) (string, bool) {
	s, ok := l.text(e)
	if ok && s != APIVersion {
		l.report("api-version", e.place(), fieldHints["apiVersion"], "apiVersion %s is not %s", quote(s), APIVersion)
		return "", false
	}
	return s, ok
}

// bundleNamePattern says the same as isBundleName, for the schema.
const bundleNamePattern = `^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`

func isBundleName(s string) bool {
	for i := range len(s) {
		c := s[i]
		isDash := c == '-' && i > 0 && i < len(s)-1
		if !isDash && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 63
}

// bundleName reads the name of the whole, which becomes the name of a folder.
func (l *loader) bundleName(e entry) (string, bool) {
	s, ok := l.text(e)
	if ok && !isBundleName(s) {
		l.report("name-form", e.place(), nameHint(s), "name %s is not 1-63 of a-z, 0-9 and dashes with a letter or digit at both ends", quote(s))
		return "", false
	}
	return s, ok
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// nameHint proposes the nearest name that would do.
func nameHint(s string) string {
	nearest := strings.Trim(notInName.ReplaceAllString(strings.ToLower(s), "-"), "-")
	if !isBundleName(nearest) {
		return fieldHints["name"]
	}
	return "write name: " + nearest
}

var plainInteger = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// siteID reads a Lync SiteId: free text, without what Lync cmdlets would take for something else (P3). In most
// farms it is a number, which YAML reads as an integer; only a plain decimal one has the same text for everybody.
func (l *loader) siteID(e entry) (string, bool) {
	if e.value.Tag == "!!int" && plainInteger.MatchString(e.value.Value) {
		return e.value.Value, true
	}
	s, ok := l.name(e)
	if !ok {
		return "", false
	}
	if name := strings.TrimSpace(s); len(name) >= 5 && strings.EqualFold(name[:5], "site:") {
		l.report("site-prefix", e.place(), "write the SiteId without it", "%s %s carries the prefix site:", e.name, quote(s))
		return "", false
	}
	if i := strings.IndexAny(s, "*?[]"); i >= 0 {
		l.reportFault(e, &fault{"site-wildcard", runeIndex(s, i), fmt.Sprintf("%s %s holds the wildcard character %c", e.name, quote(s), s[i]), fieldHints["siteId"]})
		return "", false
	}
	return s, true
}

// applicationID reads the id of the trusted application: letters and digits, no blanks (P4).
func (l *loader) applicationID(e entry) (string, bool) {
	s, ok := l.text(e)
	if !ok {
		return "", false
	}
	index := 0
	for _, r := range s {
		if !isHostCharacter(r) || r == '-' || r == '.' {
			l.reportFault(e, &fault{
				"application-id-character", index, fmt.Sprintf("%s %s holds %s", e.name, quote(s), codePoint(r)),
				"it has letters a-z and digits only, such as OutlookWebApp",
			})
			return "", false
		}
		index++
	}
	return s, true
}

// umColocated reads the decision of P2. YAML has many words for true; the board shall read one.
func (l *loader) umColocated(e entry) (bool, bool) {
	if !l.isKind(e, yaml.ScalarNode) {
		return false, false
	}
	s, plain := e.value.Value, e.value.Tag == "!!bool"
	if !plain || s != "true" && s != "false" {
		l.report("um-colocated-form", e.place(), "write true or false, in lower case and without quotes", "%s is %s, neither true nor false", e.name, quote(s))
		return false, false
	}
	return s == "true", true
}

// mailLocal is the part of an address before the @: a dot-atom of RFC 5322.
var mailLocal = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$")

// address reads the SMTP or SIP address of a pilot user.
func (l *loader) address(e entry) (string, bool) {
	s, ok := l.text(e)
	if !ok {
		return "", false
	}
	scheme, bare, hasScheme := strings.Cut(s, ":")
	hasScheme = hasScheme && (strings.EqualFold(scheme, "sip") || strings.EqualFold(scheme, "smtp"))
	switch {
	case hasScheme && isAddressOfUser(bare):
		l.report("pilot-address", e.place(), "write "+bare, "%s %s carries a scheme", e.name, quote(s))
		return "", false
	case !isAddressOfUser(s):
		l.report("pilot-address", e.place(), "write it as user@contoso.com", "%s %s is no address", e.name, quote(s))
		return "", false
	}
	return s, true
}

func isAddressOfUser(s string) bool {
	local, domain, _ := strings.Cut(s, "@")
	return len(local) <= 64 && mailLocal.MatchString(local) && checkFQDN("", domain) == nil
}
