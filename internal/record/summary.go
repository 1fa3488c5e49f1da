package record

import (
	"fmt"
	"slices"
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

// sealed stands at the top and wherever the record has room for writing: this file is one of those that the digest
// covers.
func sealed() block {
	return warning("Sealed", say("Do not write into this file: it is sealed. Print it, or fill in a copy outside the folder, and attach that to the ticket."))
}

// identification is who, what and when, with blanks for what the topology does not say.
func (r subject) identification() section {
	c := r.Topology.Change
	t := newQuietTable("Identification", "Field", "Value")
	t.row(say("Change number"), orBlank(c.ID))
	t.row(say("Title"), orBlank(c.Title))
	t.row(say("Kind of change"), say("%s: %s", string(r.Change), r.about().inShort))
	t.row(say("Change type: standard, normal or emergency"), blank())
	t.row(say("Name of the topology"), say("%s", r.Name))
	t.row(say("Requester"), orBlank(c.Requester))
	t.row(say("Owner"), orBlank(c.Owner))
	t.row(say("Implementer"), orBlank(c.Implementer))
	t.row(say("Window from"), orBlank(c.WindowStart))
	t.row(say("Window to"), orBlank(c.WindowEnd))
	t.row(say("Service desk told: by whom, when"), blank())
	t.row(say("Post-implementation review: by whom, when"), blank())
	t.row(say("Contacts"), orBlank(oneLine(c.Contacts)))
	t.row(say("Products"), say("%s", r.products()))
	t.row(say("Folder"), say("`%s`", r.BundleName()))
	t.row(say("Made by"), say("%s %s", r.Tool.Name, r.Tool.Version))
	t.row(say("Made from"), say("`topology.yaml` in this folder, SHA-256 `%s`", r.TopologyDigest))
	t.row(say("Approved digest"), say("see `approval.md`. This record is one of the files that the digest covers, so it cannot hold it."))
	return section{ID: "identification", Title: "Identification", Blocks: []block{sealed(), t.block()}}
}

// oneLine joins the lines of a text for a table cell.
func oneLine(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}

// whatAndWhy says what the change is for, and shows it.
func (r subject) whatAndWhy() section {
	blocks := paragraphs("Reason given", r.Topology.Change.Reason)
	blocks = append(blocks, paragraph(r.purpose()))
	if text := r.about().around; text != "" && !r.onlyReads() {
		blocks = append(blocks, paragraph(say(text)))
	}
	if r.Change == plan.Integrate {
		blocks = append(blocks, paragraph(say("For that the two sides have to know and trust each other, one direction each:")), bullets(r.directions()...))
	}
	blocks = append(blocks, r.replacement()...)
	blocks = append(blocks, paragraph(say("What the change does, in order; section \"Steps in order\" has the exact commands:")), bullets(r.deeds()...), block{Picture: r.picture()})
	if r.Versions.Lync != "2013" && !r.switchesOff() {
		blocks = append(blocks, paragraph(say("Where this record says Lync, it means %s.", r.Versions.LyncProduct())))
	}
	return section{ID: "what-and-why", Title: "What and why", Blocks: blocks}
}

// directions are the two directions of trust.
func (r subject) directions() []prose {
	items := []prose{say("**OWA trusts Lync:** each Mailbox server gets the name of its Lync pool and the thumbprint of the certificate with which it identifies itself.")}
	if r.trusts() {
		items = append(items, say("**Lync trusts OWA:** the Lync topology gets a trusted application pool, the list entry by which Lync accepts the servers behind %s.", joinNames(plan.FQDNs(r.TrustedPools()))))
	}
	if r.discovers() {
		items = append(items, say("**Lync trusts OWA by discovery:** the servers behind %s run both services of Unified Messaging (UM) and stand in a SipName dial plan. Lync finds them by itself; nothing is entered by hand.", joinNames(plan.FQDNs(r.DiscoveredPools()))))
	}
	return items
}

// replacement shows the old and the new certificate of each server, as far as the old ones are given.
func (r subject) replacement() []block {
	if !r.renews() {
		return nil
	}
	if len(r.Replaces) == 0 {
		return []block{paragraph(say("The thumbprints of the old certificates were not given when this folder was made. Each server's new one stands in section \"Exchange Mailbox servers\"; the old one is captured from the server before it is replaced."))}
	}
	t := newTable("Certificate of each server, old and new", "Server", "Old thumbprint", "New thumbprint")
	old := map[string]string{}
	for _, replaced := range r.Replaces {
		old[replaced.Server] = replaced.Old
	}
	for _, s := range r.servers() {
		before := say("no other one given")
		if thumbprint, given := old[s.FQDN]; given {
			before = say("`%s`", thumbprint)
		}
		t.row(say("%s", s.FQDN), before, say("`%s`", s.Thumbprint))
	}
	return []block{t.block(), paragraph(r.alreadyRenewed())}
}

// deeds name the changing steps.
func (r subject) deeds() []prose {
	var items []prose
	for _, s := range r.changing() {
		items = append(items, join(say("Step %s: %s. ", r.number(s.ID), s.Title), r.why(s)))
	}
	if len(items) == 0 {
		items = append(items, say("Nothing is changed: every step only reads."))
	}
	return items
}

// why is the reason of a step: the plan's, but for a list of thumbprints that has a table of its own here.
func (r subject) why(s plan.Step) prose {
	if r.renews() && s.ID == settingsStep && s.Status == plan.Planned {
		return say("OWA presents to Lync the certificate whose thumbprint stands in its settings.")
	}
	if s.ID == trustStep && r.creates() && slices.ContainsFunc(r.TrustedPools(), inDialPlans) {
		return r.whyBesideDialPlans()
	}
	if before, after, names := strings.Cut(s.Reason, messagingLogs); names {
		return join(plain(before), say(" `%s`", messagingLogs), say("%s", after))
	}
	return plain(s.Reason)
}

// messagingLogs is the folder of OWA's logs below the Exchange folder.
const messagingLogs = `Logging\OWA\InstantMessaging`

func (r subject) alreadyRenewed() prose {
	if r.writesOverride() {
		return say("Each server whose setting override this change changed recycles once; where an override has the new one already, nothing is written.")
	}
	return say("A server that has the new one already is left as it is, and its OWA is not recycled.")
}

// whyBesideDialPlans is why trusted application pools are needed where the servers are in dial plans too.
func (r subject) whyBesideDialPlans() prose {
	p := say("Discovery never yields the names in these trusted application pools: %s. Lync knows them only by such an entry.", joinNames(plan.FQDNs(r.TrustedPools())))
	if !r.discovers() {
		return p
	}
	return join(p, say(" Left out, because Lync discovers their servers by itself: %s (P2).", joinNames(plan.FQDNs(r.DiscoveredPools()))))
}

// approvals leaves room for names: a person who wrote the change does not approve it.
func (r subject) approvals() section {
	c := r.Topology.Change
	t := newQuietTable("Approvals", "Role", "Name", "Decision", "Date and time", "Signature")
	sign := func(role, name prose) { t.row(role, name, empty(), empty(), empty()) }
	sign(say("Author: wrote the topology and made this folder"), orBlank(""))
	sign(say("Requester"), orBlank(c.Requester))
	sign(say("Owner of the service"), orBlank(c.Owner))
	sign(say("Technical reviewer: read the scripts; **is not the author**"), orBlank(""))
	sign(say("Approver for the change board: **is not the author**"), orBlank(""))
	sign(say("Implementer: runs the scripts"), orBlank(c.Implementer))
	return section{ID: "approvals", Title: "Approvals", Blocks: []block{
		paragraph(say("Approved is the digest, not the name of the folder. It stands in `approval.md` beside this record, with three ways to check it; write it into the ticket.")),
		paragraph(say("`approval.md` **is the one place for sign-off:** it is not sealed, and what is signed there counts. The table below is for a record on paper, and repeats it.")),
		sealed(),
		t.block(),
		paragraph(join(say("**Digest approved, as it stands in the ticket:** "), blank())),
		paragraph(r.afterwards()),
		paragraph(join(say("**Change closed, result and remarks:** "), blank())),
	}}
}

// afterwards is what becomes of the evidence when the change is closed.
func (r subject) afterwards() prose {
	if r.planned(trustStep) {
		return say("Keep the folders `evidence` until the change is closed; then delete the configuration export; file the logs and before-states with the ticket.")
	}
	return say("Keep the folders `evidence` until the change is closed; then file the logs and before-states with the ticket.")
}
