package bundle_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lyncowa/internal/bundle"
)

func TestLeftoversAreThoseOfOneTarget(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{".b.lyncowa-1", ".b.lyncowa-23-doomed", ".b.lyncowa-", ".b.lyncowa--doomed", ".b.lyncowa-mine", ".other.lyncowa-1", "b"} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mustPut(t, "a file", folder, ".b.lyncowa-4")
	want := []string{filepath.Join(folder, ".b.lyncowa-1"), filepath.Join(folder, ".b.lyncowa-23-doomed")}
	for _, dir := range []string{filepath.Join(folder, "b"), filepath.Join(folder, "b") + string(filepath.Separator)} {
		if got := bundle.Leftovers(dir); !slices.Equal(got, want) {
			t.Errorf("beside %s: %q, want %q", dir, got, want)
		}
	}
	if got := bundle.Leftovers(filepath.Join(folder, "absent", "b")); got != nil {
		t.Errorf("in a folder that is not there: %q", got)
	}
}

// A run that was killed while it cleared away is finished too.
func TestWriteRemovesWhatIsHalfRemoved(t *testing.T) {
	b := render(t, litware(t))
	dir := mustWrite(t, b)
	mustPut(t, "half", filepath.Dir(dir), ".bundle.lyncowa-123-doomed", "scripts", "x.ps1")
	if err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	onlySiblings(t, dir, "bundle")
}
