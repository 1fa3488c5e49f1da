package bundle

import (
	"io/fs"
	"path"
	"strings"
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
		if err != nil || path.Ext(name) != ".tmpl" {
			return err
		}
		return set.parse(name)
	})
	if err != nil {
		t.Error(err)
	}
}

func TestModuleIncludesEveryFileOfItsFolder(t *testing.T) {
	module, err := templates.Files.ReadFile("common.psm1.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	files, err := fs.Glob(templates.Files, "common/*")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if !strings.Contains(string(module), `"`+name+`"`) {
			t.Errorf("common.psm1.tmpl does not include %s", name)
		}
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
