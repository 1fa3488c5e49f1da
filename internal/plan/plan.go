// Package plan decides: a topology and a kind of change go in, ordered steps come out, each with its reason.
//
// It is pure: no file, no YAML, no terminal. Scripts, back-outs, record and plan.json are views of one Plan
// and may know nothing that the plan does not.
package plan

import "lyncowa/internal/topology"

// FormatVersion is the version of plan.json's shape.
const FormatVersion = 1

// Change is a kind of change.
type Change string

// The kinds of change.
const (
	Integrate        Change = "integrate"         // P1 to P12, P14
	Disable          Change = "disable"           // P13
	RemoveDuplicate  Change = "remove-duplicate"  // P2: the manual entry beside a discovered one
	Reapply          Change = "reapply"           // after a cumulative update
	RenewCertificate Change = "renew-certificate" // another thumbprint
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
	Steps          []Step   `json:"steps"`
	// Replaces is what --from told about the certificates that go; absent otherwise.
	Replaces []Replaced `json:"replaces,omitempty"`

	Topology *topology.Topology `json:"-"` // the values behind the steps, for the views; not to be replaced after Build
	Source   []byte             `json:"-"` // the topology file, byte for byte

	targets *targets // of the topology; nil for a plan that Build did not make
}

// Tool names the program that made the plan. The version is a constant of the source, never a build's.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Replaced is the certificate of one Mailbox server before and after its renewal, by thumbprint.
type Replaced struct {
	Server string `json:"server"`
	Old    string `json:"old"`
	New    string `json:"new"`
}

// Versions are the product versions, each by its year.
type Versions struct {
	Exchange string `json:"exchange"`
	Lync     string `json:"lync"`
}

// Step is one step of the procedure. Arrays are never nil.
type Step struct {
	Order     int       `json:"order"` // stable: 10, 20, ... 99
	ID        string    `json:"id"`    // stable, e.g. "trusted-application"
	Title     string    `json:"title"`
	Kind      Kind      `json:"kind"`
	Shell     Shell     `json:"shell"`
	Status    Status    `json:"status"`
	Reason    string    `json:"reason"`    // why it is done, or why it is skipped
	RunOn     []string  `json:"runOn"`     // hosts by FQDN, or one role in words
	PerServer bool      `json:"perServer"` // true: on each of RunOn, one after the other; false: once
	Script    string    `json:"script"`    // path in the bundle, "" when there is none
	BackOut   string    `json:"backOut"`   // path in the bundle, "" when there is none
	Commands  []Command `json:"commands"`  // the mutating commands, as the Page writes them, in order; those on one host stand together
	Impact    string    `json:"impact"`    // who notices what
	Rights    string    `json:"rights"`
	Undo      string    `json:"undo"`
	Sources   []string  `json:"sources"` // of the procedure: "P3", ...

	Template string `json:"-"` // which script templates make it
}

// CommandKind says how a command acts.
type CommandKind string

// The kinds of command.
const (
	Cmdlet CommandKind = "cmdlet"
	Native CommandKind = "native"
	File   CommandKind = "file" // a whole <add key=... value=.../> element of web.config's appSettings
)

// Command is one mutating command with this topology's values.
type Command struct {
	Kind CommandKind `json:"kind"`
	On   string      `json:"on"` // host by FQDN, or role in words
	Text string      `json:"text"`
}
