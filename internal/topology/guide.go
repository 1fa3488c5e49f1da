package topology

import "slices"

// Field is a field of a topology file, as the schema describes it to a person.
type Field struct {
	Name        string
	Description string
	Need        Need
	Below       []Field // of the mapping, or of each mapping of the list, that it holds
}

// Need says whether a field has to be there.
type Need int

// A field that is needed sometimes depends on another field.
const (
	Optional Need = iota
	Sometimes
	Always
)

// Fields are the fields of a topology file, in the order of the sample.
func Fields() []Field { return topologySchema().fields() }

// fields are those of a mapping.
func (s schema) fields() []Field {
	var all []Field
	for _, f := range s.Properties {
		all = append(all, Field{f.key, f.schema.Description, s.need(f.key), f.schema.below()})
	}
	return all
}

func (s schema) need(key string) Need {
	switch {
	case slices.Contains(s.Required, key):
		return Always
	case slices.ContainsFunc(s.AllOf, func(r rule) bool { return slices.Contains(r.Then.Required, key) }):
		return Sometimes
	}
	return Optional
}

// below are the fields of the mappings that a value can be or hold, as a list of names or of mappings does.
func (s schema) below() []Field {
	all := s.fields()
	if s.Items == nil {
		return all
	}
	for _, alternative := range append(slices.Clone(s.Items.AnyOf), *s.Items) {
		all = append(all, alternative.fields()...)
	}
	return all
}
