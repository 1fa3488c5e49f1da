package bundle

import (
	"slices"
	"time"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// modulePath is the module that every script of a bundle imports.
const modulePath = "scripts/common.psm1"

// renderScripts renders the module, the script and the back-out of each step that has them, and run.ps1.
func renderScripts(p *plan.Plan) ([]File, error) {
	set, err := newTemplateSet(p)
	if err != nil {
		return nil, err
	}
	files := []File{{modulePath, templates.ModuleFor(p.UsesOverride()).Text}}
	for _, step := range p.Steps {
		for _, backOut := range []bool{false, true} {
			s := &script{Plan: p, Step: step, BackOut: backOut}
			if s.Path() == "" {
				continue
			}
			file, err := set.script(s.Path(), s.template(), s)
			if err != nil {
				return nil, err
			}
			files = append(files, file)
		}
	}
	file, err := set.script(runPath, runPath+".tmpl", &guide{p})
	return append(files, file), err
}

// script is the data of a script template: the plan, the step of the script, and facts about both.
type script struct {
	*plan.Plan
	Step    plan.Step
	BackOut bool // the way back
}

// Path is the script's path in the bundle, or "" if the step has no such script.
func (s *script) Path() string {
	if s.BackOut {
		return s.Step.BackOut
	}
	return s.Step.Script
}

// template is the path of the script's template. A back-out restores captured values, no matter which change captured
// them, so a back-out without its own template uses the template of integrate, for the product family if there is one.
func (s *script) template() string {
	if !s.BackOut {
		return "scripts/" + s.Step.Template + ".ps1.tmpl"
	}
	names := []string{s.Step.Template, s.Step.ID}
	if s.UsesOverride() {
		names = []string{s.Step.Template, "override-" + s.Step.ID, s.Step.ID}
	}
	i := slices.IndexFunc(names, func(name string) bool { return exists("backout/" + name + ".ps1.tmpl") })
	return "backout/" + names[max(0, i)] + ".ps1.tmpl"
}

// Mutates reports whether the script can change anything.
func (s *script) Mutates() bool { return s.BackOut || s.Step.Kind == plan.KindChange }

// Enables reports whether the script can enable the topology.
func (s *script) Enables() bool {
	return s.Step.Shell == plan.ShellLync && (s.BackOut || s.Step.ID == "enable-topology")
}

// Integrates reports whether the change connects OWA with Lync.
func (s *script) Integrates() bool { return s.Change == plan.Integrate }

// Renews reports whether the change only replaces the certificate of an existing integration.
func (s *script) Renews() bool { return s.Change == plan.RenewCertificate }

// WindowEnd is when the change window ends, in UTC, or "". It is a parsed time: no text of the change enters a script.
func (s *script) WindowEnd() string {
	end := plan.Moment(s.Topology.Change.WindowEnd)
	if end.IsZero() {
		return ""
	}
	return end.UTC().Format(time.RFC3339)
}

// Retires reports whether the change takes the whole integration out.
func (s *script) Retires() bool { return s.Change == plan.Retire }

// Members are the servers that may be in the trusted application pool of an OWA pool, each once.
func (s *script) Members(pool topology.Pool) []string {
	members := fqdns(pool.MailboxServers)
	for _, computer := range pool.TrustedComputers {
		if !pool.UMColocated && !slices.Contains(members, computer) {
			members = append(members, computer)
		}
	}
	return members
}

// Planned is the planned step with that id, or nil.
func (s *script) Planned(id string) *plan.Step {
	if step, exists := s.Plan.Step(id); exists && step.Status == plan.Planned {
		return &step
	}
	return nil
}

// UndoPath is the path of the back-out script that undoes this script, or "". The back-out of the step that made the
// enabling of the topology due undoes that too.
func (s *script) UndoPath() string {
	if s.BackOut || s.Step.Kind != plan.KindChange {
		return ""
	}
	for i := s.index(); i >= 0; i-- {
		if path := s.Steps[i].BackOut; path != "" {
			return path
		}
	}
	return ""
}

// Early reports whether the canary is verified before the mailbox policies change.
func (s *script) Early() bool { return s.HasCanary() && s.Integrates() && !s.HasPilotPolicy() }

// PolicyStep is the id of the step that enables the mailbox policies that the verification reads.
func (s *script) PolicyStep() string {
	if s.HasPilotPolicy() {
		return "pilot-policy"
	}
	return "mailbox-policies"
}

// Following is the step of the next script, forward or in the order of the back-outs, or nil after the last one.
func (s *script) Following() *plan.Step {
	visits := s.Visits()
	if s.BackOut {
		for i := slices.IndexFunc(visits, s.isMine) - 1; i >= 0; i-- {
			if visits[i].BackOut != "" {
				return &visits[i]
			}
		}
		return nil
	}
	last := len(visits) - 1
	for ; last >= 0 && !s.isMine(visits[last]); last-- {
	}
	return firstPlanned(visits[last+1:])
}

// FollowingCanary is the step that comes next on the canary, or nil where no canary runs this script before the others.
func (s *script) FollowingCanary() *plan.Step {
	if len(s.Step.Canary) == 0 || s.BackOut {
		return nil
	}
	visits := s.Visits()
	return firstPlanned(visits[slices.IndexFunc(visits, s.isMine)+1:])
}

func firstPlanned(visits []plan.Step) *plan.Step {
	i := slices.IndexFunc(visits, func(v plan.Step) bool { return v.Status != plan.Skipped })
	if i < 0 {
		return nil
	}
	return &visits[i]
}

func (s *script) isMine(visit plan.Step) bool { return visit.ID == s.Step.ID }

func (s *script) index() int { return slices.IndexFunc(s.Steps, s.isMine) }

// SipPlanNames are the dial plans that the topology names, each once, or none if it selects all.
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
