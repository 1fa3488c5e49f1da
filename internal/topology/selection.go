package topology

import (
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// named is one name of a list with its place.
type named struct {
	value string
	at    place
}

// names reads a list, each entry by read. An entry that stands twice is reported; case makes no difference to
// Lync and Exchange. What is wrong with one entry is reported there and the rest still counts.
func (l *loader) names(e entry, read func(entry) (string, bool)) ([]named, bool) {
	entries, ok := l.list(e)
	if !ok {
		return nil, false
	}
	list := make([]named, 0, len(entries))
	for _, item := range entries {
		if s, ok := read(item); ok {
			list = append(list, named{s, item.place()})
		}
	}
	l.reportTwice(e.name, list)
	return list, true
}

// reportTwice reports the entries of a list that stand there before.
func (l *loader) reportTwice(field string, list []named) {
	lines := make(map[string]int, len(list))
	for _, n := range list {
		key := strings.ToLower(n.value)
		if line, twice := lines[key]; twice {
			l.report("duplicate-entry", n.at, "keep one of the two", "%s holds %s a second time; the first is in line %d", field, quote(n.value), line)
			continue
		}
		lines[key] = n.at.line
	}
}

// selectionDraft is a Selection with places.
type selectionDraft struct {
	all   bool
	names []named
}

// selection reads the word all, or a list of names.
func (l *loader) selection(read func(entry) (string, bool)) func(entry) (selectionDraft, bool) {
	return func(e entry) (selectionDraft, bool) {
		if e.value.Kind == yaml.ScalarNode && !isEmpty(e.value) {
			if e.value.Value == "all" && e.value.Tag == "!!str" {
				return selectionDraft{all: true}, true
			}
			l.report("selection-form", e.place(), "write the word all, or a list: "+e.name+": ["+listed(e.value.Value)+"]",
				"%s %s is neither all nor a list", e.name, quote(e.value.Value))
			return selectionDraft{}, false
		}
		names, ok := l.names(e, read)
		return selectionDraft{names: names}, ok
	}
}

var plainName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 ._-]*$`)

// listed is a name as it can stand in a list in brackets.
func listed(name string) string {
	if plainName.MatchString(name) {
		return shorten(name)
	}
	return quote(name)
}

// objectName reads the name of a policy or dial plan.
func (l *loader) objectName(e entry) (string, bool) {
	s, ok := l.name(e)
	if ok && strings.EqualFold(s, "all") {
		l.report("selection-all-name", e.place(), "for everything there is, write all behind the colon and no list", "%s is the name %s, not the word all", e.name, quote(s))
	}
	return s, ok
}

func (s selectionDraft) selection() Selection {
	return Selection{All: s.all, Names: values(s.names)}
}

func values(list []named) []string {
	if len(list) == 0 {
		return nil
	}
	v := make([]string, len(list))
	for i, n := range list {
		v[i] = n.value
	}
	return v
}
