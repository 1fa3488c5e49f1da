package bundle

import (
	"io/fs"
	"path"
	"slices"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// A plan parses only the templates that it uses, so a fault could wait for a plan that uses the others.
func TestEveryTemplateParses(t *testing.T) {
	set, err := newTemplateSet(&plan.Plan{})
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(templates.Files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".tmpl" || slices.Contains([]string{"plan", "record", "report"}, path.Dir(name)) {
			return err // the tests of those rooms render them
		}
		return set.parse(name)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestScriptsForWindows(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a\nb", "a\r\nb\r\n"},
		{"a\n\n~ \t!\n\n", "a\r\n\r\n~ \t!\r\n"},
		{"a\nb\u2019", "x.ps1:2: character '\u2019' is not ASCII"},
		{"\x7f", `x.ps1:1: character '\x7f' is not ASCII`},
		{"'\xff broken", "x.ps1:1: character '\uFFFD' is not ASCII"},
	} {
		file, err := forWindows("x.ps1", []byte(c.text))
		got := string(file.Data)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%q becomes %q, want %q", c.text, got, c.want)
		}
	}
}
