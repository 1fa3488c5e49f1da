package inventory

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"text/template"

	"lyncowa/internal/finding"
	"lyncowa/templates"
)

// description writes a proposal as a topology file. What stands in it is in the template.
var description = template.Must(template.New("topology.yaml.tmpl").Funcs(template.FuncMap{
	"yaml": yamlText, "value": yamlValue, "comment": comment,
	"field": func(margin, key string, value any) map[string]any {
		if v, isPointer := value.(*Value); isPointer {
			value = *v
		}
		lead := strings.Repeat(" ", len(margin)) // of the lines below the first one
		return map[string]any{"Lead": margin, "Margin": lead, "Key": key, "Value": value}
	},
}).ParseFS(templates.Inventory, "inventory/topology.yaml.tmpl"))

// YAML is the proposal as a topology file, with a comment behind each value. Open fields are empty: loading the file
// finds them.
func (p *Proposal) YAML() ([]byte, error) {
	var out bytes.Buffer
	err := description.Execute(&out, p)
	return out.Bytes(), err
}

var openField = regexp.MustCompile(`^([ -]*)([A-Za-z]+):  # open: (.*)$`)

// OpenFields lists the open fields of the file that YAML wrote.
func OpenFields(text []byte) []Field {
	var fields []Field
	for i, line := range strings.Split(string(text), "\n") {
		if m := openField.FindStringSubmatch(line); m != nil {
			fields = append(fields, Field{i + 1, len(m[1]) + 1, m[2], m[3]})
		}
	}
	return fields
}

var (
	// plainText is what YAML takes for a text without quotes, if it is no number and no word of YAML's own.
	plainText = regexp.MustCompile(`^[A-Za-z0-9]+([. _-]?[A-Za-z0-9]+)*$`)
	yamlWords = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|null|y|n|all|[0-9_]+(\.[0-9_]*)?(e[0-9]+)?|0[xob][0-9a-f_]+|[0-9]{4}-[0-9-]+)$`)
	// plainValue is a number or a Boolean that the derivation writes.
	plainValue = regexp.MustCompile(`^(true|false|0|[1-9][0-9]{0,8})$`)
)

// yamlText writes a text as a YAML value that cannot be anything but a text.
func yamlText(s string) string {
	if plainText.MatchString(s) && !yamlWords.MatchString(s) {
		return s
	}
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted) // a JSON text is a YAML text
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return `""`
	}
	return strings.TrimSpace(quoted.String())
}

// yamlValue is yamlText, but leaves numbers and Booleans plain: ports, years, a SiteId.
func yamlValue(s string) string {
	if plainValue.MatchString(s) {
		return s
	}
	return yamlText(s)
}

// comment writes a text on one line, with what cannot be seen as code points.
func comment(s string) string { return finding.Visible(s, "") }
