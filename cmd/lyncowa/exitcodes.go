package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// The ways in which a command ends that are no failure of its own. What they are about has been shown already.
var (
	errFindings    = errors.New("there are findings")
	errDifferences = errors.New("there are differences")
)

// usageError is a command line that cannot be understood.
type usageError struct{ problem, hint string }

func (e *usageError) Error() string { return e.problem }

// exitCodes is the contract with scripts that call lyncowa, first match first.
var exitCodes = []struct {
	code    int
	meaning string
	matches func(error) bool
}{
	{0, "fine", func(err error) bool { return err == nil }},
	{1, "findings: a topology is refused, or a rehearsal did not pass", func(err error) bool { return errors.Is(err, errFindings) }},
	{2, "differences: between two changes, or between a folder and what it should be", func(err error) bool { return errors.Is(err, errDifferences) }},
	{3, "bad command line", func(err error) bool { return errors.As(err, new(*usageError)) }},
	{4, "cannot read or write, or an internal error", func(error) bool { return true }},
}

// exitCode maps the outcome of a command to the code that the process ends with.
func exitCode(err error) int {
	for _, row := range exitCodes {
		if row.matches(err) {
			return row.code
		}
	}
	panic("unreachable: the last row matches every error")
}

// newExitCodes is a help topic: `lyncowa help exit-codes`.
func newExitCodes() *cobra.Command {
	var table strings.Builder
	for _, row := range exitCodes {
		fmt.Fprintf(&table, "  %d  %s\n", row.code, row.meaning)
	}
	return &cobra.Command{
		Use:   "exit-codes",
		Short: "What the exit codes mean",
		Long: "Exit codes of every command:\n\n" + table.String() + `
Findings of validate are its answer and go to standard output; those of other
commands go to standard error. Warnings do not fail, unless validate is told to
with --strict.

The generated scripts have exit codes of their own: approval.md explains them.`,
	}
}
