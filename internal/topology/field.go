package topology

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"lyncowa/internal/finding"
)

// Each field of a topology is one row of a table (fields.go). This file derives everything else from the rows: how to
// read a mapping, the findings about missing, empty and unknown fields, the schema, and the list of fields in the help.

// Need says whether a field is required.
type Need int

// The needs.
const (
	Optional  Need = iota
	Sometimes      // required depending on another field
	Required
)

// Field is a field of a topology file, described for a person.
type Field struct {
	Name        string
	Description string
	Need        Need
	Below       []Field // fields of the mapping in this field, or of each mapping in its list
}

// Fields returns the fields of a topology file, in the order of the sample.
func Fields() []Field { return topologyFields.guide() }

// mapping is the table of the fields of one mapping. A T keeps their values.
type mapping[T any] struct {
	name        string // in messages: "this OWA pool"
	description string
	excused     func(*T) bool // whether the fields with need Sometimes may be missing
	rows        []row[T]
	rules       []rule // of the schema, about several fields
}

// row is one field.
type row[T any] struct {
	key         string
	need        Need
	hint        string // what to write if the field is missing or empty
	description string // what to write, where to look it up, what it decides
	example     any
	standard    any // the default, if there is a fixed one
	value       value[T]
}

// value is a kind of value, connected with the part of a T that keeps it.
type value[T any] struct {
	read   func(*loader, entry, *T) bool
	schema schema
	fields []Field
}

// kind is a kind of value: how to read it, its schema, and its fields if it has any.
type kind[V any] struct {
	read   func(*loader, entry) (V, bool) // false if an error was reported
	schema schema
	fields []Field
}

// described adds a description of the value to its schema.
func (k kind[V]) described(description string) kind[V] {
	k.schema.Description = description
	return k
}

// in connects a kind of value with the part of a T that keeps it.
func in[T, V any](k kind[V], part func(*T) *V) value[T] {
	read := func(l *loader, e entry, t *T) bool {
		v, ok := read(l, e, k)
		if ok {
			*part(t) = v
		}
		return ok
	}
	return value[T]{read, k.schema, k.fields}
}

// read reads a value and keeps its place.
func read[V any](l *loader, e entry, k kind[V]) (V, bool) {
	v, ok := k.read(l, e)
	l.places[e.path] = valuePlace{e.place(), ok}
	return v, ok
}

// entry is one value of the file: the value of a key, or an item of a list.
type entry struct {
	name  string // in messages: "port", "an entry of mailboxServers"
	path  string // in the topology: "owaPools[0].port"
	hint  string // what to write if it is empty
	at    place  // of its key; used if the value has no place
	value *yaml.Node
}

// place is the place of the value, or of its key if there is no value.
func (e entry) place() place {
	if e.value.Tag == "!!null" {
		return e.at
	}
	return at(e.value)
}

// below is the entry of a key in the mapping e.
func (e entry) below(key, hint string, at place, value *yaml.Node) entry {
	return entry{key, strings.TrimPrefix(e.path+"."+key, "."), hint, at, value}
}

func (m mapping[T]) keys(needs ...Need) []string {
	var keys []string
	for _, r := range m.rows {
		if slices.Contains(needs, r.need) {
			keys = append(keys, r.key)
		}
	}
	return keys
}

// read reads a mapping. It reports unknown fields and missing fields.
func (m mapping[T]) read(l *loader, e entry) (T, bool) {
	var t T
	if !l.isKind(e, yaml.MappingNode) {
		return t, false
	}
	given := map[string]bool{}
	for i := 0; i+1 < len(e.value.Content); i += 2 {
		key, value := e.value.Content[i], e.value.Content[i+1]
		known := slices.IndexFunc(m.rows, func(r row[T]) bool { return r.key == key.Value })
		switch {
		case key.Kind == refused:
		case key.Kind != yaml.ScalarNode:
			l.report("wrong-type", at(key), "write one word and a colon",
				"a key of %s is %s, not text", m.name, kindNames[key.Kind])
		case known < 0:
			l.report("unknown-key", at(key), m.didYouMean(key.Value), "%s has no field %s", m.name, quote(key.Value))
		default:
			r := m.rows[known]
			given[r.key] = true
			if r.key == l.unread {
				continue
			}
			r.value.read(l, e.below(r.key, r.hint, at(key), value), &t)
		}
	}
	for _, r := range m.rows {
		isNeeded := r.need == Required || r.need == Sometimes && !m.excused(&t)
		if isNeeded && !given[r.key] && r.key != l.unread {
			l.report("missing-field", at(e.value), r.hint, "%s has no %s", m.name, r.key)
		}
	}
	return t, true
}

// didYouMean is the hint for an unknown key: the nearest known key, or all of them.
func (m mapping[T]) didYouMean(key string) string {
	known := m.keys(Required, Sometimes, Optional)
	if near := finding.Nearest(key, known); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return "known fields: " + strings.Join(known, ", ")
}

func (m mapping[T]) guide() []Field {
	var list []Field
	for _, r := range m.rows {
		f := Field{r.key, cmp.Or(r.description, r.value.schema.Description), r.need, r.value.fields}
		if slices.ContainsFunc(m.rules, func(other rule) bool { return slices.Contains(other.Then.Required, r.key) }) {
			f.Need = Sometimes
		}
		list = append(list, f)
	}
	return list
}

// schema is the schema of the mapping. It allows these fields and no others.
func (m mapping[T]) schema() schema {
	closed := false
	s := schema{Description: m.description, Type: "object", Required: m.keys(Required), Closed: &closed, AllOf: m.rules}
	for _, r := range m.rows {
		p := r.value.schema
		p.Description, p.Default = cmp.Or(r.description, p.Description), r.standard
		if r.example != nil {
			p.Examples = []any{r.example}
		}
		s.Properties = append(s.Properties, property{r.key, p})
	}
	if len(s.Required) == 0 {
		s.MinProperties = 1
	}
	if sometimes := m.keys(Sometimes); len(sometimes) > 0 {
		s.AllOf = append([]rule{needsOfSeparateUM(sometimes)}, s.AllOf...)
	}
	return s
}

// object is the kind of a mapping.
func object[T any](m mapping[T]) kind[T] {
	return kind[T]{m.read, m.schema(), m.guide()}
}

// objectOr is the kind of a mapping that one of its values can replace, such as a server by its fqdn.
func objectOr[T any](key string, m mapping[T]) kind[T] {
	whole := object(m)
	r := m.rows[slices.IndexFunc(m.rows, func(r row[T]) bool { return r.key == key })]
	alone := r.value.schema
	alone.Description = r.description
	read := func(l *loader, e entry) (t T, ok bool) {
		if e.value.Kind == yaml.MappingNode {
			t, _ = whole.read(l, e)
			return t, l.isRight(e.path + "." + key)
		}
		e.path += "." + key
		ok = r.value.read(l, e, &t)
		return t, ok
	}
	return kind[T]{read, schema{AnyOf: []schema{alone, whole.schema}}, whole.fields}
}

// itemPath is the path of the i-th entry of a list, or of a key in it: "owaPools[0].mailboxServers[1].fqdn".
func itemPath(list string, i int, key string) string { return list + "[" + strconv.Itoa(i) + "]" + key }

// list is the kind of a list of values of one kind. It must not be empty. A finding about one entry does not affect the
// others.
func list[V any](item kind[V], name string) kind[[]V] {
	read := func(l *loader, e entry) ([]V, bool) {
		if !l.isKind(e, yaml.SequenceNode) {
			return nil, false
		}
		var values []V
		for _, n := range e.value.Content {
			e := entry{name: cmp.Or(name, "an entry of "+e.name), path: itemPath(e.path, len(values), ""), at: at(n), value: n}
			if v, ok := read(l, e, item); ok {
				values = append(values, v)
			}
		}
		return values, true
	}
	return kind[[]V]{read, schema{Type: "array", MinItems: 1, UniqueItems: true, Items: &item.schema}, item.fields}
}

// distinct is a list without duplicate names. key is the key of the name in an entry. Lync and Exchange ignore case in
// names.
func distinct[V any](k kind[[]V], key string, name func(V) string) kind[[]V] {
	list := k.read
	k.read = func(l *loader, e entry) ([]V, bool) {
		values, ok := list(l, e)
		lines := make(map[string]int, len(values))
		for i, v := range values {
			at, same := l.placeAt(itemPath(e.path, i, key)), strings.ToLower(name(v))
			if line, twice := lines[same]; twice {
				l.report("duplicate-entry", at, "keep one of the two",
					"%s contains %s twice; it is first given in line %d", e.name, quote(name(v)), line)
				continue
			}
			lines[same] = at.line
		}
		return values, ok
	}
	return k
}

// isKind reports a finding and returns false if an entry is empty or has the wrong kind of node.
func (l *loader) isKind(e entry, want yaml.Kind) bool {
	switch {
	case e.value.Kind == refused:
		return false
	case isEmpty(e.value):
		l.report("empty-field", e.place(), cmp.Or(e.hint, "fill it in or remove it"), "%s is empty", e.name)
		return false
	case e.value.Kind != want:
		l.report("wrong-type", e.place(), typeHint(e.value.Kind, want),
			"%s is %s, not %s", e.name, kindNames[e.value.Kind], kindNames[want])
		return false
	}
	return true
}

func isEmpty(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return n.Tag == "!!null" || strings.TrimSpace(n.Value) == ""
	}
	return len(n.Content) == 0
}

// kindNames are YAML's kinds of node in words.
var kindNames = map[yaml.Kind]string{
	yaml.ScalarNode:   "a single value",
	yaml.MappingNode:  "a mapping",
	yaml.SequenceNode: "a list",
	yaml.AliasNode:    "an alias",
}

func typeHint(got, want yaml.Kind) string {
	switch {
	case want == yaml.SequenceNode && got == yaml.ScalarNode:
		return "write each entry on its own line, after a dash and a space"
	case want == yaml.SequenceNode:
		return "put a dash and a space before each entry"
	case want == yaml.MappingNode:
		return "write its fields below it, indented, each as key: value"
	case got == yaml.SequenceNode:
		return "write one value, without a dash or brackets"
	}
	return "write one value after the colon"
}
