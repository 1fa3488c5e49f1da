package record

import "lyncowa/internal/plan"

// whatAndWhy says what the change is for, and shows it.
func (r subject) whatAndWhy() section {
	blocks := paragraphs("Reason given", r.Topology.Change.Reason)
	blocks = append(blocks, paragraph(r.purpose()))
	if r.Change == plan.Integrate {
		blocks = append(blocks, paragraph(say("For that the two sides have to know and trust each other, one direction each:")), bullets(r.directions()...))
	}
	blocks = append(blocks, paragraph(say("What the change does, in order; section \"Steps in order\" has the exact commands:")), bullets(r.deeds()...), block{Picture: r.picture()})
	if r.Versions.Lync != "2013" {
		blocks = append(blocks, paragraph(say("Where this record says Lync, it means %s.", r.lync())))
	}
	return section{ID: "what-and-why", Title: "What and why", Blocks: blocks}
}

// directions are the two directions of trust.
func (r subject) directions() []prose {
	items := []prose{say("**OWA trusts Lync:** each Mailbox server gets the name of its Lync pool and the thumbprint of the certificate with which it identifies itself.")}
	if r.trusts() {
		items = append(items, say("**Lync trusts OWA:** the Lync topology gets a trusted application pool, the list entry by which Lync accepts the servers behind %s.", joinNames(fqdns(r.TrustedPools()))))
	}
	if r.discovers() {
		items = append(items, say("**Lync trusts OWA by discovery:** the servers behind %s run both services of Unified Messaging (UM) and stand in a SipName dial plan. Lync finds them by itself; nothing is entered by hand.", joinNames(fqdns(r.DiscoveredPools()))))
	}
	return items
}

// deeds name the changing steps.
func (r subject) deeds() []prose {
	var items []prose
	for _, s := range r.changing() {
		items = append(items, say("Step %s: %s. %s", r.number(s.ID), s.Title, s.Reason))
	}
	if len(items) == 0 {
		items = append(items, say("Nothing is changed: every step only reads."))
	}
	return items
}
