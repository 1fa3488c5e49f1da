package record

import (
	"strings"

	"lyncowa/internal/plan"
)

// questions are what no script can see from its host: a person has to answer them.
func (r subject) questions() section {
	t := newTable("Questions to answer before and during the window", "Question", "When, and who is asked", "Answer that means go", "Answer, name, time")
	ask := func(applies bool, question, who, good prose) { t.rowIf(applies, question, who, good, empty()) }

	ask(true, say("Rehearsed on the simulated farm: result `%s`?", r.BundleName()+".rehearsal.json"), say("before the approval: the author; the file lies beside the folder"), join(say("yes; digest equal? "), blank()))
	ask(r.planned(enableStep), say("Has anybody published a topology change that is not enabled yet?"), say("before step %s: everybody who may publish, and Topology Builder", r.number(enableStep)), say("no, or its author agrees that it goes live now"))
	ask(r.creates(), say("On a Front End of %s: does the newest event 44024 of `LS Exchange Unified Messaging Routing` name %s?", strings.Join(r.trustedRegistrars(), ", "), r.trustedNames()), say("before step %s, unless step %s printed it: the Lync administrator", r.number(trustStep), r.number(checkLync)), say("no: none of them is discovered already"))
	ask(r.removes(), say("On a Front End of %s: does the newest event 44024 of `LS Exchange Unified Messaging Routing` name every server of this record?", strings.Join(r.registrars(), ", ")), say("before step %s, unless step %s printed it: the Lync administrator", r.number(trustStep), r.number(checkLync)), say("yes, every one: else Lync would forget it with the manual entry"))
	ask(r.removes(), say("Is one of these servers in a trusted application pool of another name than its OWA pool?"), say("before step %s: the Lync administrator (`Get-CsTrustedApplicationComputer`)", r.number(trustStep)), say("no: this change removes only the pools that it names, and step %s refuses where another is left", r.number(enableStep)))
	ask(r.removes(), say("Does anybody else rely on the entries that are removed?"), say("before step %s: the Lync administrator", r.number(trustStep)), say("no"))
	ask(r.creates(), say("Is %s free on the computers of the trusted application pools, also from programs that are no trusted application?", r.ports()), say("before step %s: the Exchange administrator", r.number(trustStep)), say("yes"))
	ask(r.switchesOn(), say("Do firewalls let the Exchange and the Lync servers reach each other, in both directions?"), say("before the window: the network team"), r.networkAnswer())
	ask(r.switchesOn(), say("Do the Lync servers trust the authority that issued the certificates, and do the Exchange servers trust that of the Lync certificates?"), say("before the window: whoever runs the certificates"), say("yes, both"))
	ask(r.renews(), say("Do the Lync servers trust the authority that issued the new certificates?"), say("before the window: whoever runs the certificates"), say("yes, on every Front End"))
	ask(r.renews(), say("Does the old certificate stay on every Mailbox server until the change is closed, and is it within its dates until then?"), say("before the window: whoever runs the certificates"), say("yes; if it expires before, a back-out does not help"))
	ask(r.renews(), say("Do other services use the old certificate, Unified Messaging to Lync for one?"), say("before the window: the Exchange administrator"), say("no, or their change is planned: this one is about OWA only"))
	ask(r.planned(policyStep), r.policyQuestion(), say("before step %s: the owner of the policies", r.number(policyStep)), say("yes, or the difference is accepted"))
	ask(r.planned(directoryStep), say("Is every Client Access server behind the OWA addresses of the users among those that the change sets?"), say("before step %s: the Exchange administrator", r.number(directoryStep)), r.directoryAnswer())
	ask(r.switchesOff(), say("Does anybody whose OWA address leads there still need presence or chat in OWA?"), say("before the window: the owner of the service"), say("no, or the loss is accepted and announced"))
	ask(r.planned(dialPlanStep), say("Are the dial plans named here all SipName dial plans that the servers should be in?"), say("before step %s: whoever runs UM", r.number(dialPlanStep)), say("yes"))
	ask(r.creates() && !r.planned(dialPlanStep), say("Is Unified Messaging in use in this organisation, with SipName dial plans?"), say("before the window: whoever runs UM"), say("no; or it is planned apart from this change, and no name of a trusted application pool goes into a dial plan"))
	ask(r.planned(verifyLync), r.knownQuestion(), say("after the last change, unless step %s showed it: the Lync administrator", r.number(verifyLync)), say("yes, each of them once"))
	ask(r.Change == plan.Reapply, say("Is the topology that this record was made from the one that OWA was joined to Lync with: the same Lync pools, the same certificates?"), say("before the window: the Exchange administrator"), say("yes"))
	ask(r.Change == plan.Reapply && r.webConfig(), say("Is the cumulative update finished on every Mailbox server of this record, its restart included, and is no other one due?"), say("before the window: the Exchange administrator"), say("yes: an update that comes later overwrites the file again"))
	ask(r.webConfig() && r.Change != plan.Reapply, say("Is a cumulative update of Exchange due in the window or waiting for a restart?"), say("before the window: the Exchange administrator"), say("no"))
	ask(r.writesOverride(), say("Has step %s passed on **every** server of each setting override?", r.number(checkExchange)), say("before step %s runs on the first of them: the implementer", r.number(settingsStep)), say("yes, on all of them"))
	ask(len(r.backOuts()) > 0, say("Are the people and the time for a back-out there until the end of the window?"), say("before the window: the owner"), join(say("yes; a back-out begins at the latest at "), blank()))
	return section{ID: "questions", Title: "What the scripts cannot see: go or no-go questions", Blocks: []block{
		paragraph(say("A script sees the computer that it runs on and what its shell can read. It prints `NOT SEEN` where it cannot look, and never claims what it has not seen. One wrong answer here is a no-go.")),
		sealed(),
		t.block(),
	}}
}

// trustedRegistrars are the Lync pools of the trusted application pools, each once.
func (r subject) trustedRegistrars() []string { return plan.Registrars(r.TrustedPools()) }

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
		return say("yes: all of the organisation are set, also those that nobody has thought of")
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
