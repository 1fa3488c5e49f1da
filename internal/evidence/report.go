package evidence

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

// FormatVersion is the version of the JSON form of a Report.
const FormatVersion = 1

// maxFindings is how many findings a report lists.
const maxFindings = 200

// Report is what evidence says, for the pages and for programs. Arrays are never nil.
type Report struct {
	FormatVersion  int          `json:"formatVersion"`
	Result         Result       `json:"result"`
	Bundle         string       `json:"bundle"`
	Digest         string       `json:"digest"`         // of the bundle
	EvidenceDigest string       `json:"evidenceDigest"` // of the evidence
	Ticket         string       `json:"ticketDigest"`   // of the evidence, from the ticket; "" if none was given
	Began          Moment       `json:"began"`          // of the first run
	Ended          Moment       `json:"ended"`          // of the last one
	Window         Window       `json:"window"`
	BackOutUsed    bool         `json:"backOutUsed"`
	Withdrawn      bool         `json:"withdrawn"` // every step that had changed something is backed out
	Accounts       []Account    `json:"accounts"`
	Steps          []Step       `json:"steps"`
	Changes        []Change     `json:"changes"`
	Exports        []Export     `json:"exports"`
	Troubles       []Trouble    `json:"troubles"`
	Notes          []Note       `json:"notes"`
	Runs           []*Run       `json:"runs"`
	Files          []File       `json:"files"`
	Findings       finding.List `json:"findings"`
	Unlisted       int          `json:"unlistedFindings"`
}

// Window is the window of the change, and whether every change was made inside it: yes, no, or unknown without a window.
type Window struct {
	Start  Moment `json:"start"`
	End    Moment `json:"end"`
	Inside string `json:"inside"`
}

// Account is who ran scripts where.
type Account struct {
	Name  string   `json:"name"`
	Hosts []string `json:"hosts"`
	Runs  int      `json:"runs"`
}

// Step is a step of the plan with its state on each host.
type Step struct {
	Order  int         `json:"order"`
	ID     string      `json:"id"`
	Title  string      `json:"title"`
	Kind   plan.Kind   `json:"kind"`
	Reason string      `json:"reason"` // of a skipped step
	On     []StepState `json:"on"`     // one for a role
}

// StepState is the state of a step on one host, and the last run that counts.
type StepState struct {
	Host  string `json:"host"` // "" if no computer ran it
	State State  `json:"state"`
	Run   *Run   `json:"run"`
}

// Change is one object that a run changed, or began to change.
type Change struct {
	Step    int    `json:"step"` // its order; 0: the bundle has no such step
	BackOut bool   `json:"backOut"`
	Script  string `json:"script"`
	Host    string `json:"host"`
	Account string `json:"account"`
	Time    Moment `json:"time"`
	Object  string `json:"object"`
	Before  string `json:"before"` // compact JSON; "" if none was captured
	After   string `json:"after"`  // what was done; "" if the attempt shows no result
}

// Export is a configuration export that stays on its host.
type Export struct {
	Host   string `json:"host"`
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
}

// Trouble is a run that did not succeed, and the next run of that step there.
type Trouble struct {
	*Run
	Next *Run `json:"next"`
}

// Note is what run.ps1 noted of the person who worked: an answer to a question, or a step out of order.
type Note struct {
	Time     Moment `json:"time"`
	Host     string `json:"host"`
	Account  string `json:"account"`
	Question string `json:"question"` // or which step ran out of order
	Answer   string `json:"answer"`
}

// Reads reports whether no run changed anything.
func (r *Report) Reads() bool { return len(r.Changes) == 0 }

// Duration is from the first line to the last.
func (r *Report) Duration() time.Duration { return between(r.Began, r.Ended) }

// BackOuts are the runs that took something back, or began to.
func (r *Report) BackOuts() []*Run {
	return slices.DeleteFunc(slices.Clone(r.Runs), func(run *Run) bool { return !run.BackOut || run.Refused() })
}

// Foreign are the runs that do not belong to the change, without those that refused to run.
func (r *Report) Foreign() []*Run {
	return slices.DeleteFunc(slices.Clone(r.Runs), func(run *Run) bool { return run.Belongs || run.Refused() })
}

// Deviations are the findings that leave the change complete.
func (r *Report) Deviations() finding.List { return r.only(finding.Warning) }

// Faults are the findings because of which the change is not complete.
func (r *Report) Faults() finding.List { return r.only(finding.Error) }

func (r *Report) only(severity finding.Severity) finding.List {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f finding.Finding) bool { return f.Severity != severity })
}

// Verifications are the steps that verify the change.
func (r *Report) Verifications() []Step {
	return slices.DeleteFunc(slices.Clone(r.Steps), func(s Step) bool { return s.Kind != plan.KindVerify && s.Kind != plan.KindManual })
}

// report collects the facts of judged evidence.
func (j *judge) report(e *Evidence, ticket string) *Report {
	r := &Report{
		FormatVersion: FormatVersion, Result: j.result(), Bundle: j.plan.BundleName(), Digest: j.digest,
		EvidenceDigest: e.Digest, Ticket: ticket, Window: j.windowFacts(), Files: append([]File{}, e.Files...),
		Accounts: []Account{}, Steps: []Step{}, Changes: []Change{}, Exports: []Export{}, Troubles: []Trouble{}, Notes: []Note{}, Runs: append([]*Run{}, j.runs...),
	}
	r.BackOutUsed, r.Withdrawn = len(r.BackOuts()) > 0, j.isWithdrawn()
	for i, run := range j.runs {
		r.addAccount(run)
		if r.Began.IsZero() {
			r.Began = run.Start
		}
		if run.End.After(r.Ended.Time) {
			r.Ended = run.End
		}
		r.Changes = append(r.Changes, j.changes(i)...)
		if !run.Succeeded() {
			r.Troubles = append(r.Troubles, Trouble{run, j.next(i)})
		}
		for _, line := range run.Lines {
			if line.Status == "EXPORT" {
				file, sum := cutLast(line.Text, ": ")
				r.Exports = append(r.Exports, Export{run.Host, file, sum})
			}
		}
	}
	for i, s := range j.plan.Steps {
		r.Steps = append(r.Steps, Step{s.Order, s.ID, s.Title, s.Kind, reasonOf(s), j.states(i)})
	}
	for _, run := range j.notes {
		r.addNotes(run)
	}
	j.findings.Sort()
	r.Findings = append(finding.List{}, j.findings[:min(len(j.findings), maxFindings)]...)
	r.Unlisted = len(j.findings) - len(r.Findings)
	return r
}

func reasonOf(s plan.Step) string {
	if s.Status == plan.Skipped {
		return s.Reason
	}
	return ""
}

func (j *judge) windowFacts() Window {
	from, until := j.window()
	w := Window{from, until, "yes"}
	switch {
	case from.IsZero() || until.IsZero():
		w.Inside = "unknown"
	case slices.ContainsFunc(j.findings, func(f finding.Finding) bool { return f.ID == "evidence-window" }):
		w.Inside = "no"
	}
	return w
}

// next is the next run of the same step in the same place, or nil.
func (j *judge) next(i int) *Run {
	for _, r := range j.runs[i+1:] {
		if r.Belongs && r.slot == j.runs[i].slot {
			return r
		}
	}
	return nil
}

// states are those of a step, on each of its hosts.
func (j *judge) states(step int) []StepState {
	s := j.plan.Steps[step]
	switch {
	case s.Status == plan.Skipped:
		return []StepState{{State: Skipped}}
	case s.Script == "":
		return []StepState{{State: ByHand}}
	}
	states := []StepState{}
	for _, slot := range j.slots {
		if slot.step != step {
			continue
		}
		host := slot.host
		if slot.run != nil {
			host = slot.run.Host
		}
		states = append(states, StepState{host, slot.state, slot.run})
	}
	return states
}

// changes are the objects that a run changed. An attempt without a result is one too.
func (j *judge) changes(i int) []Change {
	run := j.runs[i]
	changes := []Change{}
	add := func(e Event, object, after string) {
		before := ""
		if !run.BackOut { // what was captured is then what comes back
			before = j.before(i, object)
		}
		changes = append(changes, Change{run.Step, run.BackOut, run.Script, run.Host, run.Account, e.Time, object, before, after})
	}
	for n, e := range run.Lines {
		switch e.Status {
		case "ATTEMPT":
			shown := slices.ContainsFunc(run.Lines[n:], func(later Event) bool {
				return later.Status == "CHANGED" && strings.HasPrefix(later.Text, e.Text+": ")
			})
			if !shown {
				add(e, e.Text, "")
			}
		case "CHANGED":
			object, after, _ := strings.Cut(e.Text, ": ")
			add(e, object, after)
		}
	}
	return changes
}

// before is the captured state of the object that a target names, from this or an earlier run of the step on that host.
func (j *judge) before(i int, target string) string {
	object, state := "", ""
	for _, r := range j.runs[:i+1] {
		if r.Script != j.runs[i].Script || r.Digest != j.runs[i].Digest || r.Host != j.runs[i].Host {
			continue
		}
		for _, e := range r.Lines {
			name, value := cutState(e.Text)
			isIn := strings.Contains(strings.ToLower(target), strings.ToLower(name))
			if e.Status == "BEFORE" && name != "" && isIn && len(name) >= len(object) {
				object, state = name, value
			}
		}
	}
	return state
}

// cutState splits a line into the name of an object and the JSON of its state. A name can hold a colon.
func cutState(text string) (name, state string) {
	for at := range text {
		if strings.HasPrefix(text[at:], ": ") && json.Valid([]byte(text[at+2:])) {
			return text[:at], text[at+2:]
		}
	}
	return "", ""
}

func cutLast(text, separator string) (before, after string) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, ""
	}
	return text[:at], text[at+len(separator):]
}

func (r *Report) addAccount(run *Run) {
	i := slices.IndexFunc(r.Accounts, func(a Account) bool { return a.Name == run.Account })
	if i < 0 {
		i, r.Accounts = len(r.Accounts), append(r.Accounts, Account{Name: run.Account, Hosts: []string{}})
	}
	a := &r.Accounts[i]
	a.Runs++
	if !slices.Contains(a.Hosts, run.Host) {
		a.Hosts = append(a.Hosts, run.Host)
	}
}

func (r *Report) addNotes(run *Run) {
	for i, e := range run.Lines {
		next := Event{}
		if i+1 < len(run.Lines) {
			next = run.Lines[i+1]
		}
		switch e.Status {
		case "ANSWER":
			question, answer, _ := strings.Cut(e.Text, " -> ")
			if next.Status == "STARTED" && strings.Contains(question, next.Text) {
				continue // it allowed the run, which has lines of its own
			}
			r.Notes = append(r.Notes, Note{e.Time, run.Host, run.Account, question, answer})
		case "OUT OF ORDER":
			r.Notes = append(r.Notes, Note{e.Time, run.Host, run.Account, e.Text, ""})
		}
	}
}
