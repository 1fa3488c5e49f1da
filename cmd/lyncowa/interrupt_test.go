package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Ctrl-C, at whatever moment, leaves a whole bundle or none, and nothing beside it: no next run need clear that away.
func TestInterruptedRenderLeavesNothingBehind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no program can send an interrupt to another on Windows")
	}
	work := t.TempDir()
	target := filepath.Join(work, "bundle")
	source := "../../examples/litware/topology.yaml"
	start := time.Now()
	mustRender(t, source, target)
	usual := time.Since(start)
	whole := snapshot(t, target)

	for i := range 40 {
		if err := os.RemoveAll(target); err != nil {
			t.Fatal(err)
		}
		render := exec.Command("lyncowa", "render", source, "-o", target)
		if err := render.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(rand.N(usual))
		_ = render.Process.Signal(os.Interrupt) // it may have ended already: that is one of the moments
		_ = render.Wait()
		if left, _ := filepath.Glob(filepath.Join(work, ".bundle.*")); len(left) > 0 {
			t.Fatalf("run %d left %q", i, left)
		}
		if _, err := os.Lstat(target); err == nil && snapshot(t, target) != whole {
			t.Fatalf("run %d left a part of a bundle", i)
		}
	}
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
