package rehearsal

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// tree is the files below a folder: slash-separated path -> content. An empty folder is a path that ends in a
// slash, with no content.
type tree map[string]string

// readTree reads everything below root.
func readTree(root string) (tree, error) {
	t := tree{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if entry.IsDir() {
			inside, err := os.ReadDir(path)
			if len(inside) == 0 && name != "." {
				t[name+"/"] = ""
			}
			return err
		}
		data, err := os.ReadFile(path)
		t[name] = string(data)
		return err
	})
	return t, err
}

// write makes the folder root, which holds present, hold t.
func (t tree) write(root string, present tree) error {
	for name := range present {
		if _, kept := t[name]; !kept {
			if err := removeUpwards(root, name); err != nil {
				return err
			}
		}
	}
	for _, name := range t.names() {
		if data, there := present[name]; there && data == t[name] {
			continue
		}
		if err := writeEntry(filepath.Join(root, filepath.FromSlash(name)), name, t[name]); err != nil {
			return err
		}
	}
	return nil
}

func writeEntry(target, name, data string) error {
	if strings.HasSuffix(name, "/") {
		return os.MkdirAll(target, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.WriteFile(target, []byte(data), 0o644)
}

// removeUpwards removes an entry and the folders that it leaves empty.
func removeUpwards(root, name string) error {
	path := filepath.Join(root, filepath.FromSlash(name))
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for path = filepath.Dir(path); len(path) > len(root); path = filepath.Dir(path) {
		if os.Remove(path) != nil {
			break // not empty
		}
	}
	return nil
}

// names returns the paths, sorted.
func (t tree) names() []string { return slices.Sorted(maps.Keys(t)) }

// without returns the entries for which drop is false.
func (t tree) without(drop func(name string) bool) tree {
	kept := tree{}
	for name, data := range t {
		if !drop(name) {
			kept[name] = data
		}
	}
	return kept
}

// differences names what is not the same in other, sorted: "changed a", "added b", "missing c".
func (t tree) differences(other tree) []string {
	var found []string
	for name, data := range t {
		if got, there := other[name]; !there {
			found = append(found, "missing "+name)
		} else if got != data {
			found = append(found, "changed "+name)
		}
	}
	for name := range other {
		if _, there := t[name]; !there {
			found = append(found, "added "+name)
		}
	}
	slices.Sort(found)
	return found
}
