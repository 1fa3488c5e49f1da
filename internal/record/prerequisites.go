package record

import (
	"strings"

	"lyncowa/internal/plan"
)

// prerequisites says what must hold before the change, and how each is proved.
func (r subject) prerequisites() section {
	t := newTable("Prerequisites and their proof", "Prerequisite", "Proved by", "If it does not hold")
	r.exchangePrerequisites(t)
	r.lyncPrerequisites(t)
	r.formalPrerequisites(t)
	blocks := []block{
		paragraph(say("A check that does not pass ends its script with exit code 1, or, in a changing step, with exit code 2 before anything is changed. What no script can see is asked in the next section.")),
		t.block(),
	}
	if r.checksCertificates() {
		blocks = append(blocks, r.certificateBlocks()...)
	}
	return section{ID: "prerequisites", Title: "Prerequisites and how each is proved", Blocks: blocks}
}

// checksCertificates reports whether the preflight looks at the certificates of the Mailbox servers.
func (r subject) checksCertificates() bool {
	return r.planned(checkExchange) && !r.removes() && !r.switchesOff()
}

func (r subject) exchangePrerequisites(t *table) {
	if !r.planned(checkExchange) {
		return
	}
	ten := r.number(checkExchange)
	proof, stop := say("step %s, on each Mailbox server", ten), say("no-go: mend it, run step %s again", ten)
	if r.switchesOff() {
		proof = say("step %s; step %s again", ten, r.number(directoryStep))
	}
	t.row(r.hostPrerequisite(), say("every Exchange script, before anything else"), say("the script refuses"))
	t.rowIf(r.checksCertificates(), say("The UCMA 4.0 runtime is installed: `ImplementationDLLPath` leads to `Microsoft.Rtc.Internal.Ucweb.dll` (P1)"), proof, say("no-go: install it, https://www.microsoft.com/download/details.aspx?id=34992"))
	t.rowIf(r.checksCertificates(), say("%s is on the server with its private key, within its dates, with the status Valid (P8, P9)", r.theCertificate()), proof, stop)
	t.rowIf(r.checksCertificates(), say("Its subject name and its alternative names are those that Lync looks for, as in the tables below; no wildcard (P3, P9)"), proof, say("no-go: request a certificate that has them"))
	t.rowIf(r.webConfig(), say("OWA's web.config is there, well-formed, not locked, with at most one of each of the two keys (P8)"), proof, stop)
	t.rowIf(!r.removes(), r.directoryPrerequisite(), proof, stop)
	t.rowIf(r.checksCertificates(), r.policyPrerequisite(), proof, say("no-go: correct `mailboxPolicies`"))
	t.rowIf(r.keeps(), say("The virtual directories and mailbox policies have instant messaging of the type OCS already"), say("step %s, after the change; look beforehand by hand", r.number(verifyExchange)), say("run the change `integrate`: this one does not set them"))
	t.rowIf(r.planned(dialPlanStep), say("The dial plans that the servers go into exist and are SipName plans (P6)"), say("step %s; step %s again", ten, r.number(dialPlanStep)), stop)
	t.rowIf(r.discovers(), say("Each colocated server has both UM services (P2)"), r.colocationProof(), say("no-go: its UM services are not colocated, the decision has to be taken again"))
	t.rowIf(r.discovers(), r.discoveredPrerequisite(), r.colocationProof(), say("no-go: Lync would not discover it"))
	t.rowIf(r.trusts(), say("No Exchange server whose name is in a trusted application pool is in a SipName dial plan (P2, P6)"), r.doubleEntryProof(), say("no-go: it would have two entries"))
}

func (r subject) hostPrerequisite() prose {
	if r.switchesOff() {
		return say("The computer that an Exchange script runs on is an Exchange %s server", r.Versions.Exchange)
	}
	return say("Each computer that an Exchange script runs on is an Exchange %s server; where the script works on that server itself, one that the topology names", r.Versions.Exchange)
}

func (r subject) theCertificate() string {
	if r.renews() {
		return "The new certificate"
	}
	return "The certificate"
}

// colocationProof names the steps that look for the UM services and dial plans of colocated servers.
func (r subject) colocationProof() prose {
	if r.switchesOn() {
		return say("step %s; steps %s and %s again", r.number(checkExchange), r.number(directoryStep), r.number(settingsStep))
	}
	return r.doubleEntryProof()
}

// doubleEntryProof names the steps that look for dial plans of servers in trusted application pools.
func (r subject) doubleEntryProof() prose {
	if r.planned(settingsStep) {
		return say("step %s; step %s again", r.number(checkExchange), r.number(settingsStep))
	}
	return say("step %s, on each server of that step", r.number(checkExchange))
}

func (r subject) directoryPrerequisite() prose {
	if r.ClientAccess().All {
		return say("There are OWA virtual directories (P7)")
	}
	return say("Each Client Access server is Exchange %s and has an OWA virtual directory (P7)", r.Versions.Exchange)
}

func (r subject) policyPrerequisite() prose {
	if r.Topology.MailboxPolicies.All {
		return say("Each OWA mailbox policy of the organisation has a name of its own (P11)")
	}
	return say("Each OWA mailbox policy that the topology names exists once (P11)")
}

func (r subject) discoveredPrerequisite() prose {
	if r.planned(dialPlanStep) {
		return say("Each colocated server is in a SipName dial plan, at the latest after step %s (P2)", r.number(dialPlanStep))
	}
	return say("Each colocated server is in a SipName dial plan (P2)")
}

func (r subject) lyncPrerequisites(t *table) {
	if !r.planned(checkLync) {
		return
	}
	proof := say("step %s", r.number(checkLync))
	twice := proof
	if r.planned(trustStep) {
		twice = say("step %s; step %s again", r.number(checkLync), r.number(trustStep))
	}
	stop := say("no-go: mend it, run step %s again", r.number(checkLync))
	t.row(say("The deployment is %s, and the implementer has its rights", r.Versions.LyncProduct()), say("every Lync script, before anything else"), say("the script refuses"))
	t.row(say("%s: a Lync pool with a Registrar service, its replicas up to date", strings.Join(r.registrars(), ", ")), twice, stop)
	t.rowIf(r.creates(), say("Each Lync site exists under its SiteID (P3)"), twice, say("no-go: correct `siteId`"))
	t.rowIf(r.creates(), say("The name of each trusted application pool is free, or names a pool like the planned one without a foreign application"), twice, say("no-go: find the owner of what is there"))
	t.rowIf(r.creates(), say("Each computer of a trusted application pool is in no other Lync pool"), twice, stop)
	t.rowIf(r.creates(), say("The port of each application is free on its computers, as far as other trusted applications use it (P4)"), twice, say("no-go: choose another port"))
	t.rowIf(r.creates(), say("No computer that newly comes into a trusted application pool is discovered already (event 44024) (P2)"), say("steps %s and %s on a Front End; a question elsewhere", r.number(checkLync), r.number(trustStep)), say("no-go: the decision has to be taken again"))
	t.rowIf(r.discovers() && !r.removes(), say("No trusted application pool or computer stands in the topology for a colocated server (P2)"), twice, say("no-go: the change `remove-duplicate` takes it out"))
	t.rowIf(r.removes(), say("The trusted application pool to be removed holds no other application, no other computer and no endpoint (P2); where there is no such pool, nothing is removed"), twice, say("no-go: find the owner of what it holds"))
	t.rowIf(r.removes(), say("Lync discovers each server by itself (event 44024) (P2)"), say("steps %s and %s on a Front End; a question elsewhere", r.number(checkLync), r.number(trustStep)), say("no-go: without the manual entry Lync would not know it any more"))
}

func (r subject) formalPrerequisites(t *table) {
	t.row(say("The folder is the approved one, unedited"), say("`approval.md` with public tools; every script compares the files with their sums and, where `-ApprovedDigest` is given, the sums with the digest"), say("the script refuses; copy the folder again"))
	t.row(say("The shell is the right one, elevated, in a local session"), say("every script, before anything else"), say("the script refuses"))
	users := r.Topology.PilotUsers
	switch {
	case r.switchesOff() && len(users) > 0:
		t.row(say("The pilot users %s can sign in to OWA there", strings.Join(users, ", ")), say("by hand"), say("no-go for the verification: choose another user"))
	case r.switchesOff():
		t.row(say("A user who can sign in to OWA there is named for the verification"), say("by hand: the topology names none"), join(say("no-go for the verification; user: "), blank()))
	case len(users) > 0:
		t.row(say("The pilot users %s have a mailbox on Exchange %s, a SIP address, a Lync account (P12)", strings.Join(users, ", "), r.Versions.Exchange), r.pilotProof(), say("no-go for the verification: correct the user or choose another"))
	default:
		t.row(say("A pilot user with a mailbox on Exchange %s, a SIP address and a Lync account is named (P12)", r.Versions.Exchange), say("by hand: the topology names none"), join(say("no-go for the verification; user: "), blank()))
	}
}

// pilotProof says which step looks at which half of a pilot user.
func (r subject) pilotProof() prose {
	switch {
	case r.planned(verifyExchange) && r.planned(verifyLync):
		return say("steps %s and %s, after the change; look beforehand by hand", r.number(verifyExchange), r.number(verifyLync))
	case r.planned(verifyExchange):
		return say("step %s, after the change, but for the Lync account; look at that and beforehand by hand", r.number(verifyExchange))
	case r.planned(verifyLync):
		return say("the Lync account: step %s, after the change; mailbox and SIP address by hand", r.number(verifyLync))
	default:
		return say("by hand")
	}
}

// certificateBlocks say which names each certificate must have: once a pool where all servers share them.
func (r subject) certificateBlocks() []block {
	var blocks []block
	if r.trusts() {
		t := newTable("Names in the certificate of every Mailbox server of a pool", "OWA pool", "Subject name (CN)", "Alternative names, all of them")
		for _, pool := range r.TrustedPools() {
			t.row(say("%s", pool.FQDN), say("%s", pool.FQDN), say("%s", strings.Join(plan.CertificateNames(pool, pool.FQDN), ", ")))
		}
		blocks = append(blocks, t.block())
	}
	if r.discovers() {
		t := newTable("Names in the certificate of each colocated server", "Server", "Subject name (CN)", "Alternative names")
		for _, s := range r.DiscoveredServers() {
			t.row(say("%s", s.FQDN), say("%s", s.Subject), say("%s", s.Subject))
		}
		blocks = append(blocks, t.block())
	}
	return blocks
}

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
