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

// Ctrl-C, at whatever moment, leaves a whole bundle or none, and nothing beside it: no next run need clear that away.
func TestInterruptedRenderLeavesNothingBehind(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no program can send an interrupt to another on Windows")
	}
	work := t.TempDir()
	target := filepath.Join(work, "bundle")
	source := twoTopologies(t, work)[0]
	start := time.Now()
	mustRender(t, source, target)
	usual := time.Since(start)
	whole := snapshot(t, target)

	random := rand.New(rand.NewPCG(5, 6))
	for i := range max(*kills, 40) {
		if err := os.RemoveAll(target); err != nil {
			t.Fatal(err)
		}
		render := exec.Command("lyncowa", "render", source, "-o", target)
		if err := render.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(random.Int64N(int64(usual))))
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
