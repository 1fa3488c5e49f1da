package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write makes dir the bundle, whole or not at all: everything goes into a temporary sibling, which then takes
// the place of dir. A folder that is already this bundle is left alone. One that lyncowa did not write, or
// that holds work of people or scripts, is never replaced; that and other obstacles are a *TargetError.
func Write(dir string, b *Bundle) error {
	target, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := mustHaveParent(dir, target); err != nil {
		return err
	}
	removeStale(target)
	differences, err := Check(target, b)
	if err != nil || len(differences) == 0 {
		return err
	}
	exists := differences[0] != Difference{".", Missing}
	if exists {
		if err := mustBeReplaceable(dir, target); err != nil {
			return err
		}
	}
	return replace(target, b, exists)
}

// mustHaveParent asks for the folder that the bundle goes into: a bundle does not make a path of folders.
func mustHaveParent(dir, target string) error {
	parent := filepath.Dir(target)
	info, err := os.Stat(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return &TargetError{dir, "has no parent folder", fmt.Sprintf("make %q first", filepath.Dir(dir))}
	}
	if err == nil && !info.IsDir() {
		return &TargetError{dir, "has a file for a parent", "name a folder inside a folder"}
	}
	return err
}

// replace writes the bundle beside the target and puts it in its place. Whatever happens, nothing but the old
// or the new bundle stays behind, unless the old one's files are another user's: Leftovers tells of that.
func replace(target string, b *Bundle, exists bool) (err error) {
	temp, err := os.MkdirTemp(filepath.Dir(target), stalePrefix(target))
	if err != nil {
		return err
	}
	defer func() {
		if left := os.RemoveAll(temp); err != nil {
			err = errors.Join(err, left)
		}
	}()
	if err := writeFiles(temp, b.Files); err != nil {
		return err
	}
	if exists {
		err = swap(temp, target)
	} else {
		err = os.Rename(temp, target)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(target))
}
