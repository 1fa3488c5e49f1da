package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/topology"
)

// instead adds to an error of reading the topology that a command is about what may be meant instead: a file beside it,
// that of the folder that was named, or, where a folder has none yet, the one that init makes to begin with.
func instead(cmd *cobra.Command, path string, err error) error {
	switch {
	case isFolder(path):
		return orOneOf(cmd, path, filepath.Join(path, "topology.yaml"), err)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if dangling := danglingLink(path); dangling != nil {
		return dangling
	}
	if folder := filepath.Dir(path); !isFolder(folder) {
		return &stoppedError{error: err, hint: fmt.Sprintf("there is no folder %q", folder)}
	}
	if isTopologyName(path) && !isPattern(path) && len(topologiesIn(filepath.Dir(path))) == 0 {
		return &stoppedError{error: err, next: "lyncowa init " + quoted(path)}
	}
	return orOneOf(cmd, path, path, err)
}

// orOneOf suggests the same command with the topology that lies beside where one was looked for: the one that is near in
// spelling, or the only one. Of several it names a few.
func orOneOf(cmd *cobra.Command, given, lookedFor string, err error) error {
	folder := filepath.Dir(lookedFor)
	all := topologiesIn(folder)
	near := nearFiles(filepath.Base(lookedFor), all)
	if len(near) == 0 && len(all) == 1 {
		near = all
	}
	for i := range near {
		near[i] = filepath.Join(folder, near[i])
	}
	switch {
	case len(all) == 0:
		return &stoppedError{error: err, hint: "name a topology file"}
	case len(near) == 0:
		return &stoppedError{error: err, hint: "that folder has " + few(all)}
	case len(near) > 1:
		return &stoppedError{error: err, hint: "did you mean " + strings.Join(near, " or ") + "?"}
	}
	stopped := &stoppedError{error: err, hint: "did you mean " + near[0] + "?"}
	args := slices.Clone(cmd.Flags().Args())
	if i := slices.Index(args, given); i >= 0 { // not one of those that a pattern stands for
		args[i] = near[0]
		stopped.next = again(cmd, args)
	}
	return stopped
}

// few are the first names of a list, and how many more there are.
func few(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isTopologyName(path string) bool {
	return slices.Contains([]string{".yaml", ".yml"}, strings.ToLower(filepath.Ext(path)))
}

// topologiesIn are the names of the files in a folder that are called like topologies, sorted; none where it cannot be
// looked into.
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

// nearFiles are the names that resemble a given one, whatever follows the last dot; the nearest first.
func nearFiles(given string, names []string) []string {
	stem := func(name string) string { return strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name))) }
	var stems, near []string
	for _, name := range names {
		stems = append(stems, stem(name))
	}
	for _, found := range topology.Nearest(stem(given), stems) {
		if found == stem(given) { // no slip but the ending
			return []string{names[slices.Index(stems, found)]}
		}
		near = append(near, names[slices.Index(stems, found)])
	}
	return slices.Compact(near)
}

// danglingLink is the error of a link to something that is not there; nil for anything else.
func danglingLink(path string) error {
	to, err := os.Readlink(path)
	if err != nil {
		return nil
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return &stoppedError{error: fmt.Errorf("%q is a link to %q, which is not there", path, to), hint: "remove the link, or name another file"}
}
