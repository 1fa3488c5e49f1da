package bundle

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"

	"lyncowa/internal/markdown"
	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// approval is what approval.md shows: the plan, arranged by who does what where.
type approval struct {
	Plan        *plan.Plan
	Digest      string
	Blanks      []blank
	Implementer string
	Steps       []approvalStep
	Sheets      []sheet
	BackOuts    []approvalStep // the last step first
}

// blank is a line to fill in. Its value is empty where the topology does not say it.
type blank struct{ Name, Value string }

// approvalStep is one step with everything that a person types for it.
type approvalStep struct {
	plan.Step
	Sheets       string // "sheet 1, sheet 3"; "" when the step is skipped
	ShellName    string
	RunLines     []string
	BackOutLines []string
}

// Several reports whether the step is done on more than one server.
func (s approvalStep) Several() bool { return s.PerServer && len(s.RunOn) > 1 }

// Rows are the first cells of the step's table, in Markdown: its servers, or room for the name of one computer.
func (s approvalStep) Rows() []string { return rows(s.PerServer, s.RunOn) }

// Changes reports whether the step will change the farm.
func (s approvalStep) Changes() bool { return s.Kind == plan.KindChange && s.Status == plan.Planned }

// renderApproval makes approval.md: the page that a board signs and an implementer works from.
func renderApproval(p *plan.Plan, digest string) ([]byte, error) {
	page, err := template.New("approval.md.tmpl").Funcs(template.FuncMap{
		"text":        markdown.Text,
		"code":        markdown.Code,
		"warn":        warn,
		"reason":      reason,
		"lyncProduct": lyncProduct,
	}).ParseFS(templates.Files, "record/approval.md.tmpl")
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := page.Execute(&out, newApproval(p, digest)); err != nil {
		return nil, err
	}
	return seal(out.Bytes()), nil
}

func newApproval(p *plan.Plan, digest string) approval {
	sheets := newSheets(p)
	a := approval{Plan: p, Digest: digest, Implementer: p.Topology.Change.Implementer}
	a.Blanks = []blank{
		{"Change", p.Topology.Change.ID},
		{"Title", p.Topology.Change.Title},
		{"Owner", p.Topology.Change.Owner},
		{"Window from", p.Topology.Change.WindowStart},
		{"Window to", p.Topology.Change.WindowEnd},
		{"Rehearsed on the simulated farm, result in " + markdown.Code(p.BundleName()+".rehearsal.json") + " beside this folder; digest equal", ""},
		{"Approved digest, as the ticket says it", ""},
	}
	for _, s := range p.Steps {
		step := approvalStep{
			Step: s, Sheets: sheetsOf(sheets, s), ShellName: shellName(p, s.Shell),
			RunLines: runLines(s, s.Script, digest), BackOutLines: runLines(s, s.BackOut, digest),
		}
		a.Steps = append(a.Steps, step)
		if s.BackOut != "" {
			a.BackOuts = append([]approvalStep{step}, a.BackOuts...)
		}
		for i := range sheets {
			sheets[i].add(step)
		}
	}
	a.Sheets = sheets
	return a
}

// runLines are the exact lines that run one script of a step: for a change first what it would do, then doing it.
func runLines(s plan.Step, script, digest string) []string {
	if script == "" {
		return nil
	}
	line := `.\` + strings.ReplaceAll(script, "/", `\`) + " -ApprovedDigest " + digest
	if s.Kind != plan.KindChange {
		return []string{line}
	}
	return []string{line + " -WhatIf", line}
}

// FirstLine is the line that the run sheets begin with.
func FirstLine(p *plan.Plan, digest string) string {
	for _, s := range p.Steps {
		if lines := runLines(s, s.Script, digest); len(lines) > 0 {
			return lines[0]
		}
	}
	return ""
}

func shellName(p *plan.Plan, s plan.Shell) string {
	switch s {
	case plan.ShellLync:
		return plan.LyncShellName(p.Versions.Lync)
	case plan.ShellExchange:
		return "Exchange Management Shell"
	default:
		return "By hand"
	}
}

func lyncProduct(version string) string {
	if version == "2013" {
		return "Lync Server 2013"
	}
	return "Skype for Business Server " + version
}

// warn escapes an impact and makes the word that nobody may overlook bold.
func warn(impact string) string {
	return strings.ReplaceAll(markdown.Text(impact), "WARNING:", "**WARNING:**")
}

// reason escapes the reason of a step; the folder of OWA's logs in it is code.
func reason(text string) string {
	const logs = `Logging\OWA\InstantMessaging`
	before, after, found := strings.Cut(text, logs)
	if !found {
		return markdown.Text(text)
	}
	return markdown.Text(before) + markdown.Code(logs) + markdown.Text(after)
}

// sheetsOf names the sheets that hold a step.
func sheetsOf(sheets []sheet, s plan.Step) string {
	var names []string
	for _, sheet := range sheets {
		if sheet.holds(s) {
			names = append(names, fmt.Sprintf("sheet %d", sheet.Number))
		}
	}
	return strings.Join(names, ", ")
}
