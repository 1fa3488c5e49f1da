package record

import (
	"fmt"
	"strings"

	"lyncowa/internal/plan"
)

// summary is for the reader who has one minute.
func (r subject) summary() section {
	t := newQuietTable("At a glance", "Question", "Answer")
	t.row(say("What is asked for?"), say("Approval to run the scripts of this folder, exactly as they are. What is approved is one number, the digest; it stands in `approval.md`."))
	t.row(say("What does it do?"), r.purpose())
	t.row(say("How large is it?"), say("%s", r.size()))
	t.row(say("Who notices it?"), r.noticed())
	t.row(say("Does the Lync topology change?"), r.topologyAnswer())
	t.row(say("Can it be taken back?"), r.backOutAnswer())
	t.row(say("When?"), r.window())
	return section{ID: "summary", Title: "At a glance", Blocks: []block{t.block()}}
}

func (r subject) window() prose {
	c := r.Topology.Change
	return join(say("from "), orBlank(c.WindowStart), say(" to "), orBlank(c.WindowEnd))
}

// purposes say in plain words what each kind of change is for.
var purposes = map[plan.Change]string{
	plan.Integrate: "It joins Outlook Web App (OWA) to %s, so that people who work in OWA see who is available and can chat from there.",
}

func (r subject) purpose() prose {
	if text, known := purposes[r.Change]; known {
		return say(text, r.lync())
	}
	var titles []string
	for _, s := range r.changing() {
		titles = append(titles, s.Title)
	}
	return say("%s.", strings.Join(titles, "; "))
}

func (r subject) size() string {
	directories := "the OWA virtual directories of the whole organisation"
	if scope := r.ClientAccess(); !scope.All {
		directories = count(len(scope.Names), "Client Access server")
	}
	return fmt.Sprintf("%s, %s, %s, %s; %s.", count(len(r.Topology.Pools), "OWA pool"), count(len(r.Servers()), "Exchange Mailbox server"),
		directories, count(len(r.Registrars()), "Lync pool"), count(len(r.changing()), "changing step"))
}

func (r subject) noticed() prose {
	if !r.planned(settingsStep) {
		return say("No interruption is expected.")
	}
	return say("Whoever is signed in to OWA on a Mailbox server while its OWA application pool is recycled: a short interruption, once on each server, and unsaved text can be lost.")
}

func (r subject) topologyAnswer() prose {
	if !r.planned(enableStep) {
		return say("No. Nothing is written to the Central Management Store.")
	}
	return say("Yes. And enabling it puts into effect **whatever was last published**, also changes of other people that still wait.")
}

func (r subject) backOutAnswer() prose {
	if len(r.backOuts()) == 0 {
		return say("There is nothing to take back: no step changes anything.")
	}
	answer := say("Yes, step by step, with %s made for this topology. Each takes back only what this change did.", count(len(r.backOuts()), "back-out script"))
	if r.planned(enableStep) {
		answer = append(answer, say(" Topology changes of other people that went live in step %s stay.", r.number(enableStep))...)
	}
	return answer
}

// number is the number of a step, as text.
func (r subject) number(id string) string {
	s, _ := r.Step(id)
	return fmt.Sprint(s.Order)
}
