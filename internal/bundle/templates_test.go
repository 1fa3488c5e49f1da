package bundle

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// A plan parses only what it uses, so a fault in a template could wait for a plan that uses it.
func TestEveryTemplateParses(t *testing.T) {
	set, err := newTemplateSet(&plan.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.tmpl", "common/*.tmpl", "scripts/*.tmpl", "backout/*.tmpl"} {
		paths, err := fs.Glob(templates.Files, pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("%s: %d templates, %v", pattern, len(paths), err)
		}
		for _, path := range paths {
			if err := set.parse(path); err != nil {
				t.Error(err)
			}
		}
	}
}

// A part without a row would be embedded and never written, and one that is no template is written as it is.
func TestModulePartsAreTheFilesOfTheFolder(t *testing.T) {
	files, err := fs.Glob(templates.Files, "common/*")
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, part := range moduleParts {
		rows = append(rows, part.path)
		text, err := templates.Files.ReadFile(part.path)
		if isTemplate := path.Ext(part.path) == ".tmpl"; err != nil || isTemplate != bytes.Contains(text, []byte("{{")) {
			t.Errorf("%s: a template: %v, by its text: %v; %v", part.path, isTemplate, !isTemplate, err)
		}
	}
	slices.Sort(rows)
	if !slices.Equal(files, rows) {
		t.Errorf("the rows name\n%v\nthe folder holds\n%v", rows, files)
	}
}
