//go:build linux && (amd64 || arm64)

package main

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// everyCall kills render before each of its system calls, not only before those that change a file system: about
// ten times as many, and not the same ones in each run (.ci/fuzz).
var everyCall = flag.Bool("every-call", false, "kill render before each system call, whatever it does")

// killed are the things that render may be doing when it is killed. Each is prepared before each run, on the old bundle.
// A step of 3 kills before every third call that changes something: most of them are the same as in the case where a
// bundle is replaced, which leaves none out.
var killed = []struct {
	name    string
	prepare func(killing) error
	none    bool // whether there is no old bundle
	until   string
	step    int
}{
	{"first bundle", func(w killing) error { return os.RemoveAll(w.target) }, true, "", 3},
	{"bundle replaced", func(killing) error { return nil }, false, "", 1},
	// What comes after the leftover is gone is the case above.
	{"what an earlier kill left is cleared away", func(w killing) error {
		return os.CopyFS(w.beside(".bundle.lyncowa-123"), os.DirFS(w.whole[0]))
	}, false, ".bundle.lyncowa-123*", 3},
}

// killing is where a render is killed.
type killing struct {
	program string
	sources [2]string
	whole   [2]string // a finished bundle of each source, elsewhere
	holds   [2]string // the snapshot of each
	target  string
}

// Render is killed before its first system call that changes anything, then before its second, and so on to its
// last. Each time the old bundle or the new one is there, whole, and the next run leaves nothing but its bundle.
func TestKilledBetweenAnyTwoSystemCalls(t *testing.T) {
	w := newKilling(t)
	states := map[string]string{"": "none", w.holds[0]: "the old", w.holds[1]: "the new"}
	for _, k := range killed {
		counted, step := changes, k.step
		if *everyCall {
			counted, step = every, 1
		}
		t.Run(k.name, func(t *testing.T) {
			w.mustRender(t)
			found := map[string]int{}
			n := 1
			for over := false; !over; n += step {
				if err := k.prepare(w); err != nil {
					t.Fatal(err)
				}
				if !killedAt(t, n, counted, w.program, "render", w.sources[1], "-o", w.target) {
					break
				}
				state, known := states[w.state(t)]
				if !known || (state == "none") && !k.none || state == "the old" && k.none {
					t.Fatalf("killed before call %d: neither the old bundle nor the new one but %q", n, state)
				}
				found[state]++
				over = k.until != "" && len(w.like(k.until)) == 0
				w.mustBeTidied(t, n)
			}
			t.Logf("killed before %d calls, and found: %v", n-1, found)
			if n <= 20 || k.until == "" && len(found) < 2 {
				t.Error("it was not killed at every moment")
			}
		})
	}
}

// mustBeTidied makes the target the old bundle, after a kill before call n, and fails if anything else is there then.
func (w killing) mustBeTidied(t *testing.T, n int) {
	t.Helper()
	w.mustRender(t)
	if w.state(t) != w.holds[0] {
		t.Fatalf("after a kill before call %d the next run did not write its bundle", n)
	}
	if left := w.like(".bundle.*"); len(left) > 0 {
		t.Fatalf("after a kill before call %d the next run left %q", n, left)
	}
}

// newKilling works in memory where the system allows it, since thousands of files are waited for.
func newKilling(t *testing.T) killing {
	t.Helper()
	folder := t.TempDir()
	if inMemory, err := os.MkdirTemp("/dev/shm", "lyncowa-kill-"); err == nil {
		folder = inMemory
		t.Cleanup(func() {
			if err := os.RemoveAll(folder); err != nil {
				t.Error(err)
			}
		})
	}
	w := killing{program: shipped(t, "."), sources: twoTopologies(t, folder), target: filepath.Join(folder, "bundle")}
	for i, source := range w.sources {
		w.whole[i] = source + "-reference"
		mustRender(t, source, w.whole[i])
		w.holds[i] = snapshot(t, w.whole[i])
	}
	return w
}

// shipped builds a program as a release does, without what the tests add to it.
func shipped(t *testing.T, folder string) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", program, folder)
	build.Env = append(build.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// mustRender makes the target the old bundle.
func (w killing) mustRender(t *testing.T) {
	t.Helper()
	if out, err := exec.Command(w.program, "render", w.sources[0], "-o", w.target).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// state is the snapshot of the target, or "" where there is none.
func (w killing) state(t *testing.T) string {
	t.Helper()
	if _, err := os.Lstat(w.target); os.IsNotExist(err) {
		return ""
	}
	return snapshot(t, w.target)
}

func (w killing) beside(name string) string { return filepath.Join(filepath.Dir(w.target), name) }

// like are the names beside the target that match a pattern.
func (w killing) like(pattern string) []string {
	names, err := filepath.Glob(w.beside(pattern))
	if err != nil {
		panic(err) // a pattern of this file
	}
	return names
}

// The folder that a bundle goes into is removed while render writes, at one moment after another. It says so, exit code 4,
// and does not make that folder again.
func TestParentRemovedWhileWriting(t *testing.T) {
	w := newKilling(t)
	parent := filepath.Join(filepath.Dir(w.target), "parent")
	for n := 1; n < 60; n += 17 {
		if err := os.Mkdir(parent, 0o755); err != nil {
			t.Fatal(err)
		}
		said, err := os.CreateTemp(t.TempDir(), "stderr")
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(w.program, "render", w.sources[0], "-o", filepath.Join(parent, "bundle"))
		cmd.Stderr = said
		seen := 0
		end := trace(t, cmd, func(c systemCall) bool {
			if changes(c) {
				if seen++; seen == n {
					mustRemoveAll(t, parent)
				}
			}
			return false
		})
		text := readText(t, said.Name())
		if end.ExitStatus() != 4 || !strings.HasPrefix(text, "error: cannot write ") || strings.Contains(text, ".lyncowa-") {
			t.Errorf("removed before call %d: exit code %d, %q", n, end.ExitStatus(), text)
		}
		if _, err := os.Lstat(parent); !os.IsNotExist(err) {
			t.Fatalf("removed before call %d: it is there again: %v", n, err)
		}
	}
}

// mustRemoveAll removes a folder in which others may be making files: as often as it takes.
func mustRemoveAll(t *testing.T, folder string) {
	t.Helper()
	var err error
	for range 1000 {
		if err = os.RemoveAll(folder); err == nil {
			return
		}
	}
	t.Error(err)
}
