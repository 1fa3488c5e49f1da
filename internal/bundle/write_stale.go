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

// doomed ends the name of a temporary sibling that is being removed.
const doomed = "-doomed"

// removeStale removes what killed runs left beside a target. Each leftover is renamed before it is emptied, so
// that a run that is still alive can never put a half-emptied folder in the target's place: its rename fails.
// What cannot be removed is no obstacle. Locked are the paths of what this user has no right to remove; what stays
// for another reason, such as a run that is still adding files, is for its own run or the next one.
func removeStale(target string) (locked []string) {
	for _, leftover := range leftovers(target) {
		if at, err := removeOne(leftover); errors.Is(err, fs.ErrPermission) {
			locked = append(locked, at)
		}
	}
	return locked
}

// removeOne renames a leftover and removes it. It returns where the leftover was last.
func removeOne(leftover string) (at string, err error) {
	at = leftover
	if !strings.HasSuffix(leftover, doomed) {
		at += doomed
		if err := os.Rename(leftover, at); err != nil {
			return leftover, err
		}
	}
	return at, os.RemoveAll(at)
}

// leftovers are the paths of the folders beside a target that lyncowa has begun and not put in its place: of runs
// that were killed, or that are still running.
func leftovers(target string) []string {
	entries, err := os.ReadDir(filepath.Dir(target))
	if err != nil {
		return nil // a folder that may be written and not listed keeps its leftovers
	}
	var found []string
	for _, entry := range entries {
		random, ours := strings.CutPrefix(entry.Name(), stalePrefix(target))
		random = strings.TrimSuffix(random, doomed)
		if ours && entry.IsDir() && random != "" && strings.Trim(random, "0123456789") == "" {
			found = append(found, filepath.Join(filepath.Dir(target), entry.Name()))
		}
	}
	return found
}
