package bundle

import (
	"io/fs"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"lyncowa/internal/powershell"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// sprigAllowed are the functions of sprig that templates may use. Everything else stays out: even its hermetic
// set holds random, time-zone and map-order functions, and its squote does not escape.
var sprigAllowed = []string{"wrapWith"}

// templateFuncs are all functions of the script templates. Text enters a script through quote, list and comment
// alone.
func templateFuncs() template.FuncMap {
	funcs := template.FuncMap{
		"quote":       powershell.Quote,
		"list":        powershell.Array,
		"bool":        powershell.Bool,
		"comment":     powershell.Comment,
		"serverNames": serverNames,
	}
	all := sprig.TxtFuncMap()
	for _, name := range sprigAllowed {
		funcs[name] = all[name]
	}
	return funcs
}

func serverNames(servers []topology.MailboxServer) []string {
	names := make([]string, len(servers))
	for i, s := range servers {
		names[i] = s.FQDN
	}
	return names
}

func globTemplates(pattern string) ([]string, error) { return fs.Glob(templates.Files, pattern) }
