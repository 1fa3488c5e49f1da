package rehearsal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// rehearseWhatIf is part 1: every changing script under -WhatIf on a farm where nothing is configured. A script
// whose predecessor has not run may refuse; it may not change or write anything.
func (r *rehearsal) rehearseWhatIf() error {
	for _, i := range r.bundle.runSheet() {
		if !i.changes() {
			continue
		}
		o, err := r.expectHarmless(r.forward.start, i, "on a fresh farm", 0, 2)
		if err != nil {
			return err
		}
		r.preview = append(r.preview, o)
	}
	return nil
}

// expectHarmless runs a script under -WhatIf: no mutation, no file, and one of those exit codes.
func (r *rehearsal) expectHarmless(w world, i invocation, when string, exits ...int) (outcome, error) {
	name := fmt.Sprintf("%s -WhatIf %s", i, when)
	r.announce(name)
	o, err := r.run(w, i, manner{whatIf: true})
	if err != nil {
		return o, err
	}
	r.record(name, fmt.Sprintf("exit %d, no mutation, no file", o.Exit), firstOf(
		wrongExit(o, exits...),
		anyMutation(o),
		anyFile(w, o.after),
	), o)
	return o, nil
}

// rehearseForward is part 2: each changing script first under -WhatIf, then in earnest; then the plan's own
// commands on a second farm, to compare.
func (r *rehearsal) rehearseForward() error {
	passed, err := r.playSequence(&r.forward, r.bundle.runSheet())
	if err != nil || !passed {
		return err
	}
	if err := r.comparePlan(r.forward.whole().Mutations); err != nil {
		return err
	}
	return r.rehearseEnding()
}

// playSequence runs scripts one after the other, each changing one first under -WhatIf, and keeps what they did. It
// stops at the first that does not pass: everything after it would only follow from it.
func (r *rehearsal) playSequence(q *sequence, list []invocation) (passed bool, err error) {
	for _, i := range list {
		w := r.follow(q.end(), i)
		if i.changes() {
			if _, err := r.expectHarmless(w, i, "right before it", 0); err != nil {
				return false, err
			}
		}
		r.announce(i.String())
		o, err := r.run(w, i, manner{journal: true})
		if err != nil {
			return false, err
		}
		detail := fmt.Sprintf("exit %d, %s", o.Exit, count(len(o.Mutations), "mutation"))
		if !r.record(i.String(), detail, firstOf(wrongExit(o, 0), strayFile(w, o), carelessEdit(w, o)), o) {
			return false, nil
		}
		q.runs = append(q.runs, o)
	}
	return true, nil
}

// comparePlan runs the plan's commands on a farm of their own and holds what the scripts did against them.
func (r *rehearsal) comparePlan(done []Mutation) error {
	const name = "the scripts did exactly the plan's commands"
	r.announce(name)
	_, planned, err := r.enact(r.forward.start, &r.bundle.plan)
	if err != nil {
		return fmt.Errorf("the plan's command %w", err)
	}
	complaint, culprit := compare(planned, done)
	o := outcome{Mutations: done, culprit: culprit}
	r.record(name, fmt.Sprintf("%s, %s", count(len(planned), "command"), count(len(done), "mutation")), complaint, o)
	return nil
}

// rehearseAgain is part 3: every script once more, and nothing happens.
func (r *rehearsal) rehearseAgain() error {
	w := r.forward.end()
	for _, done := range r.forward.runs {
		r.announce(done.String())
		o, err := r.run(w, done.invocation, manner{})
		if err != nil {
			return err
		}
		r.record(done.String(), fmt.Sprintf("exit %d, no mutation", o.Exit), firstOf(wrongExit(o, 0), anyMutation(o), different(r.forward.end(), o.after)), o)
		w = o.after
	}
	return nil
}

// rehearseBackOut is part 4.
func (r *rehearsal) rehearseBackOut() error {
	r.backward.start = r.forward.end()
	passed, err := r.playSequence(&r.backward, backOuts(r.forward.upTo(len(r.forward.runs))))
	if err != nil || !passed {
		return err
	}
	if !r.record("the farm after the back-out", "as it was before, web.config byte for byte", different(r.forward.start, r.backward.end()), r.backward.whole()) {
		return nil
	}
	if err := r.nothingLeftBehind(); err != nil {
		return err
	}
	if err := r.backOutOfForeignEdit(); err != nil {
		return err
	}
	return r.forwardAgain()
}

// nothingLeftBehind looks for what a back-out may leave where the farm's state does not show it, a follow-up that
// is still due above all: under -WhatIf each script says the same as on the fresh farm.
func (r *rehearsal) nothingLeftBehind() error {
	for _, first := range r.preview {
		name := fmt.Sprintf("%s -WhatIf after the back-out", first.invocation)
		r.announce(name)
		o, err := r.run(r.backward.end(), first.invocation, manner{whatIf: true})
		if err != nil {
			return err
		}
		r.record(name, "says what it said on the fresh farm", firstOf(wrongExit(o, first.Exit), otherWords(first, o)), o)
	}
	return nil
}

// backOutOfForeignEdit has somebody else edit web.config after the change: the back-out takes the two keys away and
// leaves that edit alone.
func (r *rehearsal) backOutOfForeignEdit() error {
	for n, done := range r.backward.runs {
		path := webConfigPath(done.host)
		if !slices.ContainsFunc(done.moments, isFile) {
			continue
		}
		name := fmt.Sprintf("%s, where somebody else has edited web.config since", done.invocation)
		r.announce(name)
		w := r.before(r.backward, n)
		w.files = maps.Clone(w.files)
		w.files[path] = foreignEdit(w.files[path])
		o, err := r.run(w, done.invocation, manner{})
		if err != nil {
			return err
		}
		complaint := wrongExit(o, 0)
		if complaint == "" && o.after.files[path] != foreignEdit(r.forward.start.files[path]) {
			complaint = "web.config is not what it was before the change, with the other person's edit"
		}
		r.record(name, "only the two keys are as they were before", complaint, o)
		return nil
	}
	return nil
}

// foreignEdit is what somebody else did to web.config.
func foreignEdit(data string) string {
	return strings.Replace(data, `debug="false"`, `debug="true"`, 1)
}

// forwardAgain goes through the whole change a second time, after its back-out.
func (r *rehearsal) forwardAgain() error {
	again := sequence{start: r.backward.end()}
	for _, done := range r.forward.runs {
		r.announce("again " + done.String())
		o, err := r.run(r.follow(again.end(), done.invocation), done.invocation, manner{})
		if err != nil {
			return err
		}
		r.record("again "+done.String(), fmt.Sprintf("exit %d, %s", o.Exit, count(len(o.Mutations), "mutation")), firstOf(wrongExit(o, 0), otherMutations(done, o)), o)
		again.runs = append(again.runs, o)
	}
	r.record("the farm after the second run", "as after the first", different(r.forward.end(), again.end()), again.whole())
	return nil
}
