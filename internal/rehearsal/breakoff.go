package rehearsal

import (
	"fmt"

	"lyncowa/internal/plan"
)

// breakages are the two ways in which a change can end in the middle, a row a way.
var breakages = []struct {
	name string
	// broken gives the world after script number n of the run broke at its moment number m.
	broken func(r *rehearsal, n, m int) (outcome, error)
	exit   []int // nil: the script did not live to exit
}{
	{"broken off after", (*rehearsal).powerCut, nil},
	{"failing at", (*rehearsal).failure, []int{3}},
}

// rehearseBreakOff is part 5: each breakage at each mutation of the run, each followed once by a re-run and once by
// the back-outs; then the same for the back-outs' own mutations.
func (r *rehearsal) rehearseBreakOff() error {
	for n := range r.forward {
		for m := range r.forward[n].moments {
			for _, b := range breakages {
				name := fmt.Sprintf("%s %s (%s)", b.name, r.forward[n].moments[m].made[0], r.forward[n].invocation)
				r.announce(name)
				o, err := b.broken(r, n, m)
				if err != nil {
					return err
				}
				complaint := ""
				if b.exit != nil {
					complaint = wrongExit(o, b.exit...)
				}
				if complaint == "" {
					complaint, o, err = r.mend(n, o.after)
				}
				if err != nil {
					return err
				}
				r.record(name, "re-run ends as part 2, back-out as part 4", complaint, o)
			}
		}
	}
	return nil
}

// powerCut is the world right after a mutation: nothing else of the script happens, no catch and no finally.
func (r *rehearsal) powerCut(n, m int) (outcome, error) {
	o := r.forward[n]
	o.after = o.moments[m].world
	return o, nil
}

// failure is the same script, in which that mutation fails before it is applied.
func (r *rehearsal) failure(n, m int) (outcome, error) {
	how := manner{file: r.forward[n].moments[m].made[0].Kind == plan.File}
	for _, moment := range r.forward[n].moments[:m+1] {
		if moment.made[0].Kind != plan.File {
			how.failAt++
		}
	}
	return r.run(r.before(n), r.forward[n].invocation, how)
}

// before is the world that script number n of the run found.
func (r *rehearsal) before(n int) world {
	w := r.initial
	if n > 0 {
		w = r.forward[n-1].after
	}
	if r.forward[n].step.Kind == plan.KindVerify {
		w = r.signIn(w)
	}
	return w
}

// mend takes both ways out of a broken world: script n again and onwards to the end, and back-outs to the start. It
// returns what is wrong with one of them, and the run that it is about.
func (r *rehearsal) mend(n int, broken world) (string, outcome, error) {
	if complaint, o, err := r.resume(n, broken); complaint != "" || err != nil {
		return complaint, o, err
	}
	return r.retreat(n, broken)
}

// resume runs the scripts again from number n on. Once a world is the same as it was in part 2, evidence and all,
// what follows is the same too.
func (r *rehearsal) resume(n int, w world) (string, outcome, error) {
	for k := n; k < len(r.forward); k++ {
		if r.forward[k].step.Kind == plan.KindVerify {
			w = r.signIn(w)
		}
		o, err := r.run(w, r.forward[k].invocation, manner{})
		if err != nil {
			return "", o, err
		}
		if complaint := wrongExit(o, 0); complaint != "" {
			return "the re-run: " + complaint, o, nil
		}
		w = o.after
		if r.sameAsInPart2(k, w) {
			return "", o, nil
		}
	}
	if complaint := different(r.final, w); complaint != "" {
		return "after the re-run " + complaint, r.forward[n], nil
	}
	return "", outcome{}, nil
}

func (r *rehearsal) sameAsInPart2(k int, w world) bool {
	wanted := r.forward[k].after
	return len(wanted.differences(w)) == 0 && fmt.Sprint(wanted.evidenceNames()) == fmt.Sprint(w.evidenceNames())
}

// retreat runs the back-outs of everything up to script n.
func (r *rehearsal) retreat(n int, w world) (string, outcome, error) {
	for _, i := range backOuts(r.done(n + 1)) {
		o, err := r.run(w, i, manner{})
		if err != nil {
			return "", o, err
		}
		if complaint := wrongExit(o, 0); complaint != "" {
			return "the back-out: " + complaint, o, nil
		}
		w = o.after
	}
	if complaint := different(r.initial, w); complaint != "" {
		return "after the back-out " + complaint, r.forward[n], nil
	}
	return "", outcome{}, nil
}
