package bundle

import (
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
// What cannot be removed, such as the leftover of another user, is no obstacle: Leftovers tells of it.
func removeStale(target string) {
	for _, leftover := range Leftovers(target) {
		gone := leftover
		if !strings.HasSuffix(leftover, doomed) {
			gone += doomed
			if os.Rename(leftover, gone) != nil {
				continue
			}
		}
		_ = os.RemoveAll(gone)
	}
}

// Leftovers are the paths of the folders beside dir that lyncowa has begun and not put in dir's place: of runs
// that were killed, or that are still running. Write removes those that it may.
func Leftovers(dir string) []string {
	dir = filepath.Clean(dir)
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return nil // a folder that may be written and not listed keeps its leftovers
	}
	var found []string
	for _, entry := range entries {
		random, ours := strings.CutPrefix(entry.Name(), stalePrefix(dir))
		random = strings.TrimSuffix(random, doomed)
		if ours && entry.IsDir() && random != "" && strings.Trim(random, "0123456789") == "" {
			found = append(found, filepath.Join(filepath.Dir(dir), entry.Name()))
		}
	}
	return found
}
