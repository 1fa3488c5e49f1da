package bundle

import (
	"sync"
	"sync/atomic"
)

// atOnce does the pieces 0 to n-1 of some work, so many of them at the same time, and begins them in order. The caller
// does its share: a new goroutine has to grow its stack first, and a small bundle is rendered in less than that takes.
func atOnce(workers, n int, do func(piece int)) {
	var taken atomic.Int64
	work := func() {
		for i := int(taken.Add(1)) - 1; i < n; i = int(taken.Add(1)) - 1 {
			do(i)
		}
	}
	var others sync.WaitGroup
	for range min(workers, n) - 1 {
		others.Go(work)
	}
	work()
	others.Wait()
}
