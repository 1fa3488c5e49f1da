package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// existsError is a file that would have to be overwritten.
type existsError struct{ name string }

func (e *existsError) Error() string { return fmt.Sprintf("%q exists and is not overwritten", e.name) }
func (e *existsError) Unwrap() error { return fs.ErrExist }

// wayOut is what to do about it.
func (e *existsError) wayOut() string {
	switch {
	case isFolder(e.name):
		return "it is a folder: name a file"
	case isEmptyFile(e.name):
		return "it is empty: remove it, then the same command again"
	default:
		return "name another file"
	}
}

// isEmptyFile tells a file without a byte, as an editor or a redirection leaves it.
func isEmptyFile(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// writeNew writes a file that does not exist yet, whole or not at all.
func writeNew(name string, text []byte) error {
	if dangling := danglingLink(name); dangling != nil {
		return dangling
	}
	if _, err := os.Lstat(name); err == nil {
		return &existsError{name}
	}
	if folder := parentOf(name); !isFolder(folder) {
		return &stoppedError{error: fmt.Errorf("%q has no parent folder", name), hint: fmt.Sprintf("make %q first", folder)}
	}
	if os.IsPathSeparator(name[len(name)-1]) {
		return &stoppedError{error: fmt.Errorf("%q is a folder that does not exist", name), hint: "name a file"}
	}
	part := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".lyncowa-"+strings.ToLower(rand.Text()))
	err := writeExclusive(part, text)
	if err == nil {
		err = moveNew(part, name, text)
	}
	if errors.Is(err, fs.ErrExist) {
		return &existsError{name}
	}
	return fileNotWritten(name, err)
}

// parentOf is the folder that a file or folder lies in.
func parentOf(name string) string { return filepath.Dir(filepath.Clean(name)) }

// moveNew gives a finished file its name, which nothing has yet. Where the file system knows no second name for a file,
// it is written once more.
func moveNew(part, name string, text []byte) error {
	err := os.Link(part, name)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = writeExclusive(name, text)
	}
	return errors.Join(err, os.Remove(part))
}

// writeExclusive writes a file that does not exist yet, and removes what it could not finish.
func writeExclusive(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}

// fileNotWritten says why a file could not be written, with the way out where there is one; nil without an error.
func fileNotWritten(name string, err error) error {
	if err == nil {
		return nil
	}
	stopped := &stoppedError{error: fmt.Errorf("cannot write %q: %w", name, cause(err))}
	if errors.Is(err, fs.ErrPermission) {
		stopped.hint = fmt.Sprintf("you need the right to make files in %q; or name a file in another folder", parentOf(name))
	}
	return stopped
}
