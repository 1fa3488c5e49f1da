package bundle_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lyncowa/internal/bundle"
)

// What looks like it, but is a person's or another target's, stays.
func TestWriteRemovesTheLeftoversOfOneTarget(t *testing.T) {
	folder := t.TempDir()
	dir := filepath.Join(folder, "b")
	foreign := []string{".b.lyncowa-", ".b.lyncowa--doomed", ".b.lyncowa-mine", ".other.lyncowa-1"}
	for _, name := range append([]string{".b.lyncowa-1", ".b.lyncowa-23-doomed"}, foreign...) {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mustPut(t, "a file", folder, ".b.lyncowa-4")
	for _, named := range []string{dir, dir + string(filepath.Separator)} {
		locked, err := bundle.Write(named, render(t, litware(t)))
		if err != nil || locked != nil {
			t.Fatalf("%v, locked: %q", err, locked)
		}
		want := append(slices.Clone(foreign), ".b.lyncowa-4", "b")
		slices.Sort(want)
		onlySiblings(t, dir, want...)
	}
}

// A run that was killed while it cleared away is finished too.
func TestWriteRemovesWhatIsHalfRemoved(t *testing.T) {
	b := render(t, litware(t))
	dir := mustWrite(t, b)
	mustPut(t, "half", filepath.Dir(dir), ".bundle.lyncowa-123-doomed", "scripts", "x.ps1")
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	onlySiblings(t, dir, "bundle")
}
