package bundle

import (
	"lyncowa/internal/plan"
)

// runPath is the script that runs the others on a host, in order.
const runPath = "run.ps1"

// guide is the data of run.ps1: the plan, and the rows of its table.
type guide struct{ *plan.Plan }

// row is a row of run.ps1's table: a step, with the hosts that run it before the next row begins.
type row struct {
	plan.Step
	Undone  string   // path of the back-out that undoes the step
	Hosts   []string // FQDNs in order; none where any one computer with the shell runs it
	SignOff string   // question that a person answers with yes before the next row; "" for none
}

// Rows are the visits of the plan in order.
func (g *guide) Rows() []row {
	var rows []row
	for _, step := range g.Visits() {
		r := row{Step: step, Undone: (&script{Plan: g.Plan, Step: step}).UndoPath()}
		if step.PerServer {
			r.Hosts = step.RunOn
		}
		if step.Kind == plan.KindManual {
			r.SignOff = step.Title + ". Is that done, and did it work?"
		}
		rows = append(rows, r)
	}
	return rows
}

// Command is a cmdlet by which a computer knows that it has the shell of the step.
func (r row) Command() string {
	return map[plan.Shell]string{plan.ShellLync: "Get-CsSite", plan.ShellExchange: "Get-ExchangeServer"}[r.Shell]
}

// SkipReason is why a step is skipped, or "".
func (r row) SkipReason() string {
	if r.Status == plan.Skipped {
		return r.Reason
	}
	return ""
}

// AtTop reports that run.ps1 stands at the top of the bundle.
func (g *guide) AtTop() bool { return true }

// Mutates reports that run.ps1 needs the approved digest, as the scripts that it starts do.
func (g *guide) Mutates() bool { return true }

// AtTop reports that a script stands in a folder of the bundle.
func (s *script) AtTop() bool { return false }
