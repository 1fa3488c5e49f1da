package compare

import (
	"fmt"
	"slices"

	"lyncowa/internal/plan"
)

// StepDifference is one step that only one side has or that is not the same on both.
type StepDifference struct {
	Order  int     `json:"order"`
	ID     string  `json:"id"`
	Title  string  `json:"title"`
	Kind   Kind    `json:"kind"`
	Values []Value `json:"values"`
}

// Value is one value that differs, old beside new. Of an entry of a list that only one side has, the other is "".
type Value struct {
	Field string `json:"field"` // as plan.json calls it
	On    string `json:"on"`    // of a command: the host or role that it runs on; otherwise ""
	Old   string `json:"old"`
	New   string `json:"new"`
}

// planValues compares what stands above the steps. The digest of the topology is left out: it follows from the text.
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
	v.text("script", old.Script, new.Script)
	v.text("backOut", old.BackOut, new.BackOut)
	v.list("commands", commands(old.Commands), commands(new.Commands))
	v.text("impact", old.Impact.String(), new.Impact.String())
	v.text("rights", old.Rights, new.Rights)
	v.text("undo", old.Undo, new.Undo)
	v.list("sources", entries(old.Sources), entries(new.Sources))
	return v
}

// values collects what differs.
type values []Value

func (v *values) text(field, old, new string) {
	if old != new {
		*v = append(*v, Value{Field: field, Old: old, New: new})
	}
}

// number compares two numbers of which 0 stands for none.
func (v *values) number(field string, old, new int) {
	if old != new && old != 0 && new != 0 {
		v.text(field, fmt.Sprint(old), fmt.Sprint(new))
	}
}

// entry is one of a list; a command stands on a host.
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

// list compares two lists. What went and what came in the same place on the same host stands side by side.
func (v *values) list(field string, old, new []entry) {
	kept := common(old, new)
	kept = append(kept, match{len(old), len(new)})
	from := match{}
	for _, at := range kept {
		v.gap(field, old[from.old:at.old], new[from.new:at.new])
		from = match{at.old + 1, at.new + 1}
	}
}

// gap pairs the entries between two that both lists have.
func (v *values) gap(field string, gone, come []entry) {
	come = slices.Clone(come)
	for _, was := range gone {
		is := slices.IndexFunc(come, func(e entry) bool { return e.on == was.on })
		if is < 0 {
			*v = append(*v, Value{Field: field, On: was.on, Old: was.text})
			continue
		}
		*v = append(*v, Value{Field: field, On: was.on, Old: was.text, New: come[is].text})
		come = slices.Delete(come, is, is+1)
	}
	for _, e := range come {
		*v = append(*v, Value{Field: field, On: e.on, New: e.text})
	}
}
