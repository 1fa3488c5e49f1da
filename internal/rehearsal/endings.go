package rehearsal

// rehearseEnding holds the farm after the change against what the change is for: the farm that it is to lead to, and
// the way there from another beginning.
func (r *rehearsal) rehearseEnding() error {
	kind, err := r.bundle.kind()
	if err != nil {
		return err
	}
	if kind.end != nil {
		wanted, err := kind.end(r.stage)
		if err != nil {
			return err
		}
		r.record("the farm after the change", "as integrate leaves it", differentFarm(wanted, r.forward.end()), r.forward.whole())
	}
	if kind.again == nil {
		return nil
	}
	before, after, err := kind.again(r.stage)
	if err != nil {
		return err
	}
	return r.rehearseElsewhere(before, after)
}

// differentFarm complains about a farm that is not as it should be, whoever made it so.
func differentFarm(wanted, got world) string {
	return different(wanted.anonymous(), got.anonymous())
}

// anonymous is the farm without files and without the names of the changes that made its overrides.
func (w world) anonymous() world {
	next := world{w.farm.clone(), tree{}}
	forget(next.farm.Exchange.Directory.Overrides)
	for i := range next.farm.Hosts {
		forget(next.farm.Hosts[i].Running)
	}
	return next
}

func forget(overrides []SettingOverride) {
	for i := range overrides {
		overrides[i].Reason = ""
	}
}

// rehearseElsewhere runs the scripts on another farm than the one of the other cases.
func (r *rehearsal) rehearseElsewhere(before, after world) error {
	const name = "the same on a farm that is integrated already, or was once"
	r.announce(name)
	q := sequence{start: before}
	for _, i := range r.bundle.runSheet() {
		o, err := r.run(r.follow(q.end(), i), i, manner{})
		if err != nil {
			return err
		}
		if complaint := wrongExit(o, 0); complaint != "" {
			r.record(name, "", complaint, o)
			return nil
		}
		q.runs = append(q.runs, o)
	}
	r.record(name, count(len(q.whole().Mutations), "mutation")+", and the farm is as it should be", different(after, q.end()), q.whole())
	return nil
}
