// Package finding describes what is wrong with an input, where, and how to correct it.
//
// Rules create findings, and commands show them. This package does not know what a topology is.
package finding

import (
	"cmp"
	"slices"
)

// Severity says whether a finding stops a command.
type Severity string

// The two severities. A warning stops a command only with --strict.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Stdin is the File of findings about standard input.
const Stdin = "<stdin>"

// Finding is one error or warning about one file.
type Finding struct {
	ID       string   `json:"id"` // stable, e.g. "thumbprint-character"; `lyncowa explain ID` shows its article
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`   // 1-based; 0 if the finding concerns the whole file
	Column   int      `json:"column"` // 1-based, in characters; 0 if Line is 0
	Message  string   `json:"message"`
	Hint     string   `json:"hint"` // how to correct it; empty if the message is enough
}

// List is a list of findings, usually those of one run.
type List []Finding

// HasErrors reports whether at least one finding is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// In returns a copy of the findings with the given file. The findings of a plan have no file.
func (l List) In(file string) List {
	placed := slices.Clone(l)
	for i := range placed {
		placed[i].File = file
	}
	return placed
}

// Sort orders the findings by file, line, column, id and message.
func (l List) Sort() {
	slices.SortStableFunc(l, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.ID, b.ID),
			cmp.Compare(a.Message, b.Message),
		)
	})
}
