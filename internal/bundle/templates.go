package bundle

import (
	"io/fs"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// sprigAllowed are the functions of sprig that templates may use. Everything else stays out: even its hermetic
// set holds random, time-zone and map-order functions, and its squote does not escape.
var sprigAllowed = []string{"wrapWith"}

// templateFuncs are all functions of the script templates. Text enters a script through quote, list, comment and
// the rows of tables alone.
func templateFuncs(p *plan.Plan) template.FuncMap {
	funcs := tableFuncs(p)
	funcs["quote"] = escape.Quote
	funcs["list"] = escape.Array
	funcs["comment"] = escape.Comment
	all := sprig.TxtFuncMap()
	for _, name := range sprigAllowed {
		funcs[name] = all[name]
	}
	return funcs
}

// templateSet are the templates of one plan's scripts. Names are paths below the templates folder.
type templateSet struct{ *template.Template }

// newTemplateSet holds what the scripts share. Each one's own template is added when the script is rendered: a plan
// uses less than half of all.
func newTemplateSet(p *plan.Plan) (templateSet, error) {
	set := templateSet{template.New("").Funcs(templateFuncs(p))}
	return set, set.parse("prologue.ps1.tmpl", "tables.ps1.tmpl")
}

func (set templateSet) parse(paths ...string) error {
	for _, path := range paths {
		text, err := templates.Files.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := set.New(path).Parse(string(text)); err != nil {
			return err
		}
	}
	return nil
}

// write adds what a template makes of its data.
func (set templateSet) write(text *scriptText, path string, data any) error {
	if err := set.parse(path); err != nil {
		return err
	}
	return set.ExecuteTemplate(text, path, data)
}

// exists reports whether there is a template of that path.
func exists(path string) bool {
	_, err := fs.Stat(templates.Files, path)
	return err == nil
}
