package record

import "strings"

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
	if r.planned(checkExchange) {
		blocks = append(blocks, r.certificateBlocks()...)
	}
	return section{ID: "prerequisites", Title: "Prerequisites and how each is proved", Blocks: blocks}
}

func (r subject) exchangePrerequisites(t *table) {
	if !r.planned(checkExchange) {
		return
	}
	proof := say("step %s, on each Mailbox server", r.number(checkExchange))
	stop := say("no-go: mend it, run step %s again", r.number(checkExchange))
	t.row(say("Each computer that an Exchange script runs on is an Exchange %s server; where the script works on that server itself, one that the topology names", r.Versions.Exchange), say("every Exchange script, before anything else"), say("the script refuses"))
	t.row(say("The UCMA 4.0 runtime is installed: `ImplementationDLLPath` leads to `Microsoft.Rtc.Internal.Ucweb.dll` (P1)"), proof, say("no-go: install it, https://www.microsoft.com/download/details.aspx?id=34992"))
	t.row(say("The certificate is on the server with its private key, within its dates, with the status Valid (P8, P9)"), proof, stop)
	t.row(say("Its subject name and its alternative names are those that Lync looks for, as in the tables below; no wildcard (P3, P9)"), proof, say("no-go: request a certificate that has them"))
	t.rowIf(r.webConfig(), say("OWA's web.config is there, well-formed, not locked, with at most one of each of the two keys (P8)"), proof, stop)
	t.row(r.directoryPrerequisite(), proof, stop)
	t.row(say("Each OWA mailbox policy that the topology names exists once (P11)"), proof, say("no-go: correct `mailboxPolicies`"))
	t.rowIf(r.planned(dialPlanStep), say("The dial plans that the servers go into exist and are SipName plans (P6)"), say("step %s; step %s again", r.number(checkExchange), r.number(dialPlanStep)), stop)
	t.rowIf(r.discovers(), say("Each colocated server has both UM services (P2)"), say("step %s; steps %s and %s again", r.number(checkExchange), r.number(directoryStep), r.number(settingsStep)), say("no-go: its UM services are not colocated, the decision has to be taken again"))
	t.rowIf(r.discovers(), r.discoveredPrerequisite(), say("step %s; steps %s and %s again", r.number(checkExchange), r.number(directoryStep), r.number(settingsStep)), say("no-go: Lync would not discover it"))
	t.rowIf(r.trusts(), say("No Exchange server whose name goes into a trusted application pool is in a SipName dial plan (P2, P6)"), say("step %s; step %s again", r.number(checkExchange), r.number(settingsStep)), say("no-go: it would have two entries"))
}

func (r subject) directoryPrerequisite() prose {
	if r.ClientAccess().All {
		return say("There are OWA virtual directories (P7)")
	}
	return say("Each Client Access server is Exchange %s and has an OWA virtual directory (P7)", r.Versions.Exchange)
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
	stop := say("no-go: mend it, run step %s again", r.number(checkLync))
	t.row(say("The deployment is %s, and the implementer has its rights", r.lync()), say("every Lync script, before anything else"), say("the script refuses"))
	t.row(say("%s: a Lync pool with a Registrar service, its replicas up to date", strings.Join(r.Registrars(), ", ")), proof, stop)
	t.rowIf(r.trusts(), say("Each Lync site exists under its SiteID (P3)"), proof, say("no-go: correct `siteId`"))
	t.rowIf(r.trusts(), say("The name of each trusted application pool is free, or names a pool like the planned one without a foreign application"), proof, say("no-go: find the owner of what is there"))
	t.rowIf(r.trusts(), say("Each computer of a trusted application pool is in no other Lync pool"), proof, stop)
	t.rowIf(r.trusts(), say("The port of each application is free on its computers, as far as other trusted applications use it (P4)"), proof, say("no-go: choose another port"))
	t.rowIf(r.trusts(), say("No computer that newly comes into a trusted application pool is discovered already (event 44024) (P2)"), say("step %s on a Front End; a question elsewhere", r.number(checkLync)), say("no-go: the decision has to be taken again"))
	t.rowIf(r.discovers(), say("No trusted application pool or computer stands in the topology for a colocated server (P2)"), proof, say("no-go: remove it in a change of its own"))
}

func (r subject) formalPrerequisites(t *table) {
	t.row(say("The folder is the approved one, unedited"), say("`approval.md` with public tools; every script with `-ApprovedDigest`"), say("the script refuses; copy the folder again"))
	t.row(say("The shell is the right one, elevated, in a local session"), say("every script, before anything else"), say("the script refuses"))
	if users := r.Topology.PilotUsers; len(users) > 0 {
		t.row(say("The pilot users %s have a mailbox on Exchange %s, a SIP address, a Lync account (P12)", strings.Join(users, ", "), r.Versions.Exchange), r.pilotProof(), say("no-go for the verification: correct the user or choose another"))
	} else {
		t.row(say("A pilot user with a mailbox on Exchange %s, a SIP address and a Lync account is named (P12)", r.Versions.Exchange), say("by hand: the topology names none"), join(say("no-go for the verification; user: "), blank()))
	}
}

func (r subject) pilotProof() prose {
	if r.planned(verifyExchange) && r.planned(verifyLync) {
		return say("steps %s and %s, after the change; look beforehand by hand", r.number(verifyExchange), r.number(verifyLync))
	}
	return say("by hand")
}

// certificateBlocks say which names each certificate must have: once a pool where all servers share them.
func (r subject) certificateBlocks() []block {
	var blocks []block
	if r.trusts() {
		t := newTable("Names in the certificate of every Mailbox server of a pool", "OWA pool", "Subject name (CN)", "Alternative names, all of them")
		for _, pool := range r.TrustedPools() {
			t.row(say("%s", pool.FQDN), say("%s", pool.FQDN), say("%s", strings.Join(append([]string{pool.FQDN}, pool.TrustedComputers...), ", ")))
		}
		blocks = append(blocks, t.block())
	}
	if r.discovers() {
		t := newTable("Names in the certificate of each colocated server", "Server", "Subject name (CN)", "Alternative names")
		for _, s := range r.Servers() {
			t.rowIf(s.Pool.UMColocated, say("%s", s.FQDN), say("%s", s.Subject), say("%s", s.Subject))
		}
		blocks = append(blocks, t.block())
	}
	return blocks
}
