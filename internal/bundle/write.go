package bundle

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// The modes of written files and folders, regardless of the umask: everybody may read a bundle.
const (
	fileMode   fs.FileMode = 0o644
	folderMode fs.FileMode = 0o755
)

// ErrOvertaken says that another run put its bundle in place first, or removed the temporary folder of this run.
var ErrOvertaken = errors.New("another run of lyncowa writes there")

// Write writes the complete bundle to dir or nothing: it fills a temporary folder beside dir and then renames it. It
// does not touch a folder that is already this bundle. It never replaces a folder that lyncowa did not write, or that
// contains work of people or scripts. It returns these and other obstacles as a *TargetError. If two runs write at the
// same time, one may return ErrOvertaken.
//
// Write also removes the temporary folders that killed runs left beside dir. It returns the absolute paths of folders
// that this user has no right to remove, such as an older bundle of another user. They are not errors.
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
	exists := differences[0] != Difference{Path: ".", Kind: Missing}
	if exists {
		if err := mustBeReplaceable(dir, target); err != nil {
			return locked, err
		}
	}
	older, err := replace(target, b, exists)
	return append(locked, older...), err
}

// replace writes the bundle beside the target and then puts it in the target's place. Even after an error only the old
// or the new bundle remains. If the files of the old bundle belong to another user, the old bundle remains as locked.
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

// isOvertaken reports whether the temporary folder is gone and its parent is still there.
func isOvertaken(temp string) bool {
	_, err := os.Lstat(temp)
	parent, parentErr := os.Stat(filepath.Dir(temp))
	return errors.Is(err, fs.ErrNotExist) && parentErr == nil && parent.IsDir()
}

// swapAside exchanges temp and target with renames, for systems that cannot exchange two names in one step. A kill
// between the renames leaves no bundle at target, and the next run removes the old one.
func swapAside(temp, target string) error {
	aside := temp + "1"
	if err := os.Rename(target, aside); err != nil {
		return err
	}
	if err := os.Rename(temp, target); err != nil {
		return errors.Join(err, os.Rename(aside, target))
	}
	_ = os.Rename(aside, temp) // the bundle is in its place; if this fails, the next run removes the old one
	return nil
}

// writeFiles fills an empty folder and waits until everything is on the disk.
func writeFiles(root string, files []File) error {
	folders := []string{root}
	for _, f := range files {
		folder := filepath.Dir(nameIn(root, f))
		if slices.Contains(folders, folder) {
			continue
		}
		if err := os.Mkdir(folder, folderMode); err != nil { // never MkdirAll: it would bring back a root that another run removed
			return err
		}
		folders = append(folders, folder)
	}
	errs := make([]error, len(files))
	var writers sync.WaitGroup // all at once: each waits for the disk most of the time
	for i, f := range files {
		writers.Go(func() { errs[i] = writeFile(nameIn(root, f), f.Data) })
	}
	writers.Wait()
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	for _, folder := range folders {
		if err := errors.Join(os.Chmod(folder, folderMode), SyncFolder(folder)); err != nil {
			return err
		}
	}
	return nil
}

func nameIn(root string, f File) string { return filepath.Join(root, filepath.FromSlash(f.Path)) }

func writeFile(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Chmod(fileMode), f.Sync(), f.Close())
}

// SyncFolder waits until the names in a folder are on the disk. Windows does not support this, so there it does nothing.
func SyncFolder(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// stalePrefix is the prefix of the temporary folders of one target: .<base>.lyncowa-<random digits>.
func stalePrefix(target string) string { return "." + filepath.Base(target) + ".lyncowa-" }

// doomed is the suffix of a temporary folder that is being removed.
const doomed = "-doomed"

// removeStale removes the temporary folders that killed runs left beside a target. It renames each folder first, so that
// a live run fails instead of moving a half-empty folder to the target. It returns the paths of folders that this user
// has no right to remove. If a removal fails for another reason, the next run tries again.
func removeStale(target string) (locked []string) {
	parent := filepath.Dir(target)
	entries, err := os.ReadDir(parent)
	if err != nil {
		return nil // this user may write the folder but not list it
	}
	for _, entry := range entries {
		random, ours := strings.CutPrefix(entry.Name(), stalePrefix(target))
		random = strings.TrimSuffix(random, doomed)
		if !ours || !entry.IsDir() || random == "" || strings.Trim(random, "0123456789") != "" {
			continue
		}
		if at, err := removeOne(filepath.Join(parent, entry.Name())); errors.Is(err, fs.ErrPermission) {
			locked = append(locked, at)
		}
	}
	return locked
}

// removeOne renames a temporary folder and removes it. It returns the last path of the folder.
func removeOne(stale string) (at string, err error) {
	at = stale
	if !strings.HasSuffix(stale, doomed) {
		at += doomed
		if err := os.Rename(stale, at); err != nil {
			return stale, err
		}
	}
	return at, os.RemoveAll(at)
}
