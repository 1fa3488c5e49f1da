package rehearsal

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/evidence"
	"lyncowa/internal/plan"
)

// brief reports whether the change is broken off between any two lines of its evidence: a small integration, such as that
// of one server, has every kind of line. Another change is broken off after each mutation of its longest visit: every
// further server would only repeat that.
func (b *bundle) brief() bool {
	scripts := 0
	for _, step := range b.plan.Steps {
		switch {
		case step.Status != plan.Planned || step.Script == "":
		case step.PerServer:
			scripts += len(step.RunOn)
		default:
			scripts++
		}
	}
	return b.plan.Change == plan.Integrate && scripts <= 9
}

// breakVisits has the window closed in the middle of a visit, at each moment that was kept, and the same line typed again.
// After a mutation the way back is tried too.
func breakVisits(q tour, brief bool) []try {
	var tries []try
	longest := 0
	for n, o := range q.runs {
		if len(o.Mutations) > len(q.runs[longest].Mutations) {
			longest = n
		}
	}
	for n, o := range q.runs {
		line := 0
		for _, m := range o.moments {
			what := fmt.Sprintf("line %d", line+1)
			if line++; len(m.made) > 0 {
				line--
				what = m.made[0].String()
			}
			if !brief && (len(m.made) == 0 || n != longest) {
				continue
			}
			tries = append(tries, try{
				name: fmt.Sprintf("broken off after %s: visit %d, %s", what, n+1, q.visits[n]),
				do: func(s *stage) (string, string, outcome, error) {
					complaint, o, err := s.goOn(q, n, m.world)
					if complaint == "" && err == nil && len(m.made) > 0 {
						complaint, o, err = s.goBack(q, n, m.world)
						return "the same line ends as it did, -BackOut as it was before", complaint, o, err
					}
					return "the same line ends as it did", complaint, o, err
				},
			})
		}
	}
	return tries
}

// goOn types the line of visit n again in the world in which it broke off. It has to end as the visit did, and the
// evidence has to show each run that has no end.
func (s *stage) goOn(q tour, n int, broken world) (string, outcome, error) {
	c, open := s.taken(q, n, broken)
	o, err := s.guided(broken, q.visits[n], manner{direct: true, answers: c.person(s, q.visits[n].host)})
	if err != nil {
		return "", o, err
	}
	was := q.runs[n].after
	complaint := firstOf(wrongExit(o, 0), different(was, o.after), otherMarks(was, o.after))
	if complaint != "" {
		return complaint, o, nil
	}
	report, err := s.proof(o.after)
	if err != nil {
		return "", o, err
	}
	return untrue(report, open), o, nil
}

// taken is the course as visit n finds it when it is typed again, and the runs of scripts that have no end.
func (s *stage) taken(q tour, n int, broken world) (c *course, open []string) {
	c = q.found[n].clone()
	ended, open := s.runsIn(broken, q.visits[n].host)
	for k, i := range c.list {
		c.done[k] = c.done[k] || i.host == q.visits[n].host && ended[i.script]
	}
	return c, open
}

// otherMarks complains about a world with other marks, attempts or before-states: a later run goes by them.
func otherMarks(wanted, got world) string {
	marks := func(w world) tree {
		t := tree{}
		for _, name := range w.evidenceNames() {
			if slices.Contains([]string{".due", ".attempts", ".json"}, path.Ext(name)) {
				t[name] = ""
			}
		}
		return t
	}
	if found := marks(wanted).differences(marks(got)); len(found) > 0 {
		return "what a later run goes by is not that of an unbroken run: " + sentence(found)
	}
	return ""
}

// untrue complains about a report that takes evidence with interrupted runs for inconsistent, or does not show them.
func untrue(report *evidence.Report, open []string) string {
	if report.Result == evidence.Inconsistent {
		return "the evidence is inconsistent: " + report.Faults()[0].Message
	}
	for _, id := range open {
		n := slices.IndexFunc(report.Troubles, func(t evidence.Trouble) bool { return t.ID == id && t.Exit == nil && t.Next != nil })
		if n < 0 {
			return "the evidence does not show the run " + id + " as interrupted and followed by another"
		}
	}
	return ""
}

// goBack goes back on every host from the world in which visit n broke off.
func (s *stage) goBack(q tour, n int, broken world) (string, outcome, error) {
	c := q.found[n].clone()
	for k, i := range c.list {
		c.done[k] = c.done[k] || i.host == q.visits[n].host && s.captured(broken, i)
	}
	back := newCourse(backOuts(c.ran()), false)
	tour, complaint, err := s.carryOut(back, broken, manner{direct: true}, func(_ visit, _ world, o outcome) string { return wrongExit(o, 0) })
	if err != nil || complaint != "" {
		return complaint, tour.whole(), err
	}
	if complaint := different(q.start, tour.end()); complaint != "" {
		return "after the back-out " + complaint, tour.whole(), nil
	}
	report, err := s.proof(tour.end())
	if err != nil {
		return "", tour.whole(), err
	}
	return untrue(report, nil), tour.whole(), nil
}

// line is what part 7 reads itself of a line of evidence.
type line struct {
	Run    string `json:"run"`
	Digest string `json:"digest"`
	Script string `json:"script"`
	Status string `json:"status"`
	Exit   *int   `json:"exitCode"`
}

// linesOf are the lines of a host's evidence on its own disk.
func (s *stage) linesOf(w world, host string) (lines []line) {
	for text := range strings.Lines(w.files[s.bundle.evidenceOf(host)+"/events.jsonl"]) {
		var l line
		if json.Unmarshal([]byte(text), &l) == nil {
			lines = append(lines, l)
		}
	}
	return lines
}

// runsIn returns the scripts whose last run on a host came to a good end, and the runs of scripts that have none.
func (s *stage) runsIn(w world, host string) (ended map[string]bool, open []string) {
	ended = map[string]bool{}
	for _, l := range s.linesOf(w, host) {
		switch {
		case l.Script == guide:
		case l.Status == "START":
			ended[l.Script] = false
			open = append(open, l.Run)
		case l.Status == "END":
			ended[l.Script] = *l.Exit == 0
			open = slices.DeleteFunc(open, func(id string) bool { return id == l.Run })
		}
	}
	return ended, open
}

// captured reports whether a script has left a before-state on its host, so that there is something to go back to.
func (s *stage) captured(w world, i invocation) bool {
	_, there := w.files[fmt.Sprintf("%s/%d-%s.before.json", s.bundle.evidenceOf(i.host), i.step.Order, i.step.ID)]
	return there
}

// evidenceOf is the folder of a host's evidence on its own disk.
func (b *bundle) evidenceOf(host string) string {
	return bundleFolder(host, b) + "/evidence/" + strings.ToLower(host)
}
