package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// mustHold fails unless a folder holds these names and no other.
func mustHold(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	slices.Sort(names)
	if !slices.Equal(found, names) {
		t.Errorf("the folder holds %q, want %q", found, names)
	}
}

func TestSchemaKeepsTheMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	for _, mode := range []fs.FileMode{0o600, 0o644, 0o664, 0o440} {
		name := olderSchema(t, mode)
		if code := run([]string{"schema", name}, nil, io.Discard, io.Discard); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != mode {
			t.Errorf("mode %v (%v), want %v", info.Mode(), err, mode)
		}
		if readText(t, name) != string(topology.Schema()) {
			t.Error("it is not the schema")
		}
	}
}

// A user who may write into the folder cannot make somebody else write another file through a link, neither in the place
// of the schema nor under a name that lyncowa might use meanwhile.
func TestSchemaFollowsNoLink(t *testing.T) {
	name := olderSchema(t, 0o644)
	folder := filepath.Dir(name)
	victim := filepath.Join(t.TempDir(), "victim")
	older := readText(t, name)
	if err := os.WriteFile(victim, []byte(older), 0o644); err != nil {
		t.Fatal(err)
	}
	const link, planted = "link.json", "." + schemaName + ".lyncowa-part"
	for _, at := range []string{link, planted} {
		if err := os.Symlink(victim, filepath.Join(folder, at)); err != nil {
			t.Skip(err)
		}
	}
	if code := run([]string{"schema", name}, nil, io.Discard, io.Discard); code != 0 {
		t.Errorf("exit code %d", code)
	}
	var stderr strings.Builder
	if code := run([]string{"schema", filepath.Join(folder, link)}, nil, io.Discard, &stderr); code != 4 {
		t.Errorf("exit code %d", code)
	}
	if said := stderr.String(); !strings.Contains(said, "is a symbolic link, and lyncowa does not follow links\nhint: ") {
		t.Errorf("it says %q", said)
	}
	if readText(t, victim) != older {
		t.Error("the file that the links point to was written")
	}
	for _, at := range []string{link, planted} {
		if to, err := os.Readlink(filepath.Join(folder, at)); to != victim {
			t.Errorf("the link %s was replaced: %v", at, err)
		}
	}
	mustHold(t, folder, schemaName, link, planted)
}

// A file that cannot be written whole leaves the older one or none, and nothing beside it.
func TestUnfinishedFileIsRemoved(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no limit of a file's length")
	}
	schema := olderSchema(t, 0o644)
	older := readText(t, schema)
	sample := filepath.Join(t.TempDir(), "topology.yaml")
	for command, name := range map[string]string{"schema": schema, "init": sample} {
		out, err := exec.Command("sh", "-c", `ulimit -f 1; exec lyncowa "$0" "$1"`, command, name).CombinedOutput()
		if exitOf(err) != "4" || !strings.HasPrefix(string(out), "error: cannot write ") || strings.Contains(string(out), ".lyncowa-") {
			t.Errorf("exit code %s, %q", exitOf(err), out)
		}
	}
	if readText(t, schema) != older {
		t.Error("the older schema is not as it was")
	}
	mustHold(t, filepath.Dir(schema), schemaName)
	mustHold(t, filepath.Dir(sample))
}

// Of parallel runs of init one writes the sample and the others leave it. Parallel runs of schema all succeed.
func TestParallelRuns(t *testing.T) {
	schema := olderSchema(t, 0o644)
	sample := filepath.Join(t.TempDir(), "topology.yaml")
	codes := map[string]chan int{"init": make(chan int, 8), "schema": make(chan int, 8)}
	var runs sync.WaitGroup
	for command, name := range map[string]string{"schema": schema, "init": sample} {
		for range 8 {
			runs.Go(func() { codes[command] <- run([]string{command, name}, nil, io.Discard, io.Discard) })
		}
	}
	runs.Wait()
	for command, want := range map[string]int{"init": 1, "schema": 8} {
		close(codes[command])
		succeeded := 0
		for code := range codes[command] {
			if code == 0 {
				succeeded++
			}
		}
		if succeeded != want {
			t.Errorf("%s: %d runs succeeded, want %d", command, succeeded, want)
		}
	}
	if readText(t, schema) != string(topology.Schema()) || readText(t, sample) != string(topology.Sample()) {
		t.Error("a file is not what one run writes")
	}
	mustHold(t, filepath.Dir(schema), schemaName)
	mustHold(t, filepath.Dir(sample), "topology.yaml")
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
	if said := stderr.String(); !strings.Contains(said, "permission denied\nhint: get permission to create files in ") {
		t.Errorf("it says %q", said)
	}
}

func TestFullDiskHasItsHint(t *testing.T) {
	for _, full := range noRoom {
		err := fileNotWritten("t.yaml", &os.PathError{Op: "write", Path: "t.yaml", Err: full})
		if got, _ := adviceOn(nil, err); got != "free space on that disk, or write to another disk" {
			t.Errorf("%v: %q", err, got)
		}
	}
}
