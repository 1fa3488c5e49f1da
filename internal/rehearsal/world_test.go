package rehearsal

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestTreeIsWrittenOverAnother(t *testing.T) {
	root := t.TempDir()
	first := tree{"a/b.txt": "1", "a/c.txt": "2", "d/": "", "e.txt": "3"}
	second := tree{"a/b.txt": "1", "a/c.txt": "changed", "f/g/h.txt": "4"}
	for _, step := range []struct{ present, wanted tree }{{tree{}, first}, {first, second}, {second, first}} {
		if err := step.wanted.write(root, step.present); err != nil {
			t.Fatal(err)
		}
		got, err := readTree(root)
		if err != nil {
			t.Fatal(err)
		}
		if found := step.wanted.differences(got); len(found) > 0 {
			t.Errorf("after writing: %v", found)
		}
	}
}

func TestTreeDifferences(t *testing.T) {
	got := tree{"a": "1", "b": "2", "c": "3"}.differences(tree{"a": "1", "b": "x", "d": "4"})
	if want := []string{"added d", "changed b from 2 to x", "missing c"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReportIsSavedBesideTheBundle(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "x-integrate")
	report := newReport(&bundle{name: "x-integrate", digest: digestOf("")}, "7.0.0")
	for range 2 {
		if err := report.Save(dir + string(filepath.Separator)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(dir + ".rehearsal.json"); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(dir), "*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
