// Package compare says how one change differs from another: step by step, and then in the text of their files.
//
// It compares what plans and files say and judges nothing: which of two is right, and whether a folder is still
// as it was approved, is not its business.
package compare

import (
	"slices"

	"lyncowa/internal/plan"
)

// Side is one of the two changes.
type Side struct {
	Name  string // as the person named it
	Plan  *plan.Plan
	Files []File // to be compared as text, in the order in which they are shown
}

// File is one text of a side.
type File struct {
	Path  string // the same on both sides
	Label string // how the difference calls it
	Data  []byte
}

// Kind says what happened to a step or a file from the old side to the new one.
type Kind string

// The kinds of difference.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Comparison is how two sides differ. Its slices are nil where nothing does.
type Comparison struct {
	Plan  []Value // of the plan as a whole
	Steps []StepDifference
	Files []FileDifference
}

// Different reports whether anything differs.
func (c Comparison) Different() bool { return len(c.Plan)+len(c.Steps)+len(c.Files) > 0 }

// Sides compares two sides.
func Sides(old, new Side) Comparison {
	return Comparison{Plan: planValues(old.Plan, new.Plan), Steps: steps(old.Plan, new.Plan), Files: files(old.Files, new.Files)}
}

// steps compares step by step, in the order of the plans.
func steps(old, new *plan.Plan) []StepDifference {
	var all []StepDifference
	for _, s := range old.Steps {
		other, found := new.Step(s.ID)
		switch {
		case !found:
			all = append(all, difference(Removed, s, s, plan.Step{}))
		case len(stepValues(s, other)) > 0:
			all = append(all, difference(Changed, other, s, other))
		}
	}
	for _, s := range new.Steps {
		if _, found := old.Step(s.ID); !found {
			all = append(all, difference(Added, s, plan.Step{}, s))
		}
	}
	slices.SortStableFunc(all, func(a, b StepDifference) int { return a.Order - b.Order })
	return all
}

func difference(kind Kind, shown, old, new plan.Step) StepDifference {
	return StepDifference{Order: shown.Order, ID: shown.ID, Title: shown.Title, Kind: kind, Values: stepValues(old, new)}
}
