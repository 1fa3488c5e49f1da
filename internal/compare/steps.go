package compare

import (
	"fmt"
	"slices"

	"github.com/aymanbagabas/go-udiff/lcs"

	"lyncowa/internal/plan"
)

// StepDifference is one step that only one side has, or that differs.
type StepDifference struct {
	Order  int     `json:"order"`
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Kind   Kind    `json:"kind"`
	Values []Value `json:"values"`
}

// Value is one value that differs. If only one side has an entry of a list, the value of the other side is "".
type Value struct {
	Field string `json:"field"` // its name in plan.json
	On    string `json:"on"`    // of a command: the host or role that it runs on; otherwise ""
	Old   string `json:"old"`
	New   string `json:"new"`
}

// steps compares step by step, in the order of the plans.
func steps(old, new *plan.Plan) []StepDifference {
	var all []StepDifference
	for _, s := range old.Steps {
		other, found := new.Step(s.ID)
		switch {
		case !found:
			all = append(all, difference(Removed, s, s, plan.Step{}))
		case len(stepValues(s, other)) > 0:
			all = append(all, difference(Changed, other, s, other))
		}
	}
	for _, s := range new.Steps {
		if _, found := old.Step(s.ID); !found {
			all = append(all, difference(Added, s, plan.Step{}, s))
		}
	}
	slices.SortStableFunc(all, func(a, b StepDifference) int { return a.Order - b.Order })
	return all
}

func difference(kind Kind, shown, old, new plan.Step) StepDifference {
	return StepDifference{Order: shown.Order, ID: shown.ID, Title: shown.Title, Kind: kind, Values: stepValues(old, new)}
}

// planValues compares the fields of the plan besides the steps. It skips the digest of the topology, because the text
// of the topology shows that difference.
func planValues(old, new *plan.Plan) []Value {
	var v values
	v.text("name", old.Name, new.Name)
	v.text("change", string(old.Change), string(new.Change))
	v.text("tool", old.Tool.Name+" "+old.Tool.Version, new.Tool.Name+" "+new.Tool.Version)
	v.text("exchange", old.Versions.Exchange, new.Versions.Exchange)
	v.text("lync", old.Versions.Lync, new.Versions.Lync)
	v.list("replaces", replacements(old), replacements(new))
	return v
}

func replacements(p *plan.Plan) []entry {
	var all []entry
	for _, r := range p.Replaces {
		all = append(all, entry{on: r.Server, text: fmt.Sprintf("%s -> %s", r.Old, r.New)})
	}
	return all
}

// stepValues compares two steps, field by field in the order of plan.json.
func stepValues(old, new plan.Step) []Value {
	var v values
	v.number("order", old.Order, new.Order)
	v.text("title", old.Title, new.Title)
	v.text("kind", string(old.Kind), string(new.Kind))
	v.text("shell", string(old.Shell), string(new.Shell))
	v.text("status", string(old.Status), string(new.Status))
	v.text("reason", old.Reason, new.Reason)
	v.list("runOn", entries(old.RunOn), entries(new.RunOn))
	if old.PerServer != new.PerServer {
		v.text("perServer", fmt.Sprint(old.PerServer), fmt.Sprint(new.PerServer))
	}
	v.list("canary", entries(old.Canary), entries(new.Canary))
	v.text("after", old.After, new.After)
	v.text("script", old.Script, new.Script)
	v.text("backOut", old.BackOut, new.BackOut)
	v.list("commands", commands(old.Commands), commands(new.Commands))
	if was, is := states(old.Commands), states(new.Commands); was != nil && is != nil {
		v.list("state", was, is)
	}
	v.text("impact", old.Impact.String(), new.Impact.String())
	v.text("rights", old.Rights, new.Rights)
	v.text("undo", old.Undo, new.Undo)
	v.list("sources", entries(old.Sources), entries(new.Sources))
	return v
}

// values collects differing values.
type values []Value

func (v *values) text(field, old, new string) {
	if old != new {
		*v = append(*v, Value{Field: field, Old: old, New: new})
	}
}

// number compares two numbers. 0 means none.
func (v *values) number(field string, old, new int) {
	if old != new && old != 0 && new != 0 {
		v.text(field, fmt.Sprint(old), fmt.Sprint(new))
	}
}

// entry is one entry of a list. A command has a host.
type entry struct{ on, text string }

func entries(texts []string) []entry {
	all := make([]entry, len(texts))
	for i, text := range texts {
		all[i] = entry{text: text}
	}
	return all
}

func commands(list []plan.Command) []entry {
	all := make([]entry, len(list))
	for i, c := range list {
		all[i] = entry{c.On, c.Text}
	}
	return all
}

// states are the states of the commands that the inventories know.
func states(list []plan.Command) []entry {
	var all []entry
	for _, c := range list {
		if c.State != "" {
			all = append(all, entry{c.On, string(c.State) + ": " + c.Text})
		}
	}
	return all
}

// list compares two lists. It pairs removed and added entries at the same position on the same host.
func (v *values) list(field string, old, new []entry) {
	for _, d := range lcs.DiffLines(lines(old), lines(new)) {
		gone, come := old[d.Start:d.End], new[d.ReplStart:d.ReplEnd]
		if len(gone)+len(come) < len(old)+len(new) {
			v.list(field, gone, come) // DiffLines gives up after about 50 changes: what is left may have more in common
		} else {
			v.pair(field, gone, come)
		}
	}
}

// lines are texts for the entries. They are equal if the entries are equal.
func lines(entries []entry) []string {
	all := make([]string, len(entries))
	for i, e := range entries {
		all[i] = e.on + "\n" + e.text
	}
	return all
}

// pair pairs removed entries with added entries on the same host.
func (v *values) pair(field string, gone, come []entry) {
	come = slices.Clone(come)
	for _, was := range gone {
		is := entry{}
		if i := slices.IndexFunc(come, func(e entry) bool { return e.on == was.on }); i >= 0 {
			is = come[i]
			come = slices.Delete(come, i, i+1)
		}
		if is != was {
			*v = append(*v, Value{Field: field, On: was.on, Old: was.text, New: is.text})
		}
	}
	for _, e := range come {
		*v = append(*v, Value{Field: field, On: e.on, New: e.text})
	}
}
