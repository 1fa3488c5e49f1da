package rehearsal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// bundle is a change bundle as it lies on disk, with what its own plan and topology say.
type bundle struct {
	name     string // of its folder
	digest   string // SHA-256 of SHA256SUMS, lower-case hex
	plan     plan.Plan
	topology *topology.Topology
	files    tree // as copied to each host: everything but evidence
}

func readBundle(dir string) (*bundle, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	files, err := readTree(dir)
	if err != nil {
		return nil, fmt.Errorf("read the bundle: %w", err)
	}
	for name := range files {
		if strings.HasPrefix(name, "evidence/") {
			delete(files, name)
		}
	}
	b := &bundle{name: filepath.Base(dir), files: files}
	for _, name := range []string{"SHA256SUMS", "plan.json", "topology.yaml"} {
		if _, found := files[name]; !found {
			return nil, fmt.Errorf("%s is not a change bundle: %w", dir, &fs.PathError{Op: "open", Path: name, Err: os.ErrNotExist})
		}
	}
	b.digest = digestOf(files["SHA256SUMS"])
	if err := json.Unmarshal([]byte(files["plan.json"]), &b.plan); err != nil {
		return nil, fmt.Errorf("read plan.json: %w", err)
	}
	t, findings := topology.Load("topology.yaml", []byte(files["topology.yaml"]))
	if findings.HasErrors() {
		return nil, fmt.Errorf("the bundle's topology.yaml is not valid: %s", findings[0].Message)
	}
	b.topology, b.plan.Topology = t, t
	return b, nil
}

// digestOf is the SHA-256 of data, lower-case hex.
func digestOf(data string) string {
	sum := sha256.Sum256([]byte(data))
	return hex.EncodeToString(sum[:])
}

// scripts returns the paths of everything that a run may execute, sorted.
func (b *bundle) scripts() []string {
	var paths []string
	for _, name := range b.files.names() {
		switch path.Ext(name) {
		case ".ps1", ".psm1":
			paths = append(paths, name)
		}
	}
	return paths
}

// invocation is one script on one host.
type invocation struct {
	step    plan.Step
	script  string // path in the bundle
	host    string // FQDN
	backOut bool
}

// changes reports whether the script is one that changes things, and so takes -WhatIf and the digest.
func (i invocation) changes() bool { return i.backOut || i.step.Kind == plan.KindChange }

func (i invocation) String() string {
	name := path.Base(i.script) + " on " + i.host
	if i.backOut {
		return "back-out " + name
	}
	return name
}

// runSheet returns the scripts in the order in which the plan has them run.
func (b *bundle) runSheet() []invocation {
	var list []invocation
	for _, step := range b.plan.Steps {
		if step.Status != plan.Planned || step.Script == "" {
			continue
		}
		for _, host := range b.hostsOf(step) {
			list = append(list, invocation{step: step, script: step.Script, host: host})
		}
	}
	return list
}

// hostsOf resolves where a step runs: on each server that it names, or once on a computer of that role.
func (b *bundle) hostsOf(step plan.Step) []string {
	switch {
	case step.PerServer:
		return step.RunOn
	case step.Shell == plan.ShellLync:
		return []string{b.lyncHost()}
	default:
		return []string{b.topology.Pools[0].MailboxServers[0].FQDN}
	}
}

// lyncHost is the computer of the first registrar that the Lync scripts run on.
func (b *bundle) lyncHost() string { return registrarComputer(b.topology.Pools[0].Registrar) }

// backOuts returns the back-outs of done: the last step first, its servers in the order in which it was done. What
// the first server's run made for all of them goes first.
func backOuts(done []invocation) []invocation {
	var list []invocation
	for end := len(done); end > 0; {
		start := end - 1
		for start > 0 && done[start-1].step.ID == done[start].step.ID {
			start--
		}
		for _, i := range done[start:end] {
			if i.step.BackOut != "" {
				list = append(list, invocation{step: i.step, script: i.step.BackOut, host: i.host, backOut: true})
			}
		}
		end = start
	}
	return list
}
