package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kills is how often render is killed: more often outside the usual run of the tests (.ci/fuzz). On Linux
// TestKilledBetweenAnyTwoSystemCalls leaves nothing to chance.
var kills = flag.Int("kills", 8, "at how many random moments render is killed")

// A run that is killed, at whatever moment, leaves the old bundle or the new one, never half of one; and the
// next run clears away what it left beside it.
func TestKilledRenderLeavesAWholeBundle(t *testing.T) {
	work := t.TempDir()
	target := filepath.Join(work, "bundle")
	sources := twoTopologies(t, work)
	mustRender(t, sources[0], target)
	whole := map[string]string{}
	for _, source := range sources {
		reference := source + "-reference"
		mustRender(t, source, reference)
		whole[snapshot(t, reference)] = source
	}
	start := time.Now()
	mustRender(t, sources[1], target)
	usual := time.Since(start)

	random := rand.New(rand.NewPCG(1, 2))
	for i := range *kills {
		render := exec.Command("lyncowa", "render", sources[i%2], "-o", target)
		if err := render.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(usual))))
		_ = render.Process.Kill() // it may have ended already: that is one of the moments
		_ = render.Wait()
		if _, known := whole[snapshot(t, target)]; !known {
			t.Fatalf("run %d left a bundle that is neither the old nor the new one", i)
		}
	}
	mustRender(t, sources[0], target)
	if left, _ := filepath.Glob(filepath.Join(work, ".bundle.*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// A first run that is killed, at whatever moment, leaves a whole bundle or none.
func TestKilledFirstRenderLeavesAWholeBundleOrNone(t *testing.T) {
	work := t.TempDir()
	target := filepath.Join(work, "bundle")
	source := twoTopologies(t, work)[0]
	start := time.Now()
	mustRender(t, source, target)
	usual := time.Since(start)
	whole := snapshot(t, target)

	random := rand.New(rand.NewPCG(3, 4))
	none, all := 0, 0
	for i := range *kills {
		if err := os.RemoveAll(target); err != nil {
			t.Fatal(err)
		}
		render := exec.Command("lyncowa", "render", source, "-o", target)
		if err := render.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(usual))))
		_ = render.Process.Kill()
		_ = render.Wait()
		if _, err := os.Lstat(target); os.IsNotExist(err) {
			none++
			continue
		}
		if all++; snapshot(t, target) != whole {
			t.Fatalf("run %d left half a bundle", i)
		}
	}
	t.Logf("killed %d times: no bundle %d times, a whole one %d times", *kills, none, all)
	mustRender(t, source, target)
	if left, _ := filepath.Glob(filepath.Join(work, ".bundle.*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// twoTopologies writes two topologies that differ in one port.
func twoTopologies(t *testing.T, dir string) [2]string {
	t.Helper()
	text, err := os.ReadFile("../../examples/litware/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var names [2]string
	for i, port := range []string{"5199", "5200"} {
		names[i] = filepath.Join(dir, port+".yaml")
		if err := os.WriteFile(names[i], bytes.Replace(text, []byte("5199"), []byte(port), 1), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func mustRender(t *testing.T, source, target string) {
	t.Helper()
	if out, err := exec.Command("lyncowa", "render", source, "-o", target).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// snapshot is every path and every byte of a folder, in one string; of links and pipes, that they are there.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			fmt.Fprintf(&all, "%s %v\n", strings.TrimPrefix(name, dir), entry.Type())
			return nil
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&all, "%s %d\n%s\n", strings.TrimPrefix(name, dir), len(data), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
