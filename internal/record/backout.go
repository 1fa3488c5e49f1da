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

// verification is what has to be seen afterwards, by whom, and what to do when it is not.
func (r subject) verification() section {
	return section{ID: "verification", Title: "Verification", Sections: []section{
		{ID: "verification-criteria", Title: "Pass criteria", Blocks: []block{r.criteria()}},
		{ID: "verification-pilots", Title: "Pilot users", Blocks: r.pilots()},
		{ID: "verification-failed", Title: r.about().failed, Blocks: r.whenFailed()},
	}}
}

func (r subject) criteria() block {
	t := newQuietTable("Pass criteria", "Check", "Passes when", "Proved by")
	switch {
	case r.switchesOff():
		t.row(say("OWA virtual directories"), say("each has instant messaging switched off"), say("step %s", r.number(verifyExchange)))
	case r.planned(verifyExchange):
		r.exchangeCriteria(t)
	}
	if r.planned(verifyLync) {
		r.lyncCriteria(t)
	}
	t.rowIf(r.planned(signInStep) && !r.switchesOff(), say("Presence"), say("the icon stands beside the display name, upper right"), say("step %s, by each pilot user", r.number(signInStep)))
	t.rowIf(r.planned(signInStep) && r.switchesOff(), say("Sign-in to OWA"), say("no presence icon, and no error about instant messaging"), say("step %s, by each pilot user", r.number(signInStep)))
	return t.block()
}

func (r subject) exchangeCriteria(t *table) {
	proof := say("step %s, each Mailbox server", r.number(verifyExchange))
	t.rowIf(r.webConfig(), say("web.config of OWA"), say("both keys have the values of this record, and no recycle is due"), proof)
	t.rowIf(!r.webConfig(), say("Settings of OWA"), say("the values of this record, and no others, are in effect on that server, and no recycle is due"), proof)
	t.row(say("OWA application pool"), say("its state is Started"), proof)
	t.row(say("Event log, source `MSExchange OWA`"), r.eventCriterion(), proof)
	t.row(say("Instant messaging logs"), say("the folder `Logging\\OWA\\InstantMessaging` exists; it comes with the first sign-in, as event 112 does"), proof)
	t.row(say("OWA virtual directories, OWA mailbox policies"), r.messagingCriterion(), proof)
	t.row(say("Exchange health set `OWA.Protocol.Dep`"), say("healthy; it may lag behind for about 30 minutes, so it is a warning only, and a question where the health service gives no answer"), proof)
	t.rowIf(len(r.Topology.PilotUsers) > 0, say("Pilot users, Exchange side"), say("mailbox on Exchange %s, a SIP address, a policy with instant messaging or none at all", r.Versions.Exchange), proof)
}

func (r subject) eventCriterion() prose {
	text := "event 112 since the recycle (in the last 7 days where this change had nothing to recycle): the endpoint manager is initialised. Every warning and error since then is printed, to be read"
	if len(r.Topology.PilotUsers) > 0 {
		text += ". Where no pilot user's mailbox is active on the server, a missing event is a question, to be answered by a sign-in there"
	}
	return say(text)
}

func (r subject) messagingCriterion() prose {
	if r.keeps() {
		return say("enabled, type OCS, as they were before: this change does not set them; if they are not, run the change `integrate`")
	}
	return say("enabled, type OCS")
}

func (r subject) lyncCriteria(t *table) {
	proof := say("step %s", r.number(verifyLync))
	t.row(say("Lync pools"), say("each is a registrar, and its replicas are up to date"), proof)
	t.rowIf(r.trusts(), say("Trusted application pools"), say("each exists with its computers and its application on its port"), proof)
	t.rowIf(r.discovers(), say("Colocated servers"), say("none has an entry made by hand"), proof)
	t.row(say("Known servers"), r.knownCriterion(), say("step %s on a Front End; a question elsewhere", r.number(verifyLync)))
	t.rowIf(len(r.Topology.PilotUsers) > 0, say("Pilot users, Lync side"), say("enabled for Lync"), proof)
}

func (r subject) knownCriterion() prose {
	late := "each server is on the list of known servers; one that is not there yet is a warning, because the list is read when the service starts and when the topology changes"
	if r.trusts() {
		return say("no name in a trusted application pool is discovered as well; " + late)
	}
	return say(late)
}

func (r subject) pilots() []block {
	t := newQuietTable("Pilot users and what they saw", "Pilot user", "Sign-in at", r.about().seen, "Name, date and time")
	for _, user := range r.Topology.PilotUsers {
		t.row(say("%s", user), r.address(), empty(), empty())
	}
	if len(r.Topology.PilotUsers) == 0 {
		t.row(blank(), r.address(), empty(), empty())
	}
	text := say("Integrated fully is a user with a mailbox on Exchange %s, enabled for Lync, with a valid SIP address (P12). ", r.Versions.Exchange)
	if r.switchesOff() {
		text = nil
	}
	return []block{paragraph(join(text, say(r.about().pilots))), sealed(), t.block()}
}

// address is where a pilot user signs in: known where there is one OWA pool.
func (r subject) address() prose {
	pools := r.pools()
	if len(pools) != 1 {
		return say("the user's OWA address")
	}
	return say("https://%s/owa, or the user's OWA address", pools[0].FQDN)
}

// whenFailed is the order in which to look.
func (r subject) whenFailed() []block {
	var items []prose
	for _, item := range remedies {
		if item.applies(r) {
			items = append(items, item.text(r))
		}
	}
	blocks := []block{ordered(items...)}
	if !r.switchesOff() {
		blocks = append(blocks, paragraph(say("Lync pools whose Front Ends to look at: %s.", strings.Join(r.registrars(), ", "))))
	}
	return blocks
}

// remedies are where to look, in order (P12 to P14), each for the kinds of change that it helps with.
var remedies = []struct {
	applies func(subject) bool
	text    func(subject) prose
}{
	{subject.switchesOff, fixed("Sign out of OWA and in again: a session that is open keeps what it had.")},
	{subject.switchesOff, fixed("The Client Access server behind the user's OWA address: is it among those of this record? Active Directory has to carry the new value to its site; wait for that and sign in again.")},
	{subject.switchesOff, func(r subject) prose {
		return say("Run step %s again: a virtual directory that somebody has switched on since is named there.", r.number(verifyExchange))
	}},
	{subject.looksForIcon, func(r subject) prose {
		return say("The user: mailbox on Exchange %s, enabled for Lync, a SIP address, an OWA mailbox policy with instant messaging. Sign out and in again.", r.Versions.Exchange)
	}},
	{func(r subject) bool { return r.Change == plan.RenewCertificate }, fixed("The certificate: do the Lync Front Ends trust the authority of the new one? A server that shows presence with the old certificate and not with the new one points there.")},
	{func(r subject) bool { return r.planned(settingsStep) }, fixed("The Mailbox server of that user: event 112 of `MSExchange OWA` since the recycle, and every warning and error of that source; event 87 is an exception while the provider was loaded. A missing key logs no event, so silence proves nothing.")},
	{subject.removes, fixed("The Mailbox server of that user: event 112 of `MSExchange OWA`, and every warning and error of that source; event 87 is an exception while the provider was loaded.")},
	{subject.looksForIcon, func(r subject) prose {
		text := "The logs in `Logging\\OWA\\InstantMessaging` below the Exchange folder. If there is no such folder after a sign-in, the integration failed on that server: "
		if r.removes() {
			return say(text + "its settings are the matter of the changes `integrate` and `reapply`.")
		}
		return say(text + "check its UCMA runtime, its certificate and its two settings again.")
	}},
	{subject.looksForIcon, fixed("The Lync side: is the server on the known servers list, and once only (events 14492, 14493, 14495 of `LS Protocol Stack`, 44024 of `LS Exchange Unified Messaging Routing`)? Is replication up to date?")},
	{subject.looksForIcon, fixed("A trace of SIPStack on the Lync Front End during a sign-in, all levels and all flags.")},
	{func(r subject) bool { return len(r.backOuts()) > 0 }, fixed("If the cause is not found in time: back out.")},
}

// looksForIcon reports whether the change is to end with a presence icon.
func (r subject) looksForIcon() bool { return !r.switchesOff() }
