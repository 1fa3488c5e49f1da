package explain

import (
	"strings"
	"text/template"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Topic is a page of help that no single finding, step or command is about. Its words are in topics/NAME.txt.
type Topic struct {
	Name  string // as in: lyncowa help NAME
	Short string // what it is about, in one line
}

// Topics are the pages of help, in the order in which a change needs them.
func Topics() []Topic {
	return []Topic{
		{"topology", "The fields of a topology file"},
		{"editors", "How an editor completes and checks a topology"},
		{"changes", "The kinds of change, and the steps of each"},
		{"approval", "What the digest is, and who does what"},
		{"scripts", "What a script prints, and what to do when one stops"},
		{"pipelines", "How a pipeline checks topologies and bundles"},
	}
}

// Text is the page. Fields, kinds of change and steps are those of the program.
func (t Topic) Text() string {
	page := template.New(t.Name + ".txt").Funcs(functions).Funcs(template.FuncMap{
		"fields":  func() string { return fields(topology.Fields(), "") },
		"changes": plan.Changes,
		"purpose": Purpose,
		"steps":   steps,
	})
	return mustExecute(template.Must(page.ParseFS(files, "topics/"+t.Name+".txt")), nil)
}

// purposes say what each kind of change is for.
var purposes = map[plan.Change]string{
	plan.Integrate:        "set the integration up; the default",
	plan.Reapply:          "after a cumulative update of Exchange 2013, which overwrites web.config",
	plan.RenewCertificate: "another certificate, one server at a time; --from puts the old thumbprint into the record",
	plan.RemoveDuplicate:  "take out a trusted application pool that was made by hand for a server that Lync discovers by itself",
	plan.Disable:          "switch instant messaging in OWA off",
}

// Purpose says in one line what a kind of change is for.
func Purpose(change plan.Change) string { return purposes[change] }

// steps are the steps of a kind of change, in their order.
func steps(change plan.Change) []plan.Listed {
	var all []plan.Listed
	for _, step := range plan.Catalogue() {
		if step.Change == change {
			all = append(all, step)
		}
	}
	return all
}

// fields lists fields, and below each one those of the mappings that it holds.
func fields(list []topology.Field, margin string) string {
	marks := map[topology.Need]string{topology.Required: " *", topology.Sometimes: " (*)"}
	var out strings.Builder
	for _, f := range list {
		out.WriteString(margin + f.Name + marks[f.Need] + "\n" + fill(margin+"    ", f.Description) + fields(f.Below, margin+"  "))
	}
	return out.String()
}
