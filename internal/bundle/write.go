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
// that holds work of people or scripts, is never replaced; that and other obstacles are a *TargetError. Of two runs at
// the same time one may end with ErrOvertaken.
//
// What killed runs left beside dir is cleared away. Locked are the absolute paths of what this user has no right to
// remove there, the files of another user's older bundle included: they are no obstacle, whatever the error.
func Write(dir string, b *Bundle) (locked []string, err error) {
	target, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := mustHaveParent(dir, target); err != nil {
		return nil, err
	}
	if err := mustLieOutside(dir, target); err != nil {
		return nil, err
	}
	locked = removeStale(target)
	differences, err := Check(target, b)
	if err != nil || len(differences) == 0 {
		return locked, err
	}
	exists := differences[0] != Difference{".", Missing}
	if exists {
		if err := mustBeReplaceable(dir, target); err != nil {
			return locked, err
		}
	}
	older, err := replace(target, b, exists)
	return append(locked, older...), err
}

// ErrOvertaken says that another run has put its bundle in place since, or has cleared away what this one had begun.
var ErrOvertaken = errors.New("another run of lyncowa writes there")

// isOvertaken reports whether nothing is gone but the temporary folder itself.
func isOvertaken(temp string) bool {
	_, gone := os.Lstat(temp)
	return errors.Is(gone, fs.ErrNotExist) && isFolder(filepath.Dir(temp))
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
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
// or the new bundle stays behind, unless the old one's files are another user's: then it is locked.
func replace(target string, b *Bundle, exists bool) (locked []string, err error) {
	temp, err := os.MkdirTemp(filepath.Dir(target), stalePrefix(target))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil && isOvertaken(temp) {
			err = ErrOvertaken
			return
		}
		left := os.RemoveAll(temp)
		if err != nil {
			err = errors.Join(err, left)
		}
		if errors.Is(left, fs.ErrPermission) {
			locked = []string{temp}
		}
	}()
	if err := writeFiles(temp, b.Files); err != nil {
		return nil, err
	}
	if exists {
		err = swap(temp, target)
	} else {
		err = os.Rename(temp, target)
	}
	if errors.Is(err, fs.ErrExist) {
		err = ErrOvertaken
	}
	if err != nil {
		return nil, err
	}
	return nil, SyncFolder(filepath.Dir(target))
}
