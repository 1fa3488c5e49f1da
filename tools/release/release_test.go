package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"
)

var files = map[string]string{
	"lyncowa": "program", "README.md": "text", "examples/b.yaml": "b", "examples/a.yaml": "a", "completions/lyncowa.bash": "complete",
}

// lay writes the files in the given order, with a mode and a time, and returns their folder.
func lay(t *testing.T, order []string, mode os.FileMode, at time.Time) string {
	t.Helper()
	folder := t.TempDir()
	for _, name := range order {
		path := filepath.Join(folder, filepath.FromSlash(name))
		err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(files[name]), mode), os.Chtimes(path, at, at))
		if err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func packedAs(t *testing.T, folder, name string) []byte {
	t.Helper()
	archive := filepath.Join(t.TempDir(), name)
	if err := packFolder(folder, archive); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestArchiveDependsOnNamesAndContentsAlone(t *testing.T) {
	order := slices.Sorted(maps.Keys(files))
	one := lay(t, order, 0o600, time.Now())
	slices.Reverse(order)
	other := lay(t, order, 0o755, time.Date(1999, 1, 2, 3, 4, 5, 6, time.Local))
	for _, name := range []string{"lyncowa_1.tar.gz", "lyncowa_1.zip"} {
		if !bytes.Equal(packedAs(t, one, name), packedAs(t, other, name)) {
			t.Errorf("%s differs", name)
		}
	}
	changed := lay(t, order, 0o600, time.Now())
	if err := os.WriteFile(filepath.Join(changed, "README.md"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(packedAs(t, one, "lyncowa_1.zip"), packedAs(t, changed, "lyncowa_1.zip")) {
		t.Error("another README gives the same archive")
	}
}

func TestArchiveHoldsTheFiles(t *testing.T) {
	folder := lay(t, slices.Sorted(maps.Keys(files)), 0o600, time.Now())
	want := map[string]string{}
	for name, text := range files {
		want["lyncowa_1/"+name] = text
	}
	for name, unpack := range map[string]func(*testing.T, []byte) map[string]string{"lyncowa_1.tar.gz": untar, "lyncowa_1.zip": unzip} {
		if got := unpack(t, packedAs(t, folder, name)); !maps.Equal(got, want) {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
}

// untar checks modes and owners on the way: only the program is executable, and no file has an owner.
func untar(t *testing.T, data []byte) map[string]string {
	t.Helper()
	compressed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for archive := tar.NewReader(compressed); ; {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		if executable := header.Mode&0o111 != 0; executable != (header.Name == "lyncowa_1/lyncowa") || header.Uid != 0 || header.Uname != "" {
			t.Errorf("%s: mode %o, owner %d %q", header.Name, header.Mode, header.Uid, header.Uname)
		}
		got[header.Name] = readAll(t, archive)
	}
}

func unzip(t *testing.T, data []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range archive.File {
		file, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got[f.Name] = readAll(t, file)
	}
	return got
}

func readAll(t *testing.T, r io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReleaseRefuses(t *testing.T) {
	folder := lay(t, []string{"README.md"}, 0o600, time.Now())
	if err := packFolder(folder, filepath.Join(t.TempDir(), "lyncowa.rar")); err == nil {
		t.Error("an unknown format is not refused")
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Symlink("README.md", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	if err := packFolder(folder, filepath.Join(t.TempDir(), "lyncowa.zip")); err == nil {
		t.Error("a link is not refused")
	}
}
