package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
)

// Results that are not failures. The command has already shown them.
var (
	errFindings    = errors.New("there are findings")
	errDifferences = errors.New("there are differences")
)

// usageError is a command line that lyncowa does not understand.
type usageError struct {
	problem, hint string
	typed, meant  string // a mistyped word and its correction; "" if there is none
}

func (e *usageError) Error() string { return e.problem }

// badCommandLine is a usage error that points to the help of the command.
func badCommandLine(cmd *cobra.Command, problem string) error {
	return &usageError{problem: problem, hint: seeHelp(cmd)}
}

func seeHelp(cmd *cobra.Command) string { return fmt.Sprintf("see '%s --help'", cmd.CommandPath()) }

// hintedError is an error with a hint, the next command, or both.
type hintedError struct {
	error
	hint, next string
}

func (e *hintedError) Unwrap() error { return e.error }

// exitCodes is the contract with scripts that call lyncowa. The first matching row applies.
var exitCodes = []struct {
	code    int
	meaning string
	matches func(error) bool
}{
	{0, "success", func(err error) bool { return err == nil }},
	{1, "findings: a topology or change is refused, a rehearsal failed, or a change is not complete", is(errFindings)},
	{2, "differences: between two changes, in a bundle, of a farm from its plan, or in evidence", is(errDifferences)},
	{3, "invalid command line", func(err error) bool { return errors.As(err, new(*usageError)) }},
	{4, "cannot read or write, or an internal error", func(error) bool { return true }},
}

func is(target error) func(error) bool { return func(err error) bool { return errors.Is(err, target) } }

// exitCode is the exit code of the process.
func exitCode(err error) int {
	i := 0
	for !exitCodes[i].matches(err) { // the last row matches every error
		i++
	}
	return exitCodes[i].code
}

// report shows why a command failed, unless the command has already shown it, and returns the exit code.
func report(stderr io.Writer, args []string, err error) int {
	code := exitCode(err)
	if code == 0 || errors.Is(err, errFindings) || errors.Is(err, errDifferences) {
		return code
	}
	for _, one := range separate(err) {
		message(stderr, red, "error:", one.Error())
		text, command := adviceOn(args, one)
		if text != "" {
			hint(stderr, text)
		}
		if command != "" {
			next(stderr, command)
		}
	}
	return code
}

// separate splits joined errors, for example of several unreadable files.
func separate(err error) []error {
	joined, several := err.(interface{ Unwrap() []error })
	if !several || errors.Join(joined.Unwrap()...).Error() != err.Error() { // or one error with several causes
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, separate(one)...)
	}
	return all
}

// adviceOn returns the hint and the next command of an error, or "".
func adviceOn(args []string, err error) (hint, next string) {
	var usage *usageError
	var target *bundle.TargetError
	var hinted *hintedError
	if errors.As(err, &usage) {
		if usage.meant != "" {
			next = corrected(args, usage.typed, usage.meant)
		}
		return usage.hint, next
	}
	if errors.As(err, &hinted) {
		hint, next = hinted.hint, hinted.next
	}
	switch {
	case hint != "":
	case errors.As(err, &target):
		hint = target.Hint
	case slices.ContainsFunc(noRoom, func(full error) bool { return errors.Is(err, full) }):
		hint = "free space on that disk, or write to another disk"
	}
	return hint, next
}

// noRoom are the errors of a full disk, or of a full quota.
var noRoom = append([]error{syscall.ENOSPC, syscall.EDQUOT}, windowsNoRoom[runtime.GOOS]...)

var windowsNoRoom = map[string][]error{"windows": {syscall.Errno(112)}} // ERROR_DISK_FULL

// cause is an error of the file system without the path, which may be a temporary one.
func cause(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// newExitCodes is a help topic: `lyncowa help exit-codes`.
func newExitCodes() *cobra.Command {
	var table strings.Builder
	for _, row := range exitCodes {
		fmt.Fprintf(&table, "  %d  %s\n", row.code, row.meaning)
	}
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "The exit codes",
		Long: "Exit codes of every command:\n\n" + table.String() + `
validate writes findings to standard output. Other commands write findings to
standard error. A warning is not a failure, except for validate --strict.

The generated scripts have their own exit codes: see lyncowa help scripts.`,
	}
}
