package topology

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// SchemaID is the identity of the schema; it is a name and nothing is fetched from it.
const SchemaID = "urn:lyncowa:v1:topology"

// Schema is the JSON Schema (draft 2020-12) of a topology, for editors: pretty-printed ASCII with a line end. It is
// made of the same names, patterns and tables as the rules. Whatever it refuses, Load refuses too; Load also finds
// what a schema cannot say.
func Schema() []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(topologySchema()); err != nil {
		panic(err) // texts, numbers and lists always have a JSON form; seen by every test
	}
	return ascii(out.Bytes())
}

// ascii writes every other character as its escape, so that none is invisible and no encoding matters.
func ascii(text []byte) []byte {
	var out bytes.Buffer
	for _, r := range string(text) {
		if r < 0x80 {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}

// schema is one schema, with the keywords that ours needs, in the order in which people read them.
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

	MinProperties int      `json:"minProperties,omitempty"`
	Required      []string `json:"required,omitempty"`
	Properties    fields   `json:"properties,omitempty"`
	Closed        *bool    `json:"additionalProperties,omitempty"`
	AllOf         []rule   `json:"allOf,omitempty"`
}

// rule is what must hold if something else does.
type rule struct {
	Comment string `json:"$comment,omitempty"`
	If      schema `json:"if"`
	Then    schema `json:"then"`
}

// fields are properties in the order in which the sample has them.
type fields []field

type field struct {
	key    string
	schema schema
}

// MarshalJSON writes the fields as one object, in their order.
func (f fields) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	out.WriteByte('{')
	for i, field := range f {
		if i > 0 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:", field.key)
		if err := encoder.Encode(field.schema); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// closedObject is a mapping that has these fields and no others.
func closedObject(description string, required []string, f fields) schema {
	closed := false
	return schema{Description: description, Type: "object", Required: required, Properties: f, Closed: &closed}
}
