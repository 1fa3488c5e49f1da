package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/topology"
)

// ToolName and ToolVersion stand in every plan. The version is a constant so that the same source makes the
// same bytes on every machine.
const (
	ToolName    = "lyncowa"
	ToolVersion = "0.1.0"
)

// Changes lists the kinds of change that Build knows, in the order in which help shows them.
func Changes() []Change {
	names := make([]Change, len(changes))
	for i, c := range changes {
		names[i] = c.name
	}
	return names
}

// change is one kind of change: its steps in order, and the topologies that it makes no sense for.
type change struct {
	name  Change
	steps []definition
	// refuse says why the kind makes no sense for a topology, and the way out; "" when it does.
	refuse func(*topology.Topology) (reason, hint string)
}

// changes are all kinds of change.
var changes = []change{
	{name: Integrate, steps: integrate, refuse: never},
	{name: Disable, steps: disable, refuse: never},
	{name: RemoveDuplicate, steps: removeDuplicate, refuse: withoutColocatedPool},
	{name: Reapply, steps: reapply, refuse: never},
	{name: RenewCertificate, steps: renewCertificate, refuse: never},
}

func never(*topology.Topology) (reason, hint string) { return "", "" }

// Option is something about a change that is not in the topology.
type Option func(*Plan)

// Replacing says which thumbprint each Mailbox server has before its certificate is renewed: FQDN -> 40
// upper-case hex digits. It goes into the plan's reasons and the record; no script acts on it.
func Replacing(thumbprints map[string]string) Option {
	return func(p *Plan) {
		for _, server := range p.Servers() {
			if old, ok := thumbprints[server.FQDN]; ok {
				p.Replaces = append(p.Replaces, Replaced{Server: server.FQDN, Old: old, New: server.Thumbprint})
			}
		}
	}
}

// Build decides what is to be done for a valid topology. source is the topology file, byte for byte. The plan
// is nil if and only if there is a finding; its place is the file as a whole.
func Build(t *topology.Topology, source []byte, name Change, options ...Option) (*Plan, finding.List) {
	i := slices.IndexFunc(changes, func(c change) bool { return c.name == name })
	if i < 0 {
		return nil, finding.List{unknownChange(name)}
	}
	if reason, hint := changes[i].refuse(t); reason != "" {
		return nil, finding.List{{ID: "change-senseless", Severity: finding.Error, Message: fmt.Sprintf("change %s: %s", name, reason), Hint: hint}}
	}
	digest := sha256.Sum256(source)
	p := &Plan{
		FormatVersion:  FormatVersion,
		Tool:           Tool{Name: ToolName, Version: ToolVersion},
		Name:           t.Name,
		Change:         name,
		Versions:       Versions{Exchange: t.Versions.Exchange, Lync: t.Versions.Lync},
		TopologyDigest: hex.EncodeToString(digest[:]),
		Topology:       t,
		Source:         source,
	}
	p.targets = targetsOf(p)
	for _, option := range options {
		option(p)
	}
	for _, d := range changes[i].steps {
		p.Steps = append(p.Steps, d.step(p))
	}
	return p, nil
}

// BundleName is the name of the bundle's folder.
func (p *Plan) BundleName() string { return p.Name + "-" + string(p.Change) }

// Step returns the step with that id.
func (p *Plan) Step(id string) (Step, bool) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id })
	if i < 0 {
		return Step{}, false
	}
	return p.Steps[i], true
}

func unknownChange(change Change) finding.Finding {
	known := make([]string, 0, len(Changes()))
	for _, c := range Changes() {
		known = append(known, string(c))
	}
	return finding.Finding{
		ID:       "change-unknown",
		Severity: finding.Error,
		Message:  fmt.Sprintf("change %q is not a kind of change", string(change)),
		Hint:     "use one of: " + strings.Join(known, ", "),
	}
}

// definition is one row of a kind of change: everything about a step that does not depend on the topology, and
// the functions for what does.
type definition struct {
	order   int
	id      string
	title   string
	kind    Kind
	shell   Shell
	sources []string

	runOn     func(*Plan) []string
	perServer bool
	rights    string
	backOut   bool // a back-out script exists
	undo      string

	reason   func(*Plan) (Status, string)
	commands func(*Plan) []Command
	impact   func(*Plan) string

	template string // of its scripts where they are not those of integrate; "" for id

	// override changes what differs where Exchange takes the settings from a setting override; may be nil.
	override func(*definition)
}

// with returns a copy of the row with some of its fields changed.
func (d definition) with(change func(*definition)) definition {
	change(&d)
	return d
}

// row returns the row of a kind of change that has that id.
func row(steps []definition, id string) definition {
	return steps[slices.IndexFunc(steps, func(d definition) bool { return d.id == id })]
}

// step fills the row in for one plan. A skipped step keeps its number, title and reason and has nothing to run.
func (d definition) step(p *Plan) Step {
	if d.override != nil && p.UsesOverride() {
		d.override(&d)
	}
	status, reason := d.reason(p)
	s := Step{
		Order: d.order, ID: d.id, Title: d.title, Kind: d.kind, Shell: d.shell,
		Status: status, Reason: reason, Sources: d.sources, Template: cmp.Or(d.template, d.id),
		RunOn: []string{}, Commands: []Command{},
	}
	if status == Skipped {
		return s
	}
	s.RunOn, s.PerServer = d.runOn(p), d.perServer
	s.Rights, s.Undo, s.Impact = d.rights, d.undo, d.impact(p)
	if d.commands != nil {
		if commands := d.commands(p); len(commands) > 0 {
			s.Commands = commands
		}
	}
	if d.kind != KindManual {
		s.Script = d.path("scripts")
	}
	if d.backOut {
		s.BackOut = d.path("back-out")
	}
	return s
}

func (d definition) path(folder string) string {
	return fmt.Sprintf("%s/%d-%s-%s.ps1", folder, d.order, d.shell, d.id)
}
