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
