package record

import (
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

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
