package evidence

import (
	"fmt"
	"slices"

	"lyncowa/internal/finding"
)

// Rule is one thing that evidence can show. Its id is stable.
type Rule struct {
	ID      string
	Result  Result // of evidence with this finding and no worse one
	Meaning string // one line

	message string // a format
	hint    string
}

// Severity is a warning for a deviation that leaves the change complete.
func (r Rule) Severity() finding.Severity {
	if r.Result == Complete {
		return finding.Warning
	}
	return finding.Error
}

// Rules are all rules of this package: about files and lines, about runs, about the change.
func Rules() []Rule { return slices.Clone(rules) }

const (
	copyAgain = "copy the file from the host again; if it is the same there, keep it and ask who changed it"
	askWhy    = "keep the files as they are, and ask the person who worked on that host"
)

var rules = []Rule{
	{"evidence-file", Inconsistent, "a file of the evidence cannot be read", "%s", "copy the folder of that host again"},
	{"evidence-line", Inconsistent, "a line was not written by a script or by run.ps1", "the line is not an event: %s", copyAgain},
	{"evidence-copies", Inconsistent, "two copies of one file contradict each other", "two of the given folders have this file, and the copies differ from this line on", "give the copy from the disk of the host itself, and find out why the other one differs"},
	{"evidence-host", Inconsistent, "a line names another host than its folder", "the line is from %s, but it is in the folder of %s", "put the files of each host into the folder with its name"},
	{"evidence-numbering", Inconsistent, "lines of a run are missing, duplicate or in another order", "run %s: %s", copyAgain},
	{"evidence-run", Inconsistent, "a run has no proper beginning, goes on after its end, or changes its identity", "run %s %s", copyAgain},
	{"evidence-clock", Inconsistent, "the clock of a host was set back", "the time goes back from %s to %s", "ask who set the clock of that host; the times of its runs prove nothing"},
	{"evidence-bundle", Inconsistent, "a run belongs to another bundle", "%s ran %s at %s for the bundle with the digest %s, not for this one (%s)", "give the evidence of this bundle only, or the bundle that was run"},
	{"evidence-script", Inconsistent, "a run is of a script that the bundle does not have", "%s ran %s at %s, and this bundle has no such script", askWhy},
	{"evidence-server", Inconsistent, "a step ran on a host that the plan does not name for it", "%s ran %s on %s at %s; the plan names %s", askWhy},
	{"evidence-removed", Inconsistent, "run.ps1 noted a run that left no lines", "run.ps1 ran %s here, but the lines of that run are missing", copyAgain},
	{"evidence-ticket", Inconsistent, "the evidence does not have the digest from the ticket", "the digest of this evidence is %s, and the digest from the ticket is %s", "something was changed, removed or added after the digest was stored: copy the folders from the hosts again"},

	{"evidence-none", Incomplete, "there is no evidence", "no folder has the file events.jsonl, neither itself nor one level below", "name the folder that holds the folders of the hosts, or the folder of one host"},
	{"evidence-gap", Incomplete, "a planned step was not run", "step %d was not run on %s", "run it, or give the evidence of the computer that ran it"},
	{"evidence-failed", Incomplete, "the last run of a step did not succeed", "%s on %s: %s", "correct what the script names and run it again, or go back"},
	{"evidence-interrupted", Incomplete, "the last run of a step has no end", "%s on %s has a START and no END: it was interrupted, or it is still running", "run the same script again: it continues where it stopped"},
	{"evidence-started", Incomplete, "run.ps1 started a script that left no line", "run.ps1 started %s here, and no line of it follows", "run.ps1 was closed just then, or the lines were removed: run the same line again, or look at the server"},
	{"evidence-back-out", Incomplete, "a step was backed out", "step %d on %s was backed out", "take the other steps back too, or run the step again"},
	{"evidence-withdrawn", Incomplete, "the whole change was taken back", "every step that had changed something was backed out", "close the ticket with the report; the change is not in place"},
	{"evidence-unverified", Incomplete, "something changed after the verification", "step %d on %s began before the last change ended (%s on %s)", "run the verification again"},
	{"evidence-order", Incomplete, "a step began before an earlier step was done", "%s began on %s before step %d was done on %s%s", "run the later steps again in order; they change nothing where nothing is to do"},

	{"evidence-window", Complete, "something was changed outside the window", "%s on %s changed something from %s to %s; the window is %s to %s", "tell the owner of the change"},
	{"evidence-overlap", Complete, "two runs changed something at the same time", "%s began on %s while %s was still running on %s", "the plan is one server after the other; look at both results"},
	{"evidence-cut", Complete, "a line was cut off while it was written", "the line breaks off, as when the script or the host stops while writing it", "look at what followed: the script must have run again"},
	{"evidence-old", Complete, "evidence of an older version is less complete", "an older version wrote this log: it has no account, no digest and no start times", "ask the person who worked on that host for what is missing"},
}

// everywhere is the place of a finding about all of the evidence.
const everywhere = "evidence"

// place is a line of a file of the evidence; 0 for the whole file.
type place struct {
	file string // <host>/<name>
	line int
}

// found makes the finding of a rule.
func found(id string, at place, values ...any) finding.Finding {
	r := ruleOf(id)
	return finding.Finding{
		ID: r.ID, Severity: r.Severity(), File: at.file, Line: at.line, Column: min(at.line, 1),
		Message: fmt.Sprintf(r.message, values...), Hint: r.hint,
	}
}

func ruleOf(id string) Rule {
	return rules[slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id })]
}
