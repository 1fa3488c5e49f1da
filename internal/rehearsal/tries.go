package rehearsal

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// try is a case that starts from a world of its own, so that it can be played at any time on any stage.
type try struct {
	name string
	do   func(*stage) (detail, complaint string, about outcome, err error)
}

// tryAll plays the tries on all stages at once and records them in their own order.
func (r *rehearsal) tryAll(tries []try) error {
	if err := r.openStages(); err != nil {
		return err
	}
	cases := make([]Case, len(tries))
	failures := make([]error, len(r.stages))
	var next atomic.Int64
	var announcing sync.Mutex
	var players sync.WaitGroup
	for k, s := range r.stages {
		players.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(tries) {
					return
				}
				announcing.Lock()
				r.announce(tries[n].name)
				announcing.Unlock()
				detail, complaint, about, err := tries[n].do(s)
				if err != nil {
					failures[k] = err
					return
				}
				cases[n] = newCase(tries[n].name, detail, complaint, about)
			}
		})
	}
	players.Wait()
	r.part.Cases = append(r.part.Cases, cases...)
	return firstError(failures)
}

// openStages adds stages until there are as many as there are processors to play on, four at most: each has an
// engine of its own.
func (r *rehearsal) openStages() error {
	more := make([]*stage, max(0, min(4, runtime.GOMAXPROCS(0))-len(r.stages)))
	failures := make([]error, len(more))
	var opening sync.WaitGroup
	for k := range more {
		opening.Go(func() { more[k], failures[k] = r.open(len(r.stages) + k) })
	}
	opening.Wait()
	for _, s := range more {
		if s != nil {
			r.stages = append(r.stages, s)
		}
	}
	return firstError(failures)
}

func (r *rehearsal) closeStages() {
	for _, s := range r.stages {
		s.engine.close()
	}
}

func firstError(failures []error) error {
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}
