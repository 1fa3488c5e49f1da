package explain

import (
	"strings"
	"text/template"

	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Topic is a page of help about more than one finding, step or command. Its words are in topics/NAME.txt.
type Topic struct {
	Name  string // as in: lyncowa help NAME
	Short string // the subject, in one line
}

// BlankPresence is the topic about the symptom that most users report. It is an article too.
const BlankPresence = "blank-presence"

// Topics are the pages of help, in the order of a change.
func Topics() []Topic {
	return []Topic{
		{"topology", "The fields of a topology file"},
		{"editors", "How an editor completes and checks a topology"},
		{"changes", "The kinds of change, and the steps of each"},
		{"approval", "The digest, and the tasks of author, approver and implementer"},
		{"scripts", "What a script prints, and what to do if it stops"},
		{BlankPresence, "What to look at if the presence icon stays blank"},
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
		"causes":  inventory.Causes,
		"add":     func(a, b int) int { return a + b },
	})
	return mustExecute(template.Must(page.ParseFS(files, "topics/"+t.Name+".txt")), nil)
}

// purposes are the purpose of each kind of change.
var purposes = map[plan.Change]string{
	plan.Integrate:        "set up the integration; the default",
	plan.Reapply:          "after a cumulative update of Exchange 2013, which overwrites web.config",
	plan.RenewCertificate: "replace the certificate, one server at a time; --from adds the old thumbprint to the record",
	plan.AddServer:        "connect new servers of an integrated farm; --from names the topology without them",
	plan.RemoveDuplicate:  "remove a manually created trusted application pool of a server that Lync also discovers",
	plan.Disable:          "switch off instant messaging in OWA; settings, policies and Lync stay: retire takes them out",
	plan.Retire:           "take the whole integration out: virtual directories, policies, settings, trusted application and pool",
}

// Purpose is the purpose of a kind of change, in one line.
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

// fields lists fields, with the fields of a mapping below it.
func fields(list []topology.Field, margin string) string {
	marks := map[topology.Need]string{topology.Required: " *", topology.Sometimes: " (*)"}
	var out strings.Builder
	for _, f := range list {
		out.WriteString(margin + f.Name + marks[f.Need] + "\n" + fill(margin+"    ", f.Description) + fields(f.Below, margin+"  "))
	}
	return out.String()
}
