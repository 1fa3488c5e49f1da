package bundle

import (
	"cmp"
	"strconv"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
)

// approval is what approval.md shows: the plan, arranged by who does what where.
type approval struct {
	plan     *plan.Plan
	digest   string
	blanks   []blank
	steps    []approvalStep
	sheets   []sheet
	backOuts []approvalStep // the last step first
}

// blank is a line to fill in. Its value is empty where the topology does not say it.
type blank struct{ name, value string }

// approvalStep is one step with everything that a person types for it.
type approvalStep struct {
	plan.Step
	sheets       string // "sheet 1, sheet 3"; "" when the step is skipped
	shellName    string
	runLines     []string
	backOutLines []string
}

// several reports whether the step is done on more than one server.
func (s approvalStep) several() bool { return s.PerServer && len(s.RunOn) > 1 }

// renderApproval makes approval.md: the page that a board signs and an implementer works from.
func renderApproval(p *plan.Plan, digest string) []byte { return seal(newApproval(p, digest).page()) }

func newApproval(p *plan.Plan, digest string) approval {
	a := approval{plan: p, digest: digest, sheets: newSheets(p)}
	a.blanks = []blank{
		{"Change", p.Topology.Change.ID},
		{"Title", p.Topology.Change.Title},
		{"Owner", p.Topology.Change.Owner},
		{"Window from", p.Topology.Change.WindowStart},
		{"Window to", p.Topology.Change.WindowEnd},
		{"Rehearsed on the simulated farm, result in " + escape.Code(p.BundleName()+".rehearsal.json") + " beside this folder; digest equal", ""},
		{"Approved digest, as the ticket says it", ""},
	}
	for i, s := range p.Steps {
		step := approvalStep{
			Step: s, sheets: sheetsOf(a.sheets, i), shellName: cmp.Or(p.Versions.ShellName(s.Shell), "By hand"),
			runLines: s.RunLines(digest), backOutLines: s.BackOutLines(digest),
		}
		a.steps = append(a.steps, step)
		if s.BackOut != "" {
			a.backOuts = append([]approvalStep{step}, a.backOuts...)
		}
		for j := range a.sheets {
			if a.sheets[j].holds(i) {
				a.sheets[j].steps = append(a.sheets[j].steps, step)
			}
		}
	}
	return a
}

// FirstLine is the line that the run sheets begin with.
func FirstLine(p *plan.Plan, digest string) string {
	for _, s := range p.Steps {
		if lines := s.RunLines(digest); len(lines) > 0 {
			return lines[0]
		}
	}
	return ""
}

// sheetsOf names the sheets that hold the step with that index in the plan.
func sheetsOf(sheets []sheet, step int) string {
	var names []string
	for _, sheet := range sheets {
		if sheet.holds(step) {
			names = append(names, "sheet "+strconv.Itoa(sheet.number))
		}
	}
	return strings.Join(names, ", ")
}
