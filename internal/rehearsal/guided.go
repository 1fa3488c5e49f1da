package rehearsal

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lyncowa/internal/evidence"
	"lyncowa/internal/plan"
)

// guide is the script that leads a person through the steps of one host.
const guide = "run.ps1"

// visit is a line that a person types on a host: run.ps1 with its switches.
type visit struct {
	host    string
	share   bool // the evidence is on a share that every host sees
	list    bool
	step    int
	backOut bool
}

// String is the line, without the digest.
func (v visit) String() string {
	text := guide
	if v.list {
		text += " -List"
	}
	if v.step > 0 {
		text += fmt.Sprintf(" -Step %d", v.step)
	}
	if v.backOut {
		text += " -BackOut"
	}
	return text + " on " + v.host
}

// guided types run.ps1 on a host.
func (s *stage) guided(w world, v visit, how manner) (outcome, error) {
	arguments := map[string]any{"ApprovedDigest": cmp.Or(how.digest, s.bundle.digest), "List": v.list, "Step": v.step, "BackOut": v.backOut}
	if v.share {
		arguments["EvidencePath"] = s.path(shareFolder)
	}
	script := s.path(bundleFolder(v.host, s.bundle) + "/" + guide)
	o, err := s.play(w, v.host, map[string]any{"script": script, "command": "", "arguments": arguments}, how)
	o.host, o.Script = v.host, guide
	if err != nil {
		err = fmt.Errorf("%s: %w", v, err)
	}
	return o, err
}

// course is a list of scripts that one visit after the other carries out, and what of it is done.
type course struct {
	list    []invocation
	done    []bool
	share   bool
	backOut bool
}

func newCourse(list []invocation, share bool) *course {
	return &course{list: slices.Clone(list), done: make([]bool, len(list)), share: share, backOut: len(list) > 0 && list[0].backOut}
}

func (c *course) clone() *course {
	copied := *c
	copied.list, copied.done = slices.Clone(c.list), slices.Clone(c.done)
	return &copied
}

// ran returns the scripts that are done, in the order of the course and on the hosts that ran them.
func (c *course) ran() []invocation {
	var list []invocation
	for n, i := range c.list {
		if c.done[n] {
			list = append(list, i)
		}
	}
	return list
}

// tour is a course that was carried out: the visits, and the course as each found it.
type tour struct {
	sequence
	visits []visit
	found  []*course
	last   *course // as the last visit left it
}

// next is the visit to the host of the first script that is not done.
func (c *course) next() (visit, bool) {
	n := slices.Index(c.done, false)
	if n < 0 {
		return visit{}, false
	}
	return visit{host: c.list[n].host, share: c.share, backOut: c.backOut}, true
}

// find returns the number of a script that may run on a host: on its own, or on any computer of its shell.
func (c *course) find(w world, script, host string) int {
	return slices.IndexFunc(c.list, func(i invocation) bool {
		anywhere := !i.step.PerServer && !i.backOut && w.farm.host(i.host).Shell == w.farm.host(host).Shell
		return i.script == script && (i.host == host || anywhere)
	})
}

// ready reports whether everything is done before the first script that this host has yet to run. The servers of a step
// that only reads do not wait for each other.
func (c *course) ready(host string) bool {
	mine := slices.IndexFunc(c.list, func(i invocation) bool { return i.host == host && !c.done[c.number(i)] })
	if mine < 0 {
		return false
	}
	for n, i := range c.list[:mine] {
		if !c.done[n] && (i.step.ID != c.list[mine].step.ID || i.changes()) {
			return false
		}
	}
	return true
}

// undo takes back that the last script of a host ran: it was refused.
func (c *course) undo(host string) {
	for n := len(c.list) - 1; n >= 0; n-- {
		if c.list[n].host == host && c.done[n] {
			c.done[n] = false
			return
		}
	}
}

func (c *course) number(i invocation) int {
	return slices.IndexFunc(c.list, func(other invocation) bool { return other.script == i.script && other.host == i.host })
}

var runQuestion = regexp.MustCompile(`^Run (\S+) on this computer\?`)

// person answers as somebody who keeps to the course: yes to a script that is due and to questions that are true, and
// done to one that another computer has run. People sign in before a verification.
func (c *course) person(s *stage, host string) person {
	return func(question string, at world) (string, world, bool) {
		if match := runQuestion.FindStringSubmatch(question); match != nil {
			n := c.find(at, match[1], host)
			if n < 0 {
				return "", at, false
			}
			if c.done[n] && c.list[n].host != host {
				return "done", at, strings.Contains(question, "done if another computer")
			}
			c.done[n], c.list[n].host = true, host
			return "yes", s.follow(at, c.list[n]), true
		}
		switch {
		case strings.Contains(question, "Type yes if "):
			if c.ready(host) {
				return "yes", at, true
			}
			return "not yet", at, true
		case strings.Contains(question, "Type go and"):
			return "go, looked at it", at, true
		case strings.HasSuffix(question, "Type yes"):
			return "yes", at, true
		}
		return "", at, false
	}
}

// carryOut types run.ps1 on host after host until the course is done. judge sees each outcome; a complaint ends it.
func (s *stage) carryOut(c *course, w world, how manner, judge func(visit, world, outcome) string) (q tour, complaint string, err error) {
	q.start = w
	for complaint == "" {
		v, more := c.next()
		if !more {
			q.last = c
			return q, "", nil
		}
		before, was := q.end(), c.clone()
		how.answers = c.person(s, v.host)
		o, err := s.guided(before, v, how)
		if err != nil {
			return q, "", err
		}
		q.runs, q.visits, q.found = append(q.runs, o), append(q.visits, v), append(q.found, was)
		if complaint = judge(v, before, o); complaint == "" && slices.Equal(was.done, c.done) {
			complaint = v.String() + " ran nothing: " + o.lastLines()
		}
	}
	return q, complaint, nil
}

// proof reads the evidence of a world as `lyncowa evidence` does, from the disks of all hosts and the share.
func (s *stage) proof(w world) (*evidence.Report, error) {
	root := filepath.Join(filepath.Dir(s.root), "proof")
	files := tree{}
	for name, data := range w.files {
		if !isEvidence(name) || path.Base(name) != "events.jsonl" && path.Ext(name) != ".log" {
			continue
		}
		files[evidenceFolder(name)+"/"+path.Base(path.Dir(name))+"/"+path.Base(name)] = data
	}
	if err := files.write(root, s.proofs); err != nil {
		return nil, err
	}
	s.proofs = files
	var folders []string
	for _, name := range files.names() {
		folders = append(folders, filepath.Join(root, strings.SplitN(name, "/", 2)[0]))
	}
	e, err := evidence.Load(slices.Compact(folders)...)
	if err != nil {
		return nil, err
	}
	return evidence.Judge(&s.bundle.plan, s.bundle.digest, e, ""), nil
}

// evidenceFolder names the disk that a file of evidence is on: that of a host, or the share.
func evidenceFolder(name string) string {
	parts := strings.Split(name, "/")
	if parts[0] == shareFolder {
		return shareFolder
	}
	return parts[1]
}

// unproven complains about evidence that does not say that, with the first finding that is no mere deviation.
func (s *stage) unproven(w world, want evidence.Result) (*evidence.Report, string, error) {
	r, err := s.proof(w)
	if err != nil || r.Result == want {
		return r, "", err
	}
	complaint := fmt.Sprintf("the evidence is %s instead of %s", r.Result, want)
	for _, f := range r.Faults() {
		return r, fmt.Sprintf("%s: %s:%d: %s", complaint, f.File, f.Line, f.Message), nil
	}
	return r, complaint, nil
}

// rehearseGuided is part 7.
func (r *rehearsal) rehearseGuided() error {
	return r.rehearseGuidedCases(func(string) bool { return true })
}

// rehearseGuidedCases is part 7 with those cases only that do not follow from each other, by their names.
func (r *rehearsal) rehearseGuidedCases(wanted func(name string) bool) error {
	disk, passed, err := r.rehearseVisits("evidence on each host's own disk", false)
	if err != nil || !passed {
		return err
	}
	share, passed, err := r.rehearseVisits("evidence on a share", true)
	if err != nil || !passed {
		return err
	}
	tries := slices.Concat(breakVisits(disk, r.bundle.brief()), meetIncidents(disk, share))
	return r.tryAll(slices.DeleteFunc(tries, func(t try) bool { return !wanted(t.name) }))
}

// rehearseVisits carries out the change and then its back-out through run.ps1.
func (r *rehearsal) rehearseVisits(where string, share bool) (tour, bool, error) {
	list := r.forward.upTo(len(r.forward.runs))
	how := manner{direct: share, journal: !share, lines: !share && r.bundle.brief()}
	c := newCourse(list, share)
	there, passed, err := r.visitAll(where, c, r.forward.start, how)
	if err != nil || !passed {
		return there, false, err
	}
	how.journal, how.lines = false, false
	changed := firstOf(different(r.forward.end(), there.end()), otherMutations(r.forward.whole(), there.whole()))
	if !r.record("the farm after these visits, "+where, "as after part 2, by the same mutations", changed, there.whole()) {
		return there, false, nil
	}
	report, complaint, err := r.unproven(there.end(), evidence.Complete)
	if err != nil || !r.record("the evidence of these visits, "+where, fmt.Sprintf("%s: %s", evidence.Complete, count(len(report.Runs), "run")), complaint, there.whole()) {
		return there, false, err
	}
	back, passed, err := r.visitAll(where, newCourse(backOuts(c.ran()), share), there.end(), how)
	if err != nil || !passed || len(back.runs) == 0 {
		return there, passed, err
	}
	complaint = different(r.forward.start, back.end())
	if !r.record("the farm after going back, "+where, "as it was before", complaint, back.whole()) {
		return there, false, nil
	}
	report, complaint, err = r.unproven(back.end(), evidence.Incomplete)
	if err != nil {
		return there, false, err
	}
	return there, r.record("the evidence after going back, "+where, "each step is backed out", firstOf(complaint, notBackedOut(report)), back.whole()), nil
}

// notBackedOut complains about a changing step that the evidence does not show as backed out.
func notBackedOut(report *evidence.Report) string {
	for _, step := range report.Steps {
		for _, on := range step.On {
			if step.Kind == plan.KindChange && on.State != evidence.BackedOut && on.State != evidence.Skipped && on.State != evidence.ByHand {
				return fmt.Sprintf("the evidence shows step %d on %s as %s", step.Order, on.Host, on.State)
			}
		}
	}
	if !report.BackOutUsed {
		return "the evidence does not show that the back-out was used"
	}
	return ""
}

// visitAll carries out a course, a case a visit.
func (r *rehearsal) visitAll(where string, c *course, w world, how manner) (tour, bool, error) {
	number, passed := 0, true
	q, complaint, err := r.carryOut(c, w, how, func(v visit, before world, o outcome) string {
		number++
		name := fmt.Sprintf("visit %d: %s, %s", number, v, where)
		r.announce(name)
		detail := fmt.Sprintf("exit %d, %s, %s", o.Exit, count(len(o.asked), "answer"), count(len(o.Mutations), "mutation"))
		complaint := firstOf(wrongExit(o, 0), strayFile(before, o), carelessEdit(before, o))
		passed = r.record(name, detail, complaint, o)
		return complaint
	})
	if err == nil && complaint != "" && passed {
		passed = r.record("visit "+strconv.Itoa(len(q.runs))+", "+where, "", complaint, q.runs[len(q.runs)-1])
	}
	return q, passed, err
}
