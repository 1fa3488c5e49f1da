package rehearsal

import "lyncowa/internal/plan"

// sequence is scripts that were run one after the other, from a world on.
type sequence struct {
	start world
	runs  []outcome
}

// end is the world after the last run.
func (q sequence) end() world {
	if len(q.runs) == 0 {
		return q.start
	}
	return q.runs[len(q.runs)-1].after
}

// upTo returns what the first n runs ran.
func (q sequence) upTo(n int) []invocation {
	var list []invocation
	for _, o := range q.runs[:n] {
		list = append(list, o.invocation)
	}
	return list
}

// whole is the sequence as one outcome, for a complaint about no single script.
func (q sequence) whole() outcome {
	all := outcome{after: q.end()}
	for _, o := range q.runs {
		all.Mutations = append(all.Mutations, o.Mutations...)
	}
	return all
}

// follow is the world as a script finds it: before a verification, people have signed in.
func (s *stage) follow(w world, next invocation) world {
	if next.step.Kind == plan.KindVerify {
		return s.signIn(w)
	}
	return w
}

// before is the world that run number n of a sequence found.
func (s *stage) before(q sequence, n int) world {
	w := q.start
	if n > 0 {
		w = q.runs[n-1].after
	}
	return s.follow(w, q.runs[n].invocation)
}
