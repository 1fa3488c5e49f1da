package evidence

import (
	"strings"
	"testing"
	"time"
)

const done = "DONE|nothing to do"

// changes is a run that changes something and comes through.
func (r *recorder) changes(host, script string) string {
	return r.run(host, jl, script, "ATTEMPT|something", "CHANGED|something: set", "DONE|1 change(s)", "END|0")
}

// integrate runs every step in order.
func (r *recorder) integrate() {
	r.reads(mbx1, jl, s10)
	r.reads(mbx2, jl, s10)
	r.reads(fe, jl, s20)
	for _, script := range []string{s40, s50} {
		r.changes(fe, script)
	}
	r.changes(mbx1, s60)
	r.changes(mbx1, s70)
	r.changes(mbx2, s70)
	r.changes(mbx1, s80)
	r.reads(mbx1, jl, s90)
	r.reads(mbx2, jl, s90)
	r.reads(fe, jl, s95)
}

// What happened, what is found, and how far a step is then.
func TestStories(t *testing.T) {
	for _, story := range []struct {
		name   string
		runs   func(r *recorder)
		result Result
		want   string // ids; (warnings)
		step   int
		host   string
		state  State
	}{
		{"as planned", (*recorder).integrate, Complete, "", 70, mbx2, Done},
		{"a run that finds nothing to do", func(r *recorder) { r.integrate(); r.run(mbx1, jl, s70, done, "END|0") }, Complete, "", 70, mbx1, Done},
		{"a check refused at first", func(r *recorder) {
			r.run(mbx1, jl, s10, "REFUSED|not an elevated shell", "END|2")
			r.integrate()
		}, Complete, "", 10, mbx1, Done},
		{"a check refused later", func(r *recorder) { r.integrate(); r.run(mbx1, jl, s10, "REFUSED|not an elevated shell", "END|2") }, Complete, "", 10, mbx1, Done},
		{"a check refused", func(r *recorder) { r.run(mbx1, jl, s10, "REFUSED|not an elevated shell", "END|2") }, Incomplete, "evidence-failed evidence-gap", 10, mbx1, Refused},
		{"a check failed", func(r *recorder) { r.run(mbx1, jl, s10, "FAILED|certificate: expired", "END|1") }, Incomplete, "evidence-failed evidence-gap", 10, mbx1, Failed},
		{"a verification that fails later", func(r *recorder) { r.integrate(); r.run(fe, jl, s95, "FAILED|known servers: missing", "END|1") }, Incomplete, "evidence-failed", 95, fe, Failed},
		{"interrupted and run again", func(r *recorder) { r.run(mbx1, jl, s10, "OK|one"); r.integrate() }, Complete, "", 10, mbx1, Done},
		{"interrupted at the end", func(r *recorder) { r.integrate(); r.run(fe, jl, s95, "OK|one") }, Incomplete, "evidence-interrupted", 95, fe, Interrupted},
		{"changed after the verification", func(r *recorder) { r.integrate(); r.changes(mbx2, s70) }, Incomplete, "evidence-unverified", 90, mbx1, Outdated},
		{"changed, then verified again", func(r *recorder) {
			r.integrate()
			r.changes(mbx2, s70)
			r.reads(mbx1, jl, s90)
			r.reads(mbx2, jl, s90)
			r.reads(fe, jl, s95)
		}, Complete, "", 90, mbx1, Done},
		{"the second server before the check of the first", func(r *recorder) {
			r.reads(mbx2, jl, s10)
			r.reads(fe, jl, s20)
			r.reads(mbx1, jl, s10)
		}, Incomplete, "evidence-gap evidence-order", 20, fe, Done},
		{"out of order, then again in order", func(r *recorder) { r.changes(mbx1, s60); r.integrate() }, Complete, "(evidence-order)", 60, mbx1, Done},
		{"a step left out", func(r *recorder) { r.reads(mbx1, jl, s10); r.reads(mbx2, jl, s10); r.changes(fe, s40) }, Incomplete, "evidence-gap evidence-order", 20, "", NotRun},
		{"a run ended with 0 but not DONE", func(r *recorder) { r.run(mbx1, jl, s10, "END|0") }, Incomplete, "evidence-failed evidence-gap", 10, mbx1, Failed},
		{"backed out", func(r *recorder) { r.integrate(); r.changes(mbx2, b70) }, Incomplete, "evidence-back-out evidence-unverified", 70, mbx2, BackedOut},
		{"backed out, with the step that the back-out takes back too", func(r *recorder) { r.integrate(); r.changes(fe, b40) }, Incomplete, "evidence-back-out evidence-unverified", 50, fe, BackedOut},
		{"backed out completely", func(r *recorder) {
			r.integrate()
			for _, script := range []string{b80, b70} {
				r.changes(mbx1, script)
			}
			r.changes(mbx2, b70)
			r.changes(mbx1, b60)
			r.changes(fe, b40)
		}, Incomplete, "evidence-withdrawn", 90, mbx1, Outdated},
		{"a back-out failed", func(r *recorder) { r.integrate(); r.run(fe, jl, b40, "ATTEMPT|a pool", "FAILED|no", "END|3") }, Incomplete, "evidence-failed evidence-unverified", 40, fe, Failed},
		{"a back-out refused", func(r *recorder) { r.integrate(); r.run(fe, jl, b40, "REFUSED|there is no before-state", "END|2") }, Complete, "", 40, fe, Done},
		{"backed out, then forward again", func(r *recorder) { r.integrate(); r.changes(fe, b40); r.integrate() }, Complete, "", 40, fe, Done},
		{"a script that refused a wrong host", func(r *recorder) { r.integrate(); r.run(fe, jl, s70, "REFUSED|wrong host", "END|2") }, Complete, "(evidence-server)", 70, mbx1, Done},
		{"a changed server that the plan does not name", func(r *recorder) { r.integrate(); r.changes(fe, s70) }, Inconsistent, "evidence-server", 70, mbx1, Done},
		{"outside of the window", func(r *recorder) { r.now = r.now.Add(3 * time.Hour); r.integrate() }, Complete, "(evidence-window)", 70, mbx1, Done},
		{"a run that goes on after the window, but changes nothing more", func(r *recorder) {
			r.integrate()
			r.now = time.Date(2026, 7, 4, 10, 58, 0, 0, time.UTC)
			id := r.run(fe, jl, s50, "ATTEMPT|Lync topology", "CHANGED|Lync topology: enable")
			r.now = r.now.Add(10 * time.Minute)
			r.lines(id, 4, fe, jl, s50, "DONE|1 change(s)", "END|0")
			r.reads(mbx1, jl, s90)
			r.reads(mbx2, jl, s90)
			r.reads(fe, jl, s95)
		}, Complete, "", 50, fe, Done},
		{"checks before the window", func(r *recorder) {
			r.now = r.now.Add(-26 * time.Hour)
			r.reads(mbx1, jl, s10)
			r.now = r.now.Add(26 * time.Hour)
			r.integrate()
		}, Complete, "", 10, mbx1, Done},
		{"two servers at the same time", func(r *recorder) {
			r.integrate()
			id := r.run(mbx1, jl, s70, "ATTEMPT|something")
			r.now = r.now.Add(-95 * time.Second)
			r.changes(mbx2, s70)
			r.lines(id, 3, mbx1, jl, s70, "CHANGED|something: set", "DONE|1 change(s)", "END|0")
			r.reads(mbx1, jl, s90)
			r.reads(mbx2, jl, s90)
			r.reads(fe, jl, s95)
		}, Complete, "(evidence-overlap)", 70, mbx1, Done},
		{"the window of run.ps1 closed before a back-out", func(r *recorder) {
			r.integrate()
			r.run(mbx1, jl, ownNotes, "STARTED|"+b70)
		}, Incomplete, "evidence-started", 70, mbx1, Done},
		{"the window of run.ps1 closed, then verified", func(r *recorder) {
			r.integrate()
			r.run(mbx1, jl, ownNotes, "STARTED|"+b70)
			r.reads(mbx1, jl, s90)
		}, Complete, "(evidence-started)", 70, mbx1, Done},
		{"run.ps1 broken off, then the same line again", func(r *recorder) {
			r.run(mbx1, jl, ownNotes, "STARTED|"+s10)
			r.integrate()
		}, Complete, "", 10, mbx1, Done},
		{"run.ps1 saw a run without lines", func(r *recorder) {
			r.integrate()
			r.run(mbx1, jl, ownNotes, "STARTED|"+s70, "ENDED|"+s70+" exit 0", "END|0")
		}, Inconsistent, "evidence-removed", 70, mbx1, Done},
		{"run.ps1 saw a refusal by a broken seal", func(r *recorder) {
			r.integrate()
			r.run(mbx1, jl, ownNotes, "STARTED|"+s70, "ENDED|"+s70+" exit 2", "END|2")
		}, Complete, "", 70, mbx1, Done},
	} {
		t.Run(story.name, func(t *testing.T) {
			r := newRecorder()
			story.runs(r)
			report := judgeFolders(t, "", r.save(t, t.TempDir()))
			if got := strings.Join(ids(report), " "); got != story.want || report.Result != story.result {
				t.Errorf("%s: got %s, want %s: %s\n%+v", report.Result, got, story.result, story.want, report.Findings)
			}
			for _, s := range report.Steps {
				for _, on := range s.On {
					if s.Order == story.step && on.Host == story.host && on.State != story.state {
						t.Errorf("step %d on %s is %s, want %s", s.Order, on.Host, on.State, story.state)
					}
				}
			}
		})
	}
}

// A run that does not belong to the change is in every answer: who, what changed, in the window, back-out.
func TestForeignRunsAreInTheAnswers(t *testing.T) {
	for name, run := range map[string]func(r *recorder) string{
		"an unknown script": func(r *recorder) string {
			return r.run(fe, "CONTOSO\\evil", "back-out/45-mine.ps1", "ATTEMPT|x", "CHANGED|x: set", "END|0")
		},
		"a server too many": func(r *recorder) string {
			return r.run(fe, "CONTOSO\\evil", b70, "ATTEMPT|x", "CHANGED|x: set", done, "END|0")
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRecorder()
			r.integrate()
			r.now = r.now.Add(24 * time.Hour)
			run(r)
			report := judgeFolders(t, "", r.save(t, t.TempDir()))
			last := report.Changes[len(report.Changes)-1]
			if report.Result != Inconsistent || report.Window.Inside != "no" || !report.BackOutUsed || len(report.Foreign()) != 1 ||
				len(report.Accounts) != 2 || last.Account != "CONTOSO\\evil" || last.Object != "x" || last.Time != report.Ended && last.Time.IsZero() {
				t.Errorf("%+v", report)
			}
			for _, f := range report.Findings {
				if f.ID != "evidence-window" && !strings.Contains(f.Message, `CONTOSO\evil ran`) {
					t.Errorf("it does not say who: %s", f.Message)
				}
			}
		})
	}
}

// Each trouble names what followed it.
func TestWhatFollowed(t *testing.T) {
	r := newRecorder()
	r.run(mbx1, jl, s10, "FAILED|certificate: expired", "END|1")
	r.run(mbx1, jl, s10, "OK|one")
	r.reads(mbx1, jl, s10)
	r.run(mbx2, jl, s10, "REFUSED|not an elevated shell.", "END|2")
	report := judgeFolders(t, "", r.save(t, t.TempDir()))
	var got []string
	for _, trouble := range report.Troubles {
		next := "nothing"
		if trouble.Next != nil {
			next = trouble.Next.Outcome
		}
		got = append(got, trouble.Outcome+" | "+next)
	}
	want := `exit 1: certificate: expired | no END: interrupted, or still running
no END: interrupted, or still running | exit 0: every check that this computer can make passed; nothing was changed
exit 2: not an elevated shell | nothing`
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
}
