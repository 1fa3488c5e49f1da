package record

import (
	"lyncowa/internal/plan"
)

// sources says what the change takes for granted, and where Microsoft's pages leave something open or disagree.
func (r subject) sources() section {
	return section{ID: "sources", Title: "Assumptions and contradictions in the sources", Sections: []section{
		{ID: "assumptions", Title: "What this change takes for granted", Blocks: []block{bullets(r.assumptions()...)}},
		{ID: "contradictions", Title: "Where the sources are silent or disagree", Blocks: []block{r.contradictions()}},
		{ID: "procedure", Title: "Where the steps come from", Blocks: []block{
			paragraph(say("The Page is Microsoft's \"Integrating Microsoft Lync Server 2013 and Microsoft Outlook Web App 2013\" (last modified 2013-02-03). P1 to P15 are its statements in order; this record refers to:")),
			r.citedTable(),
			paragraph(r.otherSource()),
		}},
	}}
}

func (r subject) assumptions() []prose {
	var items []prose
	add := func(applies bool, p prose) {
		if applies {
			items = append(items, p)
		}
	}
	add(true, say("The topology file is right: the scripts prove what they can see, and section \"What the scripts cannot see\" asks for the rest."))
	add(r.trusts(), say("`umColocated: false` for %s was looked up and not guessed: no server there runs both UM services on the same computer and is in a SipName dial plan.", joinNames(plan.FQDNs(r.TrustedPools()))))
	add(r.discovers(), say("`umColocated: true` for %s was looked up and not guessed; the scripts prove it where they can see it.", joinNames(plan.FQDNs(r.DiscoveredPools()))))
	add(r.keeps(), say("OWA was joined to Lync before, and nothing else has been lost since: what the scripts see of that they prove, the sign-in shows the rest."))
	add(r.removes(), say("The entry to be removed has the name of its OWA pool: only that one is looked at and removed."))
	add(r.switchesOff(), say("Instant messaging is unwanted wherever the topology says: no script can tell whether a virtual directory is in use for it."))
	add(!r.switchesOff(), say("No cmdlet of this change opens a firewall port. What has to be open is open already, or is opened by a change of its own."))
	add(r.planned(settingsStep), say("The thumbprint is that of the certificate that is meant: no script ever picks a certificate by itself."))
	add(r.webConfig(), say("A cumulative update of Exchange overwrites web.config; writing the two keys again (`reapply`) is a recurring change."))
	add(r.planned(trustStep), say("The configuration export that step %s makes is sensitive: it stays on that computer and is deleted when the change is closed.", r.number(trustStep)))
	return items
}

func (r subject) contradictions() block {
	t := newQuietTable("Open points of the sources and what this change does", "Point", "What the sources say", "What this change does")
	checks := r.checksCertificates()
	t.rowIf(r.discovers() && !r.keeps(), say("Trusted application pool where UM is colocated"), say("An older Microsoft page (2012-10, still with Exchange 2010 placeholders) wants the pool even there and only leaves the application out. The Page is newer, forbids both and says why: two entries stop the integration."), say("Follows the Page: no entry by hand for such a server."))
	t.rowIf(r.removes(), say("What else the pool may hold"), say("The Page has the application and the pool removed and says nothing of what other people have put into it."), say("Refuses where the pool holds more than this application and these servers."))
	t.rowIf(r.removes(), say("How to go back"), say("The Page knows no way back."), say("Captures the entry first; the back-out creates it again."))
	t.rowIf(r.switchesOn() || r.removes(), say("UM colocated, but no SipName dial plan"), say("The Page is silent. Such a server is not discovered."), r.silentCase())
	t.rowIf(r.creates(), say("SiteID or DisplayName of a Lync site"), say("They are not necessarily the same. `New-CsTrustedApplicationPool` wants the SiteID; another cmdlet, `Get-CsPool -Site`, takes the DisplayName."), say("Uses the SiteID only and compares it without the prefix `site:`, which appears when it is read back."))
	t.rowIf(r.creates(), say("Servers in dial plans and in a trusted application pool"), say("The Page wants every Exchange server in all SIP dial plans (P6), and warns of two entries (P2); together the two can make the double entry."), say("Never puts the same name into both; step %s and step %s look for it.", r.number(checkExchange), r.number(verifyLync)))
	t.rowIf(checks, say("`ImplementationDLLPath` of UCMA: folder or file"), say("The Page says that it points at the folder of `Microsoft.Rtc.Internal.Ucweb.dll`; Microsoft's health-set page gives the whole file path as the default."), say("Accepts either and fails if the file is not there."))
	t.rowIf(r.planned(directoryStep) && !r.ClientAccess().All, say("Scope of the virtual directories"), say("The Page's command has no scope: it would touch every site and version."), say("Names each server."))
	t.rowIf(r.planned(directoryStep) && r.ClientAccess().All, say("Scope of the virtual directories"), say("The Page's command has no scope: it touches every site and version."), say("Does the same, because the topology asks for it (`clientAccessServers: all`), and captures each virtual directory first."))
	t.rowIf(r.switchesOff(), say("The type of instant messaging"), say("The Page sets it when OWA is joined to Lync and does not take it back when it is switched off."), say("Leaves the type as it is: switched off, it has no effect."))
	t.rowIf(r.Change == plan.Reapply && r.webConfig(), say("What a cumulative update takes away"), say("The Page does not speak of updates. They replace OWA's web.config, and with it the two keys of P8."), say("Writes those again and verifies the rest."))
	t.rowIf(r.renews(), say("How a certificate is renewed"), say("The Page does not speak of it. What it says of the first certificate (P8, P9) holds for each one after it."), r.renewalAnswer())
	t.rowIf(r.writesOverride(), say("Where OWA has its settings"), say("The Page: two keys of web.config (P8), and Appcmd to recycle (P10). %s: a setting override, the refresh of VariantConfiguration and `Restart-WebAppPool`; web.config is ignored.", microsoftsOverridePage), say("Follows the newer page."))
	t.rowIf(r.planned(settingsStep), say("Event 112 as a proof"), say("The Page takes it as the sign of success. It proves the Exchange side only, and comes only after the first sign-in that follows the recycle."), r.eventAnswer())
	t.rowIf(r.webConfig(), say("Message of the recycle"), say("The Page quotes it in English; it is localised."), say("Goes by the exit code and the state of the application pool."))
	t.rowIf(r.Versions.Lync != "2013" && !r.switchesOff(), say("The product"), say("The Page speaks of Lync Server 2013 only."), r.sameText())
	return t.block()
}

func (r subject) eventAnswer() prose {
	if r.planned(verifyLync) {
		return say("Looks at the Lync side too, and has pilot users look at the icon.")
	}
	return say("Has pilot users look at the icon.")
}

// otherSource names the source of what the Page does not have.
func (r subject) otherSource() prose {
	if !r.writesOverride() {
		return say("Nothing of this change comes from elsewhere, but for the points of the table above.")
	}
	return say("The setting override, the refresh of VariantConfiguration and `Restart-WebAppPool` of step %s come from %s, not from the Page.", r.number(settingsStep), microsoftsOverridePage)
}

func (r subject) renewalAnswer() prose {
	if r.writesOverride() {
		return say("Checks the new one on every server before the setting override changes for all of them; then has one server at a time take it up.")
	}
	return say("Checks the new one on every server before the first server uses it; then one server at a time.")
}

func (r subject) sameText() prose {
	if r.writesOverride() {
		return say("Uses the same text for %s, but for the settings of OWA.", r.Versions.LyncProduct())
	}
	return say("Uses the same text for %s.", r.Versions.LyncProduct())
}

// silentCase is what happens to a server with both UM services and no SipName dial plan.
func (r subject) silentCase() prose {
	refuses := say("Refuses to go on for a server that is called colocated and is in no SipName dial plan.")
	treats := say("Treats it like a server without UM: it belongs under `umColocated: false` and gets a trusted application pool.")
	switch {
	case r.trusts() && r.discovers():
		return join(refuses, say(" "), treats)
	case r.trusts():
		return treats
	default:
		return refuses
	}
}

// statements are the Page's, each in a few words.
var statements = []struct{ id, text string }{
	{"P1", "UCMA 4.0 runtime on the Mailbox servers"},
	{"P2", "colocated UM services and the trusted application pool"},
	{"P3", "the trusted application pool, its certificate names, the SiteID"},
	{"P4", "the trusted application and its port"},
	{"P5", "enabling the topology"},
	{"P6", "SipName dial plans"},
	{"P7", "OWA virtual directories of the Client Access servers"},
	{"P8", "the thumbprint and the Lync pool in OWA's settings on the Mailbox servers"},
	{"P9", "a certificate that both sides trust"},
	{"P10", "recycling the OWA application pool"},
	{"P11", "OWA mailbox policies"},
	{"P12", "when a user is fully integrated"},
	{"P13", "disabling instant messaging"},
	{"P14", "verification"},
	{"P15", "compatibility"},
}

// citedBeside are the statements that the record of a kind refers to beside those of its steps.
var citedBeside = map[plan.Change][]string{
	plan.Integrate:        {"P2", "P12", "P14", "P15"},
	plan.Disable:          {"P7"},
	plan.RemoveDuplicate:  {"P12", "P15"},
	plan.Reapply:          {"P3", "P7", "P11", "P15"},
	plan.RenewCertificate: {"P3", "P7", "P11", "P15"},
}

// citedTable explains the statements that this record refers to: those of its steps, and those of its notes.
func (r subject) citedTable() block {
	cited := map[string]bool{}
	for _, id := range citedBeside[r.Change] {
		cited[id] = true
	}
	for _, s := range r.Steps {
		for _, id := range s.Sources {
			cited[id] = true
		}
	}
	t := newQuietTable("Statements of the Page", "Name", "About")
	for _, s := range statements {
		t.rowIf(cited[s.id], say("%s", s.id), say("%s", s.text))
	}
	return t.block()
}

// compatibility is what else works, and what does not, with these versions (P15).
func (r subject) compatibility() section {
	var items []prose
	add := func(applies bool, p prose) {
		if applies {
			items = append(items, p)
		}
	}
	lync2013 := r.Versions.Lync == "2013"
	touchesLync := r.planned(checkLync)
	add(touchesLync, say("This change is made for Exchange Server %s and %s. Every script refuses to run on another version.", r.Versions.Exchange, r.Versions.LyncProduct()))
	add(!touchesLync, say("This change is made for Exchange Server %s. Every script refuses to run on another version; none runs on the Lync side.", r.Versions.Exchange))
	add(r.switchesOff(), say("Only OWA is concerned: presence and chat in other programs and on mobile devices are not touched."))
	add(r.switchesOff() && r.ClientAccess().All, say("OWA virtual directories of other Exchange versions are set too; the script names each such server in a `WARNING`."))
	add(!r.switchesOff() && lync2013, say("Lync Server 2013 also integrates with Unified Messaging and OWA of Exchange 2010, and Lync 2013 works with Exchange 2010 and Outlook 2010 (P15). Those servers are set up otherwise and are no part of this change."))
	add(!r.switchesOff() && lync2013, say("Unified contact store, archiving to Exchange and high-resolution photos need both 2013 products (P15)."))
	add(!r.switchesOff() && !lync2013 && r.Versions.Exchange == "2013", say("The source page is written for Lync Server 2013; %s is set up by the same text with Exchange 2013.", r.Versions.LyncProduct()))
	add(r.switchesOn(), say("Users whose mailbox is still on an older Exchange are not integrated by this change, whatever their policy says."))
	add(r.webConfig(), say("Exchange 2016 and later keep these settings elsewhere: an upgrade needs a change of its own."))
	add(true, say("Mailboxes in Exchange Online are no part of it."))
	add(true, say("The scripts need Windows PowerShell 3.0 or later."))
	return section{ID: "compatibility", Title: "Compatibility", Blocks: []block{bullets(items...)}}
}
