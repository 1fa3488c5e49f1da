package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lyncowa/internal/topology"
)

// mistypedError is a command line that another word in the place of one mends.
type mistypedError struct {
	*usageError
	word, meant string
}

func (e *mistypedError) Unwrap() error { return e.usageError }

// mended is the command line with the word that was meant, to be typed.
func (e *mistypedError) mended(args []string) string {
	words := []string{"lyncowa"}
	done := false
	for _, arg := range args {
		parts := []string{arg}
		if strings.HasPrefix(arg, "--") {
			parts = strings.SplitN(arg, "=", 2) // --flag=value
		}
		for i := range parts {
			if parts[i] == e.word && !done {
				parts[i], done = e.meant, true
			}
			parts[i] = inShell(parts[i])
		}
		words = append(words, strings.Join(parts, "="))
	}
	return strings.Join(words, " ")
}

// mistyped is the error of a word that is none of the known ones. Those that it resembles are shown as they are used,
// behind a command or flag; where there is none, otherwise is the hint.
func mistyped(problem, word string, near []string, behind, otherwise string) error {
	usage := &usageError{problem, otherwise}
	if len(near) == 0 {
		return usage
	}
	usage.hint = "did you mean '" + behind + strings.Join(near, "' or '"+behind) + "'?"
	return &mistypedError{usage, word, near[0]}
}

// nearest are the known words that resemble one that is not known, or that it is the beginning of; the nearest first.
func nearest(word string, known []string) []string {
	near := topology.Nearest(strings.ToLower(word), known)
	for _, k := range known {
		if strings.HasPrefix(k, strings.ToLower(word)) && word != "" && !slices.Contains(near, k) {
			near = append(near, k)
		}
	}
	return near
}

// namesBelow are the names of a command's own commands and topics.
func namesBelow(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// badFlag is the error of a flag that cannot be understood. Behind a command that does not exist no flag can be: then
// it is about the command.
func badFlag(cmd *cobra.Command, err error) error {
	if words := cmd.Flags().Args(); !cmd.HasParent() && len(words) > 0 {
		return noArguments(cmd, words)
	}
	see := fmt.Sprintf("see '%s --help'", cmd.CommandPath())
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		word := "--" + unknown.GetSpecifiedName()
		return mistyped(err.Error(), word, nearest(word, names), "", see)
	}
	if value := (*pflag.InvalidValueError)(nil); errors.As(err, &value) {
		if c, isChoice := value.GetFlag().Value.(*choice); isChoice {
			return mistyped(err.Error(), value.GetValue(), nearest(value.GetValue(), c.allowed), "--"+value.GetFlag().Name+" ", see)
		}
	}
	return badCommandLine(cmd, err.Error())
}
