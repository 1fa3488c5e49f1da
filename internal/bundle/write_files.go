package bundle

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// The modes of what is written, whatever the umask: everybody may read a bundle.
const (
	fileMode   fs.FileMode = 0o644
	folderMode fs.FileMode = 0o755
)

// writeFiles fills an empty folder and makes sure that it is on the disk before anybody relies on it. The error is
// that of the first file that could not be written, whichever failed first.
func writeFiles(root string, files []File) error {
	made, err := makeFolders(root, files)
	if err != nil {
		return err
	}
	errs := make([]error, len(files))
	var writers sync.WaitGroup // all at once: each waits for its disk most of the time
	for i, f := range files {
		writers.Go(func() { errs[i] = writeFile(nameIn(root, f), f.Data) })
	}
	writers.Wait()
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	for _, folder := range made {
		if err := errors.Join(os.Chmod(folder, folderMode), SyncFolder(folder)); err != nil {
			return err
		}
	}
	return nil
}

// makeFolders makes the folders of files that are sorted by path, and returns them with the root before them.
func makeFolders(root string, files []File) ([]string, error) {
	made := []string{root}
	for _, f := range files {
		folder := filepath.Dir(nameIn(root, f))
		if folder == root || folder == made[len(made)-1] {
			continue
		}
		if err := os.MkdirAll(folder, folderMode); err != nil {
			return nil, err
		}
		made = append(made, folder)
	}
	return made, nil
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

// SyncFolder brings a folder's names to the disk, where the system lets a folder be opened for that.
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
