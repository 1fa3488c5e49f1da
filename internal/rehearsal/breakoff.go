package rehearsal

import (
	"fmt"
	"slices"

	"lyncowa/internal/plan"
)

// breakages are the two ways in which a script can end in the middle of a change, a row a way.
var breakages = []struct {
	name string
	// broken gives the world after run number n of the sequence broke at its moment number m.
	broken func(s *stage, q sequence, n, m int) (outcome, error)
	exits  []int // what the script may exit with; nil: it did not live to exit
}{
	{"broken off after", (*stage).powerCut, nil},
	{"failing at", (*stage).failure, []int{3}},
}

// rehearseBreakOff is part 5: each breakage at each mutation of the run, each followed once by a re-run and once by
// the back-outs; and each breakage at each mutation of the back-outs, followed by a re-run of these.
func (r *rehearsal) rehearseBreakOff() error {
	tries := breakEach(r.forward, "re-run ends as part 2, back-out as part 4, back-out after the re-run too",
		(*stage).resume, (*stage).retreat, (*stage).resumeAndRetreat)
	tries = append(tries, breakEach(r.backward, "re-run ends as part 4", (*stage).resume)...)
	tries = append(tries, r.workEverywhere()...)
	tries = append(tries, r.replicateLate()...)
	return r.tryAll(tries)
}

// wayOut leads from the world in which run number n of a sequence broke to a good end. It returns what is wrong
// there, and the run that it is about.
type wayOut func(s *stage, q sequence, n int, broken world) (complaint string, about outcome, err error)

// breakEach lists every breakage at every mutation of a sequence.
func breakEach(q sequence, good string, ways ...wayOut) []try {
	var tries []try
	for n, done := range q.runs {
		for m, moment := range done.moments {
			for _, b := range breakages {
				tries = append(tries, try{
					name: fmt.Sprintf("%s %s (%s)", b.name, moment.made[0], done.invocation),
					do: func(s *stage) (string, string, outcome, error) {
						o, err := b.broken(s, q, n, m)
						complaint := ""
						if err == nil && b.exits != nil {
							complaint = wrongExit(o, b.exits...)
						}
						broken := o.after
						for _, way := range ways {
							if complaint != "" || err != nil {
								break
							}
							complaint, o, err = way(s, q, n, broken)
						}
						return good, complaint, o, err
					},
				})
			}
		}
	}
	return tries
}

// powerCut is the world right after a mutation: nothing else of the script happens, no catch and no finally.
func (s *stage) powerCut(q sequence, n, m int) (outcome, error) {
	o := q.runs[n]
	o.after = o.moments[m].world
	return o, nil
}

// failure is the same script, in which that mutation fails before it is applied.
func (s *stage) failure(q sequence, n, m int) (outcome, error) {
	how := manner{file: isFile(q.runs[n].moments[m])}
	for _, moment := range q.runs[n].moments[:m+1] {
		if !isFile(moment) {
			how.failAt++
		}
	}
	return s.run(s.before(q, n), q.runs[n].invocation, how)
}

func isFile(m moment) bool { return m.made[0].Kind == plan.File }

// resume runs the scripts again from number n on. Once a world is the same as it was the first time, evidence and
// all, what follows is the same too.
func (s *stage) resume(q sequence, n int, w world) (string, outcome, error) {
	for k, done := range q.runs[n:] {
		o, err := s.run(s.follow(w, done.invocation), done.invocation, manner{})
		if err != nil {
			return "", o, err
		}
		if complaint := wrongExit(o, 0); complaint != "" {
			return "the re-run: " + complaint, o, nil
		}
		w = o.after
		if sameEvidence(q.runs[n+k].after, w) && different(q.runs[n+k].after, w) == "" {
			return "", o, nil
		}
	}
	if complaint := different(q.end(), w); complaint != "" {
		return "after the re-run " + complaint, q.runs[n], nil
	}
	return "", outcome{}, nil
}

// resumeAndRetreat runs script n again, which must not take the half-finished state for the one to go back to, and
// then the back-outs.
func (s *stage) resumeAndRetreat(q sequence, n int, w world) (string, outcome, error) {
	o, err := s.run(w, q.runs[n].invocation, manner{})
	if err != nil {
		return "", o, err
	}
	return s.retreat(q, n, o.after)
}

func sameEvidence(a, b world) bool { return slices.Equal(a.evidenceNames(), b.evidenceNames()) }

// retreat runs the back-outs of everything up to script n.
func (s *stage) retreat(q sequence, n int, w world) (string, outcome, error) {
	for _, i := range backOuts(q.upTo(n + 1)) {
		o, err := s.run(w, i, manner{})
		if err != nil {
			return "", o, err
		}
		if complaint := wrongExit(o, 0); complaint != "" {
			return "the back-out: " + complaint, o, nil
		}
		w = o.after
	}
	if complaint := different(q.start, w); complaint != "" {
		return "after the back-out " + complaint, q.runs[n], nil
	}
	return "", outcome{}, nil
}
