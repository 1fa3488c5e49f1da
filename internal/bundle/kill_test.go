package bundle_test

import (
	"errors"
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
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// writeVariable makes this test binary a program that writes the bundle of a topology file, for tests that kill it.
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

func writeBundleOf(source, dir string) error {
	yaml, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	top, findings := topology.Load(source, yaml)
	if findings.HasErrors() {
		return errors.New("the topology has findings")
	}
	p, findings := plan.Build(top, yaml, plan.Integrate)
	if findings.HasErrors() {
		return errors.New("there is no plan")
	}
	b, err := bundle.Render(p)
	if err != nil {
		return err
	}
	_, err = bundle.Write(dir, b)
	return err
}

// killing is where a program is killed while it writes the new bundle.
type killing struct {
	*testing.T
	target   string
	old, new string            // topology files
	holds    map[string]string // what the folder of a bundle holds, as snapshot has it -> "the old", "the new"
}

// killings are the things that the program may be doing when it is killed. Each begins with the old bundle.
var killings = []struct {
	name    string
	prepare func(killing) error
	leaves  []string // what may be there after the kill
	step    int      // kill before each call of the program that changes a file, or before every third one only
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
	k := killing{t, filepath.Join(folder, "bundle"), filepath.Join(folder, "old.yaml"), filepath.Join(folder, "new.yaml"), map[string]string{}}
	mustPut(t, litware(t), k.old)
	mustPut(t, strings.Replace(litware(t), "5199", "5200", 1), k.new)
	k.mustWrite(k.new)
	k.holds[snapshot(t, k.target)] = "the new"
	k.mustWrite(k.old)
	k.holds[snapshot(t, k.target)] = "the old"
	return k
}

// writer is the program that writes the bundle of a topology file.
func (k killing) writer(source, target string) *exec.Cmd {
	k.Helper()
	program, err := os.Executable()
	if err != nil {
		k.Fatal(err)
	}
	cmd := exec.Command(program, target)
	cmd.Env = append(cmd.Environ(), writeVariable+"="+source)
	return cmd
}

func (k killing) mustWrite(source string) {
	k.Helper()
	if out, err := k.writer(source, k.target).CombinedOutput(); err != nil {
		k.Fatalf("%v\n%s", err, out)
	}
}

// mustBeWhole fails unless one of the bundles is there, and returns which. Then it makes the target the old bundle,
// which must leave nothing else beside it.
func (k killing) mustBeWhole(leaves []string) string {
	k.Helper()
	state := "none"
	if _, err := os.Lstat(k.target); err == nil {
		state = k.holds[snapshot(k.T, k.target)]
	}
	if !slices.Contains(leaves, state) {
		k.Fatalf("the kill left %q, want one of %q", state, leaves)
	}
	k.mustWrite(k.old)
	if k.holds[snapshot(k.T, k.target)] != "the old" {
		k.Fatal("the next run did not write its bundle")
	}
	onlySiblings(k.T, k.target, "bundle", "new.yaml", "old.yaml")
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

// A run that is killed, at whatever moment, leaves the old bundle or the new one, or none where there was none; and the
// next run removes what it left beside it. On Linux TestKilledBeforeEveryChange leaves nothing to chance.
func TestKilledAtRandomMoments(t *testing.T) {
	const times = 8
	k := newKilling(t)
	for _, c := range killings {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			k.mustWrite(k.old)
			usual := time.Since(start)
			for range times {
				if err := c.prepare(k); err != nil {
					t.Fatal(err)
				}
				writer := k.writer(k.new, k.target)
				if err := writer.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(rand.N(2 * usual))
				_ = writer.Process.Kill() // it may have ended already: that is one of the moments
				_ = writer.Wait()
				k.mustBeWhole(c.leaves)
			}
		})
	}
}
