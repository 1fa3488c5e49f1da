package rehearsal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// world is everything that a script can see or change: the farm, and the files of its hosts. It is a value; a run
// makes a new one.
type world struct {
	farm  *Farm
	files tree // "hosts/<fqdn>/..." and "share/...", relative to the stage
}

// shareFolder is the folder that every host sees as a share.
const shareFolder = "share"

// copy returns a world that shares nothing with w.
func (w world) copy() world { return world{w.farm.clone(), maps.Clone(w.files)} }

// Where things lie in a world.
func hostFolder(host string) string              { return "hosts/" + strings.ToLower(host) }
func bundleFolder(host string, b *bundle) string { return hostFolder(host) + "/" + b.name }
func webConfigPath(host string) string {
	return hostFolder(host) + "/exchange/ClientAccess/Owa/web.config"
}

func imLogFolder(host string) string {
	return hostFolder(host) + "/exchange/Logging/OWA/InstantMessaging"
}

// differences says in what the settled world is not the same in other: what of the farm's state, and which files.
// Evidence and logs are history, not state.
func (w world) differences(other world) []string { return w.settled().differences(other.settled()) }

// settled is the world as a tree: each value of the farm's state by its path, and the files.
func (w world) settled() tree {
	t := w.files.without(isHistory)
	flatten(t, "", generic(w.farm.settled()))
	return t
}

func flatten(into tree, at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, value := range v {
			flatten(into, path.Join(at, key), value)
		}
	case []any:
		for i, value := range v {
			flatten(into, fmt.Sprintf("%s[%d]", at, i), value)
		}
	default:
		into[at] = string(encode(v))
	}
}

// evidenceNames are the evidence files of a world, by name only: they hold times.
func (w world) evidenceNames() []string {
	return slices.DeleteFunc(w.files.names(), func(name string) bool { return !isEvidence(name) })
}

func isEvidence(name string) bool {
	if strings.HasPrefix(name, shareFolder+"/") {
		return true
	}
	parts := strings.SplitN(name, "/", 5) // hosts, fqdn, bundle, evidence, ...
	return len(parts) == 5 && parts[3] == "evidence"
}

// isHistory tells the files that a run leaves without having changed anything: evidence, and the logs of the
// products. An empty folder is nothing either.
func isHistory(name string) bool {
	return isEvidence(name) || strings.Contains(name, "/exchange/Logging/") || strings.HasSuffix(name, "/")
}

func generic(v any) any {
	var plain any
	if err := json.Unmarshal(encode(v), &plain); err != nil {
		panic(err) // what was just encoded
	}
	return plain
}

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
		t[name], err = readEntry(path, entry)
		return err
	})
	return t, err
}

// linkMark begins the content of a link; its target follows.
const linkMark = "\x00link to "

// readEntry never opens what is no plain file, nor a lock that a script holds: no other program may.
func readEntry(path string, entry fs.DirEntry) (string, error) {
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		target, err := os.Readlink(path)
		return linkMark + target, err
	case entry.Name() == "run.lock":
		return "", nil
	}
	data, err := os.ReadFile(path)
	return string(data), err
}

// write makes the folder root, which holds present, hold t.
func (t tree) write(root string, present tree) error {
	for name, data := range present {
		now, kept := t[name]
		if isLink := strings.HasPrefix(data, linkMark) || strings.HasPrefix(now, linkMark); !kept || isLink && now != data {
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
	if to, isLink := strings.CutPrefix(data, linkMark); isLink {
		return os.Symlink(to, target)
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
	kept := maps.Clone(t)
	maps.DeleteFunc(kept, func(name, _ string) bool { return drop(name) })
	return kept
}

// differences names what is not the same in other, sorted: "changed a", "added b", "missing c"; short values are shown.
func (t tree) differences(other tree) []string {
	var found []string
	for name, data := range t {
		if got, there := other[name]; !there {
			found = append(found, "missing "+name)
		} else if got != data && len(got)+len(data) < 160 {
			found = append(found, fmt.Sprintf("changed %s from %s to %s", name, data, got))
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
