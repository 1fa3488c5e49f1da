package main

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// Ctrl-C leaves a whole bundle or none at any moment, and nothing beside it.
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
