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

// Option is something about a change that is not in the topology.
type Option func(*Plan)

// Build decides what is to be done for a valid topology. source is the topology file, byte for byte. The plan
// is nil if and only if there is a finding; its place is the file as a whole.
func Build(t *topology.Topology, source []byte, change Change, options ...Option) (*Plan, finding.List) {
	k, known := kindOf(change)
	if !known {
		return nil, finding.List{unknownChange(change)}
	}
	if reason, hint := k.refused(t); reason != "" {
		return nil, finding.List{{ID: "change-senseless", Severity: finding.Error, Message: fmt.Sprintf("change %s: %s", change, reason), Hint: hint}}
	}
	digest := sha256.Sum256(source)
	p := &Plan{
		FormatVersion:  FormatVersion,
		Tool:           Tool{Name: ToolName, Version: ToolVersion},
		Name:           t.Name,
		Change:         change,
		Versions:       Versions{Exchange: t.Versions.Exchange, Lync: t.Versions.Lync},
		TopologyDigest: hex.EncodeToString(digest[:]),
		Topology:       t,
		Source:         source,
	}
	for _, option := range options {
		option(p)
	}
	if change == AddServer {
		if findings := p.addServers(); findings.HasErrors() {
			return nil, findings
		}
	}
	for _, r := range k.rows() {
		if r.when == nil || r.when(p) {
			p.Steps = append(p.Steps, r.fill(p))
		}
	}
	return p, nil
}

func kindOf(change Change) (kind, bool) {
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.change == change })
	if i < 0 {
		return kind{}, false
	}
	return kinds[i], true
}

func unknownChange(change Change) finding.Finding {
	known := make([]string, len(kinds))
	for i, c := range Changes() {
		known[i] = string(c)
	}
	return finding.Finding{
		ID:       "change-unknown",
		Severity: finding.Error,
		Message:  fmt.Sprintf("change %q is not a kind of change", string(change)),
		Hint:     "use one of: " + strings.Join(known, ", "),
	}
}

// Changes lists the kinds of change that Build knows, in the order in which help shows them.
func Changes() []Change {
	names := make([]Change, len(kinds))
	for i, k := range kinds {
		names[i] = k.change
	}
	return names
}

// Listed is a step of a kind of change, as far as it is the same for every topology of Exchange 2013.
type Listed struct {
	Change Change
	Step
}

// Catalogue lists the steps of every kind of change, in the order of Changes and then of the steps.
func Catalogue() []Listed {
	var list []Listed
	for _, k := range kinds {
		none := &Plan{Change: k.change, Versions: Versions{Exchange: "2013", Lync: "2013"}, Topology: &topology.Topology{}}
		for _, r := range k.rows() {
			list = append(list, Listed{k.change, r.empty(none)})
		}
	}
	return list
}

// kind is one kind of change.
type kind struct {
	change Change
	steps  []row // in order
	// refuse says why the kind makes no sense for a topology, and the way out; "" when it does. It may be nil.
	refuse func(*topology.Topology) (reason, hint string)
}

func (k kind) refused(t *topology.Topology) (reason, hint string) {
	if k.refuse == nil {
		return "", ""
	}
	return k.refuse(t)
}

// rows are the kind's whole rows. What a row leaves out is that of the same step of integrate, if it has that step, whatever
// its number there.
func (k kind) rows() []row {
	whole := make([]row, len(k.steps))
	for i, r := range k.steps {
		whole[i] = r
		if at := slices.IndexFunc(integrate, func(base row) bool { return base.id == r.id }); at >= 0 {
			whole[i] = r.over(integrate[at])
		}
	}
	return whole
}

// row is a step in a table of steps. Every field may be left out in favour of the row below it.
type row struct {
	stepID
	kind     Kind
	on       place
	sources  []string
	backOut  bool                  // a back-out script exists
	when     func(*Plan) bool      // nil: always; otherwise the plan has no such step, not even a skipped one
	skip     func(*Plan) bool      // nil: never
	after    stepID                // the step that it follows where the plan has that; it is no part of rows over this one
	commands func(*Plan) []Command // nil for a step that changes nothing
	byHand   func(*Plan) []Command // the way back without evidence
	// override and overrideByHand take the place of both where Exchange takes its settings from a setting override.
	override, overrideByHand func(*Plan) []Command
	template                 string // of its scripts; "" for those that have its id
}

// stepID names a step for good.
type stepID struct {
	order int
	id    string
}

// number is the step's number as a text.
func (s stepID) number() string { return fmt.Sprint(s.order) }

// place is where a step runs.
type place struct {
	shell   Shell
	servers func(*Plan) []Server // one after the other; nil: once, where the words of the plan say
	first   func(*Plan) []string // FQDNs of those that the others wait for; nil: none
}

// over lays the row over another one: fields that it leaves out are those of base.
func (r row) over(base row) row {
	r.stepID = cmp.Or(r.stepID, base.stepID)
	r.kind = cmp.Or(r.kind, base.kind)
	r.template = cmp.Or(r.template, base.template)
	r.backOut = r.backOut || base.backOut
	if r.on.shell == "" {
		r.on = base.on
	}
	if r.sources == nil {
		r.sources = base.sources
	}
	if r.when == nil {
		r.when = base.when
	}
	if r.skip == nil {
		r.skip = base.skip
	}
	if r.commands == nil {
		r.commands = base.commands
	}
	if r.byHand == nil {
		r.byHand = base.byHand
	}
	if r.override == nil {
		r.override = base.override
	}
	if r.overrideByHand == nil {
		r.overrideByHand = base.overrideByHand
	}
	return r
}

// empty is the step before a topology fills it.
func (r row) empty(p *Plan) Step {
	template := cmp.Or(r.template, r.id)
	if r.override != nil && p.UsesOverride() {
		template = "override-" + template
	}
	return Step{
		Order: r.order, ID: r.id, Title: p.say(r, "title"), Kind: r.kind, Shell: r.on.shell, Sources: r.sources,
		Template: template, BackOutTitle: p.say(r, "back-out"), RunOn: []string{}, Commands: []Command{}, ManualUndo: []Command{},
	}
}

// fill makes the step of one plan. A skipped step keeps its number, title and reason and has nothing to run.
func (r row) fill(p *Plan) Step {
	s := r.empty(p)
	if r.skip != nil && r.skip(p) {
		s.Status, s.Reason = Skipped, p.say(r, "skipped")
		return s
	}
	s.Status, s.Reason = Planned, p.say(r, "reason")
	s.Impact = Impact{Text: p.say(r, "impact"), Warning: p.say(r, "warning")}
	s.Rights, s.Undo = p.say(r, "rights"), p.say(r, "undo")
	s.RunOn, s.PerServer = []string{p.place(r.on.shell)}, r.on.servers != nil
	if s.PerServer {
		s.RunOn = serverNames(r.on.servers(p))
	}
	if r.on.first != nil {
		s.Canary = r.on.first(p)
	}
	if r.after == pilotSignOff && p.HasPilotPolicy() {
		s.After = r.after.id
	}
	commands, byHand := r.commands, r.byHand
	if r.override != nil && p.UsesOverride() {
		commands, byHand = r.override, r.overrideByHand
	}
	if commands != nil {
		s.Commands = commands(p)
	}
	if byHand != nil {
		s.ManualUndo = byHand(p)
	}
	if r.kind != KindManual {
		s.Script = r.path("scripts")
	}
	if r.backOut {
		s.BackOut = r.path("back-out")
	}
	return s
}

func (r row) path(folder string) string {
	return fmt.Sprintf("%s/%d-%s-%s.ps1", folder, r.order, r.on.shell, r.id)
}
