package bundle

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// scriptRoom is about the length of a script in bytes, rather more.
const scriptRoom = 8 << 10

// renderScripts makes one script for each step that has one, and one back-out for each that has one.
func renderScripts(p *plan.Plan) ([]File, error) {
	set, err := newTemplateSet(p)
	if err != nil {
		return nil, err
	}
	var files []File
	for i := range p.Steps {
		for _, backOut := range []bool{false, true} {
			path := scriptPath(&p.Steps[i], backOut)
			if path == "" {
				continue
			}
			s := newScript(p, p.Steps[i], backOut)
			text := scriptText{name: path, out: make([]byte, 0, scriptRoom)}
			if err := set.write(&text, s.template(), s); err != nil {
				return nil, err
			}
			files = append(files, File{path, text.bytes()})
		}
	}
	return files, nil
}

// script is what a script template sees: the plan, its step, and what a script says of the two. What every script
// says is a field: a template finds and calls a method at several times the cost.
type script struct {
	*plan.Plan
	Step    plan.Step
	BackOut bool // the way back

	Kind        string // check, change, verify or back-out
	Mutates     bool   // whether it can change anything
	WindowsPath string // the script's path in the bundle, as an admin types it
	Where       string // on which hosts it runs; a step on each server names them in its table
	Source      string // the procedure that the step comes from
	Undo        string // how to go back
	UndoPath    string // the back-out script of the step, as an admin types it; "" where there is none
	Next        string // the line that the script ends with: what follows it; "" at the end
}

func newScript(p *plan.Plan, step plan.Step, backOut bool) *script {
	s := &script{
		Plan: p, Step: step, BackOut: backOut,
		Kind:        string(step.Kind),
		Mutates:     backOut || step.Kind == plan.KindChange,
		WindowsPath: onWindows(scriptPath(&step, backOut)),
		Where:       where(&step),
		Source:      strings.Join(step.Sources, ", ") + ` of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)`,
		Undo:        step.Undo,
		Next:        next(p, &step, backOut),
	}
	if backOut {
		s.Kind = "back-out"
		return s
	}
	if step.BackOut != "" {
		s.Undo = onWindows(step.BackOut) + ": " + step.Undo
	}
	if step.Kind == plan.KindChange {
		s.UndoPath = undoPath(p, &step)
	}
	return s
}

// scriptPath is the path of a step's script, or of its back-out, in the bundle; "" where there is none.
func scriptPath(step *plan.Step, backOut bool) string {
	if backOut {
		return step.BackOut
	}
	return step.Script
}

func onWindows(path string) string { return strings.ReplaceAll(path, "/", `\`) }

// template is the path of the script's template. A way back that restores captured values is the same whatever
// the way forward was, so a back-out without a template of its own is that of integrate.
func (s *script) template() string {
	if !s.BackOut {
		return "scripts/" + s.Step.Template + ".ps1.tmpl"
	}
	if own := "backout/" + s.Step.Template + ".ps1.tmpl"; exists(own) {
		return own
	}
	return "backout/" + s.Step.ID + ".ps1.tmpl"
}

func where(step *plan.Step) string {
	switch {
	case step.PerServer && len(step.RunOn) == 1:
		return "Exchange Management Shell, on the Mailbox server " + step.RunOn[0]
	case step.PerServer:
		return fmt.Sprintf("Exchange Management Shell, on each of the %d Mailbox servers in the table below, one after the other", len(step.RunOn))
	}
	return strings.Join(step.RunOn, ", ")
}

// undoPath is the back-out script that takes a step back. Step 50 is taken back by the back-out of the step that made
// it due.
func undoPath(p *plan.Plan, step *plan.Step) string {
	for i := indexOf(p, step); i >= 0; i-- {
		if p.Steps[i].BackOut != "" {
			return onWindows(p.Steps[i].BackOut)
		}
	}
	return ""
}

// next is what follows a script, in the order of the plan or, on the way back, against it. A step on each server is
// done only with the last server.
func next(p *plan.Plan, step *plan.Step, backOut bool) string {
	after := following(p, step, backOut)
	if after != "" && step.PerServer && len(step.RunOn) > 1 {
		return "this script on the next Mailbox server; after the last one: " + after
	}
	return after
}

func following(p *plan.Plan, step *plan.Step, backOut bool) string {
	if backOut {
		for i := indexOf(p, step) - 1; i >= 0; i-- {
			if path := p.Steps[i].BackOut; path != "" {
				return onWindows(path) + " (" + host(&p.Steps[i]) + ")"
			}
		}
		return "the way back is complete"
	}
	for i := indexOf(p, step) + 1; i < len(p.Steps); i++ {
		other := &p.Steps[i]
		switch {
		case other.Status == plan.Skipped:
		case other.Script != "":
			return onWindows(other.Script) + " (" + host(other) + ")"
		default:
			return strings.ToLower(other.Title[:1]) + other.Title[1:]
		}
	}
	return ""
}

func indexOf(p *plan.Plan, step *plan.Step) int {
	return slices.IndexFunc(p.Steps, func(other plan.Step) bool { return other.Order == step.Order })
}

func host(step *plan.Step) string {
	if step.PerServer {
		return "on each Mailbox server"
	}
	return step.RunOn[0]
}

// SipPlanNames are the dial plans that the topology names, each once; none where it names all.
func (s *script) SipPlanNames() []string {
	var names []string
	for _, pool := range s.DialPlanPools() {
		for _, name := range pool.SipDialPlans.Names {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// Renews reports whether the change presupposes an integration and changes its certificate only.
func (s *script) Renews() bool { return s.Change == plan.RenewCertificate }

// Again says how to repeat the step with that id: here, or, where this change has no such step, by another one.
func (s *script) Again(id string) string {
	if step, exists := s.Plan.Step(id); exists && step.Status == plan.Planned {
		return fmt.Sprintf("run step %d again", step.Order)
	}
	return "run the change integrate"
}

// TrustedRegistrars are the registrars of the trusted application pools, each once.
func (s *script) TrustedRegistrars() []string { return registrars(s.TrustedPools()) }

// DiscoveredRegistrars are the registrars of the pools that Lync discovers by itself, each once.
func (s *script) DiscoveredRegistrars() []string { return registrars(s.DiscoveredPools()) }

func registrars(pools []topology.Pool) []string {
	var names []string
	for _, pool := range pools {
		if !slices.Contains(names, pool.Registrar) {
			names = append(names, pool.Registrar)
		}
	}
	return names
}
