package topology

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var guideFields = regexp.MustCompile(`(?s)<!-- fields -->\n.*<!-- end of fields -->`)

// The list of fields in the guide is made from the schema.
func TestGuide(t *testing.T) {
	const path = "../../docs/topology.md"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("<!-- fields -->\n")
	guide(&out, "", topologyFields.schema())
	out.WriteString("<!-- end of fields -->")
	if !guideFields.Match(text) {
		t.Fatal("the guide has no list of fields")
	}
	want := guideFields.ReplaceAllLiteralString(string(text), out.String())
	if want == string(text) {
		return
	}
	if !*update {
		t.Fatal("docs/topology.md does not describe the schema; run the test with -update")
	}
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// guide writes the fields of one mapping, then those of the mappings below it.
func guide(out *strings.Builder, path string, s schema) {
	title := path
	if path == "" {
		title = "The file"
	} else {
		title = "`" + path + "`"
	}
	fmt.Fprintf(out, "\n### %s\n\n%s\n\n| field | required | value | what it is |\n|---|---|---|---|\n", title, s.Description)
	for _, f := range s.Properties {
		required := "no"
		if slices.Contains(s.Required, f.key) {
			required = "yes"
		} else if when := requiredWhen(s, f.key); when != "" {
			required = "if " + when
		}
		fmt.Fprintf(out, "| `%s` | %s | %s | %s%s |\n", f.key, required, kindOf(f.schema), strings.ReplaceAll(f.schema.Description, "|", `\|`), notes(f.schema))
	}
	for _, f := range s.Properties {
		below := f.schema
		name := f.key
		if below.Items != nil {
			below, name = *below.Items, f.key+"[]"
		}
		for _, choice := range append(below.AnyOf, below) {
			if len(choice.Properties) > 0 {
				guide(out, strings.TrimPrefix(path+"."+name, "."), choice)
			}
		}
	}
}

// requiredWhen names the other field, and its values, for which a field is required; "" if there is none.
func requiredWhen(s schema, key string) string {
	when, values := "", []string(nil)
	for _, r := range s.AllOf {
		if slices.Contains(r.Then.Required, key) {
			condition := r.If.Properties[0]
			when, values = condition.key, append(values, fmt.Sprintf("`%v`", slices.Concat(condition.schema.Enum, []any{condition.schema.Const})[0]))
		}
	}
	if when == "" {
		return ""
	}
	return "`" + when + "` is " + strings.Join(values, " or ")
}

// kindOf is the type of a value in words.
func kindOf(s schema) string {
	switch {
	case s.Const != nil:
		return fmt.Sprintf("`%v`", s.Const)
	case len(s.Enum) > 0:
		return "a year"
	case len(s.AnyOf) > 0 && s.AnyOf[0].Const != nil:
		return "`all` or a list"
	case s.Type == "boolean":
		return "`true` or `false`"
	case s.Type == "integer":
		return fmt.Sprintf("a number, %d-%d", s.Minimum, s.Maximum)
	case s.Type == "array":
		return "a list"
	case s.Type == "object":
		return "a mapping"
	}
	return "text"
}

func notes(s schema) string {
	text := ""
	if s.Default != nil {
		text += " Default: `" + inline(s.Default) + "`."
	}
	if len(s.Examples) > 0 {
		text += " Example: `" + inline(s.Examples[0]) + "`."
	}
	return text
}

// inline is a value in YAML on one line.
func inline(value any) string {
	if list, isList := value.([]string); isList {
		return "[" + strings.Join(list, ", ") + "]"
	}
	return fmt.Sprint(value)
}
