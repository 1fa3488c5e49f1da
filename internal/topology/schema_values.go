package topology

// The kinds of value that fields have, as schemas. Patterns keep to what ECMA-262 and RE2 read alike. They are not
// stricter than the rules: what a pattern cannot say, such as the length of a label in every place, the rules find.

// Of a class of a pattern: unseen are the characters that cannot be seen, up to U+FFFF, where all readers of patterns
// still agree; blanks are those that leave a field empty, beside the one of ASCII.
const (
	unseen = "\\x7f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ue000-\uf8ff\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff"
	blanks = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
)

const (
	linePattern      = `^[^\x00-\x1f` + unseen + `]*[^\x00-\x20` + unseen + blanks + `][^\x00-\x1f` + unseen + `]*$`
	paragraphPattern = `^[^\x00-\x08\x0b-\x1f` + unseen + `]*[^\x00-\x20` + unseen + blanks + `][^\x00-\x08\x0b-\x1f` + unseen + `]*$`

	label          = `[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?`
	topLabel       = `([0-9]*[A-Za-z]([A-Za-z0-9-]*[A-Za-z0-9])?|[0-9]+-[A-Za-z0-9-]*[A-Za-z0-9])` // no number
	fqdnPart       = `(` + label + `\.)+` + topLabel
	momentPattern  = `^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$`
	thumbprintForm = `^ *([0-9A-Fa-f] *){40}$`
)

func lineSchema(description string, examples ...any) schema {
	return schema{Description: description, Type: "string", Pattern: linePattern, Examples: examples}
}

func paragraphSchema(description string, examples ...any) schema {
	return schema{Description: description, Type: "string", Pattern: paragraphPattern, Examples: examples}
}

func fqdnSchema(description string, examples ...any) schema {
	return schema{Description: description, Type: "string", MaxLength: 253, Pattern: "^" + fqdnPart + "$", Examples: examples}
}

// thumbprintSchema lets numbers pass: to YAML a thumbprint of digits alone is one.
func thumbprintSchema(description string, examples ...any) schema {
	return schema{Description: description, Type: []string{"string", "number"}, Pattern: thumbprintForm, Examples: examples}
}

func momentSchema(description string, examples ...any) schema {
	return schema{Description: description, Type: "string", Pattern: momentPattern, Examples: examples}
}

// mailSchema is an address without scheme. mailLocal is anchored; its end gives way to the @.
func mailSchema() schema {
	local := mailLocal.String()
	return schema{Type: "string", Pattern: local[:len(local)-1] + "@" + fqdnPart + "$"}
}

func listSchema(item schema) schema {
	return schema{Type: "array", MinItems: 1, UniqueItems: true, Items: &item}
}

// described is a schema with its text.
func (s schema) described(text string, examples ...any) schema {
	s.Description, s.Examples = text, examples
	return s
}

func (s schema) withDefault(value any) schema {
	s.Default = value
	return s
}

// selectionSchema is the word all or a list of names.
func selectionSchema(item schema) schema {
	return schema{AnyOf: []schema{{Const: "all", Description: "Everything there is, in the whole organisation."}, listSchema(item)}}
}
