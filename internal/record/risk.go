package record

import "strings"

// risk says who notices what, and what can go wrong.
func (r subject) risk() section {
	c := r.Topology.Change
	var blocks []block
	blocks = append(blocks, paragraphs("Risk, as assessed by the requester", c.Risk)...)
	blocks = append(blocks, paragraph(join(say("**Risk rating of the change board:** "), blank(), say("  **Residual risk:** "), r.residualRisk())))
	blocks = append(blocks, paragraphs("User impact, as assessed by the requester", c.UserImpact)...)
	if r.removes() {
		blocks = append(blocks, warning("Destructive", say("Step %s removes the trusted application pool with everything in it. The scripts refuse where it holds more than this application and these servers. What was there is captured first, and the back-out of step %s creates it again from that.", r.number(trustStep), r.number(trustStep))))
	}
	if r.planned(enableStep) {
		blocks = append(blocks, warning("Other people's changes go live", say("Step %s enables whatever was last published in the Lync topology. Changes that somebody else has published and not enabled take effect with it, and the back-out does not take those back. Ask everybody who may publish before the window.", r.number(enableStep))))
	}
	if r.renews() {
		blocks = append(blocks, warning("Keep the old certificate", r.oldCertificate()))
	}
	return section{ID: "risk", Title: "Risk and user impact", Blocks: append(blocks, r.interruptions(), r.risks())}
}

func (r subject) interruptions() block {
	t := newTable("What people notice during the change", "When", "Who", "What")
	t.rowIf(r.planned(enableStep), say("Step %s", r.number(enableStep)), say("Nobody by this change itself"), say("Other people's waiting topology changes go live: what users notice of those is known only to their authors."))
	t.rowIf(r.removes(), say("After step %s", r.number(enableStep)), say("OWA users whose mailbox is on these servers"), say("Presence and chat in OWA can come back, at a later sign-in. If they were not gone, nothing."))
	t.rowIf(r.switchesOn() && r.planned(settingsStep), say("From step %s until their server has been through step %s", r.number(directoryStep), r.number(settingsStep)), say("OWA users whose policy already allows instant messaging"), say("A sign-in can show a blank presence or an error about instant messaging. Keep the time between the steps short."))
	t.rowIf(r.switchesOff(), say("After step %s, at the next sign-in", r.number(directoryStep)), r.whoSignsIn(), say("No presence and no chat in OWA any more. Who saw a blank presence and an error at each sign-in no longer does."))
	t.rowIf(r.planned(settingsStep), say("Step %s, at the recycle", r.number(settingsStep)), say("OWA users with a session on that server"), say("The session is interrupted for a moment; unsaved text can be lost. Recycles go %s.", r.whichRecycle()))
	t.rowIf(r.planned(policyStep), say("After step %s", r.number(policyStep)), say("Every OWA user with such a policy, also those whose servers are not part of this change"), say("Where the server is integrated: presence and chat. Where it is not: a blank presence and an error at sign-in."))
	t.rowIf(len(r.backOuts()) > 0, say("During a back-out"), say("The same people"), r.backOutImpact())
	t.rowIf(len(t.Rows) == 0, say("At no time"), say("Nobody"), say("Every step only reads."))
	return t.block()
}

func (r subject) whoSignsIn() prose {
	if r.ClientAccess().All {
		return say("**Every OWA user of the organisation**")
	}
	return say("OWA users whose address leads to one of the Client Access servers of this record")
}

func (r subject) backOutImpact() prose {
	switch {
	case r.planned(settingsStep):
		return say("OWA is recycled once more on each server that goes back: the same short interruption.")
	case r.switchesOff():
		return say("At a later sign-in OWA behaves as it did before the change: presence where OWA is joined to Lync, a blank one and an error where it is not.")
	case r.removes():
		return say("The double entry is back, and OWA behaves as it did before the change. Other people's waiting topology changes go live in the back-out too.")
	default:
		return say("The same once more.")
	}
}

// risks are what can go wrong and what stands against it.
func (r subject) risks() block {
	t := newTable("What can go wrong", "Risk", "What stands against it", "If it happens")
	t.rowIf(r.planned(settingsStep), say("The certificate is not one that both sides accept"), say("Step %s checks presence, key, dates, status and names on every server; step %s checks again", r.number(checkExchange), r.number(settingsStep)), say("Presence stays blank: section \"Verification\", then back-out"))
	t.rowIf(r.writesOverride(), say("A server takes the changed setting up before its own step %s, at a restart of OWA", r.number(settingsStep)), say("Step %s has passed on all servers of the override first; step %s checks their certificates again", r.number(checkExchange), r.number(settingsStep)), say("It works with the new setting already; run step %s there all the same", r.number(settingsStep)))
	t.rowIf(r.renews() && r.writesOverride(), say("The change stops between two servers"), say("The setting override has changed for all of its servers; each goes on with the old certificate until it takes the new one up, and both are on it"), say("Run step %s on the remaining servers; a back-out takes the override back for all of them", r.number(settingsStep)))
	t.rowIf(r.renews() && !r.writesOverride(), say("The change stops between two servers"), say("Each server is switched on its own, after its new certificate was checked: it works with the old or the new certificate at any moment"), say("Run step %s on the remaining servers, or back out those that are done", r.number(settingsStep)))
	t.rowIf(r.renews(), say("The old certificate is removed or expires too early"), say("A question before the window: it stays until the change is closed"), say("Servers that are not done yet lose presence and chat in OWA: finish them; a back-out does not help"))
	t.rowIf(r.creates(), say("Lync knows a server twice: by its trusted application pool and by discovery"), say("Steps %s and %s look for SipName dial plans of the servers; steps %s and %s look at event 44024 where they can, and ask otherwise", r.number(checkExchange), r.number(settingsStep), r.number(checkLync), r.number(trustStep)), say("OWA integration stops on that server; a change of its own removes one of the two entries"))
	t.rowIf(r.keeps() && r.trusts() && r.planned(settingsStep), say("A server of a trusted application pool has come into a SipName dial plan since, so that Lync knows it twice"), say("Steps %s and %s look for SipName dial plans of the servers and do not go on", r.number(checkExchange), r.number(settingsStep)), say("It is taken out of the dial plan, or the decision on its trusted application pool is taken again"))
	t.rowIf(r.switchesOn() && r.discovers(), say("A colocated server has an entry made by hand as well"), say("Step %s looks for trusted application pools and computers of that name and does not pass; step %s looks again", r.number(checkLync), r.number(verifyLync)), say("The change `remove-duplicate` takes the manual entry out; this one stops"))
	t.rowIf(r.switchesOn() && r.discovers(), say("A server that is called colocated is not discovered"), say("Steps %s, %s and %s look for both UM services and a SipName dial plan, each as far as it sees them, and do not go on otherwise", r.number(checkExchange), r.number(directoryStep), r.number(settingsStep)), say("The topology is corrected and approved anew"))
	t.rowIf(r.removes(), say("Lync does not discover a server, and forgets it when the manual entry goes"), say("Step %s looks for both UM services and a SipName dial plan on each server; steps %s and %s look for each of them in event 44024 where they can, and ask otherwise", r.number(checkExchange), r.number(checkLync), r.number(trustStep)), say("Presence stays blank: back-out of step %s", r.number(trustStep)))
	t.rowIf(r.removes(), say("The pool holds something that somebody else needs"), say("Steps %s and %s look for other applications, computers and endpoints in it and do not go on", r.number(checkLync), r.number(trustStep)), say("Find the owner; this change cannot remove the pool"))
	t.rowIf(r.removes(), say("The second entry was not why presence was blank"), say("Step %s and the pilot users show it", r.number(verifyLync)), say("Section \"Verification\" has the other causes; the entry need not come back for that"))
	t.rowIf(r.switchesOff(), say("Somebody still needs presence in OWA"), say("A question before the window"), say("Back-out of step %s", r.number(directoryStep)))
	t.rowIf(r.switchesOff() && !r.ClientAccess().All, say("A Client Access server behind the OWA address is not among those named"), say("A question before the window"), say("Its users go on seeing what they saw; add it to the topology and have that approved"))
	t.rowIf(r.switchesOff() && r.ClientAccess().All, say("A site whose OWA is joined to Lync loses presence too"), say("`clientAccessServers: all` was asked for; step %s shows every virtual directory with `-WhatIf`", r.number(directoryStep)), say("Back-out of step %s restores each virtual directory as it was", r.number(directoryStep)))
	t.rowIf(r.planned(enableStep), say("Replication does not finish"), say("Step %s waits 15 minutes and then stops with exit code 3", r.number(enableStep)), say("Mend replication, run step %s again: it goes on waiting", r.number(enableStep)))
	t.rowIf(r.webConfig(), say("web.config is damaged"), say("The script edits two keys in place, parses the result, compares everything else and replaces the file in one move; the old bytes are kept"), say("Back-out of step %s restores the captured file", r.number(settingsStep)))
	t.rowIf(r.webConfig(), say("A later cumulative update of Exchange overwrites web.config"), say("Nothing in this change can prevent it"), say("Instant messaging in OWA is gone after the update until the two keys are written again: plan the change `reapply` with each update"))
	t.rowIf(r.planned(trustStep), say("The configuration export gets into wrong hands"), say("It lies in the evidence folder on the computer that ran step %s, and only there", r.number(trustStep)), say("It holds secrets of the deployment: restrict the folder, delete it when the change is closed"))
	t.rowIf(!r.onlyReads(), say("A step breaks off half-way"), say("Every step can be run again and does only what is missing; what was there before is captured first and never overwritten"), say("Run it again, or back out"))
	t.rowIf(!r.onlyReads(), say("A file is edited between approval and execution"), say("Every script compares the folder with its sums first, every changing one with the approved digest too. An edited script can drop that check: `approval.md` says how to check from outside, first"), say("Run nothing; copy the approved folder again"))
	t.rowIf(len(t.Rows) == 0, say("None"), say("Every step only reads"), say("Nothing to take back"))
	return t.block()
}

// oldCertificate says who still needs it.
func (r subject) oldCertificate() prose {
	needs := "servers that are not done yet work with it"
	if r.writesOverride() {
		needs = "a server that has not taken the new setting up yet works with it"
	}
	return say("Do not remove it from any Mailbox server before this change is closed: " + needs + ", and the back-out returns to it. Once it has expired, going back does not help.")
}

// residualRisk is what stays possible in spite of all checks, in one line.
func (r subject) residualRisk() prose {
	var parts []string
	add := func(applies bool, text string) {
		if applies {
			parts = append(parts, text)
		}
	}
	add(r.planned(enableStep), "other people's topology changes that go live in step "+r.number(enableStep)+" cannot be taken back by this change")
	add(r.planned(settingsStep), "unsaved text in OWA can be lost at a recycle")
	add(r.planned(policyStep), "users with these policies on servers that are not integrated see a blank presence and an error")
	add(r.switchesOff(), "somebody who still needs presence in OWA loses it until the back-out")
	add(len(parts) == 0, "none that this change brings: every step only reads")
	return say("%s.", strings.Join(parts, "; "))
}
