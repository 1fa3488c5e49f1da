package topology

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"lyncowa/internal/finding"
)

// The kinds of values that are texts. Each has a rule for the loader and a pattern for editors. Patterns use only syntax
// that ECMA-262 and RE2 share. They are never stricter than the rules.

// fault describes what is wrong with one value. The loader adds the place.
type fault struct {
	id      string
	index   int // of the wrong character, counted in characters of the value; wholeValue if no single character is wrong
	message string
	hint    string
}

const wholeValue = -1

func newFault(id string, index int, hint, format string, args ...any) *fault {
	return &fault{id, index, fmt.Sprintf(format, args...), hint}
}

// reportFault reports a fault at its character.
func (l *loader) reportFault(e entry, f *fault) {
	p := e.place()
	if f.index != wholeValue {
		p = l.placeOf(e.value, f.index)
	}
	l.report(f.id, p, f.hint, "%s", f.message)
}

// runeIndex counts the characters before the byte at i.
func runeIndex(s string, i int) int { return utf8.RuneCountInString(s[:i]) }

// text reads a single value that YAML reads as text. It refuses plain numbers, dates, true and the like, because YAML
// has several spellings for each. alsoTags lists further YAML types to accept.
func (l *loader) text(e entry, alsoTags ...string) (string, bool) {
	if !l.isKind(e, yaml.ScalarNode) {
		return "", false
	}
	if tag := e.value.Tag; tag != "!!str" && !slices.Contains(alsoTags, tag) {
		l.report("wrong-type", e.place(), "put it in quotes: "+quote(e.value.Value),
			"%s is %s, not text", e.name, cmp.Or(tagNames[tag], "another type"))
		return "", false
	}
	return e.value.Value, true
}

// tagNames are YAML's types in words.
var tagNames = map[string]string{"!!int": "a number", "!!float": "a number", "!!bool": "a truth value", "!!timestamp": "a date"}

// Parts of a character class in a pattern. unseen lists the invisible characters up to U+FFFF, which all pattern engines
// read alike. blanks lists the spaces, besides the ASCII space, that leave a field empty.
const (
	unseen = "\\x7f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800" +
		"\u3164\ue000-\uf8ff\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
	blanks = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
)

// textPattern matches a text without these control characters and with at least one visible character.
func textPattern(control string) string {
	return `^[^` + control + unseen + `]*[^\x00-\x20` + unseen + blanks + `][^` + control + unseen + `]*$`
}

// line is free text on one line.
var line = kind[string]{
	read:   (*loader).line,
	schema: schema{Type: "string", Pattern: textPattern(`\x00-\x1f`)},
}

func (l *loader) line(e entry) (string, bool) {
	s, ok := l.text(e)
	if !ok {
		return "", false
	}
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		l.reportFault(e, newFault("line-end", runeIndex(s, i), "write it on one line", "%s contains a line end", e.name))
		return "", false
	}
	return s, l.visible(e, s, "")
}

// rating is a line that is often a plain number, such as a priority.
var rating = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		if s, ok := e.integer(); ok {
			return s, true
		}
		return l.line(e)
	},
	schema: schema{Type: []string{"string", "integer"}, Pattern: line.schema.Pattern},
}

var plainInteger = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// integer is the text of a plain decimal integer. Other spellings of a number have no unambiguous text.
func (e entry) integer() (string, bool) {
	return e.value.Value, e.value.Tag == "!!int" && plainInteger.MatchString(e.value.Value)
}

// paragraph is free text for the record. It may have line ends and tabs.
var paragraph = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e)
		return s, ok && l.visible(e, s, "\n\t")
	},
	schema: schema{Type: "string", Pattern: textPattern(`\x00-\x08\x0b-\x1f`)},
}

// visible reports the first hidden character other than the allowed ones.
func (l *loader) visible(e entry, s, allowed string) bool {
	i := strings.IndexFunc(s, func(r rune) bool { return finding.Hidden(r) && !strings.ContainsRune(allowed, r) })
	if i < 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s[i:])
	l.reportHidden(l.placeOf(e.value, runeIndex(s, i)), r)
	return false
}

// selectors change how the character before them is drawn. Free text may use them with symbols. In a name they would
// make a different name that looks the same.
const selectors = "\u180b-\u180d\u180f\ufe00-\ufe0f"

// namePattern is the pattern of a name.
var namePattern = textPattern(`\x00-\x1f` + selectors)

// name reads a name that a script looks up. A space at its start or end is suspicious.
func (l *loader) name(e entry) (string, bool) {
	s, ok := l.line(e)
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Variation_Selector, r) }); ok && i >= 0 {
		r, _ := utf8.DecodeRuneInString(s[i:])
		l.reportHidden(l.placeOf(e.value, runeIndex(s, i)), r)
		return "", false
	}
	if ok && strings.TrimSpace(s) != s {
		l.report("text-padding", e.place(), "remove the space unless the name really has it",
			"%s %s starts or ends with a space", e.name, quote(s))
	}
	return s, ok
}

// objectName is the name of a policy or dial plan.
var objectName = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.name(e)
		if ok && strings.EqualFold(s, "all") {
			l.report("selection-all-name", e.place(), "to select everything, write all after the colon, without a list",
				"%s is the name %s, which does not select everything", e.name, quote(s))
		}
		return s, ok
	},
	schema: schema{Type: "string", Pattern: namePattern},
}

// maxID is the maximum length of a site or application id. Lync documents no limit; real ids are far shorter.
const maxID = 256

// overrideName is the name of a setting override.
var overrideName = kind[string]{read: (*loader).name, schema: schema{Type: "string", Pattern: namePattern}}

// siteID is a Lync SiteId: free text without syntax that Lync cmdlets would interpret (P3). Most farms use a number,
// which YAML reads as an integer.
var siteID = kind[string]{
	read: (*loader).siteID,
	schema: schema{
		Type: []string{"string", "integer"}, MaxLength: maxID, Pattern: namePattern,
		Not: &schema{Type: "string", Pattern: `^[ \t]*[Ss][Ii][Tt][Ee]:|[*?\[\]]`},
	},
}

func (l *loader) siteID(e entry) (string, bool) {
	if s, ok := e.integer(); ok {
		return s, true
	}
	s, ok := l.name(e)
	if !ok {
		return "", false
	}
	if length := utf8.RuneCountInString(s); length > maxID {
		l.report("site-length", e.place(), "check whether something was pasted twice", "%s has %d characters, more than %d", e.name, length, maxID)
		return "", false
	}
	if name := strings.TrimSpace(s); len(name) >= 5 && strings.EqualFold(name[:5], "site:") {
		l.report("site-prefix", e.place(), "write the SiteId without it", "%s %s has the prefix site:", e.name, quote(s))
		return "", false
	}
	if i := strings.IndexAny(s, "*?[]"); i >= 0 {
		l.reportFault(e, newFault("site-wildcard", runeIndex(s, i), e.hint,
			"%s %s contains the wildcard character %c", e.name, quote(s), s[i]))
		return "", false
	}
	return s, true
}

// apiVersion is the version of the file's format.
var apiVersion = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e)
		if ok && s != APIVersion {
			l.report("api-version", e.place(), e.hint, "apiVersion %s is not %s", quote(s), APIVersion)
			return "", false
		}
		return s, ok
	},
	schema: schema{Const: APIVersion},
}

// trueOrFalse is a decision. YAML has many words for true; only true and false are clear to the board.
var trueOrFalse = kind[bool]{
	read: func(l *loader, e entry) (bool, bool) {
		if !l.isKind(e, yaml.ScalarNode) {
			return false, false
		}
		s := e.value.Value
		if e.value.Tag != "!!bool" || s != "true" && s != "false" {
			l.report("um-colocated-form", e.place(), "write true or false, in lower case and without quotes",
				"%s is %s, neither true nor false", e.name, quote(s))
			return false, false
		}
		return s == "true", true
	},
	schema: schema{Type: "boolean"},
}

// moment is a date and time in RFC 3339 format. YAML reads it as its own timestamp type.
var moment = kind[string]{
	read: func(l *loader, e entry) (string, bool) {
		s, ok := l.text(e, "!!timestamp")
		if !ok {
			return "", false
		}
		if _, err := time.Parse(time.RFC3339, s); err != nil || !momentForm.MatchString(s) {
			l.report("window-form", e.place(), "write it as 2026-05-02T22:00:00+02:00",
				"%s %s is not a date and time with a time zone", e.name, quote(s))
			return "", false
		}
		return s, true
	},
	schema: schema{Type: "string", Pattern: momentForm.String()},
}

// momentForm refuses forms that time.Parse accepts but RFC 3339 does not, such as one digit for the hour.
var momentForm = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])` +
	`T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`)

// names is a list of names.
func names(item kind[string]) kind[[]string] {
	return distinct(list(item, ""), "", func(s string) string { return s })
}

// orNone is a list that may be [], which means none.
func orNone(list kind[[]string]) kind[[]string] {
	notEmpty := list.read
	list.read = func(l *loader, e entry) ([]string, bool) {
		if e.value.Kind == yaml.SequenceNode && len(e.value.Content) == 0 {
			return nil, true
		}
		return notEmpty(l, e)
	}
	list.schema.MinItems = 0
	return list
}

// selection is the word all, or a list of names.
func selection(item kind[string]) kind[Selection] {
	list := names(item)
	read := func(l *loader, e entry) (Selection, bool) {
		if e.value.Kind == yaml.ScalarNode && !isEmpty(e.value) {
			if e.value.Value == "all" && e.value.Tag == "!!str" {
				return Selection{All: true}, true
			}
			l.report("selection-form", e.place(), "write the word all, or a list: "+e.name+": ["+inList(e.value.Value)+"]",
				"%s %s is neither all nor a list", e.name, quote(e.value.Value))
			return Selection{}, false
		}
		names, ok := list.read(l, e)
		return Selection{Names: names}, ok
	}
	all := schema{Const: "all", Description: "Everything in the organisation."}
	return kind[Selection]{read: read, schema: schema{AnyOf: []schema{all, list.schema}}}
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ._-]*$`)

// inList is a name as it is written in a list in brackets.
func inList(name string) string {
	if plainName.MatchString(name) {
		return shorten(name)
	}
	return quote(name)
}

const shownLength = 60 // characters of a value that a message quotes

// quote formats a value for a message: on one line, with control characters escaped, and shortened if it is long.
func quote(s string) string { return strconv.Quote(shorten(s)) }

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= shownLength {
		return s
	}
	return string([]rune(s)[:shownLength]) + "..."
}
