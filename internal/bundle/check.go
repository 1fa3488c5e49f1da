package bundle

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
)

// DifferenceKind says what happened to a file since the bundle was rendered.
type DifferenceKind string

// The kinds of difference, seen from the bundle: a file in the folder may be other, absent or too many.
const (
	Edited  DifferenceKind = "edited"
	Missing DifferenceKind = "missing"
	Added   DifferenceKind = "added"
)

// Difference is one file of a folder that is not as in the bundle.
type Difference struct {
	Path string // slash-separated, relative to the folder; "." for the folder itself
	Kind DifferenceKind
}

func (d Difference) String() string { return d.Path + ": " + string(d.Kind) }

// Check compares a folder with a bundle and writes nothing. What people and scripts add to a bundle is no
// difference: their writing in approval.md and the folder evidence. The differences are sorted by path; an
// absent folder is one. An error means that the folder could not be read.
func Check(dir string, b *Bundle) ([]Difference, error) {
	found, err := listFolder(dir)
	if isAbsent(err) {
		return []Difference{{".", Missing}}, nil
	}
	if err != nil {
		return nil, err
	}
	var differences []Difference
	for _, want := range b.Files {
		if _, exists := found[want.Path]; !exists {
			differences = append(differences, Difference{want.Path, Missing})
			continue
		}
		equal, err := same(want, dir, found[want.Path])
		if err != nil {
			return nil, err
		}
		if !equal {
			differences = append(differences, Difference{want.Path, Edited})
		}
		delete(found, want.Path)
	}
	delete(found, EvidencePath)
	for path := range found {
		differences = append(differences, Difference{path, Added})
	}
	slices.SortFunc(differences, func(a, b Difference) int { return cmp.Compare(a.Path, b.Path) })
	return differences, nil
}

// same compares one file with the one in a folder; of approval.md only what nobody is meant to fill in.
func same(want File, dir string, isFile bool) (bool, error) {
	if !isFile {
		return false, nil
	}
	got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(want.Path)))
	if want.Path == ApprovalPath {
		return isThePage(want.Data, got), err
	}
	return bytes.Equal(want.Data, got), err
}

// folders are the folders of a bundle, by their paths.
var folders = []string{"scripts", "back-out"}

// listFolder lists a folder: slash-separated path -> whether it is a regular file. Folders that no bundle has
// are listed as one, whatever is in them; evidence is one of them.
func listFolder(dir string) (map[string]bool, error) {
	if err := mustBeFolder(dir); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	root := filepath.Clean(dir)
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		path, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		path = filepath.ToSlash(path)
		if !entry.IsDir() {
			found[path] = entry.Type().IsRegular()
			return nil
		}
		if slices.Contains(folders, path) {
			return nil
		}
		found[path] = false
		return fs.SkipDir
	})
	return found, err
}

// mustBeFolder refuses what is no folder, a link to one included: what a link points at is not lyncowa's to
// judge or to replace.
func mustBeFolder(dir string) error {
	info, err := os.Lstat(filepath.Clean(dir))
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return &TargetError{dir, "is a symbolic link, and links are not followed", "name the folder that it points to"}
	case !info.IsDir():
		return &TargetError{dir, "is a file, not a folder", "name another folder"}
	}
	return nil
}

// isAbsent reports whether there is nothing: no such name, or a file where its path has a folder.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// TargetError says why a folder cannot be compared or written, and the way out.
type TargetError struct{ Dir, Problem, Hint string }

func (e *TargetError) Error() string { return fmt.Sprintf("%q %s", e.Dir, e.Problem) }
