// Package plan decides: a topology and a kind of change go in, ordered steps come out, each with its reason.
//
// It is pure: no file, no YAML, no terminal. Scripts, back-outs, record and plan.json are views of one Plan
// and know nothing that the plan does not.
package plan

import (
	"slices"
	"strings"

	"lyncowa/internal/topology"
)

// FormatVersion is the version of plan.json's shape.
const FormatVersion = 1

// ToolName and ToolVersion stand in every plan. The version is a constant so that the same source makes the
// same bytes on every machine.
const (
	ToolName    = "lyncowa"
	ToolVersion = "0.2.0"
)

// Change is a kind of change.
type Change string

// The kinds of change.
const (
	Integrate        Change = "integrate"         // P1 to P12, P14
	Disable          Change = "disable"           // P13
	RemoveDuplicate  Change = "remove-duplicate"  // P2: the manual entry beside a discovered one
	Reapply          Change = "reapply"           // after a cumulative update
	RenewCertificate Change = "renew-certificate" // another thumbprint
	Retire           Change = "retire"            // the whole integration out
	AddServer        Change = "add-server"        // only what the new servers need
)

// Kind says what a step does to the farm.
type Kind string

// The kinds of step.
const (
	KindCheck  Kind = "check"  // read-only, before
	KindChange Kind = "change" // mutates
	KindVerify Kind = "verify" // read-only, after
	KindManual Kind = "manual" // done by a person
)

// Shell says in which management shell a step runs.
type Shell string

// The shells.
const (
	ShellLync     Shell = "lync"
	ShellExchange Shell = "exchange"
	ShellNone     Shell = "none"
)

// Status says whether a step is to be done.
type Status string

// A skipped step keeps its number and gives its reason.
const (
	Planned Status = "planned"
	Skipped Status = "skipped"
)

// Plan is the ordered steps of one change to one topology.
type Plan struct {
	FormatVersion  int      `json:"formatVersion"`
	Tool           Tool     `json:"tool"`
	Name           string   `json:"name"`
	Change         Change   `json:"change"`
	Versions       Versions `json:"versions"`
	TopologyDigest string   `json:"topologyDigest"` // SHA-256 of the topology file's bytes, lower-case hex
	// EarlierDigest is the SHA-256 of the topology to which servers are added, lower-case hex; absent for other changes.
	EarlierDigest string `json:"earlierDigest,omitempty"`
	Steps         []Step `json:"steps"`
	// Replaces is what --from told about the certificates that go; absent otherwise.
	Replaces []Replaced `json:"replaces,omitempty"`
	// Inventories are the files that tell what the farm has already, and Totals what they tell of the commands; absent
	// without one.
	Inventories []Inventory `json:"inventories,omitempty"`
	Totals      *Totals     `json:"totals,omitempty"`

	Topology *topology.Topology `json:"-"` // the values behind the steps, for the views; of add-server the new servers only; read-only
	Source   []byte             `json:"-"` // the topology file, byte for byte
	Earlier  *Earlier           `json:"-"` // what add-server adds to; nil for other changes

	declared *topology.Topology // all of the file where Topology is a part of it; otherwise nil
	places   topology.Places    // of the file, for findings
}

// Tool names the program that made the plan. The version is a constant of the source, never a build's.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Replaced is the certificate of one Mailbox server before and after its renewal: FQDN and two thumbprints of 40
// upper-case hex digits.
type Replaced struct {
	Server string `json:"server"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// Versions are the product versions, each by its year. What differs between them is in package topology.
type Versions struct {
	Exchange string `json:"exchange"`
	Lync     string `json:"lync"`
}

// LyncProduct is the name of the Lync product.
func (v Versions) LyncProduct() string { return topology.Versions(v).LyncProduct() }

// ShellName is the name of a management shell, as the product of that version calls it; "" for none.
func (v Versions) ShellName(s Shell) string {
	return map[Shell]string{ShellExchange: "Exchange Management Shell", ShellLync: topology.Versions(v).LyncShell()}[s]
}

// UsesOverride reports whether Exchange takes the Lync pool and the certificate from a setting override instead
// of web.config.
func (p *Plan) UsesOverride() bool { return topology.Versions(p.Versions).UsesOverride() }

// HasUM reports whether this version of Exchange has unified messaging.
func (p *Plan) HasUM() bool { return topology.Versions(p.Versions).HasUM() }

// BundleName is the name of the bundle's folder.
func (p *Plan) BundleName() string { return p.Name + "-" + string(p.Change) }

// Step returns the step with that id, and whether the plan has one.
func (p *Plan) Step(id string) (Step, bool) {
	i := slices.IndexFunc(p.Steps, func(s Step) bool { return s.ID == id })
	if i < 0 {
		return Step{}, false
	}
	return p.Steps[i], true
}

// Step is one step of the procedure. Arrays are never nil.
type Step struct {
	Order     int       `json:"order"` // stable: 10, 20, ... 99
	ID        string    `json:"id"`    // stable, e.g. "trusted-application"
	Title     string    `json:"title"`
	Kind      Kind      `json:"kind"`
	Shell     Shell     `json:"shell"`
	Status    Status    `json:"status"`
	Reason    string    `json:"reason"`           // why it is done, or why it is skipped
	RunOn     []string  `json:"runOn"`            // hosts by FQDN, or one role in words
	PerServer bool      `json:"perServer"`        // true: on each of RunOn, one after the other; false: once
	Canary    []string  `json:"canary,omitempty"` // those of RunOn that run it first; the others wait for their sign-off
	After     string    `json:"after,omitempty"`  // id of the step that it follows, where that is not the one before it
	Script    string    `json:"script"`           // path in the bundle, "" when there is none
	BackOut   string    `json:"backOut"`          // path in the bundle, "" when there is none
	Commands  []Command `json:"commands"`         // the mutating commands, as the Page writes them, in order; those on one host stand together
	// ManualUndo is the way back by hand, in order, for the day when the evidence of a host is lost. It assumes that
	// the farm had the product's defaults before.
	ManualUndo []Command `json:"manualUndo"`
	Impact     Impact    `json:"impact"` // who notices what
	Rights     string    `json:"rights"`
	Undo       string    `json:"undo"`
	Sources    []string  `json:"sources"` // of the procedure: "P3", ...

	Template     string `json:"-"` // which script templates make it
	BackOutTitle string `json:"-"` // what its back-out does, as a title
}

// Changes reports whether the step will change the farm.
func (s Step) Changes() bool { return s.Kind == KindChange && s.Status == Planned }

// DigestVariable holds the approved digest in the shell that runs a script. It is set once, from the ticket: nothing in
// a bundle says which digest was approved.
const DigestVariable = "$d"

// RunLines are the lines that run the step's script; none where it has none.
func (s Step) RunLines() []string { return s.runLines(s.Script) }

// BackOutLines are the lines that run the step's back-out; none where it has none.
func (s Step) BackOutLines() []string { return s.runLines(s.BackOut) }

// runLines run a script of the bundle. A change shows first, with -WhatIf, what it would do.
func (s Step) runLines(script string) []string {
	if script == "" {
		return nil
	}
	line := `.\` + strings.ReplaceAll(script, "/", `\`) + " -ApprovedDigest " + DigestVariable
	if s.Kind != KindChange {
		return []string{line}
	}
	return []string{line + " -WhatIf", line}
}

// FirstLine is what a run begins with: the digest, then run.ps1, or the first script in a bundle of another version, which
// may have no run.ps1.
func (p *Plan) FirstLine() string {
	line := DigestVariable + " = '<digest from the ticket>'"
	if p.Tool.Version == ToolVersion {
		return line + `; .\run.ps1 -ApprovedDigest ` + DigestVariable
	}
	for _, s := range p.Steps {
		if lines := s.RunLines(); len(lines) > 0 {
			return line + "; " + lines[0]
		}
	}
	return line
}

// Impact is who notices a step. A reader must not overlook the warning: it says that the step reaches farther than the
// servers that the topology names.
type Impact struct{ Text, Warning string }

// String is the impact in one line, the warning after the word WARNING.
func (i Impact) String() string {
	if i.Warning == "" {
		return i.Text
	}
	return strings.TrimSpace(i.Text + " WARNING: " + i.Warning)
}

// MarshalText writes the line that plan.json holds.
func (i Impact) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText reads that line, warning and all, into Text.
func (i *Impact) UnmarshalText(line []byte) error {
	*i = Impact{Text: string(line)}
	return nil
}

// CommandKind says how a command acts.
type CommandKind string

// The kinds of command.
const (
	Cmdlet CommandKind = "cmdlet"
	Native CommandKind = "native"
	File   CommandKind = "file"   // a whole <add key=... value=.../> element of web.config's appSettings
	Manual CommandKind = "manual" // in words, for a person; only on the way back by hand
)

// Command is one mutating command with this topology's values.
type Command struct {
	Kind CommandKind `json:"kind"`
	On   string      `json:"on"` // host by FQDN, or role in words
	Text string      `json:"text"`

	// Shape is the text with names such as <server> in the place of the values: the same for commands that differ in
	// their values only.
	Shape  string `json:"-"`
	Effect Effect `json:"-"` // on its object; "" for none
	Object Object `json:"-"`
	All    bool   `json:"-"` // every object of that kind in the organisation

	// State and Fact say what an inventory tells about it; "" without one.
	State State  `json:"state,omitempty"`
	Fact  string `json:"fact,omitempty"`
}
