package bundle_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lyncowa/internal/bundle"
)

// writeVariable makes this test binary a program that writes the bundle in a folder, for tests that kill it.
const writeVariable = "WRITE_THE_BUNDLE_OF"

func TestMain(m *testing.M) {
	source := os.Getenv(writeVariable)
	if source == "" {
		os.Exit(m.Run())
	}
	if err := writeBundleOf(source, os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// writeBundleOf writes the bundle in a folder to another place: to render it takes much longer than to write it.
func writeBundleOf(source, dir string) error {
	files, err := bundle.ReadFiles(source)
	if err != nil {
		return err
	}
	b := &bundle.Bundle{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		b.Files = append(b.Files, bundle.File{Path: name, Data: files[name]})
	}
	_, err = bundle.Write(dir, b)
	return err
}

// killing is where a program is killed while it writes the new bundle.
type killing struct {
	*testing.T
	target   string
	old      *bundle.Bundle
	new      string            // folder with the new bundle
	contents map[string]string // snapshot of a bundle -> "the old", "the new"
}

// killings are the things that the program may be doing when it is killed. Each begins with the old bundle.
var killings = []struct {
	name    string
	prepare func(killing) error
	leaves  []string // what may be there after the kill
	step    int      // TestKilledBeforeEveryChange kills before every change, or before every third one
}{
	{"first bundle", func(k killing) error { return os.RemoveAll(k.target) }, []string{"none", "the new"}, 3},
	{"bundle replaced", func(killing) error { return nil }, []string{"the old", "the new"}, 1},
	{"what an earlier kill left is removed", func(k killing) error {
		return os.CopyFS(filepath.Join(filepath.Dir(k.target), ".bundle.lyncowa-123"), os.DirFS(k.target))
	}, []string{"the old", "the new"}, 3},
}

// newKilling works in memory where the system allows it: thousands of files are written.
func newKilling(t *testing.T) killing {
	t.Helper()
	folder := t.TempDir()
	if inMemory, err := os.MkdirTemp("/dev/shm", "lyncowa-kill-"); err == nil {
		folder = inMemory
		t.Cleanup(func() { os.RemoveAll(folder) })
	}
	k := killing{t, filepath.Join(folder, "bundle"), render(t, litware(t)), filepath.Join(t.TempDir(), "new"), map[string]string{}}
	k.mustWrite(render(t, strings.Replace(litware(t), "5199", "5200", 1)))
	if err := os.CopyFS(k.new, os.DirFS(k.target)); err != nil {
		t.Fatal(err)
	}
	k.contents[snapshot(t, k.target)] = "the new"
	k.mustWrite(k.old)
	k.contents[snapshot(t, k.target)] = "the old"
	return k
}

func (k killing) mustWrite(b *bundle.Bundle) {
	k.Helper()
	if locked, err := bundle.Write(k.target, b); err != nil || locked != nil {
		k.Fatalf("%v, locked: %q", err, locked)
	}
}

// writer is the program that writes the new bundle.
func (k killing) writer(target string) *exec.Cmd {
	k.Helper()
	program, err := os.Executable()
	if err != nil {
		k.Fatal(err)
	}
	cmd := exec.Command(program, target)
	cmd.Env = append(cmd.Environ(), writeVariable+"="+k.new)
	return cmd
}

// mustBeWhole fails unless the kill left one of these, and returns which. Then it writes the old bundle, which must
// leave nothing else beside it.
func (k killing) mustBeWhole(leaves []string) string {
	k.Helper()
	state := "none"
	if _, err := os.Lstat(k.target); err == nil {
		state = k.contents[snapshot(k.T, k.target)]
	}
	if !slices.Contains(leaves, state) {
		k.Fatalf("the kill left %q, want one of %q", state, leaves)
	}
	k.mustWrite(k.old)
	if k.contents[snapshot(k.T, k.target)] != "the old" {
		k.Fatal("the next run did not write its bundle")
	}
	onlySiblings(k.T, k.target, "bundle")
	return state
}

// snapshot is every path and every byte of a folder.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	files := contents(t, dir)
	var all strings.Builder
	for _, path := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&all, "%s %d\n%s\n", path, len(files[path]), files[path])
	}
	return all.String()
}

// A run that is killed, at whatever moment, leaves the old bundle or the new one, or none if there was none. The next
// run removes what it left beside the bundle. On Linux TestKilledBeforeEveryChange tries every moment.
func TestKilledAtRandomMoments(t *testing.T) {
	const times = 8
	k := newKilling(t)
	for _, c := range killings {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			if err := k.writer(k.target).Run(); err != nil {
				t.Fatal(err)
			}
			usual := time.Since(start)
			k.mustWrite(k.old)
			for range times {
				if err := c.prepare(k); err != nil {
					t.Fatal(err)
				}
				writer := k.writer(k.target)
				if err := writer.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(rand.N(usual))
				_ = writer.Process.Kill() // it may have ended already: that is one of the moments
				_ = writer.Wait()
				k.mustBeWhole(c.leaves)
			}
		})
	}
}
