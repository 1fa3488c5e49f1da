package bundle

import (
	"fmt"
	"slices"
	"strings"
	"text/template"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// modulePath is the module that every script of a bundle imports.
const modulePath = "scripts/common.psm1"

// moduleRoom and scriptRoom are about the length of the module and of a script in bytes, rather more.
const (
	moduleRoom = 128 << 10
	scriptRoom = 8 << 10
)

// renderModule makes the module that the scripts share, of its parts.
func renderModule(p *plan.Plan) ([]byte, error) {
	set := templateSet{template.New("").Funcs(template.FuncMap{"part": part})}
	if err := set.parse("common/place.psm1.tmpl"); err != nil {
		return nil, err
	}
	return set.render("common.psm1.tmpl", newScript(p, plan.Step{}, false), moduleRoom)
}

// part is a part of the module that is the same in every bundle.
func part(path string) (string, error) {
	text, err := templates.Files.ReadFile(path)
	return string(text), err
}

// renderScripts makes one script for each step that has one, and one back-out for each that has one.
func renderScripts(p *plan.Plan) ([]File, error) {
	set, err := newTemplateSet(p)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, step := range p.Steps {
		for _, s := range []*script{newScript(p, step, false), newScript(p, step, true)} {
			if s.Path() == "" {
				continue
			}
			data, err := set.render(s.template(), s, scriptRoom)
			if err != nil {
				return nil, err
			}
			files = append(files, File{s.Path(), data})
		}
	}
	return files, nil
}

// script is what a script template sees: the plan, its step, and whether it is the way forward or back.
type script struct {
	*plan.Plan
	Step    plan.Step
	BackOut bool
}

func newScript(p *plan.Plan, step plan.Step, backOut bool) *script {
	return &script{Plan: p, Step: step, BackOut: backOut}
}

// Path is the script's path in the bundle; empty when there is none.
func (s *script) Path() string {
	if s.BackOut {
		return s.Step.BackOut
	}
	return s.Step.Script
}

// WindowsPath is Path as an admin types it.
func (s *script) WindowsPath() string { return strings.ReplaceAll(s.Path(), "/", `\`) }

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

// Kind is check, change, verify or back-out.
func (s *script) Kind() string {
	if s.BackOut {
		return "back-out"
	}
	return string(s.Step.Kind)
}

// Mutates reports whether the script can change anything.
func (s *script) Mutates() bool { return s.BackOut || s.Step.Kind == plan.KindChange }

// Where says on which hosts the script runs; a step on each server names them in its table.
func (s *script) Where() string {
	switch {
	case s.Step.PerServer && len(s.Step.RunOn) == 1:
		return "Exchange Management Shell, on the Mailbox server " + s.Step.RunOn[0]
	case s.Step.PerServer:
		return fmt.Sprintf("Exchange Management Shell, on each of the %d Mailbox servers in the table below, one after the other", len(s.Step.RunOn))
	}
	return strings.Join(s.Step.RunOn, ", ")
}

// Source names the procedure that the step comes from.
func (s *script) Source() string {
	return strings.Join(s.Step.Sources, ", ") + ` of "Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013" (change record)`
}

// Undo says how to go back.
func (s *script) Undo() string {
	if s.Step.BackOut == "" {
		return s.Step.Undo
	}
	return s.UndoPath() + ": " + s.Step.Undo
}

// UndoPath is the back-out script that takes the step back, as an admin types it. Step 50 is taken back by the
// back-out of the step that made it due.
func (s *script) UndoPath() string {
	if s.BackOut || s.Step.Kind != plan.KindChange {
		return ""
	}
	i := slices.IndexFunc(s.Steps, func(other plan.Step) bool { return other.Order == s.Step.Order })
	for ; i >= 0; i-- {
		if s.Steps[i].BackOut != "" {
			return strings.ReplaceAll(s.Steps[i].BackOut, "/", `\`)
		}
	}
	return ""
}

// Next is the line that a script ends with: the script that follows, in the order of the plan or, on the way
// back, against it.
func (s *script) Next() string {
	i := slices.IndexFunc(s.Steps, func(other plan.Step) bool { return other.Order == s.Step.Order })
	following := slices.All(s.Steps[i+1:])
	if s.BackOut {
		following = slices.Backward(s.Steps[:i])
	}
	for _, step := range following {
		next := newScript(s.Plan, step, s.BackOut)
		switch {
		case step.Status == plan.Skipped:
		case next.Path() != "":
			return s.thisStepFirst() + next.WindowsPath() + " (" + next.host() + ")"
		case !s.BackOut:
			return s.thisStepFirst() + strings.ToLower(step.Title[:1]) + step.Title[1:]
		}
	}
	if s.BackOut {
		return s.thisStepFirst() + "the way back is complete"
	}
	return ""
}

// thisStepFirst reminds that a step on each server is done only with the last server.
func (s *script) thisStepFirst() string {
	if s.Step.PerServer && len(s.Step.RunOn) > 1 {
		return "this script on the next Mailbox server; after the last one: "
	}
	return ""
}

func (s *script) host() string {
	if s.Step.PerServer {
		return "on each Mailbox server"
	}
	return s.Step.RunOn[0]
}

// LyncShell is the name of the Lync management shell of this version.
func (s *script) LyncShell() string { return plan.LyncShellName(s.Versions.Lync) }

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
