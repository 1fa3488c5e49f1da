package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// stalePrefix begins the names of the temporary siblings of one target: .<base>.lyncowa-<random digits>.
func stalePrefix(target string) string { return "." + filepath.Base(target) + ".lyncowa-" }

// removeStale removes what killed runs left beside a target. Each leftover is renamed before it is emptied, so
// that a run that is still alive can never put a half-emptied folder in the target's place: its rename fails.
func removeStale(target string) error {
	parent := filepath.Dir(target)
	entries, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		random, ours := strings.CutPrefix(entry.Name(), stalePrefix(target))
		if !ours || !entry.IsDir() || strings.Trim(random, "0123456789") != "" || random == "" {
			continue
		}
		leftover := filepath.Join(parent, entry.Name())
		doomed := leftover + "0"
		err := os.Rename(leftover, doomed)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another run was faster
		}
		if err := errors.Join(err, os.RemoveAll(doomed)); err != nil {
			return err
		}
	}
	return nil
}
