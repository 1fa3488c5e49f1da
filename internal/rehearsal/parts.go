package rehearsal

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// rehearseWhatIf is part 1: every changing script under -WhatIf on the farm before the change. A script
// whose predecessor has not run may refuse; it may not change or write anything.
func (r *rehearsal) rehearseWhatIf() error {
	for _, i := range r.bundle.runSheet(r.forward.start.farm) {
		if !i.changes() {
			continue
		}
		o, err := r.expectHarmless(r.forward.start, i, "on "+r.farmName(), 0, 2)
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
	passed, err := r.playSequence(&r.forward, r.bundle.runSheet(r.forward.start.farm))
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
	_, err := r.through(r.forward.end(), r.forward.upTo(len(r.forward.runs)), "", func(o outcome) (string, string) {
		return fmt.Sprintf("exit %d, no mutation", o.Exit), firstOf(anyMutation(o), different(r.forward.end(), o.after))
	})
	return err
}

// through runs scripts one after the other from a world on, a case a script, whatever becomes of each. judge gives what
// was seen and what is wrong with it beside the exit code.
func (r *rehearsal) through(w world, list []invocation, prefix string, judge func(outcome) (detail, complaint string)) (sequence, error) {
	q := sequence{start: w}
	for _, i := range list {
		r.announce(prefix + i.String())
		o, err := r.run(r.follow(q.end(), i), i, manner{})
		if err != nil {
			return q, err
		}
		detail, complaint := judge(o)
		r.record(prefix+i.String(), detail, firstOf(wrongExit(o, 0), complaint), o)
		q.runs = append(q.runs, o)
	}
	return q, nil
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
		r.record(name, "says what it said on "+strings.Replace(r.farmName(), "a fresh", "the fresh", 1), firstOf(wrongExit(o, first.Exit), otherWords(first, o)), o)
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
	n := 0
	again, err := r.through(r.backward.end(), r.forward.upTo(len(r.forward.runs)), "again ", func(o outcome) (string, string) {
		n++
		return fmt.Sprintf("exit %d, %s", o.Exit, count(len(o.Mutations), "mutation")), otherMutations(r.forward.runs[n-1], o)
	})
	if err == nil {
		r.record("the farm after the second run", "as after the first", different(r.forward.end(), again.end()), again.whole())
	}
	return err
}

// rehearseEnding holds the farm after the change against what the change is for: the farm that it is to lead to, and
// the way there from another beginning.
func (r *rehearsal) rehearseEnding() error {
	kind, err := r.bundle.kind()
	if err != nil {
		return err
	}
	if kind.end != nil && r.bundle.inventory == nil {
		wanted, err := r.tell(kind.end)
		if err != nil {
			return err
		}
		detail := "as integrate leaves it"
		if kind.off {
			detail = "with nothing of the topology left, and with all that is other people's"
		}
		r.record("the farm after the change", detail, differentFarm(wanted, r.forward.end()), r.forward.whole())
	}
	if r.bundle.plan.Grows() {
		r.record("servers of the earlier topology", "untouched, and OWA there not restarted", touched(r.bundle.plan.ServersBefore(), r.forward), r.forward.whole())
	}
	if r.bundle.promisesPresence() {
		r.record("users who sign in on each server", "as the change promises", r.wrongPresence(r.forward.end()), r.forward.whole())
	}
	if kind.before == nil {
		return nil
	}
	before, err := r.tell(kind.before)
	if err != nil {
		return err
	}
	after, err := r.tell(kind.after)
	if err != nil {
		return err
	}
	return r.rehearseElsewhere(before, after)
}

// touched complains about a server that a sequence has changed, or on which it has restarted OWA.
func touched(servers []plan.Server, q sequence) string {
	before, after := q.start.farm, q.end().farm
	for _, s := range servers {
		was, is := before.settled(), after.settled()
		owa := func(f *Farm) []VirtualDirectory {
			return slices.DeleteFunc(slices.Clone(f.Exchange.VirtualDirectories), func(d VirtualDirectory) bool { return d.Server != shortName(s.FQDN) })
		}
		config := webConfigPath(s.FQDN)
		switch {
		case !reflect.DeepEqual(was.host(s.FQDN), is.host(s.FQDN)), !reflect.DeepEqual(was.server(s.FQDN), is.server(s.FQDN)),
			!reflect.DeepEqual(owa(was), owa(is)), q.start.files[config] != q.end().files[config]:
			return s.FQDN + " has changed, and the change is not about it"
		case before.host(s.FQDN).AppPool.RecycledAt != after.host(s.FQDN).AppPool.RecycledAt:
			return "OWA was restarted on " + s.FQDN + ", and the change is not about it"
		}
	}
	return ""
}

// differentFarm complains about a farm that is not as it should be, whoever made it so: but for files and the reasons of
// setting overrides.
func differentFarm(wanted, got world) string {
	anonymous := func(w world) tree {
		return w.settled().without(func(name string) bool { return strings.HasPrefix(name, "hosts/") || strings.HasSuffix(name, "/reason") })
	}
	return unlike(anonymous(wanted).differences(anonymous(got)))
}

// rehearseElsewhere runs the scripts on another farm than the one of the other cases.
func (r *rehearsal) rehearseElsewhere(before, after world) error {
	q, err := r.through(before, r.bundle.runSheet(before.farm), "on a farm that is integrated already, or was once: ", func(o outcome) (string, string) {
		return fmt.Sprintf("exit %d, %s", o.Exit, count(len(o.Mutations), "mutation")), ""
	})
	if err == nil {
		r.record("that farm afterwards", "as it should be", firstOf(different(after, q.end()), r.wrongPresence(q.end())), q.whole())
	}
	return err
}

// wrongPresence complains about a server on which a user who signs in sees other people's presence, or sees none,
// against what the change promises. OWA that initialised instant messaging before the change keeps it until a recycle.
func (r *rehearsal) wrongPresence(w world) string {
	kind, err := r.bundle.kind()
	if err != nil {
		return err.Error()
	}
	w = r.signIn(w)
	for _, server := range r.bundle.plan.Servers() {
		h := w.farm.host(server.FQDN)
		switch present := w.farm.present(server.FQDN, *server.Pool); {
		case kind.off && h.AppPool.Initialised:
			return "instant messaging still runs on " + server.FQDN + ": OWA has not been recycled since it was switched off"
		case !kind.off && !present:
			return fmt.Sprintf("instant messaging does not work on %s, where OWA has %q and %q", server.FQDN, h.AppPool.ServerName, h.AppPool.Thumbprint)
		}
	}
	return ""
}
