package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lyncowa/internal/finding"
)

var errExists = errors.New("exists, and lyncowa does not overwrite it")

// exists is the error of a file that already exists. lyncowa never overwrites it.
func exists(name string) error {
	err := &hintedError{error: fmt.Errorf("%q %w", name, errExists), hint: "name another file"}
	switch {
	case isFolder(name):
		err.hint = "it is a folder: name a file"
	case isEmptyFile(name):
		err.hint = "it is empty: remove it, then run the same command again"
	}
	return err
}

// writeNew writes a file that does not exist yet. It removes a file that it cannot finish.
func writeNew(name string, text []byte) error {
	if dangling := danglingLink(name); dangling != nil {
		return dangling
	}
	if _, err := os.Lstat(name); err == nil {
		return exists(name)
	}
	if folder := parentOf(name); !isFolder(folder) {
		return &hintedError{error: fmt.Errorf("%q has no parent folder", name), hint: fmt.Sprintf("create %q first", folder)}
	}
	if os.IsPathSeparator(name[len(name)-1]) {
		return &hintedError{error: fmt.Errorf("%q is a folder that does not exist", name), hint: "name a file"}
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return exists(name)
	}
	if err != nil {
		return fileNotWritten(name, err)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		err = errors.Join(err, os.Remove(name))
	}
	return fileNotWritten(name, err)
}

// replaceFile replaces an existing file. It writes the text to another file with an unpredictable name and then renames
// it, so that the file has the old or the new text at any time.
func replaceFile(name string, text []byte, mode fs.FileMode) error {
	part, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".lyncowa-*")
	if err != nil {
		return fileNotWritten(name, err)
	}
	_, err = part.Write(text)
	if err = errors.Join(err, part.Chmod(mode), part.Close()); err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(part.Name()))
	}
	return fileNotWritten(name, err)
}

// fileNotWritten says why a file could not be written. It returns nil without an error.
func fileNotWritten(name string, err error) error {
	right := fmt.Sprintf("get permission to create files in %q, or name a file in another folder", parentOf(name))
	return notWritten(name, right, err)
}

// notWritten says why a file or a folder could not be written, and what to do if a right is missing. It returns nil
// without an error.
func notWritten(name, rightMissing string, err error) error {
	if err == nil {
		return nil
	}
	hinted := &hintedError{error: fmt.Errorf("cannot write %q: %w", name, cause(err))}
	if errors.Is(err, fs.ErrPermission) {
		hinted.hint = rightMissing
	}
	return hinted
}

// danglingLink is the error of a link to a missing target, or nil.
func danglingLink(path string) error {
	to, err := os.Readlink(path)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return &hintedError{error: fmt.Errorf("%q is a link to %q, which does not exist", path, to), hint: "remove the link, or name another file"}
}

func parentOf(name string) string { return filepath.Dir(filepath.Clean(name)) }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// isEmptyFile reports whether a file has no bytes. Editors and redirections leave such files.
func isEmptyFile(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

func isSameFile(a, b string) bool {
	first, errA := os.Stat(a)
	second, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(first, second)
}

func isTopologyName(path string) bool {
	return slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(path)))
}

// topologiesIn are the sorted names of the topology files in a folder, or none if the folder is unreadable.
func topologiesIn(folder string) []string {
	entries, _ := os.ReadDir(folder)
	var names []string
	for _, entry := range entries {
		info, err := os.Stat(filepath.Join(folder, entry.Name()))
		if err == nil && info.Mode().IsRegular() && isTopologyName(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names
}

// expandPatterns replaces patterns by the matching files in the order of their names, because cmd and PowerShell do not
// expand patterns. unmatched joins an error for each pattern without a match.
func expandPatterns(operands []string) (paths []string, unmatched error) {
	for _, operand := range operands {
		if !isPattern(operand) {
			paths = append(paths, operand)
			continue
		}
		matches, err := filepath.Glob(operand)
		if err != nil || len(matches) == 0 {
			unmatched = errors.Join(unmatched, noMatch(operand))
			continue
		}
		slices.Sort(matches)
		paths = append(paths, matches...)
	}
	return paths, unmatched
}

// isPattern reports whether an operand is a pattern and not the name of an existing file.
func isPattern(operand string) bool {
	if !strings.ContainsAny(operand, "*?[") {
		return false
	}
	_, err := os.Lstat(operand)
	return err != nil
}

// noMatch is the error of a pattern that no file matches.
func noMatch(pattern string) error {
	err := &hintedError{error: fmt.Errorf("no file matches %q", pattern), hint: "that folder has no such file"}
	folder := filepath.Dir(pattern)
	if strings.ContainsAny(folder, "*?[") {
		err.hint = "check the pattern for a mistake"
	} else if !isFolder(folder) {
		err.hint = fmt.Sprintf("there is no folder %q", folder)
	} else if all := topologiesIn(folder); len(all) > 0 {
		err.hint = "that folder has " + finding.Few(all)
	}
	return err
}
