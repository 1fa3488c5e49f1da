package explain

import (
	"bytes"
	"embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

//go:embed findings.yaml steps.yaml sources.yaml
var files embed.FS

// source is where a fact is known from.
type source struct {
	Says string `yaml:"says"`
	Fact string `yaml:"fact"` // of a statement: what it states
	URL  string `yaml:"url"`
	Page string `yaml:"page"` // the source that it is a statement of
}

// decodeAll reads each file into its value; a field that the value does not have is an error.
func decodeAll(values map[string]any) error {
	for name, value := range values {
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		decoder := yaml.NewDecoder(bytes.NewReader(text))
		decoder.KnownFields(true)
		if err := decoder.Decode(value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
