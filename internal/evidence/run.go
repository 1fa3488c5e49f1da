package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lyncowa/internal/finding"
)

// Run is one run of one script on one host.
type Run struct {
	ID      string  `json:"run"` // "" for one that an older version logged
	Host    string  `json:"host"`
	Account string  `json:"account"`
	Digest  string  `json:"digest"`
	Script  string  `json:"script"`
	Start   Moment  `json:"start"`
	End     Moment  `json:"end"`      // of the last line
	Exit    *int    `json:"exitCode"` // null: interrupted
	Outcome string  `json:"outcome"`  // in words
	Step    int     `json:"step"`     // order of its step; 0: the bundle has no such step
	BackOut bool    `json:"backOut"`
	Belongs bool    `json:"belongs"` // to the change: the plan has this script of this bundle on this host
	Lines   []Event `json:"-"`

	at   place  // of the first line
	old  string // kind and step of a run that an older version logged
	slot *slot
}

// ownNotes is the script of the notes of run.ps1.
const ownNotes = "run.ps1"

// group groups the events of a file to runs, in the order of their first lines. The lines of a script stand between those
// of run.ps1, which started it.
func group(f File, events []Event) []*Run {
	var runs []*Run
	byID := map[string]*Run{}
	for _, e := range events {
		r := byID[e.Run]
		if r == nil {
			r = &Run{ID: e.Run, Host: f.Host, Account: e.Account, Digest: e.Digest, Script: e.Script, Start: e.Time, at: place{f.path(), e.at}}
			byID[e.Run] = r
			runs = append(runs, r)
		}
		r.Lines = append(r.Lines, e)
		r.End = e.Time
		if e.Status == "END" {
			r.Exit = e.Exit
		}
	}
	return runs
}

// faults are what does not fit together within a run, each kind once.
func (r *Run) faults() (findings finding.List) {
	if e, fault := r.misnumbered(); fault != "" {
		findings = append(findings, found("evidence-numbering", place{r.at.file, e.at}, r.ID, fault))
	}
	if i := slices.IndexFunc(r.Lines, func(e Event) bool { return e.Host != r.Host }); i >= 0 {
		findings = append(findings, found("evidence-host", place{r.at.file, r.Lines[i].at}, r.Lines[i].Host, r.Host))
	}
	for i, e := range r.Lines {
		fault := ""
		switch {
		case i == 0 && e.Status != "START":
			fault = "does not begin with START"
		case e.Account != r.Account || e.Digest != r.Digest || e.Script != r.Script:
			fault = "goes on with another account, digest or script"
		case i > 0 && e.Status == "START":
			fault = "begins a second time"
		case i > 0 && r.Lines[i-1].Status == "END":
			fault = "goes on after its END"
		}
		if fault != "" {
			return append(findings, found("evidence-run", place{r.at.file, e.at}, r.ID, fault))
		}
	}
	return findings
}

// misnumbered finds the first line whose number is not the next one.
func (r *Run) misnumbered() (Event, string) {
	there := map[int]int{}
	for _, e := range r.Lines {
		there[e.Line]++
	}
	for i, e := range r.Lines {
		switch want := i + 1; {
		case e.Line == want:
		case there[e.Line] > 1 && e.Line < want:
			return e, fmt.Sprintf("line %d is there %d times", e.Line, there[e.Line])
		case there[want] == 0:
			return e, fmt.Sprintf("line %d is missing", want)
		default:
			return e, fmt.Sprintf("line %d stands where line %d belongs", e.Line, want)
		}
	}
	return Event{}, ""
}

// Succeeded reports whether the run did its work: exit code 0 and the line DONE.
func (r *Run) Succeeded() bool { return r.Exit != nil && *r.Exit == 0 && r.last("DONE") != "" }

// Refused reports whether the script did not start its work.
func (r *Run) Refused() bool { return r.Exit != nil && *r.Exit == 2 }

// Mutates reports whether the run changed something, or began to.
func (r *Run) Mutates() bool { return slices.ContainsFunc(r.Lines, Event.mutates) }

// changed is when the run began to change something for the first time, and when it last changed something.
func (r *Run) changed() (first, last Moment) {
	for _, e := range r.Lines {
		if !e.mutates() {
			continue
		}
		if last = e.Time; first.IsZero() {
			first = last
		}
	}
	return first, last
}

// name is what a sentence calls the run.
func (r *Run) name() string {
	switch {
	case r.Step == 0:
		return cmp.Or(r.Script, r.old)
	case r.BackOut:
		return fmt.Sprintf("the back-out of step %d", r.Step)
	}
	return fmt.Sprintf("step %d", r.Step)
}

// Duration is from the first line to the last.
func (r *Run) Duration() time.Duration { return between(r.Start, r.End) }

// between is how long it is from one time to another as people read them, in whole seconds.
func between(from, until Moment) time.Duration {
	return until.Truncate(time.Second).Sub(from.Truncate(time.Second))
}

// last is the text of the last line with one of these words, "" where none has it.
func (r *Run) last(statuses ...string) string {
	for _, e := range slices.Backward(r.Lines) {
		if slices.Contains(statuses, e.Status) {
			return e.Text
		}
	}
	return ""
}

// outcome says in words how the run ended.
func (r *Run) outcome() string {
	why := strings.TrimSuffix(r.last("REFUSED", "FAILED"), ".")
	switch {
	case r.Exit == nil:
		return "no END: interrupted, or still running"
	case r.Succeeded():
		return "exit 0: " + r.last("DONE")
	case *r.Exit == 0:
		return "exit 0 without DONE"
	case why == "":
		return fmt.Sprintf("exit %d", *r.Exit)
	}
	return fmt.Sprintf("exit %d: %s", *r.Exit, why)
}
