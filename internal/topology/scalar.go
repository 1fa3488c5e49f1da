package topology

import (
	"slices"
	"strings"
	"unicode/utf8"

	"lyncowa/internal/finding"

	"gopkg.in/yaml.v3"
)

// fault is what is wrong with one value; the loader knows where the value stands.
type fault struct {
	id      string
	index   int // of the character at fault, counted in characters of the value; wholeValue if it is no single one
	message string
	hint    string
}

const wholeValue = -1

// reportFault puts a fault at its character.
func (l *loader) reportFault(e entry, f *fault) {
	p := e.place()
	if f.index != wholeValue {
		p = l.placeOf(e.value, f.index)
	}
	l.report(f.id, p, f.hint, "%s", f.message)
}

// text reads a single value that YAML takes for a text. Plain numbers, dates, true and the like are no texts:
// which of their characters matter would be a guess. Further YAML types can be let in.
func (l *loader) text(e entry, alsoTags ...string) (string, bool) {
	if !l.isKind(e, yaml.ScalarNode) {
		return "", false
	}
	if tag := e.value.Tag; tag != "!!str" && !slices.Contains(alsoTags, tag) {
		l.report("wrong-type", e.place(), "put it in quotes: "+quote(e.value.Value), "%s is %s, not a text", e.name, tagName(tag))
		return "", false
	}
	return e.value.Value, true
}

// tagName is a YAML type in words.
func tagName(tag string) string {
	switch tag {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "a truth value"
	case "!!timestamp":
		return "a date"
	}
	return "no text"
}

// line reads free text that stands on one line. It may hold anything that can be seen.
func (l *loader) line(e entry) (string, bool) {
	s, ok := l.text(e)
	if !ok {
		return "", false
	}
	if i := strings.IndexAny(s, "\r\n"); i >= 0 {
		l.reportFault(e, &fault{"line-end", runeIndex(s, i), e.name + " holds a line end", "write it on one line"})
		return "", false
	}
	return s, l.visible(e, s, "")
}

// name is a line that a script looks for: blanks around it are suspicious.
func (l *loader) name(e entry) (string, bool) {
	s, ok := l.line(e)
	if ok && strings.TrimSpace(s) != s {
		l.report("text-padding", e.place(), "take the blank out unless the name really has it", "%s %s begins or ends with a blank", e.name, quote(s))
	}
	return s, ok
}

// paragraph reads free text for the record, which may have line ends and tabs.
func (l *loader) paragraph(e entry) (string, bool) {
	s, ok := l.text(e)
	return s, ok && l.visible(e, s, "\n\t")
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

// runeIndex counts the characters before a byte.
func runeIndex(s string, i int) int { return utf8.RuneCountInString(s[:i]) }
