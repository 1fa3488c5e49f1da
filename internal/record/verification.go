package record

import "strings"

// verification is what has to be seen afterwards, by whom, and what to do when it is not.
func (r subject) verification() section {
	return section{ID: "verification", Title: "Verification", Sections: []section{
		{ID: "verification-criteria", Title: "Pass criteria", Blocks: []block{r.criteria()}},
		{ID: "verification-pilots", Title: "Pilot users", Blocks: r.pilots()},
		{ID: "verification-blank", Title: "When the presence icon stays blank", Blocks: r.whenBlank()},
	}}
}

func (r subject) criteria() block {
	t := newQuietTable("Pass criteria", "Check", "Passes when", "Proved by")
	if r.planned(verifyExchange) {
		proof := say("step %s, each Mailbox server", r.number(verifyExchange))
		t.rowIf(r.webConfig(), say("web.config of OWA"), say("both keys have the values of this record, and no recycle is due"), proof)
		t.row(say("OWA application pool"), say("its state is Started"), proof)
		t.row(say("Event log, source `MSExchange OWA`"), say("event 112 since the recycle: the endpoint manager is initialised. Every other warning and error since then is printed, to be read"), proof)
		t.row(say("Instant messaging logs"), say("the folder `Logging\\OWA\\InstantMessaging` exists"), proof)
		t.row(say("OWA virtual directories, OWA mailbox policies"), say("enabled, type OCS"), proof)
		t.row(say("Exchange health set `OWA.Protocol.Dep`"), say("healthy; it may lag behind for about 30 minutes, so it is a warning only"), proof)
		t.rowIf(len(r.Topology.PilotUsers) > 0, say("Pilot users, Exchange side"), say("mailbox on Exchange %s, a SIP address, a policy with instant messaging", r.Versions.Exchange), proof)
	}
	if r.planned(verifyLync) {
		proof := say("step %s", r.number(verifyLync))
		t.row(say("Lync pools"), say("each is a registrar, and its replicas are up to date"), proof)
		t.rowIf(r.trusts(), say("Trusted application pools"), say("each exists with its computers and its application on its port"), proof)
		t.rowIf(r.discovers(), say("Colocated servers"), say("none has an entry made by hand"), proof)
		t.row(say("Known servers"), say("Lync knows every server, and none twice"), say("step %s on a Front End; a question elsewhere", r.number(verifyLync)))
		t.rowIf(len(r.Topology.PilotUsers) > 0, say("Pilot users, Lync side"), say("enabled for Lync"), proof)
	}
	t.rowIf(r.planned(signInStep), say("Presence"), say("the icon stands beside the display name, upper right"), say("step %s, by each pilot user", r.number(signInStep)))
	return t.block()
}

func (r subject) pilots() []block {
	t := newQuietTable("Pilot users and what they saw", "Pilot user", "Sign-in at", "Presence icon seen", "Name, date and time")
	for _, user := range r.Topology.PilotUsers {
		t.row(say("%s", user), r.address(), empty(), empty())
	}
	if len(r.Topology.PilotUsers) == 0 {
		t.row(blank(), r.address(), empty(), empty())
	}
	return []block{
		paragraph(say("Integrated fully is a user with a mailbox on Exchange %s, enabled for Lync, with a valid SIP address (P12). At least one pilot user for each Lync pool, with the mailbox on each Mailbox server in turn if possible.", r.Versions.Exchange)),
		t.block(),
	}
}

// address is where a pilot user signs in: known where there is one OWA pool.
func (r subject) address() prose {
	if len(r.Topology.Pools) != 1 {
		return say("the user's OWA address")
	}
	return say("https://%s/owa, or the user's OWA address", r.Topology.Pools[0].FQDN)
}

// whenBlank is the order in which to look (P12, P14).
func (r subject) whenBlank() []block {
	items := []prose{
		say("The user: mailbox on Exchange %s, enabled for Lync, a SIP address, an OWA mailbox policy with instant messaging. Sign out and in again.", r.Versions.Exchange),
		say("The Mailbox server of that user: event 112 of `MSExchange OWA` since the recycle, and every warning and error of that source; event 87 is an exception while the provider was loaded. A missing key logs no event, so silence proves nothing."),
		say("The logs in `Logging\\OWA\\InstantMessaging` below the Exchange folder. If there is no such folder after a sign-in, the integration failed on that server: check its UCMA runtime, its certificate and its two settings again."),
		say("The Lync side: is the server on the known servers list, and once only (events 14492, 14493, 14495 of `LS Protocol Stack`, 44024 of `LS Exchange Unified Messaging Routing`)? Is replication up to date?"),
		say("A trace of SIPStack on the Lync Front End during a sign-in, all levels and all flags."),
		say("If the cause is not found in time: back out."),
	}
	return []block{ordered(items...), paragraph(say("Lync pools whose Front Ends to look at: %s.", strings.Join(r.Registrars(), ", ")))}
}
