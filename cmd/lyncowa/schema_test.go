package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"lyncowa/internal/topology"
)

// olderSchema writes a schema of an earlier lyncowa into an empty folder.
func olderSchema(t *testing.T, mode fs.FileMode) (name string) {
	t.Helper()
	name = filepath.Join(t.TempDir(), schemaName)
	text := strings.Replace(string(topology.Schema()), "{", `{"title": "older",`, 1)
	if err := errors.Join(os.WriteFile(name, []byte(text), mode), os.Chmod(name, mode)); err != nil {
		t.Fatal(err)
	}
	return name
}

// alone fails unless these are the only names beside a file.
func alone(t *testing.T, beside string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(beside))
	if err != nil || len(entries) != len(names) {
		t.Errorf("beside it: %q, %v, want %q", entries, err, names)
	}
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(filepath.Dir(beside), name)); err != nil {
			t.Error(err)
		}
	}
}

func schemaInto(name string) int { return run([]string{"schema", name}, nil, io.Discard, io.Discard) }

func TestSchemaKeepsTheMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o664, 0o440} {
		name := olderSchema(t, mode)
		if code := schemaInto(name); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("mode %v (%v), want %v", info.Mode(), err, mode)
		}
		if readText(t, name) != string(topology.Schema()) {
			t.Error("it is not the schema")
		}
		alone(t, name, schemaName)
	}
}

// Whoever may write into the folder gets nobody else's file written by a link: neither in the schema's place nor
// under a name that lyncowa could be expected to use on its way.
func TestSchemaFollowsNoLink(t *testing.T) {
	name := olderSchema(t, 0o644)
	victim := filepath.Join(t.TempDir(), "victim")
	older := readText(t, name)
	if err := os.WriteFile(victim, []byte(older), 0o644); err != nil {
		t.Fatal(err)
	}
	link, planted := filepath.Join(filepath.Dir(name), "link.json"), filepath.Join(filepath.Dir(name), "."+schemaName+".lyncowa-part")
	for _, at := range []string{link, planted} {
		if err := os.Symlink(victim, at); err != nil {
			t.Skip(err)
		}
	}
	if code := schemaInto(name); code != 0 {
		t.Errorf("exit code %d", code)
	}
	var stderr strings.Builder
	if code := run([]string{"schema", link}, nil, io.Discard, &stderr); code != 4 {
		t.Errorf("exit code %d", code)
	}
	if said := stderr.String(); !strings.Contains(said, "is a symbolic link, and links are not followed\nhint: ") {
		t.Errorf("it says %q", said)
	}
	if readText(t, victim) != older {
		t.Error("the file that the links point to was written")
	}
	for _, at := range []string{link, planted} {
		if to, err := os.Readlink(at); to != victim {
			t.Errorf("the link %s was replaced: %v", at, err)
		}
	}
	alone(t, name, schemaName, "link.json", filepath.Base(planted))
}

// A schema that cannot be written whole leaves the older one, and nothing beside it.
func TestSchemaThatCannotGrowLeavesTheOlderOne(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no limit for a file's length")
	}
	name := olderSchema(t, 0o644)
	older := readText(t, name)
	out, err := exec.Command("sh", "-c", `ulimit -f 1; exec lyncowa schema "$0"`, name).CombinedOutput()
	if exitOf(err) != "4" || !strings.HasPrefix(string(out), "error: cannot write ") || strings.Contains(string(out), ".lyncowa-") {
		t.Errorf("exit code %s, %q", exitOf(err), out)
	}
	if readText(t, name) != older {
		t.Error("the older schema is not as it was")
	}
	alone(t, name, schemaName)
}

// Runs at the same time do not disturb each other.
func TestSchemasAtOnce(t *testing.T) {
	name := olderSchema(t, 0o644)
	var runs sync.WaitGroup
	for range 8 {
		runs.Go(func() {
			if out, err := exec.Command("lyncowa", "schema", name).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	runs.Wait()
	if readText(t, name) != string(topology.Schema()) {
		t.Error("it is not the schema")
	}
	alone(t, name, schemaName)
}
