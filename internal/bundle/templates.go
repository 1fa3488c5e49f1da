package bundle

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
	"unicode"
	"unicode/utf8"

	"github.com/Masterminds/sprig/v3"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// sprigAllowed are the functions of sprig that templates may use. Even sprig's hermetic set has random, time-zone and
// map-order functions, and its squote does not escape.
var sprigAllowed = []string{"join", "lower", "replace", "substr", "wrapWith"}

// templateSet are the templates of one plan's scripts. Names are paths below the templates folder.
type templateSet struct {
	*template.Template
	plan   *plan.Plan
	tables map[string]string // the tables that were rendered already, by name
}

// newTemplateSet parses the templates that all scripts share. script adds the template of a script later, because a plan
// uses less than half of all templates.
func newTemplateSet(p *plan.Plan) (*templateSet, error) {
	set := &templateSet{template.New(""), p, map[string]string{}}
	// Text enters a script only through quote, list and comment.
	funcs := template.FuncMap{
		"quote": escape.Quote, "list": escape.Array, "comment": escape.Comment,
		"include": set.include, "table": set.table, "fqdns": fqdns, "registrars": plan.Registrars,
	}
	all := sprig.TxtFuncMap()
	for _, name := range sprigAllowed {
		funcs[name] = all[name]
	}
	set.Funcs(funcs)
	return set, set.parse("prologue.ps1.tmpl", "tables.ps1.tmpl")
}

// parse adds the templates at these paths.
func (set *templateSet) parse(paths ...string) error {
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

// include executes a template and returns the text, so that another template can pass it to a function.
func (set *templateSet) include(name string, data any) (string, error) {
	var text strings.Builder
	err := set.ExecuteTemplate(&text, name, data)
	return text.String(), err
}

// table returns a table of tables.ps1.tmpl. It renders each table once, because several scripts share a table and it can
// have thousands of rows.
func (set *templateSet) table(name string) (string, error) {
	text, done := set.tables[name]
	if done {
		return text, nil
	}
	text, err := set.include(name, &script{Plan: set.plan})
	set.tables[name] = text
	return text, err
}

// script renders the script at path from a template.
func (set *templateSet) script(path, from string, data any) (File, error) {
	if err := set.parse(from); err != nil {
		return File{}, err
	}
	var text bytes.Buffer
	if err := set.ExecuteTemplate(&text, from, data); err != nil {
		return File{}, err
	}
	return forWindows(path, text.Bytes())
}

// forWindows converts a script to CRLF, with one at the end. It refuses characters outside ASCII: Windows PowerShell can
// read their bytes as quotes if the script has no byte order mark.
func forWindows(path string, text []byte) (File, error) {
	if i := bytes.IndexFunc(text, func(r rune) bool { return r >= unicode.MaxASCII }); i >= 0 {
		r, _ := utf8.DecodeRune(text[i:])
		return File{}, fmt.Errorf("%s:%d: character %q is not ASCII", path, 1+bytes.Count(text[:i], []byte("\n")), r)
	}
	text = append(bytes.TrimRight(text, "\n"), '\n')
	return File{path, bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))}, nil
}

// exists reports whether there is a template with that path.
func exists(path string) bool {
	_, err := fs.Stat(templates.Files, path)
	return err == nil
}

func fqdns(servers []topology.MailboxServer) []string {
	names := make([]string, len(servers))
	for i, s := range servers {
		names[i] = s.FQDN
	}
	return names
}
