package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lyncowa/internal/topology"
)

// A sample that cannot be written whole leaves nothing: no file that the next init would refuse, and none beside it.
func TestInitThatCannotFinishLeavesNothing(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no limit for a file's length")
	}
	name := filepath.Join(t.TempDir(), "topology.yaml")
	out, err := exec.Command("sh", "-c", `ulimit -f 1; exec lyncowa init "$0"`, name).CombinedOutput()
	if exitOf(err) != "4" || !strings.HasPrefix(string(out), "error: cannot write ") || strings.Contains(string(out), ".lyncowa-") {
		t.Errorf("exit code %s, %q", exitOf(err), out)
	}
	alone(t, name)
}

// Of many at the same time one writes the sample, and the others leave it.
func TestInitsAtOnce(t *testing.T) {
	name := filepath.Join(t.TempDir(), "topology.yaml")
	var wrote atomic.Int32
	var runs sync.WaitGroup
	for range 8 {
		runs.Go(func() {
			if run([]string{"init", name}, nil, io.Discard, io.Discard) == 0 {
				wrote.Add(1)
			}
		})
	}
	runs.Wait()
	if wrote.Load() != 1 || readText(t, name) != string(topology.Sample()) {
		t.Errorf("%d wrote it", wrote.Load())
	}
	alone(t, name, "topology.yaml")
}

func TestInitWithoutPermission(t *testing.T) {
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o555); err != nil {
		t.Fatal(err)
	}
	if f, err := os.Create(filepath.Join(folder, "probe")); err == nil {
		_ = f.Close()
		t.Skip("this user may write everywhere")
	}
	var stderr strings.Builder
	if code := run([]string{"init", filepath.Join(folder, "t.yaml")}, nil, io.Discard, &stderr); code != 4 {
		t.Errorf("exit code %d", code)
	}
	if said := stderr.String(); !strings.Contains(said, "permission denied\nhint: you need the right to make files in ") {
		t.Errorf("it says %q", said)
	}
}

// A full disk is named as one, whatever was being written.
func TestFullDisk(t *testing.T) {
	for _, full := range noRoom {
		err := fileNotWritten("t.yaml", &os.PathError{Op: "write", Path: "t.yaml", Err: full})
		if got, _ := wayOut(nil, err); got != "make room on that disk, or write to another one" {
			t.Errorf("%v: %q", err, got)
		}
	}
}
