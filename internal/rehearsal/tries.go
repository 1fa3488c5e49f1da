package rehearsal

import (
	"context"
	"path/filepath"
	"runtime"
	"strconv"
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

// openStages opens as many stages as there are processors to play on, four at most: each has an engine of its own.
func openStages(ctx context.Context, root string, b *bundle, engine string) ([]*stage, error) {
	stages := make([]*stage, min(4, runtime.GOMAXPROCS(0)))
	failures := make([]error, len(stages))
	var opening sync.WaitGroup
	for k := range stages {
		opening.Go(func() {
			stages[k], failures[k] = newStage(ctx, filepath.Join(root, strconv.Itoa(k)), b, engine)
		})
	}
	opening.Wait()
	return stages, firstError(failures)
}

func firstError(failures []error) error {
	for _, err := range failures {
		if err != nil {
			return err
		}
	}
	return nil
}

func closeStages(stages []*stage) {
	for _, s := range stages {
		if s != nil && s.engine != nil {
			s.engine.close()
		}
	}
}
