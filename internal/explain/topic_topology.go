package explain

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"lyncowa/internal/topology"
)

// mapping is what the schema says about the fields of a mapping. Properties keep their order.
type mapping struct {
	Required   []string
	Properties yaml.Node
	AllOf      []struct {
		Then struct{ Required []string }
	} `yaml:"allOf"`
}

// field is what the schema says about one field.
type field struct {
	Description string
	Items       struct {
		mapping `yaml:",inline"`
		AnyOf   []mapping `yaml:"anyOf"`
	}
	mapping `yaml:",inline"`
}

// topologyTopic lists the fields of a topology as the schema describes them.
func topologyTopic() string {
	var root yaml.Node
	if err := yaml.Unmarshal(topology.Schema(), &root); err != nil { // JSON is YAML
		panic(err) // the schema is made by this program
	}
	var m mapping
	mustDecode(root.Content[0], &m)
	var out strings.Builder
	out.WriteString("The fields of a topology file. * is required, (*) depends on another field.\n\n")
	m.write(&out, "")
	out.WriteString("\nlyncowa init writes a sample in which they are explained, lyncowa schema a schema that\nan editor completes and checks them by.")
	return out.String()
}

// write lists the fields of a mapping, and below each one those of the mappings that it holds.
func (m mapping) write(out *strings.Builder, margin string) {
	for i := 0; i < len(m.Properties.Content); i += 2 {
		name := m.Properties.Content[i].Value
		var f field
		mustDecode(m.Properties.Content[i+1], &f)
		fmt.Fprintf(out, "%s%s%s\n%s", margin, name, m.mark(name), fill(margin+"    ", f.Description))
		for _, below := range append(f.Items.AnyOf, f.Items.mapping, f.mapping) {
			below.write(out, margin+"  ")
		}
	}
}

// mark tells whether a field is required.
func (m mapping) mark(name string) string {
	if slices.Contains(m.Required, name) {
		return " *"
	}
	for _, rule := range m.AllOf {
		if slices.Contains(rule.Then.Required, name) {
			return " (*)"
		}
	}
	return ""
}

func mustDecode(node *yaml.Node, into any) {
	if err := node.Decode(into); err != nil {
		panic(err) // the schema is made by this program
	}
}
