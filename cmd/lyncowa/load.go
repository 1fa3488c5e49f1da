package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/finding"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// reading has the topology files that a command has read, and the findings about them.
type reading struct {
	cmd      *cobra.Command
	texts    map[string][]byte // by the name that findings give the file
	places   map[string]topology.Places
	findings finding.List
	samples  []string        // the files that name only servers of the sample
	facts    *inventory.Farm // the facts to compare topologies with; nil without --inventory
	change   plan.Change     // the change to compare for; "" for integrate
}

func newReading(cmd *cobra.Command) *reading {
	return &reading{cmd: cmd, texts: map[string][]byte{}, places: map[string]topology.Places{}}
}

// read reads a file and returns its name in findings.
func (r *reading) read(path string) (name string, err error) {
	text, err := topology.Read(path, r.cmd.InOrStdin())
	if err != nil {
		return "", err
	}
	if path == "-" {
		path = finding.Stdin
	}
	r.texts[path] = text
	return path, nil
}

// load checks a file that has been read, and compares it with the facts of --inventory. It returns nil for a file with
// errors of its own.
func (r *reading) load(name string) *topology.Topology {
	top, places, findings := topology.LoadWithPlaces(name, r.texts[name])
	r.findings = append(r.findings, findings...)
	r.places[name] = places
	if top != nil && r.facts != nil {
		r.findings = append(r.findings, r.facts.Check(name, r.texts[name], top, places, cmp.Or(r.change, plan.Integrate))...)
	}
	return top
}

// build plans a change of a loaded topology. It returns nil if there is an error.
func (r *reading) build(name string, top *topology.Topology, change plan.Change, options ...plan.Option) *plan.Plan {
	p, findings := plan.Build(top, r.texts[name], change, options...)
	r.findings = append(r.findings, findings.In(name)...)
	return p
}

// show writes the findings to standard error. If one is an error, it suggests what to do and returns errFindings.
func (r *reading) show(args []string) error {
	stderr := r.cmd.ErrOrStderr()
	if err := finding.WriteText(stderr, r.findings, r.texts, wantsColour(stderr)); err != nil {
		return err
	}
	if r.findings.HasErrors() {
		suggestCorrection(stderr, r.cmd, args, r.findings)
		return errFindings
	}
	return nil
}

// makePlan reads a topology and plans a change of it. It shows the findings, and returns errFindings if one is an error.
// With inventories, the plan has the state of each command. It then also returns a plan if only facts conflict with it.
func makePlan(cmd *cobra.Command, path string, flags changeFlags) (*plan.Plan, error) {
	if err := flags.check(cmd); err != nil {
		return nil, err
	}
	r := newReading(cmd)
	name, err := r.read(path)
	if err != nil {
		return nil, suggestFile(cmd, path, err)
	}
	old, err := r.readOld(flags)
	if err != nil {
		return nil, err
	}
	if err := r.readFacts(*flags.inventories); err != nil {
		return nil, err
	}
	r.change = flags.change()
	top := r.load(name)
	var options []plan.Option
	if old.certificates != nil && top != nil {
		replaced, findings := old.certificates.ReplacedBy(top)
		r.findings = append(r.findings, findings.In(name)...)
		options = []plan.Option{plan.Replacing(replaced)}
	}
	if old.earlier != nil {
		options = []plan.Option{plan.AddingTo(*old.earlier, r.places[name])}
	}
	var p *plan.Plan
	if !r.findings.HasErrors() || top != nil && r.facts != nil && !old.unusable {
		p = r.build(name, top, flags.change(), options...)
	}
	if p != nil && r.facts != nil {
		r.facts.Mark(p)
	}
	return p, r.show([]string{path})
}

// oldState is what OLD of --from tells: the certificates before a renewal, or the topology before servers are added.
type oldState struct {
	certificates *plan.OldCertificates
	earlier      *plan.Earlier
	unusable     bool // the topology of OLD has errors
}

// readOld reads OLD of --from. Text that looks like a thumbprint is one, even if a file has that name, so that a command
// means the same in every folder.
func (r *reading) readOld(flags changeFlags) (oldState, error) {
	old := *flags.from
	if old == "" {
		return oldState{}, nil
	}
	thumbprint, err := topology.ParseThumbprint(old)
	switch {
	case err == nil && flags.change() == plan.AddServer:
		return oldState{}, &usageError{problem: fmt.Sprintf("--from %q is a thumbprint, and add-server needs the earlier topology", old), hint: flags.oldHint()}
	case err == nil:
		certificates := plan.OldThumbprint(thumbprint)
		return oldState{certificates: &certificates}, nil
	}
	path := old
	if isFolder(old) {
		path = filepath.Join(old, bundle.TopologyPath)
	} else if _, statErr := os.Stat(old); statErr != nil && !strings.ContainsAny(old, `./\`) { // it does not look like a path either
		problem, hint := fmt.Sprintf("--from %q is neither a file nor a folder", old), flags.oldHint()
		if malformed := (*topology.ThumbprintError)(nil); flags.change() != plan.AddServer && errors.As(err, &malformed) {
			problem, hint = fmt.Sprintf("%s, and as a thumbprint: %v", problem, err), malformed.Hint+"; "+hint
		}
		return oldState{}, &usageError{problem: problem, hint: hint}
	}
	name, err := r.read(path)
	if errors.Is(err, fs.ErrNotExist) {
		err = &hintedError{error: err, hint: flags.oldHint()}
	}
	if err != nil {
		return oldState{}, err
	}
	top := r.load(name)
	switch {
	case top == nil:
		return oldState{unusable: true}, nil
	case flags.change() == plan.AddServer:
		return oldState{earlier: &plan.Earlier{Name: name, Source: r.texts[name], Topology: top}}, nil
	}
	certificates := plan.OldTopology(name, top)
	return oldState{certificates: &certificates}, nil
}
