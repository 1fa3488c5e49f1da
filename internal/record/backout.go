package record

import (
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// backOuts are the steps that have a back-out, the last one first.
func (r subject) backOuts() []plan.Step {
	var steps []plan.Step
	for _, s := range r.Steps {
		if s.BackOut != "" {
			steps = append(steps, s)
		}
	}
	slices.Reverse(steps)
	return steps
}

// backOut is when to go back, in which order, and what is restored.
func (r subject) backOut() section {
	s := section{ID: "back-out", Title: "Back-out plan"}
	if len(r.backOuts()) == 0 {
		s.Blocks = []block{paragraph(say("Nothing to back out: no step changes anything."))}
		return s
	}
	s.Sections = []section{
		{ID: "back-out-trigger", Title: "When to back out", Blocks: r.triggers()},
		{ID: "back-out-order", Title: "Order, scripts and restored state", Blocks: []block{r.backOutTable(), r.backOutLines(), ordered(r.backOutRules()...)}},
		{ID: "back-out-rest", Title: "What a back-out does not bring back", Blocks: []block{bullets(r.remains()...)}},
	}
	return s
}

func (r subject) triggers() []block {
	return []block{
		sealed(),
		bullets(
			say("A step ends with exit code 3, and running the same line again does not finish it."),
			say("A verification fails, and its cause is not found before the time below."),
			say("Users report trouble that this record does not announce."),
			say("The owner of the change says so."),
		),
		paragraph(join(say("Latest time to begin a back-out inside the window: "), blank(), say("  Decided by: "), blank())),
	}
}

func (r subject) backOutTable() block {
	t := newTable("Back-out, the last step first; only steps that were run", "Order", "Takes back", "Where", "State afterwards")
	for i, s := range r.backOuts() {
		t.row(say("%s", decimal(i+1)), say("step %s: %s", decimal(s.Order), s.Title), r.backOutPlace(s), plain(s.Undo))
	}
	return t.block()
}

func (r subject) backOutLines() block {
	var lines []string
	for _, s := range r.backOuts() {
		lines = append(lines, plan.RunLine(s.BackOut, digestFromTicket))
	}
	return block{Listing: &listing{Caption: say("To run, in this order, each with `-WhatIf` first, with the digest from the ticket"), Language: "powershell", Text: strings.Join(lines, "\n")}}
}

func (r subject) backOutPlace(s plan.Step) prose {
	if s.PerServer {
		return say("%s, where step %s ran", r.where(s), decimal(s.Order))
	}
	return say("the computer that ran step %s", decimal(s.Order))
}

func (r subject) backOutRules() []prose {
	rules := []prose{
		say("Use the same folder and the same evidence folder as before: a back-out restores what was captured there, and refuses where nothing was captured."),
		say("With `-WhatIf` first, then without; stop at any exit code but 0. A back-out can be run again from any point."),
	}
	if r.renews() {
		rules = append(rules, say("The old certificate has to be on the server and within its dates: look before you begin."))
	}
	if r.planned(enableStep) {
		rules = append(rules, say("Step %s has no script of its own: the back-out of step %s enables the topology itself. Ask again beforehand whether somebody's changes are waiting. It waits for replication, up to 15 minutes.", r.number(enableStep), r.number(trustStep)))
	}
	if r.writesOverride() {
		rules = append(rules, say("The back-out of step %s takes the setting override back for all of its servers, on the server where it was made; it waits up to 15 minutes on each server until that has come there.", r.number(settingsStep)))
	}
	return rules
}

func (r subject) remains() []prose {
	items := []prose{say("The folder `evidence` and the entries in event logs. The evidence of a step is archived, not deleted.")}
	if r.planned(enableStep) {
		items = append(items, say("Topology changes of other people that step %s put into effect: only their authors can take those back.", r.number(enableStep)))
	}
	if r.creates() {
		items = append(items, say("A trusted application pool, computer or application that was there before this change: it stays as it was. A pool that holds something that this change did not create is not removed; the script refuses and names it."))
	}
	if r.removes() {
		items = append(items, say("What Lync itself gives to a pool and an application when they are made, such as internal identifiers: they are made anew. Captured and brought back are registrar, site, the settings for replication, throttling and authentication, computers, applications and ports."))
	}
	if r.renews() {
		items = append(items, say("A certificate: this change neither removes nor imports one, and neither does its back-out."))
	}
	if r.webConfig() {
		items = append(items, say("Changes that others made in web.config since: they stay, and only the two keys go back."))
	}
	if r.planned(settingsStep) {
		items = append(items, say("OWA sessions: each Mailbox server that goes back is recycled once more."))
	}
	return items
}
