// Package finding says what is wrong with an input, where it is wrong and what to do about it.
//
// A finding is a value: rules make them, commands show them. Nothing here knows what a topology is.
package finding

import (
	"cmp"
	"slices"
)

// Severity says whether a finding stops the work.
type Severity string

// The two severities. A warning lets the work go on unless the person asked for --strict.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Stdin is the File of findings about standard input.
const Stdin = "<stdin>"

// Finding is one thing that is wrong in one file.
type Finding struct {
	ID       string   `json:"id"` // stable, e.g. "thumbprint-character"; `lyncowa explain ID` tells more
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`   // 1-based; 0 when the finding is about the file as a whole
	Column   int      `json:"column"` // 1-based, in characters; 0 together with Line
	Message  string   `json:"message"`
	Hint     string   `json:"hint"` // the way out; empty when the message is enough
}

// List is the findings of one run.
type List []Finding

// HasErrors reports whether at least one finding stops the work.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(f Finding) bool { return f.Severity == Error })
}

// In returns the findings as findings about that file. Those of a plan know no file of their own.
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
