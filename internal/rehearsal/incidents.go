package rehearsal

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

// incident is a case of part 7: something happens to a visit, to the evidence or to the computer, and run.ps1 refuses,
// or ends as without it.
type incident struct {
	name    string
	at      func(tour) int                         // number of the visit; -1: the case does not apply
	ends    ending                                 // how the visit ends
	phrase  string                                 // what it says, a regular expression; {host} is replaced
	arrange func(*encounter) string                // makes the incident; "" or the reason why it cannot happen here
	says    string                                 // what the person answers where the question matches the phrase of asks
	asks    string                                 // a regular expression
	shows   string                                 // id of the finding that the evidence shows afterwards; "" none
	share   bool                                   // the evidence is on a share
	leaves  func(e *encounter, after world) string // a complaint about what else the visit leaves; nil: none
}

// encounter is the visit of an incident, before it begins.
type encounter struct {
	scene
	stage *stage
	tour  tour
	n     int
	visit visit
}

// Which visit an incident meets.

func firstVisit(tour) int { return 0 }

// changing is the first visit that changes something.
func changing(q tour) int {
	return slices.IndexFunc(q.runs, func(o outcome) bool { return len(o.Mutations) > 0 })
}

// returning is the first visit that changes something on a host that was visited before.
func returning(q tour) int {
	for n, o := range q.runs {
		visited := slices.ContainsFunc(q.visits[:n], func(v visit) bool { return v.host == q.visits[n].host })
		if visited && len(o.Mutations) > 0 {
			return n
		}
	}
	return -1
}

// ranIn returns the scripts that ran in a visit.
func (q tour) ranIn(n int) []invocation {
	before, after := q.found[n], q.last
	if n+1 < len(q.found) {
		after = q.found[n+1]
	}
	var list []invocation
	for k, i := range after.list {
		if after.done[k] && !before.done[k] {
			list = append(list, i)
		}
	}
	return list
}

// evidence is the folder of the host's evidence.
func (e *encounter) evidence() string {
	if e.visit.share {
		return shareFolder + "/" + strings.ToLower(e.visit.host)
	}
	return e.bundle.evidenceOf(e.visit.host)
}

// changingScript is the first script of the visit that changes something.
func (e *encounter) changingScript() string {
	list := e.tour.ranIn(e.n)
	return list[slices.IndexFunc(list, invocation.changes)].script
}

// incidents are the cases, a row a case.
var incidents = []incident{
	// The place and the person.
	{name: "wrong host", at: firstVisit, ends: passes, phrase: "Go to {host}", arrange: func(e *encounter) string {
		if !e.anyExchange() {
			return "no script of this change may run in any Exchange shell"
		}
		return e.stray()
	}},
	{name: "wrong host, in whose shell no script may run", at: firstVisit, ends: refuses, phrase: "no script of this change", arrange: func(e *encounter) string {
		if e.anyExchange() {
			return "some scripts of this change may run in any Exchange shell"
		}
		return e.stray()
	}},
	{name: "wrong host, and a step by its number", at: firstVisit, ends: refuses, phrase: "no script (for this computer|of this change)", arrange: func(e *encounter) string {
		e.visit.step = e.tour.ranIn(e.n)[0].step.Order
		return e.stray()
	}},
	{name: "-List", at: returning, ends: previews, phrase: "NEXT|WAITS", arrange: func(e *encounter) string {
		e.visit.list = true
		return ""
	}},
	{name: "$WhatIfPreference in the shell of run.ps1", at: changing, ends: refuses, phrase: "WhatIfPreference", arrange: func(e *encounter) string {
		e.how.prefers = true
		return ""
	}},
	{name: "a script is not to run", at: firstVisit, ends: refuses, phrase: "nothing was run", asks: "^Run ", says: "no"},
	{name: "the window is closed after the preview", at: changing, ends: closes, asks: "^Run {script} ", says: noAnswer, leaves: (*encounter).notesOnly},
	{name: "a step out of order, and another number typed", at: firstVisit, ends: refuses, phrase: "nothing was run", arrange: (*encounter).outOfOrder, asks: "out of order", says: "7"},
	{name: "another digest for run.ps1", at: firstVisit, ends: unsealed, phrase: "digest", arrange: func(e *encounter) string {
		e.how.digest = strings.Repeat("0", 64)
		return ""
	}},
	{name: "a script that ends without DONE", at: firstVisit, ends: fails, phrase: "without DONE", arrange: (*encounter).silence},

	// The evidence.
	{name: "evidence of another bundle", at: returning, ends: works, shows: "evidence-bundle", leaves: (*encounter).firstScriptAgain, arrange: func(e *encounter) string {
		name := e.evidence() + "/events.jsonl"
		e.world.files[name] = strings.ReplaceAll(e.world.files[name], e.bundle.digest, strings.Repeat("0", 64))
		return ""
	}},
	{name: "evidence deleted halfway", at: returning, ends: recovers, arrange: func(e *encounter) string {
		moments := e.tour.runs[e.n].moments
		for _, m := range moments {
			if m.made != nil {
				e.world = m.world.copy()
			}
		}
		e.world.files = e.world.files.without(func(name string) bool { return strings.HasPrefix(name, e.evidence()+"/") })
		return ""
	}},
	{name: "two runs at once on one share", at: changing, share: true, ends: refuses, phrase: "another run.ps1", arrange: func(e *encounter) string {
		e.how.held = shareFolder + "/run.lock"
		e.world.files[e.how.held] = ""
		return ""
	}},
	{name: "lock left by a dead run", at: changing, share: true, ends: works, arrange: func(e *encounter) string {
		e.world.files[shareFolder+"/run.lock"] = ""
		return ""
	}},
	{name: "no right to write evidence", at: firstVisit, ends: refuses, phrase: "evidence", arrange: func(e *encounter) string {
		e.world.files[path.Dir(e.evidence())] = ""
		return ""
	}},
	{name: "full disk", at: changing, ends: refuses, phrase: "evidence of this run cannot be written", arrange: func(e *encounter) string {
		e.world.files[e.evidence()+"/events.jsonl"] = linkMark + fullDisk
		return noFullDisk()
	}},
	{name: "clock set back", at: returning, ends: works, shows: "evidence-clock", arrange: func(e *encounter) string {
		e.world.farm.Clock -= 600 // less than the age of anything in the farm
		return ""
	}},
	{name: "access list that cannot be set", at: changing, ends: refuses, phrase: "cannot be restricted", leaves: (*encounter).nothingKept, arrange: func(e *encounter) string {
		e.host().Access.Denied = true
		return ""
	}},
	{name: "access list with an entry that stays", at: changing, ends: refuses, phrase: "cannot be restricted", leaves: (*encounter).nothingKept, arrange: func(e *encounter) string {
		e.host().Access.Lasting = []AccessEntry{{SID: "S-1-5-32-545", Right: "(OI)(CI)(F)"}}
		return ""
	}},
}

// anyExchange reports whether the change has a script that may run in any Exchange shell.
func (e *encounter) anyExchange() bool {
	return slices.ContainsFunc(e.tour.last.list, anyExchange)
}

func anyExchange(i invocation) bool { return i.step.Shell == plan.ShellExchange && !i.step.PerServer }

// stray has the person go to a computer with an Exchange shell that the plan does not name.
func (e *encounter) stray() string {
	if anyExchange(e.tour.last.list[0]) {
		return "the first step may run in any Exchange shell"
	}
	for _, h := range e.world.farm.Hosts {
		named := slices.ContainsFunc(e.tour.last.list, func(i invocation) bool { return i.host == h.FQDN })
		if h.Shell == string(plan.ShellExchange) && !named {
			e.visit.host, e.run.host = h.FQDN, h.FQDN
			return ""
		}
	}
	return "the plan names every computer of this farm with an Exchange shell"
}

// outOfOrder has the person ask for the last step of the host before anything is done.
func (e *encounter) outOfOrder() string {
	for _, i := range slices.Backward(e.tour.last.list) {
		if i.host == e.visit.host && i.step.Order > e.tour.last.list[0].step.Order {
			e.visit.step = i.step.Order
			return ""
		}
	}
	return "this host has one step only"
}

// silence puts a script that does nothing in the place of the visit's first one, and seals that bundle.
func (e *encounter) silence() string {
	script := e.tour.ranIn(e.n)[0].script
	was := e.world.files[e.inBundle(script)]
	e.world.files[e.inBundle(script)] = "exit 0\r\n"
	sums := strings.Replace(e.world.files[e.inBundle("SHA256SUMS")], digestOf(was), digestOf("exit 0\r\n"), 1)
	e.world.files[e.inBundle("SHA256SUMS")] = sums
	e.how.digest = digestOf(sums)
	return ""
}

// fullDisk is a file on which every write fails for want of space, where the system has one.
const fullDisk = "/dev/full"

func noFullDisk() string {
	if _, err := os.Stat(fullDisk); err != nil {
		return "this system has no " + fullDisk
	}
	return ""
}

// notesOnly complains about anything that a script wrote: under -WhatIf only run.ps1 writes down what it does.
func (e *encounter) notesOnly(after world) string {
	for _, l := range e.stage.linesOf(after, e.visit.host) {
		if l.Script == e.changingScript() {
			return "the script has written a line of evidence under -WhatIf"
		}
	}
	return e.nothingKept(after)
}

// firstScriptAgain complains unless the host's first script ran: what ran of another bundle counts for nothing.
func (e *encounter) firstScriptAgain(after world) string {
	first := e.tour.last.list[slices.IndexFunc(e.tour.last.list, func(i invocation) bool { return i.host == e.visit.host })].script
	for _, l := range e.stage.linesOf(after, e.visit.host) {
		if l.Script == first && l.Digest == e.bundle.digest {
			return ""
		}
	}
	return first + " did not run again: its evidence of another bundle was believed"
}

// nothingKept complains about before-states and exports. A window that is closed leaves the lock, which nobody holds.
func (e *encounter) nothingKept(after world) string {
	for name := range after.files {
		_, was := e.world.files[name]
		if !was && isEvidence(name) && !slices.Contains([]string{"events.jsonl", "run.lock"}, path.Base(name)) {
			return "it has left " + name
		}
	}
	return ""
}

// meetIncidents lists the incidents that apply.
func meetIncidents(disk, share tour) []try {
	var tries []try
	for _, i := range incidents {
		q := disk
		if i.share {
			q = share
		}
		if n := i.at(q); n >= 0 {
			tries = append(tries, i.try(q, n))
		}
	}
	return append(tries, evidenceTries(disk)...)
}

// try types the line of a visit after the incident.
func (i incident) try(q tour, n int) try {
	return try{
		name: i.name + ": " + q.visits[n].String(),
		do: func(s *stage) (string, string, outcome, error) {
			e := &encounter{stage: s, tour: q, n: n, visit: q.visits[n]}
			e.scene = scene{bundle: s.bundle, world: s.at(q, n).copy(), run: invocation{host: e.visit.host}, how: manner{direct: true}}
			if i.arrange != nil {
				if reason := i.arrange(e); reason != "" {
					return "not tried: " + reason, "", outcome{}, nil
				}
			}
			e.how.answers = i.answers(e, q.found[n].clone().person(s, e.visit.host))
			o, err := s.guided(e.world, e.visit, e.how)
			if err != nil {
				return "", "", o, err
			}
			phrase := strings.ReplaceAll(i.phrase, "{host}", regexp.QuoteMeta(q.visits[n].host))
			complaint := firstOf(wrongExit(o, exits[i.ends]...), silent(o, phrase), i.wrongEnd(e, o), strayFile(e.world, o))
			if complaint == "" && i.leaves != nil {
				complaint = i.leaves(e, o.after)
			}
			if complaint != "" || i.shows == "" {
				return i.detail(o), complaint, o, nil
			}
			report, err := s.proof(o.after)
			if err == nil && !slices.ContainsFunc(report.Findings, func(f finding.Finding) bool { return f.ID == i.shows }) {
				complaint = "the evidence does not show " + i.shows
			}
			return i.detail(o), complaint, o, err
		},
	}
}

// at is the world that visit n of a tour found.
func (s *stage) at(q tour, n int) world {
	if n == 0 {
		return q.start
	}
	return q.runs[n-1].after
}

// answers is the ordinary person, but for the question that the incident is about.
func (i incident) answers(e *encounter, ordinary person) person {
	if i.asks == "" {
		return ordinary
	}
	pattern := i.asks
	if strings.Contains(pattern, "{script}") {
		pattern = strings.ReplaceAll(pattern, "{script}", regexp.QuoteMeta(e.changingScript()))
	}
	asks := regexp.MustCompile(pattern)
	return func(question string, at world) (string, world, bool) {
		if asks.MatchString(question) {
			return i.says, at, true
		}
		return ordinary(question, at)
	}
}

// wrongEnd complains about what a visit did or left undone.
func (i incident) wrongEnd(e *encounter, o outcome) string {
	visit := e.tour.runs[e.n]
	switch i.ends {
	case works:
		return firstOf(otherMutations(visit, o), different(visit.after, o.after))
	case recovers:
		return different(visit.after, o.after)
	case previews, unsealed:
		return firstOf(anyMutation(o), anyFile(e.world, o.after))
	}
	return firstOf(anyMutation(o), different(e.world, o.after))
}

func (i incident) detail(o outcome) string {
	what := map[ending]string{
		works: "does what it did without that", recovers: "ends as it did without that", previews: "nothing changed, no file",
		unsealed: "nothing changed, no file", closes: "nothing changed",
	}[i.ends]
	if what == "" {
		what = "nothing changed"
	}
	if i.shows != "" {
		what += ", the evidence shows " + i.shows
	}
	if i.ends == closes {
		return what
	}
	return fmt.Sprintf("exit %d, %s", o.Exit, what)
}
