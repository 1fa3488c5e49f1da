package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"lyncowa/internal/inventory"
)

// TargetError says why a folder cannot be compared or written, and what to do.
type TargetError struct{ Dir, Problem, Hint string }

func (e *TargetError) Error() string { return fmt.Sprintf("%q %s", e.Dir, e.Problem) }

// ownFolders are the only folders in a bundle.
var ownFolders = []string{"scripts", "back-out", inventory.Folder}

// maxFile is a number of bytes that no file of a bundle reaches.
const maxFile = 64 << 20

// mustBeFolder refuses everything but a folder. It also refuses a link to a folder: lyncowa does not follow links.
func mustBeFolder(dir string) error {
	info, err := os.Lstat(filepath.Clean(dir))
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return &TargetError{dir, "is a symbolic link, and lyncowa follows no links", "name the folder that it points to"}
	case !info.IsDir():
		return &TargetError{dir, "is a file, not a folder", "name another folder"}
	}
	return nil
}

// isAbsent reports whether a path does not exist, or has a file as a parent.
func isAbsent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// walk visits everything below a folder. path is slash-separated and relative to the folder.
func walk(dir string, visit func(path, name string, entry fs.DirEntry) error) error {
	root := filepath.Clean(dir)
	return filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		path, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		return visit(filepath.ToSlash(path), name, entry)
	})
}

// listFolder lists a folder without reading its files: path -> whether it is a regular file. For a folder that is not
// part of a bundle, such as evidence, it lists only the name.
func listFolder(dir string) (map[string]bool, error) {
	if err := mustBeFolder(dir); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	err := walk(dir, func(path, _ string, entry fs.DirEntry) error {
		if entry.IsDir() && slices.Contains(ownFolders, path) {
			return nil
		}
		found[path] = entry.Type().IsRegular()
		if entry.IsDir() {
			return fs.SkipDir
		}
		return nil
	})
	return found, err
}

// folder is a bundle on disk, without evidence and signatures.
type folder struct {
	files      map[string][]byte // regular files by path
	unreadable map[string]error  // regular files that could not be read, by path
	notFiles   map[string]string // everything else by path: "a folder", "a symbolic link", ...
	sums       map[string]string // of SHA256SUMS: path -> lower-case hex; nil if it is not valid
}

// has reports whether there is a regular file, readable or not.
func (f *folder) has(path string) bool {
	_, found := f.files[path]
	return found || f.unreadable[path] != nil
}

// readFolder reads a bundle into memory.
func readFolder(dir string) (*folder, error) {
	f := &folder{files: map[string][]byte{}, unreadable: map[string]error{}, notFiles: map[string]string{}}
	err := walk(dir, func(path, name string, entry fs.DirEntry) error {
		if path == EvidencePath && entry.IsDir() {
			return fs.SkipDir
		}
		return f.add(path, name, entry)
	})
	if err != nil {
		return nil, err
	}
	if sums, err := parseSums(f.files[SumsPath]); err == nil {
		f.sums = sums
	}
	return f, nil
}

func (f *folder) add(path, name string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	switch {
	case entry.IsDir():
		f.notFiles[path] = "a folder"
	case entry.Type()&fs.ModeSymlink != 0:
		f.notFiles[path] = "a symbolic link"
	case !entry.Type().IsRegular():
		f.notFiles[path] = "neither a file nor a folder"
	case info.Size() > maxFile:
		f.notFiles[path] = "larger than any file of a bundle"
	case !isSignature(path):
		data, err := os.ReadFile(name)
		if err != nil {
			f.unreadable[path] = err
		} else {
			f.files[path] = data
		}
	}
	return nil
}

// cause is an error of the file system without the path, in the system's words.
func cause(err error) string {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		err = at.Err
	}
	return err.Error()
}

// isSignature reports whether a file is a detached signature beside SHA256SUMS. The scripts refuse every additional file
// in their folders, so signatures are only allowed at the top.
func isSignature(path string) bool {
	extensions := []string{".sig", ".p7s", ".asc"}
	return !strings.Contains(path, "/") && slices.Contains(extensions, strings.ToLower(filepath.Ext(path)))
}

// asListed reports whether a file has the sum that SHA256SUMS lists for it.
func (f *folder) asListed(path string) bool {
	data, exists := f.files[path]
	listed, found := f.sums[path]
	return exists && found && sum(unsigned(path, data)) == listed
}

// isEmptyFolder reports whether nothing is below a folder.
func (f *folder) isEmptyFolder(path string) bool {
	for _, other := range slices.Concat(sortedKeys(f.files), sortedKeys(f.unreadable), sortedKeys(f.notFiles)) {
		if strings.HasPrefix(other, path+"/") {
			return false
		}
	}
	return true
}

// ReadFiles reads the regular files of a bundle by path, without evidence and signatures. It verifies nothing.
func ReadFiles(dir string) (map[string][]byte, error) {
	f, err := readFolder(dir)
	if err != nil {
		return nil, err
	}
	if paths := sortedKeys(f.unreadable); len(paths) > 0 {
		return nil, f.unreadable[paths[0]]
	}
	if _, found := f.files[PlanPath]; !found {
		return nil, &TargetError{dir, "is not a bundle: plan.json is not in it", "name a topology file or the folder of a bundle"}
	}
	return f.files, nil
}
