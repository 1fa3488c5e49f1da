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
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/inventory"
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

	inventory *inventory.Farm // what the bundle's inventories tell; nil: it has none
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
	if b.plan.EarlierDigest != "" {
		if err := b.readEarlier(); err != nil {
			return nil, err
		}
	}
	b.inventory, err = readInventories(&b.plan, files)
	return b, err
}

// readEarlier reads the topology to which the change adds servers.
func (b *bundle) readEarlier() error {
	const name = "earlier-topology.yaml"
	if digestOf(b.files[name]) != b.plan.EarlierDigest {
		return fmt.Errorf("%s is not the topology that plan.json names: lyncowa verify tells more", name)
	}
	earlier, findings := topology.Load(name, []byte(b.files[name]))
	if findings.HasErrors() {
		return fmt.Errorf("the bundle's %s is not valid: %s", name, findings[0].Message)
	}
	b.plan.Grow(plan.Earlier{Name: name, Source: []byte(b.files[name]), Topology: earlier})
	return nil
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

// moduleFunctions returns the names of the functions of the bundle's module, sorted.
func (b *bundle) moduleFunctions() []string {
	names := []string{}
	for _, match := range function.FindAllStringSubmatch(b.files["scripts/common.psm1"], -1) {
		names = append(names, match[1])
	}
	slices.Sort(names)
	return names
}

var function = regexp.MustCompile(`(?m)^function ([\w-]+)`)

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

// runSheet returns the scripts in the order in which the plan has them run on a farm.
func (b *bundle) runSheet(f *Farm) []invocation {
	var list []invocation
	for _, step := range b.plan.Visits() {
		if step.Status != plan.Planned || step.Script == "" {
			continue
		}
		for _, host := range b.hostsOf(step, f) {
			list = append(list, invocation{step: step, script: step.Script, host: host})
		}
	}
	return list
}

// hostsOf resolves where a step runs: on each server that it names, or once on a computer of that role.
func (b *bundle) hostsOf(step plan.Step, f *Farm) []string {
	switch {
	case step.PerServer:
		return step.RunOn
	case step.Shell == plan.ShellLync:
		return []string{f.lyncHost(b.topology.Pools[0].Registrar)}
	default:
		return []string{b.topology.Pools[0].MailboxServers[0].FQDN}
	}
}

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

// sequence is scripts that were run one after the other, from a world on.
type sequence struct {
	start world
	runs  []outcome
}

// end is the world after the last run.
func (q sequence) end() world {
	if len(q.runs) == 0 {
		return q.start
	}
	return q.runs[len(q.runs)-1].after
}

// upTo returns what the first n runs ran.
func (q sequence) upTo(n int) []invocation {
	var list []invocation
	for _, o := range q.runs[:n] {
		list = append(list, o.invocation)
	}
	return list
}

// whole is the sequence as one outcome, for a complaint about no single script.
func (q sequence) whole() outcome {
	all := outcome{after: q.end()}
	for _, o := range q.runs {
		all.Mutations = append(all.Mutations, o.Mutations...)
	}
	return all
}

// follow is the world as a script finds it: before a verification, people have signed in.
func (s *stage) follow(w world, next invocation) world {
	if next.step.Kind == plan.KindVerify {
		return s.signIn(w)
	}
	return w
}

// before is the world that run number n of a sequence found.
func (s *stage) before(q sequence, n int) world {
	w := q.start
	if n > 0 {
		w = q.runs[n-1].after
	}
	return s.follow(w, q.runs[n].invocation)
}
