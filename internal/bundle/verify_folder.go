package bundle

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxFile is the size in bytes beyond which nothing can be a file of a bundle, far above the largest one.
const maxFile = 64 << 20

// folder is a bundle as it lies on disk, without what may be added to it.
type folder struct {
	files    map[string][]byte // regular files by path
	notFiles map[string]string // everything else by path: "a folder", "a symbolic link", ...
	sums     map[string]string // of SHA256SUMS: path -> lower-case hex; nil when it cannot be read
}

// readFolder reads a bundle into memory. Links are not followed.
func readFolder(dir string) (*folder, error) {
	f := &folder{files: map[string][]byte{}, notFiles: map[string]string{}}
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
		f.files[path], err = os.ReadFile(name)
	}
	return err
}

// isSignature tells detached signatures. They lie beside SHA256SUMS: in the folders of scripts the scripts
// themselves refuse every additional file.
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

// isEmptyFolder reports whether nothing lies in or below a folder.
func (f *folder) isEmptyFolder(path string) bool {
	for other := range f.files {
		if strings.HasPrefix(other, path+"/") {
			return false
		}
	}
	for other := range f.notFiles {
		if strings.HasPrefix(other, path+"/") {
			return false
		}
	}
	return true
}

// ReadFiles reads the regular files of a bundle by path, without evidence and signatures. Nothing is checked:
// that is Verify's business.
func ReadFiles(dir string) (map[string][]byte, error) {
	f, err := readFolder(dir)
	if err != nil {
		return nil, err
	}
	if _, found := f.files[PlanPath]; !found {
		return nil, &TargetError{dir, "is not a bundle: plan.json is not in it", "name a topology file or the folder of a bundle"}
	}
	return f.files, nil
}
