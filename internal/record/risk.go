package record

// risk says who notices what, and what can go wrong.
func (r subject) risk() section {
	c := r.Topology.Change
	var blocks []block
	blocks = append(blocks, paragraphs("Risk, as assessed by the requester", c.Risk)...)
	blocks = append(blocks, paragraphs("User impact, as assessed by the requester", c.UserImpact)...)
	if r.planned(enableStep) {
		blocks = append(blocks, warning("Other people's changes go live", say("Step %s enables whatever was last published in the Lync topology. Changes that somebody else has published and not enabled take effect with it, and the back-out does not take those back. Ask everybody who may publish before the window.", r.number(enableStep))))
	}
	return section{ID: "risk", Title: "Risk and user impact", Blocks: append(blocks, r.interruptions(), r.risks())}
}

func (r subject) interruptions() block {
	t := newTable("What people notice during the change", "When", "Who", "What")
	t.rowIf(r.planned(enableStep), say("Step %s", r.number(enableStep)), say("Nobody by this change itself"), say("Other people's waiting topology changes go live: what users notice of those is known only to their authors."))
	t.rowIf(r.planned(directoryStep) && r.planned(settingsStep), say("From step %s until their server has been through step %s", r.number(directoryStep), r.number(settingsStep)), say("OWA users whose policy already allows instant messaging"), say("A sign-in can show a blank presence or an error about instant messaging. Keep the time between the steps short."))
	t.rowIf(r.planned(settingsStep), say("Step %s, at the recycle", r.number(settingsStep)), say("OWA users with a session on that server"), say("The session is interrupted for a moment; unsaved text can be lost. One server at a time, and only where something changed."))
	t.rowIf(r.planned(policyStep), say("After step %s", r.number(policyStep)), say("Every OWA user with such a policy, also those whose servers are not part of this change"), say("Where the server is integrated: presence and chat. Where it is not: a blank presence and an error at sign-in."))
	t.rowIf(len(r.backOuts()) > 0, say("During a back-out"), say("The same people"), r.backOutImpact())
	return t.block()
}

func (r subject) backOutImpact() prose {
	if r.planned(settingsStep) {
		return say("The same once more: OWA is recycled again on each server that goes back.")
	}
	return say("The same once more.")
}

// risks are what can go wrong and what stands against it.
func (r subject) risks() block {
	t := newTable("What can go wrong", "Risk", "What stands against it", "If it happens")
	t.rowIf(r.planned(settingsStep), say("The certificate is not one that both sides accept"), say("Step %s checks presence, key, dates, status and names on every server; step %s checks again", r.number(checkExchange), r.number(settingsStep)), say("Presence stays blank: section \"Verification\", then back-out"))
	t.rowIf(r.trusts(), say("Lync knows a server twice: by its trusted application pool and by discovery"), say("Steps %s and %s look for SipName dial plans of the servers; step %s looks at event 44024 where it can, and asks otherwise", r.number(checkExchange), r.number(settingsStep), r.number(checkLync)), say("OWA integration stops on that server; a change of its own removes one of the two entries"))
	t.rowIf(r.discovers(), say("A colocated server has an entry made by hand as well"), say("Step %s looks for trusted application pools and computers of that name and refuses", r.number(checkLync)), say("A change of its own removes the manual entry; this one stops"))
	t.rowIf(r.discovers(), say("A server that is called colocated is not discovered"), say("Steps %s, %s and %s look for both UM services and a SipName dial plan, each as far as it sees them, and refuse otherwise", r.number(checkExchange), r.number(directoryStep), r.number(settingsStep)), say("The topology is corrected and approved anew"))
	t.rowIf(r.planned(enableStep), say("Replication does not finish"), say("Step %s waits with a deadline and then stops with exit code 3", r.number(enableStep)), say("Mend replication, run step %s again: it goes on waiting", r.number(enableStep)))
	t.rowIf(r.webConfig(), say("web.config is damaged"), say("The script edits two keys in place, parses the result, compares everything else and replaces the file in one move; the old bytes are kept"), say("Back-out of step %s restores the captured file", r.number(settingsStep)))
	t.rowIf(r.webConfig(), say("A later cumulative update of Exchange overwrites web.config"), say("Nothing in this change can prevent it"), say("Instant messaging in OWA is gone after the update until the two keys are written again: plan it with each update"))
	t.rowIf(r.planned(trustStep), say("The configuration export gets into wrong hands"), say("It lies in the evidence folder on the computer that ran step %s, and only there", r.number(trustStep)), say("It holds secrets of the deployment: restrict the folder, delete it when the change is closed"))
	t.rowIf(len(r.changing()) > 0, say("A step breaks off half-way"), say("Every step can be run again and does only what is missing; what was there before is captured first and never overwritten"), say("Run it again, or back out"))
	t.rowIf(len(r.changing()) > 0, say("A file is edited between approval and execution"), say("Every script compares the folder with its sums first, every changing one with the approved digest too; `approval.md` says how to check it without the scripts"), say("The script refuses; copy the approved folder again"))
	return t.block()
}
