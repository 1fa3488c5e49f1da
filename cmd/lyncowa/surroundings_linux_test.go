//go:build linux && (amd64 || arm64)

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
)

// ofTheRuntime are the files that Go's runtime reads for itself: how many processors and how much memory it may use.
var ofTheRuntime = []string{"/proc/self/", "/sys/fs/cgroup/", "/sys/kernel/mm/"}

// watched are command lines in the order in which they are run in one folder, each with its exit code.
var watched = []struct {
	code int
	args []string
}{
	{0, []string{}},
	{0, []string{"--help"}},
	{3, []string{"nonsense"}},
	{0, []string{"version"}},
	{0, []string{"completion", "bash"}},
	{0, []string{"__complete", "explain", ""}},
	{0, []string{"help", "topology"}},
	{0, []string{"help", "exit-codes"}},
	{0, []string{"init"}},
	{0, []string{"schema"}},
	{0, []string{"schema", "topology.schema.json"}},
	{0, []string{"schema", "topology.schema.json"}},
	{0, []string{"explain"}},
	{0, []string{"explain", "40"}},
	{0, []string{"explain", "port-range"}},
	{0, []string{"validate", "topology.yaml"}},
	{4, []string{"validate", "absent.yaml"}},
	{0, []string{"plan", "topology.yaml"}},
	{0, []string{"plan", "topology.yaml", "--format", "json"}},
	{0, []string{"render", "topology.yaml"}},
	{0, []string{"render", "topology.yaml", "--check"}},
	{0, []string{"render", "topology.yaml", "-o", "other"}},
	{0, []string{"render", "topology.yaml", "-o", "other", "--change", "disable"}},
	{0, []string{"verify", "other"}},
	{0, []string{"diff", "topology.yaml", "other"}},
	{2, []string{"diff", "litware-owa-im-integrate", "other", "--format", "json"}},
	{1, []string{"plan", "topology.yaml", "--change", "renew-certificate", "--from", "other"}},
}

// Every command but rehearse, which starts an engine, is watched: it touches files in the folder that it works in and no
// other, opens no connection and starts no program.
func TestCommandsTouchNothingElse(t *testing.T) {
	work := t.TempDir()
	program := shipped(t, ".")
	for _, w := range watched {
		for _, trespass := range trespassesOf(t, work, w.code, program, w.args...) {
			t.Errorf("%q %s", w.args, trespass)
		}
	}
}

// Whoever does one of these things is caught, or the test above proves nothing.
func TestTrespassersAreCaught(t *testing.T) {
	program := shipped(t, "./testdata/trespasser")
	for what, caught := range map[string]string{
		"nothing": "", "start": "starts another program", "listen": "calls socket",
		"read": "ELSEWHERE/file", "look": "ELSEWHERE/file", "list": "ELSEWHERE", "climb": "../elsewhere", "write": "ELSEWHERE/new",
		"move out": "ELSEWHERE/own", "move in": "ELSEWHERE/file", "link out": "ELSEWHERE/link", "link in": "ELSEWHERE/file",
		"point out": "ELSEWHERE/link", "point in": "ELSEWHERE/file",
		"mode": "ELSEWHERE/file", "cut": "ELSEWHERE/file", "remove": "ELSEWHERE/file", "make": "ELSEWHERE/folder", "go": "ELSEWHERE",
	} {
		t.Run(what, func(t *testing.T) {
			parent := t.TempDir()
			work, elsewhere := filepath.Join(parent, "work"), filepath.Join(parent, "elsewhere")
			for _, file := range []string{filepath.Join(work, "own"), filepath.Join(elsewhere, "file")} {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			found := trespassesOf(t, work, 0, program, what, elsewhere)
			if slices.ContainsFunc(found, func(trespass string) bool { return strings.HasPrefix(trespass, "ends ") }) {
				t.Fatalf("it could not do it: %q", found)
			}
			if caught == "" && found != nil || caught != "" && !slices.ContainsFunc(found, endsWith(strings.ReplaceAll(caught, "ELSEWHERE", elsewhere))) {
				t.Errorf("found %q, want %q", found, caught)
			}
		})
	}
}

func endsWith(end string) func(string) bool {
	return func(text string) bool { return strings.HasSuffix(text, end) }
}

// trespassesOf runs a program in a folder and returns what it does beyond that folder, and whether it did not end as
// it should.
func trespassesOf(t *testing.T, work string, code int, program string, args ...string) (found []string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = work
	cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir(), "XDG_CONFIG_HOME="+t.TempDir())
	calls := 0
	end := trace(t, cmd, func(c systemCall) bool {
		calls++
		if name, never := neverCalled[c.number]; never {
			found = append(found, "calls "+name)
		}
		paths, err := c.paths()
		if err != nil {
			t.Error(err)
		}
		for _, path := range paths {
			if !isBelow(path, work) && !isPlanAbove(path, work) && !slices.ContainsFunc(ofTheRuntime, func(of string) bool { return strings.HasPrefix(path, of) }) {
				found = append(found, "touches "+path)
			}
		}
		return false
	})
	if end.started > 0 {
		found = append(found, "starts another program")
	}
	if !end.Exited() || end.ExitStatus() != code {
		found = append(found, fmt.Sprintf("ends with status %#x, want exit code %d", end.WaitStatus, code))
	}
	if calls < 50 {
		t.Errorf("%q: only %d system calls were seen", args, calls)
	}
	return found
}

// isPlanAbove reports whether a path is that by which render sees whether a folder above its target is a bundle.
func isPlanAbove(path, folder string) bool {
	up, err := filepath.Rel(filepath.Dir(path), folder)
	return err == nil && filepath.IsLocal(up) && filepath.Base(path) == bundle.PlanPath
}

// isBelow reports whether a path is in the folder, or one of those that lead to it, as resolving links looks at.
func isBelow(path, folder string) bool {
	if !filepath.IsAbs(path) {
		return path == "" || filepath.IsLocal(path) // none at all where a call is about an open file
	}
	down, err := filepath.Rel(folder, path)
	up, err2 := filepath.Rel(path, folder)
	return err == nil && filepath.IsLocal(down) || err2 == nil && filepath.IsLocal(up)
}
