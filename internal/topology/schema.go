package topology

import (
	"bytes"
	"encoding/json"
	"fmt"

	"lyncowa/internal/finding"
)

// SchemaID identifies the schema. It is a name, not an address to download from.
const SchemaID = "urn:lyncowa:v1:topology"

// Schema returns the JSON Schema (draft 2020-12) of a topology for editors, as indented ASCII with a line end. It comes
// from the tables of fields. Load refuses everything that the schema refuses, and more.
func Schema() []byte {
	s := topologyFields.schema()
	s.Dialect, s.ID, s.Title = "https://json-schema.org/draft/2020-12/schema", SchemaID, "lyncowa topology"
	var out bytes.Buffer
	if err := finding.EncodeJSON(&out, s); err != nil {
		panic(err) // cannot happen: the schema has only texts, numbers and lists, and does not depend on input
	}
	return out.Bytes()
}

// schema is one schema with the keywords that the topology needs, in reading order.
type schema struct {
	Dialect     string   `json:"$schema,omitempty"`
	ID          string   `json:"$id,omitempty"`
	Title       string   `json:"title,omitempty"`
	Description string   `json:"description,omitempty"`
	Type        any      `json:"type,omitempty"` // a name or a list of names
	Const       any      `json:"const,omitempty"`
	Enum        []any    `json:"enum,omitempty"`
	Minimum     int      `json:"minimum,omitempty"`
	Maximum     int      `json:"maximum,omitempty"`
	MaxLength   int      `json:"maxLength,omitempty"`
	Pattern     string   `json:"pattern,omitempty"`
	Not         *schema  `json:"not,omitempty"`
	Default     any      `json:"default,omitempty"`
	Examples    []any    `json:"examples,omitempty"`
	AnyOf       []schema `json:"anyOf,omitempty"`
	MinItems    int      `json:"minItems,omitempty"`
	UniqueItems bool     `json:"uniqueItems,omitempty"`
	Items       *schema  `json:"items,omitempty"`

	MinProperties int        `json:"minProperties,omitempty"`
	Required      []string   `json:"required,omitempty"`
	Properties    properties `json:"properties,omitempty"`
	Closed        *bool      `json:"additionalProperties,omitempty"`
	AllOf         []rule     `json:"allOf,omitempty"`
}

// rule is a condition of the schema: if one schema matches, another must match too.
type rule struct {
	Comment string `json:"$comment,omitempty"`
	If      schema `json:"if"`
	Then    schema `json:"then"`
}

// properties are the fields of a mapping in the order of the sample.
type properties []property

type property struct {
	key    string
	schema schema
}

// MarshalJSON writes the properties as one object, in their order.
func (p properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	out.WriteByte('{')
	for i, property := range p {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:", property.key)
		if err := encoder.Encode(property.schema); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// nothing is the schema of a forbidden field.
var nothing = schema{Not: &schema{}}

// having matches an object that has this field with a matching value.
func having(key string, value schema) schema {
	return schema{Required: []string{key}, Properties: properties{{key, value}}}
}
