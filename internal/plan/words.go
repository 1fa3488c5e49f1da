package plan

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/template"

	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// The words of the plan are in templates/plan/steps.tmpl. A word can be changed there without touching Go.
var words = sync.OnceValue(func() *template.Template {
	funcs := template.FuncMap{"step": Number, "fqdns": FQDNs, "names": Names}
	return template.Must(template.New("steps.tmpl").Funcs(funcs).ParseFS(templates.Files, "plan/steps.tmpl"))
})

// say returns the words of a block, for the first of these names that there is: the kind of change with the step, the
// step, the kind of step. It is "" where there is none.
func (p *Plan) say(r row, field string) string {
	for _, name := range []string{fmt.Sprintf("%s %s %s", p.Change, r.id, field), r.id + " " + field, string(r.kind) + " " + field} {
		if block := words().Lookup(name); block != nil {
			return p.execute(block)
		}
	}
	return ""
}

// place names where a step runs that is not for one server.
func (p *Plan) place(shell Shell) string { return p.execute(words().Lookup(string(shell) + " place")) }

// execute fails only if a block asks for a fact that there is not, which the tests find.
func (p *Plan) execute(block *template.Template) string {
	var text strings.Builder
	if err := block.Execute(&text, p); err != nil {
		panic(err)
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// Number is the number of a step of integrate, by its id.
func Number(id string) (int, error) {
	i := slices.IndexFunc(stepIDs, func(s stepID) bool { return s.id == id })
	if i < 0 {
		return 0, fmt.Errorf("there is no step %q", id)
	}
	return stepIDs[i].order, nil
}

// Number is the number of a step in this kind of change, by its id.
func (p *Plan) Number(id string) (int, error) {
	if k, known := kindOf(p.Change); known {
		if i := slices.IndexFunc(k.steps, func(r row) bool { return r.id == id }); i >= 0 {
			return k.steps[i].order, nil
		}
	}
	return Number(id)
}

// Names lists names in a sentence, and counts the rest of a list that nobody would read.
func Names(names []string) string {
	const readable = 6
	if len(names) > readable {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:3], ", "), len(names)-3)
	}
	return strings.Join(names, ", ")
}

// FQDNs returns the OWA FQDN of each pool.
func FQDNs(pools []topology.Pool) []string {
	names := make([]string, len(pools))
	for i, pool := range pools {
		names[i] = pool.FQDN
	}
	return names
}

// ExchangeShell is the name of the shell of the Exchange scripts.
func (p *Plan) ExchangeShell() string { return p.Versions.ShellName(ShellExchange) }

// LyncShell is the name of the shell of the Lync scripts.
func (p *Plan) LyncShell() string { return p.Versions.ShellName(ShellLync) }

// Addresses are where users of the OWA pools sign in.
func (p *Plan) Addresses() []string {
	addresses := FQDNs(p.OWAPools())
	for i, fqdn := range addresses {
		addresses[i] = "https://" + fqdn + "/owa"
	}
	return addresses
}
