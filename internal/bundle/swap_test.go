package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// swaps are the two ways to exchange folders. Both keep the same promises.
var swaps = map[string]func(temp, target string) error{"swap": swap, "swapAside": swapAside}

// folderWith makes a folder that holds a file with this text.
func folderWith(t *testing.T, folder, text string) {
	t.Helper()
	if err := errors.Join(os.Mkdir(folder, 0o755), os.WriteFile(filepath.Join(folder, "file"), []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// holds fails unless the parent holds these folders, each with this text, and nothing else.
func holds(t *testing.T, parent string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(parent)
	if err != nil || len(entries) != len(want) {
		t.Errorf("%q, %v, want %q", entries, err, want)
	}
	for name, text := range want {
		if got, err := os.ReadFile(filepath.Join(parent, name, "file")); string(got) != text {
			t.Errorf("%s holds %q (%v), want %q", name, got, err, text)
		}
	}
}

// After a swap the old folder is where the new one was.
func TestSwapExchangesTwoFolders(t *testing.T) {
	for name, exchange := range swaps {
		t.Run(name, func(t *testing.T) {
			parent := t.TempDir()
			folderWith(t, filepath.Join(parent, ".b.lyncowa-1"), "new")
			folderWith(t, filepath.Join(parent, "b"), "old")
			if err := exchange(filepath.Join(parent, ".b.lyncowa-1"), filepath.Join(parent, "b")); err != nil {
				t.Fatal(err)
			}
			holds(t, parent, map[string]string{"b": "new", ".b.lyncowa-1": "old"})
		})
	}
}

func TestSwapThatFailsChangesNothing(t *testing.T) {
	for name, exchange := range swaps {
		for absent, there := range map[string]string{".b.lyncowa-1": "b", "b": ".b.lyncowa-1"} {
			t.Run(name+" without "+absent, func(t *testing.T) {
				parent := t.TempDir()
				folderWith(t, filepath.Join(parent, there), "only")
				err := exchange(filepath.Join(parent, ".b.lyncowa-1"), filepath.Join(parent, "b"))
				if !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("got %v", err)
				}
				holds(t, parent, map[string]string{there: "only"})
			})
		}
	}
}
