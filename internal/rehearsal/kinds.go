package rehearsal

import (
	"fmt"

	"lyncowa/internal/plan"
)

// kind is what a rehearsal has to know of a kind of change: the farms that it meets, and where it leads.
type kind struct {
	// begin is the farm before the change.
	begin func(*stage) (world, error)
	// end is what has become of that farm, but for files; nil: what the plan's commands do says it all.
	end func(*stage) (world, error)
	// again is another farm before the change, one that has seen its opposite, and the farm after it; nil: none.
	again func(*stage) (before, after world, err error)
	// working: OWA and Lync work together on every server at every moment of the change.
	working bool
}

var kinds = map[plan.Change]kind{
	plan.Integrate: {begin: (*stage).untouched, again: (*stage).integrateAgain},
	plan.Disable:   {begin: (*stage).untouched, again: (*stage).disableIntegrated},
	plan.Reapply:   {begin: after((*stage).integrated, (*stage).updated), end: (*stage).integrated},
	plan.RenewCertificate: {
		begin: (*stage).integratedEarlier, end: (*stage).integratedWithBoth, working: true,
	},
	plan.RemoveDuplicate: {begin: after((*stage).integrated, (*stage).duplicated), end: (*stage).integrated},
}

// kind refuses a change that the rehearsal does not know: it would not know where to begin.
func (b *bundle) kind() (kind, error) {
	k, known := kinds[b.plan.Change]
	if !known {
		return k, fmt.Errorf("the plan is for the change %q, which the rehearsal does not know", b.plan.Change)
	}
	return k, nil
}

func (s *stage) untouched() (world, error) { return s.fresh(), nil }

// after joins two chapters of a farm's history.
func after(first func(*stage) (world, error), then func(*stage, world) world) func(*stage) (world, error) {
	return func(s *stage) (world, error) {
		w, err := first(s)
		if err != nil {
			return w, err
		}
		return then(s, w), nil
	}
}

func (s *stage) integrateAgain() (before, after world, err error) {
	if after, err = s.integrated(); err != nil {
		return before, after, err
	}
	before, err = s.disabled(after)
	return before, after, err
}

func (s *stage) disableIntegrated() (before, after world, err error) {
	if before, err = s.integrated(); err != nil {
		return before, after, err
	}
	after, err = s.disabled(before)
	return before, after, err
}
