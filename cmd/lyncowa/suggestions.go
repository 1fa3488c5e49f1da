package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lyncowa/internal/bundle"
	"lyncowa/internal/finding"
)

// nearest are the known words that resemble a word or start with it, the nearest first.
func nearest(word string, known []string) []string {
	near := finding.Nearest(word, known)
	for _, k := range known {
		if strings.HasPrefix(k, strings.ToLower(word)) && word != "" && !slices.Contains(near, k) {
			near = append(near, k)
		}
	}
	return near
}

// suggestWord is the error of an unknown word. It suggests similar words after the command or flag inFront. Without
// similar words it has the other hint.
func suggestWord(problem, word string, near []string, inFront, otherHint string) error {
	if len(near) == 0 {
		return &usageError{problem: problem, hint: otherHint}
	}
	return &usageError{problem, "did you mean '" + inFront + strings.Join(near, "' or '"+inFront) + "'?", word, near[0]}
}

// corrected is the command line with one word replaced, as a user types it.
func corrected(args []string, typed, meant string) string {
	words := []string{"lyncowa"}
	done := false
	for _, arg := range args {
		parts := []string{arg}
		if strings.HasPrefix(arg, "--") {
			parts = strings.SplitN(arg, "=", 2) // --flag=value
		}
		for i := range parts {
			if parts[i] == typed && !done {
				parts[i], done = meant, true
			}
			parts[i] = inShell(parts[i])
		}
		words = append(words, strings.Join(parts, "="))
	}
	return strings.Join(words, " ")
}

// again is the command line of the running command, as a user types it, without some of its flags.
func again(cmd *cobra.Command, args []string, without ...string) string {
	words := []string{cmd.CommandPath()}
	for _, arg := range args {
		words = append(words, quoted(arg))
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case slices.Contains(without, f.Name):
		case isList(f):
			for _, value := range f.Value.(*listFlag).values {
				words = append(words, "--"+f.Name, quoted(value))
			}
		case f.Value.Type() == "bool" && f.Value.String() == "true":
			words = append(words, "--"+f.Name)
		case f.Value.Type() == "bool":
			words = append(words, "--"+f.Name+"=false") // after a space it would be an operand
		default:
			words = append(words, "--"+f.Name, quoted(f.Value.String()))
		}
	})
	return strings.Join(words, " ")
}

func isList(f *pflag.Flag) bool { _, is := f.Value.(*listFlag); return is }

// namesBelow are the names of a command's subcommands and topics.
func namesBelow(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// badFlag is the error of an invalid flag. After an unknown command every flag is unknown, so the error then concerns
// the command.
func badFlag(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); !cmd.HasParent() && len(words) > 0 {
		return noArguments(cmd, words)
	}
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		word := "--" + unknown.GetSpecifiedName()
		return suggestWord(err.Error(), word, nearest(word, names), "", seeHelp(cmd))
	}
	if value := (*pflag.InvalidValueError)(nil); errors.As(err, &value) {
		if f, isText := value.GetFlag().Value.(*textFlag); isText {
			return suggestWord(err.Error(), value.GetValue(), nearest(value.GetValue(), f.allowed), "--"+value.GetFlag().Name+" ", seeHelp(cmd))
		}
	}
	return badCommandLine(cmd, err.Error())
}

// suggestCorrection suggests the article about the first error, and the same command again. It does not suggest the
// command for standard input, which cannot be repeated, or for an empty file, which has nothing to correct.
func suggestCorrection(w io.Writer, cmd *cobra.Command, args []string, findings finding.List) {
	first := findings[max(0, slices.IndexFunc(findings, func(f finding.Finding) bool { return f.Severity == finding.Error }))]
	more(w, "lyncowa explain "+first.ID)
	switch {
	case slices.Contains(args, "-"):
	case isEmptyFile(first.File):
		hint(w, fmt.Sprintf("%q is empty: remove it, then lyncowa init %s", first.File, quoted(first.File)))
	default:
		next(w, again(cmd, args))
	}
}

// suggestFile adds a suggestion to an error of reading a topology file: a file with a similar name, the only file in the
// folder, or, in a folder without topologies, the file that init writes.
func suggestFile(cmd *cobra.Command, path string, err error) error {
	folder, name := filepath.Dir(path), filepath.Base(path)
	if isFolder(path) {
		folder, name = path, "topology.yaml"
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	} else if dangling := danglingLink(path); dangling != nil {
		return dangling
	} else if !isFolder(folder) {
		return &hintedError{error: err, hint: fmt.Sprintf("there is no folder %q", folder)}
	}
	all := topologiesIn(folder)
	near := nearFiles(name, all)
	if len(near) == 0 && len(all) == 1 {
		near = all
	}
	for i := range near {
		near[i] = filepath.Join(folder, near[i])
	}
	hinted := &hintedError{error: err}
	switch {
	case len(all) == 0 && !isFolder(path) && isTopologyName(path) && !isPattern(path):
		hinted.next = "lyncowa init " + quoted(path)
	case len(all) == 0:
		hinted.hint = "name a topology file"
	case len(near) == 0:
		hinted.hint = "that folder has " + finding.Few(all)
	default:
		hinted.hint = "did you mean " + strings.Join(near, " or ") + "?"
		args := slices.Clone(cmd.Flags().Args())
		if i := slices.Index(args, path); i >= 0 && len(near) == 1 { // a file that a pattern matched is no argument
			args[i] = near[0]
			hinted.next = again(cmd, args)
		}
	}
	return hinted
}

// nearFiles are the names that resemble a given name, with any extension, the nearest first.
func nearFiles(given string, names []string) []string {
	stem := func(name string) string { return strings.ToLower(strings.TrimSuffix(name, filepath.Ext(name))) }
	byStem := map[string]string{}
	var stems []string
	for _, name := range names {
		if _, known := byStem[stem(name)]; !known {
			byStem[stem(name)] = name
			stems = append(stems, stem(name))
		}
	}
	if name, known := byStem[stem(given)]; known {
		return []string{name}
	}
	var near []string
	for _, found := range finding.Nearest(stem(given), stems) {
		near = append(near, byStem[found])
	}
	return near
}

// suggestFolder adds a suggestion to an error about the target of render: the same command with a free folder beside the
// target, or with the default folder if the target can have no neighbour.
func suggestFolder(cmd *cobra.Command, source, target, usual string, err error) error {
	if inTheWay := (*bundle.TargetError)(nil); !errors.As(err, &inTheWay) || source == "-" {
		return err
	}
	command := again(cmd, []string{source}, "output")
	if isSameFile(target, source) || !mayHaveNeighbours(target) {
		if _, statErr := os.Lstat(usual); !errors.Is(statErr, fs.ErrNotExist) {
			return err
		}
		return &hintedError{error: err, next: command}
	}
	free, found := freeFolder(target)
	if !found || free == filepath.Clean(target) { // the name is free, so its place is wrong
		return err
	}
	return &hintedError{error: err, next: command + " -o " + quoted(free)}
}

// mayHaveNeighbours is false for the root of a disk and its entries, for a device, for "." and for "..".
func mayHaveNeighbours(dir string) bool {
	clean := filepath.Clean(dir)
	parent := filepath.Dir(clean)
	if filepath.IsAbs(clean) && filepath.Dir(parent) == parent || clean == "." || filepath.Base(clean) == ".." {
		return false
	}
	info, err := os.Stat(clean)
	return err != nil || info.IsDir() || info.Mode().IsRegular()
}

// freeFolder is the first of dir, dir-2, dir-3 that does not exist, in a folder that exists. found is false if the system
// refuses the name, for example because it is too long.
func freeFolder(dir string) (free string, found bool) {
	dir = filepath.Clean(dir)
	if !isFolder(filepath.Dir(dir)) {
		dir = filepath.Base(dir)
	}
	for free, n := dir, 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free, errors.Is(err, fs.ErrNotExist)
		}
		free = fmt.Sprintf("%s-%d", dir, n)
	}
}
