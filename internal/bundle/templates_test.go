package bundle

import (
	"io/fs"
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
