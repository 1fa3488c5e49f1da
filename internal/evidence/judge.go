package evidence

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

// State says how far a step is on one host.
type State string

// The states of a step.
const (
	Done        State = "done"
	NotRun      State = "not run"
	Outdated    State = "outdated" // a verification that something changed after
	Failed      State = "failed"
	Refused     State = "refused" // nothing was changed
	Interrupted State = "interrupted"
	BackedOut   State = "backed out"
	Skipped     State = "skipped" // by the plan
	ByHand      State = "by hand" // no script, so evidence tells nothing
)

// Result is the verdict on all of the evidence.
type Result string

// The results, from the best one on.
const (
	Complete     Result = "complete"     // every script step ran, in order, and the verification passed after the last change
	Incomplete   Result = "incomplete"   // something is missing, or failed
	Inconsistent Result = "inconsistent" // the evidence does not fit together, or is not that of this bundle
)

// slot is one script step on one host, or on the one computer that takes a role.
type slot struct {
	step    int    // index in the plan
	visit   int    // index in the order of the plan's visits
	host    string // "" for a role
	state   State
	run     *Run // the last one that counts
	inOrder bool // it began after every earlier step was done
}

// place names the host of a slot.
func (s *slot) place() string {
	switch {
	case s.host != "":
		return s.host
	case s.run != nil:
		return s.run.Host
	}
	return "any computer"
}

// judge holds the runs of a bundle against its plan.
type judge struct {
	plan     *plan.Plan
	digest   string
	slots    []*slot          // in the order of the plan
	runs     []*Run           // all but the notes; one without a slot does not belong to the change
	notes    []*Run           // of run.ps1
	early    map[*slot][]*Run // the runs that began before that slot was done
	findings finding.List
}

// Judge compares evidence with the plan of a bundle. digest is that of the bundle; ticket is the digest of the evidence
// from the ticket, "" for none.
func Judge(p *plan.Plan, digest string, e *Evidence, ticket string) *Report {
	j := &judge{plan: p, digest: digest, early: map[*slot][]*Run{}, findings: slices.Clone(e.Findings)}
	for visit, s := range p.Visits() {
		i := slices.IndexFunc(p.Steps, func(step plan.Step) bool { return step.ID == s.ID })
		hosts := s.RunOn
		if !s.PerServer {
			hosts = []string{""}
		}
		for _, host := range hosts {
			if s.Status == plan.Planned && s.Script != "" {
				j.slots = append(j.slots, &slot{step: i, visit: visit, host: strings.ToLower(host), state: NotRun})
			}
		}
	}
	for _, r := range e.Runs {
		j.take(r)
	}
	j.outdate()
	j.reportEarly()
	switch {
	case len(e.Files) == 0:
		j.find("evidence-none", place{everywhere, 0})
	case j.isWithdrawn():
		j.find("evidence-withdrawn", place{everywhere, 0})
	default:
		j.reportSlots()
	}
	j.compareNotes()
	j.reportTimes()
	if ticket != "" && ticket != e.Digest {
		j.find("evidence-ticket", place{everywhere, 0}, e.Digest, ticket)
	}
	return j.report(e, ticket)
}

func (j *judge) find(id string, at place, values ...any) {
	j.findings = append(j.findings, found(id, at, values...))
}

func (j *judge) step(s *slot) plan.Step { return j.plan.Steps[s.step] }

// take finds the slot of a run, and what the run makes of it. A run without a slot does not belong to the change.
func (j *judge) take(r *Run) {
	who := cmp.Or(r.Account, "an unknown account")
	isOfBundle := r.old != "" || r.Digest == j.digest
	if isOfBundle && r.Script == ownNotes {
		j.notes = append(j.notes, r)
		return
	}
	r.Outcome, r.BackOut = r.outcome(), strings.HasPrefix(r.Script, "back-out/")
	j.runs = append(j.runs, r)
	if !isOfBundle {
		j.find("evidence-bundle", r.at, who, r.Script, r.Start, r.Digest, j.digest)
		return
	}
	known := j.assign(r)
	if known == nil {
		j.find("evidence-script", r.at, who, r.name(), r.Start)
		return
	}
	s := j.step(known)
	r.Step, r.BackOut = s.Order, r.Script == s.BackOut
	if known.host != "" && known.host != r.Host {
		j.find("evidence-server", r.at, who, r.name(), r.Host, r.Start, plan.Names(s.RunOn))
		if r.Refused() { // the script itself has found it
			j.findings[len(j.findings)-1].Severity = finding.Warning
		}
		return
	}
	r.Belongs, r.slot = true, known
	known.take(r, r.BackOut || r.Refused() || j.isInOrder(r))
	if known.state == BackedOut {
		j.withdraw(known)
	}
}

// assign finds the slot of a run by its script and host. It returns a slot of another host if the plan has none for
// this host, and nil if it does not have the script.
func (j *judge) assign(r *Run) (known *slot) {
	kind, stem, isOld := strings.Cut(r.old, " ")
	for _, s := range j.slots {
		step := j.step(s)
		if isOld && stem == fmt.Sprintf("%d-%s", step.Order, step.ID) {
			r.Script = step.Script
			if kind == "back-out" {
				r.Script = step.BackOut
			}
		}
		if r.Script == "" || r.Script != step.Script && r.Script != step.BackOut {
			continue
		}
		if known = s; s.host == "" || s.host == r.Host {
			return s
		}
	}
	return known
}

// take makes of a slot what a run leaves. A refused run changes nothing.
func (s *slot) take(r *Run, inOrder bool) {
	state := Failed
	switch {
	case r.Exit == nil:
		state = Interrupted
	case r.Refused() && (s.state != NotRun || r.BackOut):
		return
	case r.Refused():
		state = Refused
	case r.Succeeded() && r.BackOut:
		state, inOrder = BackedOut, false
	case r.Succeeded():
		state, inOrder = Done, inOrder || s.state == Done && s.inOrder
	}
	s.state, s.run, s.inOrder = state, r, inOrder
}

// withdraw marks the changes that have no back-out of their own, because the step before them takes them back too.
func (j *judge) withdraw(from *slot) {
	for _, s := range j.slots {
		step := j.step(s)
		switch {
		case s.visit <= from.visit:
		case step.Kind != plan.KindChange || step.BackOut != "":
			return
		case s.state == Done:
			s.state, s.run = BackedOut, from.run
		}
	}
}

// isWithdrawn reports whether every step that had changed something is backed out.
func (j *judge) isWithdrawn() bool {
	isBackedOut := false
	for _, s := range j.slots {
		switch {
		case j.step(s).Kind != plan.KindChange || s.state == NotRun || s.state == Refused:
		case s.state != BackedOut:
			return false
		default:
			isBackedOut = true
		}
	}
	return isBackedOut
}

// isInOrder reports whether every earlier step was done when a run began. On one host the order of the lines counts,
// between hosts their clocks.
func (j *judge) isInOrder(r *Run) bool {
	for _, s := range j.slots {
		switch {
		case s.visit >= r.slot.visit:
			return true
		case s.state != Done || s.run.Host != r.Host && s.run.End.After(r.Start.Time):
			j.early[s] = append(j.early[s], r)
			return false
		}
	}
	return true
}

// reportEarly reports the runs that were too early. It is a deviation only if each step ran again in order.
func (j *judge) reportEarly() {
	for _, s := range j.slots {
		runs := j.early[s]
		if runs == nil {
			continue
		}
		more := ""
		if n := len(runs) - 1; n > 0 {
			more = fmt.Sprintf("; and %d more", n)
		}
		j.find("evidence-order", runs[0].at, runs[0].name(), runs[0].Host, j.step(s).Order, s.place(), more)
		if !slices.ContainsFunc(runs, func(r *Run) bool { return r.slot.state == Done && !r.slot.inOrder }) {
			j.findings[len(j.findings)-1].Severity = finding.Warning
		}
	}
}

// reportSlots reports every slot that is not done.
func (j *judge) reportSlots() {
	for _, s := range j.slots {
		order := j.step(s).Order
		switch s.state {
		case NotRun:
			j.find("evidence-gap", place{everywhere, 0}, order, s.place())
		case Interrupted:
			j.find("evidence-interrupted", s.run.at, s.run.name(), s.run.Host)
		case BackedOut:
			j.find("evidence-back-out", s.run.at, order, s.run.Host)
		case Failed, Refused:
			j.find("evidence-failed", place{s.run.at.file, s.run.Lines[len(s.run.Lines)-1].at}, s.run.name(), s.run.Host, s.run.Outcome)
		case Outdated:
			last := j.lastChange(s.visit)
			j.find("evidence-unverified", s.run.at, order, s.run.Host, last.name(), last.Host)
		}
	}
}

// outdate marks the verifications that something changed after.
func (j *judge) outdate() {
	for _, s := range j.slots {
		last := j.lastChange(s.visit)
		if j.step(s).Kind == plan.KindVerify && s.state == Done && last != nil && last.End.After(s.run.Start.Time) {
			s.state = Outdated
		}
	}
}

// lastChange is the last run of an earlier visit that changed something, or nil.
func (j *judge) lastChange(visit int) (last *Run) {
	for _, r := range j.runs {
		if r.Belongs && r.slot.visit < visit && r.Mutates() && (last == nil || r.End.After(last.End.Time)) {
			last = r
		}
	}
	return last
}

// reportTimes reports changes outside of the window, and changes at the same time.
func (j *judge) reportTimes() {
	var busy *Run
	from, until := j.window()
	for _, r := range j.runs {
		if !r.Mutates() {
			continue
		}
		first, last := r.changed()
		if !from.IsZero() && first.Before(from.Time) || !until.IsZero() && last.After(until.Time) {
			j.find("evidence-window", r.at, r.name(), r.Host, first, last, from.orOpen(), until.orOpen())
		}
		if busy != nil && busy.Host != r.Host && busy.End.After(r.Start.Time) {
			j.find("evidence-overlap", r.at, r.name(), r.Host, busy.name(), busy.Host)
		}
		if busy == nil || r.End.After(busy.End.Time) {
			busy = r
		}
	}
}

func (j *judge) window() (from, until Moment) {
	c := j.plan.Topology.Change
	return Moment{plan.Moment(c.WindowStart)}, Moment{plan.Moment(c.WindowEnd)}
}

// ended is what run.ps1 notes of a script that has ended with a code that leaves lines. A script with a broken seal
// refuses with 2 and without a line.
var ended = regexp.MustCompile(`^(\S+) exit [013]$`)

// compareNotes looks for the lines of each script that run.ps1 saw start or end.
func (j *judge) compareNotes() {
	for _, notes := range j.notes {
		var started *Event
		for _, line := range notes.Lines {
			switch end := ended.FindStringSubmatch(line.Text); {
			case line.Status == "STARTED":
				started = &line
			case line.Status == "ENDED" && started != nil:
				if end != nil && !j.hasLines(notes, end[1], started.at, line.at) {
					j.find("evidence-removed", place{notes.at.file, line.at}, end[1])
				}
				started = nil
			}
		}
		if started == nil || j.hasLines(notes, started.Text, started.at, math.MaxInt) {
			continue
		}
		j.find("evidence-started", place{notes.at.file, started.at}, started.Text)
		if slices.ContainsFunc(j.runs, func(r *Run) bool {
			return r.Belongs && j.step(r.slot).Kind == plan.KindVerify && r.Succeeded() && r.Start.After(started.Time.Time)
		}) {
			j.findings[len(j.findings)-1].Severity = finding.Warning
		}
	}
}

// hasLines reports whether a script has a run between two lines of the file with these notes.
func (j *judge) hasLines(notes *Run, script string, from, until int) bool {
	return slices.ContainsFunc(j.runs, func(r *Run) bool {
		return r.Script == script && r.at.file == notes.at.file && r.at.line > from && r.at.line < until
	})
}

// result is that of the worst finding.
func (j *judge) result() Result {
	worst := Complete
	for _, f := range j.findings {
		switch r := ruleOf(f.ID); {
		case f.Severity == finding.Warning:
		case r.Result == Inconsistent:
			return Inconsistent
		default:
			worst = r.Result
		}
	}
	return worst
}
