package record

import (
	"strings"

	"lyncowa/internal/plan"
)

// verification is what has to be seen afterwards, by whom, and what to do when it is not.
func (r subject) verification() section {
	return section{ID: "verification", Title: "Verification", Sections: []section{
		{ID: "verification-criteria", Title: "Pass criteria", Blocks: []block{r.criteria()}},
		{ID: "verification-pilots", Title: "Pilot users", Blocks: r.pilots()},
		{ID: "verification-failed", Title: r.about().failed, Blocks: r.whenFailed()},
	}}
}

func (r subject) criteria() block {
	t := newQuietTable("Pass criteria", "Check", "Passes when", "Proved by")
	switch {
	case r.switchesOff():
		t.row(say("OWA virtual directories"), say("each has instant messaging switched off"), say("step %s", r.number(verifyExchange)))
	case r.planned(verifyExchange):
		r.exchangeCriteria(t)
	}
	if r.planned(verifyLync) {
		r.lyncCriteria(t)
	}
	t.rowIf(r.planned(signInStep) && !r.switchesOff(), say("Presence"), say("the icon stands beside the display name, upper right"), say("step %s, by each pilot user", r.number(signInStep)))
	t.rowIf(r.planned(signInStep) && r.switchesOff(), say("Sign-in to OWA"), say("no presence icon, and no error about instant messaging"), say("step %s, by each pilot user", r.number(signInStep)))
	return t.block()
}

func (r subject) exchangeCriteria(t *table) {
	proof := say("step %s, each Mailbox server", r.number(verifyExchange))
	t.rowIf(r.webConfig(), say("web.config of OWA"), say("both keys have the values of this record, and no recycle is due"), proof)
	t.rowIf(!r.webConfig(), say("Settings of OWA"), say("the values of this record, and no others, are in effect on that server, and no recycle is due"), proof)
	t.row(say("OWA application pool"), say("its state is Started"), proof)
	t.row(say("Event log, source `MSExchange OWA`"), r.eventCriterion(), proof)
	t.row(say("Instant messaging logs"), say("the folder `Logging\\OWA\\InstantMessaging` exists; it comes with the first sign-in, as event 112 does"), proof)
	t.row(say("OWA virtual directories, OWA mailbox policies"), r.messagingCriterion(), proof)
	t.row(say("Exchange health set `OWA.Protocol.Dep`"), say("healthy; it may lag behind for about 30 minutes, so it is a warning only, and a question where the health service gives no answer"), proof)
	t.rowIf(len(r.Topology.PilotUsers) > 0, say("Pilot users, Exchange side"), say("mailbox on Exchange %s, a SIP address, a policy with instant messaging or none at all", r.Versions.Exchange), proof)
}

func (r subject) eventCriterion() prose {
	text := "event 112 since the recycle (in the last 7 days where this change had nothing to recycle): the endpoint manager is initialised. Every warning and error since then is printed, to be read"
	if len(r.Topology.PilotUsers) > 0 {
		text += ". Where no pilot user's mailbox is active on the server, a missing event is a question, to be answered by a sign-in there"
	}
	return say(text)
}

func (r subject) messagingCriterion() prose {
	if r.keeps() {
		return say("enabled, type OCS, as they were before: this change does not set them; if they are not, run the change `integrate`")
	}
	return say("enabled, type OCS")
}

func (r subject) lyncCriteria(t *table) {
	proof := say("step %s", r.number(verifyLync))
	t.row(say("Lync pools"), say("each is a registrar, and its replicas are up to date"), proof)
	t.rowIf(r.trusts(), say("Trusted application pools"), say("each exists with its computers and its application on its port"), proof)
	t.rowIf(r.discovers(), say("Colocated servers"), say("none has an entry made by hand"), proof)
	t.row(say("Known servers"), r.knownCriterion(), say("step %s on a Front End; a question elsewhere", r.number(verifyLync)))
	t.rowIf(len(r.Topology.PilotUsers) > 0, say("Pilot users, Lync side"), say("enabled for Lync"), proof)
}

func (r subject) knownCriterion() prose {
	late := "each server is on the list of known servers; one that is not there yet is a warning, because the list is read when the service starts and when the topology changes"
	if r.trusts() {
		return say("no name in a trusted application pool is discovered as well; " + late)
	}
	return say(late)
}

func (r subject) pilots() []block {
	t := newQuietTable("Pilot users and what they saw", "Pilot user", "Sign-in at", r.about().seen, "Name, date and time")
	for _, user := range r.Topology.PilotUsers {
		t.row(say("%s", user), r.address(), empty(), empty())
	}
	if len(r.Topology.PilotUsers) == 0 {
		t.row(blank(), r.address(), empty(), empty())
	}
	text := say("Integrated fully is a user with a mailbox on Exchange %s, enabled for Lync, with a valid SIP address (P12). ", r.Versions.Exchange)
	if r.switchesOff() {
		text = nil
	}
	return []block{paragraph(join(text, say(r.about().pilots))), sealed(), t.block()}
}

// address is where a pilot user signs in: known where there is one OWA pool.
func (r subject) address() prose {
	pools := r.pools()
	if len(pools) != 1 {
		return say("the user's OWA address")
	}
	return say("https://%s/owa, or the user's OWA address", pools[0].FQDN)
}

// whenFailed is the order in which to look.
func (r subject) whenFailed() []block {
	var items []prose
	for _, item := range remedies {
		if item.applies(r) {
			items = append(items, item.text(r))
		}
	}
	blocks := []block{ordered(items...)}
	if !r.switchesOff() {
		blocks = append(blocks, paragraph(say("Lync pools whose Front Ends to look at: %s.", strings.Join(r.registrars(), ", "))))
	}
	return blocks
}

// remedies are where to look, in order (P12 to P14), each for the kinds of change that it helps with.
var remedies = []struct {
	applies func(subject) bool
	text    func(subject) prose
}{
	{subject.switchesOff, fixed("Sign out of OWA and in again: a session that is open keeps what it had.")},
	{subject.switchesOff, fixed("The Client Access server behind the user's OWA address: is it among those of this record? Active Directory has to carry the new value to its site; wait for that and sign in again.")},
	{subject.switchesOff, func(r subject) prose {
		return say("Run step %s again: a virtual directory that somebody has switched on since is named there.", r.number(verifyExchange))
	}},
	{subject.looksForIcon, func(r subject) prose {
		return say("The user: mailbox on Exchange %s, enabled for Lync, a SIP address, an OWA mailbox policy with instant messaging. Sign out and in again.", r.Versions.Exchange)
	}},
	{func(r subject) bool { return r.Change == plan.RenewCertificate }, fixed("The certificate: do the Lync Front Ends trust the authority of the new one? A server that shows presence with the old certificate and not with the new one points there.")},
	{func(r subject) bool { return r.planned(settingsStep) }, fixed("The Mailbox server of that user: event 112 of `MSExchange OWA` since the recycle, and every warning and error of that source; event 87 is an exception while the provider was loaded. A missing key logs no event, so silence proves nothing.")},
	{subject.removes, fixed("The Mailbox server of that user: event 112 of `MSExchange OWA`, and every warning and error of that source; event 87 is an exception while the provider was loaded.")},
	{subject.looksForIcon, func(r subject) prose {
		text := "The logs in `Logging\\OWA\\InstantMessaging` below the Exchange folder. If there is no such folder after a sign-in, the integration failed on that server: "
		if r.removes() {
			return say(text + "its settings are the matter of the changes `integrate` and `reapply`.")
		}
		return say(text + "check its UCMA runtime, its certificate and its two settings again.")
	}},
	{subject.looksForIcon, fixed("The Lync side: is the server on the known servers list, and once only (events 14492, 14493, 14495 of `LS Protocol Stack`, 44024 of `LS Exchange Unified Messaging Routing`)? Is replication up to date?")},
	{subject.looksForIcon, fixed("A trace of SIPStack on the Lync Front End during a sign-in, all levels and all flags.")},
	{func(r subject) bool { return len(r.backOuts()) > 0 }, fixed("If the cause is not found in time: back out.")},
}

// looksForIcon reports whether the change is to end with a presence icon.
func (r subject) looksForIcon() bool { return !r.switchesOff() }
