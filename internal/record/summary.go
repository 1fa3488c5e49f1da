package record

import (
	"fmt"
	"strings"
)

// summary is for the reader who has one minute.
func (r subject) summary() section {
	t := newQuietTable("At a glance", "Question", "Answer")
	t.row(say("What is asked for?"), say("Approval to run the scripts of this folder, exactly as they are. What is approved is one number, the digest; it stands in `approval.md`."))
	t.row(say("What does it do?"), r.purpose())
	t.row(say("How large is it?"), say("%s", r.size()))
	t.row(say("Who notices it?"), r.noticed())
	t.row(say("Does anything change on the Lync side?"), r.lyncAnswer())
	t.rowIf(r.removes(), say("Is anything destroyed?"), say("**Yes:** the trusted application pools that this record names go, each with its computers and its application. They are captured first. The scripts refuse a pool that holds anything else."))
	t.row(say("Can it be taken back?"), r.backOutAnswer())
	t.row(say("When?"), r.window())
	t.rowIf(!r.onlyReads(), say("How long?"), r.duration())
	return section{ID: "summary", Title: "At a glance", Blocks: []block{sealed(), t.block()}}
}

func (r subject) window() prose {
	c := r.Topology.Change
	return join(say("from "), orBlank(c.WindowStart), say(" to "), orBlank(c.WindowEnd))
}

func (r subject) purpose() prose {
	if r.onlyReads() {
		return say("It changes nothing: every step only reads. Section \"Skipped steps\" says why there is nothing to do; what is in effect is verified.")
	}
	return say(r.about().purpose, r.Versions.LyncProduct())
}

// size counts what the change is about.
func (r subject) size() string {
	parts := []string{count(len(r.pools()), "OWA pool")}
	if !r.switchesOff() {
		parts = append(parts, count(len(r.servers()), "Exchange Mailbox server"))
	}
	if r.planned(directoryStep) {
		directories := "the OWA virtual directories of the whole organisation"
		if scope := r.ClientAccess(); !scope.All {
			directories = count(len(scope.Names), "Client Access server")
		}
		parts = append(parts, directories)
	}
	if !r.switchesOff() {
		parts = append(parts, count(len(r.registrars()), "Lync pool"))
	}
	return fmt.Sprintf("%s; %s.", strings.Join(parts, ", "), count(len(r.changing()), "changing step"))
}

func (r subject) noticed() prose {
	if r.onlyReads() {
		return say("Nobody: every step only reads.")
	}
	p := say(r.about().noticed)
	if r.planned(policyStep) {
		p = join(p, say(" "), r.policyUsers())
	}
	if r.switchesOn() && r.planned(settingsStep) {
		p = join(p, say(" Between steps %s and %s a sign-in can show a blank presence or an error.", r.number(directoryStep), r.number(settingsStep)))
	}
	return p
}

// policyUsers are the users of the mailbox policies that the change touches.
func (r subject) policyUsers() prose {
	const effect = ": presence and chat at a later sign-in; a blank presence and an error where their server is not integrated."
	if r.Topology.MailboxPolicies.All {
		return say("**Every OWA user of the organisation**, because every mailbox policy is touched" + effect)
	}
	return say("Every user with the mailbox policy %s"+effect, strings.Join(r.Topology.MailboxPolicies.Names, " or "))
}

func (r subject) lyncAnswer() prose {
	if !r.planned(enableStep) {
		return say(r.about().lyncSide)
	}
	return say("Yes, the Lync topology. And enabling it puts into effect **whatever was last published**, also changes of other people that still wait.")
}

func (r subject) backOutAnswer() prose {
	if len(r.backOuts()) == 0 {
		return say("There is nothing to take back: no step changes anything.")
	}
	answer := join(say("Yes, with %s made for this topology. ", count(len(r.backOuts()), "back-out script")), say(r.about().takeBack))
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
