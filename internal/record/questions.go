package record

import "strings"

// questions are what no script can see from its host: a person has to answer them.
func (r subject) questions() section {
	t := newTable("Questions to answer before and during the window", "Question", "When, and who is asked", "Answer that means go", "Answer, name, time")
	ask := func(applies bool, question, who, good prose) { t.rowIf(applies, question, who, good, empty()) }

	ask(r.planned(enableStep), say("Has anybody published a topology change that is not enabled yet?"), say("before step %s: everybody who may publish, and Topology Builder", r.number(enableStep)), say("no, or its author agrees that it goes live now"))
	ask(r.trusts(), say("On a Front End of %s: does the newest event 44024 of `LS Exchange Unified Messaging Routing` name %s?", strings.Join(r.trustedRegistrars(), ", "), r.trustedNames()), say("before step %s, unless step %s printed it: the Lync administrator", r.number(trustStep), r.number(checkLync)), say("no: none of them is discovered already"))
	ask(r.trusts(), say("Is %s free on the computers of the trusted application pools, also from programs that are no trusted application?", r.ports()), say("before step %s: the Exchange administrator", r.number(trustStep)), say("yes"))
	ask(true, say("Do firewalls let the Exchange and the Lync servers reach each other, in both directions?"), say("before the window: the network team"), r.networkAnswer())
	ask(true, say("Do the Lync servers trust the authority that issued the certificates, and do the Exchange servers trust that of the Lync certificates?"), say("before the window: whoever runs the certificates"), say("yes, both"))
	ask(r.planned(policyStep), r.policyQuestion(), say("before step %s: the owner of the policies", r.number(policyStep)), say("yes, or the difference is accepted"))
	ask(r.planned(directoryStep), say("Is every Client Access server behind the OWA addresses of the users among those that the change sets?"), say("before step %s: the Exchange administrator", r.number(directoryStep)), r.directoryAnswer())
	ask(r.planned(dialPlanStep), say("Are the dial plans named here all SipName dial plans that the servers should be in?"), say("before step %s: whoever runs UM", r.number(dialPlanStep)), say("yes"))
	ask(!r.planned(dialPlanStep) && r.trusts(), say("Is Unified Messaging in use in this organisation, with SipName dial plans?"), say("before the window: whoever runs UM"), say("no; or it is planned apart from this change, and no name of a trusted application pool goes into a dial plan"))
	ask(r.planned(verifyLync), r.knownQuestion(), say("after the last change, unless step %s showed it: the Lync administrator", r.number(verifyLync)), say("yes, each of them once"))
	ask(r.webConfig(), say("Is a cumulative update of Exchange due in the window or waiting for a restart?"), say("before the window: the Exchange administrator"), say("no"))
	ask(true, say("Are the people and the time for a back-out there until the end of the window?"), say("before the window: the owner"), join(say("yes; a back-out begins at the latest at "), blank()))
	return section{ID: "questions", Title: "What the scripts cannot see: go or no-go questions", Blocks: []block{
		paragraph(say("A script sees the computer that it runs on and what its shell can read. It prints `NOT SEEN` where it cannot look, and never claims what it has not seen. One wrong answer here is a no-go.")),
		t.block(),
	}}
}

func (r subject) trustedRegistrars() []string {
	var names []string
	for _, pool := range r.TrustedPools() {
		if len(names) == 0 || names[len(names)-1] != pool.Registrar {
			names = append(names, pool.Registrar)
		}
	}
	return names
}

// trustedNames are the computers of the trusted application pools, or the pools where nobody would read the list.
func (r subject) trustedNames() string {
	var names []string
	for _, pool := range r.TrustedPools() {
		names = append(names, computers(pool)...)
	}
	if len(names) > 6 {
		return "one of the computers of the trusted application pools (section \"The trusted application pool: decision\")"
	}
	if len(names) == 1 {
		return names[0]
	}
	return "one of " + strings.Join(names, ", ")
}

// ports names the ports of the trusted applications, each once.
func (r subject) ports() string {
	var ports []string
	seen := map[int]bool{}
	for _, pool := range r.TrustedPools() {
		if !seen[pool.Port] {
			seen[pool.Port] = true
			ports = append(ports, decimal(pool.Port))
		}
	}
	if len(ports) == 1 {
		return "port " + ports[0]
	}
	return "each of the ports " + strings.Join(ports, ", ")
}

func (r subject) networkAnswer() prose {
	if r.trusts() {
		return say("yes, %s of the trusted applications included. No script opens a port.", r.ports())
	}
	return say("yes. No script opens a port.")
}

func (r subject) policyQuestion() prose {
	if r.Topology.MailboxPolicies.All {
		return say("Does every user of the organisation have the mailbox on a server that is integrated?")
	}
	return say("Do all users of the policies %s have the mailbox on a server that is integrated?", strings.Join(r.Topology.MailboxPolicies.Names, ", "))
}

func (r subject) directoryAnswer() prose {
	if r.ClientAccess().All {
		return say("yes: all of the organisation are set")
	}
	return say("yes")
}

func (r subject) knownQuestion() prose {
	events := "On a Front End of each Lync pool: do the events 14492 and 14493 of `LS Protocol Stack`, or 44024 of `LS Exchange Unified Messaging Routing`, name every "
	switch {
	case r.trusts() && r.discovers():
		return say(events + "computer of the trusted application pools and every colocated server?")
	case r.trusts():
		return say(events + "computer of the trusted application pools?")
	default:
		return say(events + "colocated server?")
	}
}
