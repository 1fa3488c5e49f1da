package rehearsal

import (
	"fmt"
	"slices"

	"lyncowa/internal/plan"
)

// rehearseBreakOff is part 5: each breakage at each mutation of the run, each followed once by a re-run and once by
// the back-outs; and each breakage at each mutation of the back-outs, followed by a re-run of these.
func (r *rehearsal) rehearseBreakOff() error {
	tries := breakEach(r.forward, "re-run ends as part 2, back-out as part 4, back-out after the re-run too",
		(*stage).resume, (*stage).retreat, (*stage).resumeAndRetreat)
	tries = append(tries, breakEach(r.backward, "re-run ends as part 4", (*stage).resume)...)
	tries = append(tries, r.workEverywhere()...)
	tries = append(tries, r.replicateLate()...)
	tries = append(tries, r.onlyPilots()...)
	tries = append(tries, r.canaryFails()...)
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
			for _, how := range []string{"broken off after", "failing at"} {
				tries = append(tries, try{
					name: fmt.Sprintf("%s %s (%s)", how, moment.made[0], done.invocation),
					do: func(s *stage) (detail, complaint string, o outcome, err error) {
						broken := moment.world // nothing else of the script happens, no catch and no finally
						if how == "failing at" {
							if o, err = s.failure(q, n, m); err != nil {
								return "", "", o, err
							}
							broken, complaint = o.after, wrongExit(o, 3)
						}
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

// failure is the same script, in which that mutation fails before it is applied.
func (s *stage) failure(q sequence, n, m int) (outcome, error) {
	how := manner{direct: true, file: isFile(q.runs[n].moments[m])}
	for _, moment := range q.runs[n].moments[:m+1] {
		if !isFile(moment) {
			how.failAt++
		}
	}
	return s.run(s.before(q, n), q.runs[n].invocation, how)
}

func isFile(m moment) bool { return m.made[0].Kind == plan.File }

// resume runs the scripts again from number n on.
func (s *stage) resume(q sequence, n int, w world) (string, outcome, error) {
	return s.finish("the re-run", w, q.upTo(len(q.runs))[n:], q.runs[n:], q.end())
}

// resumeAndRetreat runs script n again, which must not take the half-finished state for the one to go back to, and
// then the back-outs.
func (s *stage) resumeAndRetreat(q sequence, n int, w world) (string, outcome, error) {
	o, err := s.run(w, q.runs[n].invocation, manner{direct: true})
	if err != nil {
		return "", o, err
	}
	return s.retreat(q, n, o.after)
}

// retreat runs the back-outs of everything up to script n.
func (s *stage) retreat(q sequence, n int, w world) (string, outcome, error) {
	return s.finish("the back-out", w, backOuts(q.upTo(n+1)), nil, q.start)
}

// finish runs scripts one after the other and complains unless they end as wanted. Once a world is the same as it was the
// first time, evidence and all, what follows is the same too.
func (s *stage) finish(what string, w world, list []invocation, first []outcome, wanted world) (string, outcome, error) {
	var o outcome
	var err error
	for k, i := range list {
		if o, err = s.run(s.follow(w, i), i, manner{direct: true}); err != nil {
			return "", o, err
		}
		if complaint := wrongExit(o, 0); complaint != "" {
			return what + ": " + complaint, o, nil
		}
		w = o.after
		if first != nil && slices.Equal(first[k].after.evidenceNames(), w.evidenceNames()) && different(first[k].after, w) == "" {
			return "", o, nil
		}
	}
	if complaint := different(wanted, w); complaint != "" {
		return "after " + what + " " + complaint, o, nil
	}
	return "", o, nil
}

// What may be asked of the time while a change goes on, beside that it can be broken off.

// workEverywhere has people sign in on every server after each mutation of a change that is to interrupt nothing: as
// OWA runs, and as it would run if it started again at that moment.
func (r *rehearsal) workEverywhere() []try {
	if kind, err := r.bundle.kind(); err != nil || !kind.working || !r.bundle.promisesPresence() {
		return nil
	}
	var moments []moment
	for _, o := range r.forward.runs {
		moments = append(moments, o.moments...)
	}
	return []try{{
		name: "each server works at every moment, with the old or the new certificate",
		do: func(s *stage) (string, string, outcome, error) {
			for _, m := range moments {
				for _, server := range s.bundle.plan.Servers() {
					o, err := s.execute(m.world, server.FQDN, s.recycle())
					if err != nil {
						return "", "", o, err
					}
					for _, w := range []world{m.world, o.after} {
						if !s.signIn(w).farm.present(server.FQDN, *server.Pool) {
							return "", fmt.Sprintf("after %s instant messaging does not work on %s", m.made[0], server.FQDN), o, nil
						}
					}
				}
			}
			return "after " + count(len(moments), "change"), "", outcome{}, nil
		},
	}}
}

// recycle is how OWA is started again on a server.
func (s *stage) recycle() string {
	if s.bundle.plan.UsesOverride() {
		return "Restart-WebAppPool -Name MSExchangeOWAAppPool"
	}
	return `& 'C:\Windows\System32\Inetsrv\Appcmd.exe' recycle apppool /apppool.name:MSExchangeOWAAppPool`
}

// replicateLate lets Active Directory take longer than a script waits, before the last server that takes over what
// another server's run put there: the script gives up with exit 3, and a later run finishes.
func (r *rehearsal) replicateLate() []try {
	n := len(r.forward.runs) - 1
	for ; n >= 0 && r.forward.runs[n].step.ID != "im-settings"; n-- {
	}
	if n < 0 || !sharedOverride(r.bundle) {
		return nil
	}
	i := r.forward.runs[n].invocation
	return []try{{
		name: "Active Directory replicates late: " + i.String(),
		do: func(s *stage) (string, string, outcome, error) {
			w := s.before(r.forward, n)
			w.farm = w.farm.clone()
			directory := &w.farm.Exchange.Directory
			// As if the override had just been made, and this server's domain controller were an hour behind.
			directory.Earlier = slices.Clone(r.forward.start.farm.Exchange.Directory.Overrides)
			directory.ChangedAt, directory.ReplicationSeconds = w.farm.Clock, 3600
			o, err := s.run(w, i, manner{direct: true})
			if err != nil {
				return "", "", o, err
			}
			if complaint := firstOf(wrongExit(o, 3), silent(o, "WAITING.*left.*Active Directory replication")); complaint != "" {
				return "", complaint, o, nil
			}
			late := o.after
			late.farm.Clock += 3600
			complaint, o, err := s.resume(r.forward, n, late)
			return "exit 3 past the deadline, re-run ends as part 2", complaint, o, err
		},
	}}
}
