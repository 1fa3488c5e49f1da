package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// expanded are the files that operands name. Not every shell puts the files that match in the place of a pattern, cmd and
// PowerShell for two: then it is done here, in the order of the names. A pattern that nothing matches is an error, and the
// others are expanded all the same.
func expanded(operands []string) (paths []string, unmatched error) {
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

// isPattern tells a pattern from the name of a file that is there.
func isPattern(operand string) bool {
	if !strings.ContainsAny(operand, "*?[") {
		return false
	}
	_, err := os.Lstat(operand)
	return err != nil
}

// noMatch is the error of a pattern that no file matches, with what there is instead.
func noMatch(pattern string) error {
	stopped := &stoppedError{error: fmt.Errorf("no file matches %q", pattern)}
	switch folder := filepath.Dir(pattern); {
	case strings.ContainsAny(folder, "*?["):
		stopped.hint = "look for a slip in it"
	case !isFolder(folder):
		stopped.hint = fmt.Sprintf("there is no folder %q", folder)
	default:
		stopped.hint = "that folder has no such file"
		if all := topologiesIn(folder); len(all) > 0 {
			stopped.hint = "that folder has " + few(all)
		}
	}
	return stopped
}
