package record

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// affected names every server and service that the change touches, downstream ones too.
func (r subject) affected() section {
	s := section{ID: "affected", Title: "Affected servers and services"}
	add := func(applies bool, id, title string, blocks ...block) {
		if applies {
			s.Sections = append(s.Sections, section{ID: id, Title: title, Blocks: blocks})
		}
	}
	add(true, "affected-pools", "OWA pools", r.poolTable())
	add(!r.switchesOff(), "affected-mailbox", "Exchange Mailbox servers", r.mailboxTable())
	add(r.writesOverride(), "affected-overrides", "Setting overrides", r.overrideBlocks()...)
	add(r.planned(directoryStep), "affected-client-access", "Exchange Client Access servers", r.clientAccessBlocks()...)
	add(true, "affected-services", "Services, also downstream", r.serviceTable())
	add(true, "not-affected", "What is not touched", bullets(r.untouched()...))
	return s
}

func (r subject) poolTable() block {
	switch {
	case r.switchesOff():
		t := newQuietTable("OWA pools whose users lose instant messaging in OWA", "OWA pool", "OWA virtual directories on")
		for _, pool := range r.pools() {
			t.row(say("%s", pool.FQDN), directoriesOf(pool))
		}
		return t.block()
	case r.removes():
		t := newQuietTable("OWA pools whose manual entry is removed", "OWA pool", "Lync pool (registrar)", "Removed, where it exists", "Lync trusts it afterwards by")
		for _, pool := range r.pools() {
			t.row(say("%s", pool.FQDN), say("%s", pool.Registrar), say("the trusted application pool %s with the application `%s`", pool.FQDN, pool.ApplicationID), say("discovery: UM is colocated"))
		}
		return t.block()
	default:
		t := newQuietTable("OWA pools and the Lync pool that each is joined to", "OWA pool", "Lync site (SiteID)", "Lync pool (registrar)", "Lync trusts it by")
		for _, pool := range r.pools() {
			t.row(say("%s", pool.FQDN), siteName(pool), say("%s", pool.Registrar), trustOf(pool))
		}
		return t.block()
	}
}

func directoriesOf(pool topology.Pool) prose {
	if pool.ClientAccessServers.All {
		return say("**every Client Access server of the organisation**")
	}
	return say("%s", strings.Join(pool.ClientAccessServers.Names, ", "))
}

func siteName(pool topology.Pool) prose {
	if pool.SiteID == "" {
		return say("not needed, not given")
	}
	return say("%s", pool.SiteID)
}

func trustOf(pool topology.Pool) prose {
	if pool.UMColocated {
		return say("discovery: UM is colocated")
	}
	return say("a trusted application pool, application `%s`, port %s", pool.ApplicationID, decimal(pool.Port))
}

// mailboxTable is each server with what it gets; where only the Lync side changes, with what becomes of it.
func (r subject) mailboxTable() block {
	if r.removes() {
		t := newQuietTable("Mailbox servers that stay known to Lync", "Server", "OWA pool", "Lync pool", "What happens to it")
		for _, s := range r.servers() {
			t.row(say("%s", s.FQDN), say("%s", s.Pool.FQDN), say("%s", s.Registrar()), say("nothing is changed on it; Lync knows it by discovery alone afterwards"))
		}
		return t.block()
	}
	t := newQuietTable("Mailbox servers, each with what it gets", "Server", "OWA pool", "Lync pool that it uses afterwards", r.thumbprintHeading())
	for _, s := range r.servers() {
		t.row(say("%s", s.FQDN), say("%s", s.Pool.FQDN), say("%s", s.Registrar()), say("`%s`", s.Thumbprint))
	}
	return t.block()
}

func (r subject) thumbprintHeading() string {
	if r.renews() {
		return "New certificate thumbprint"
	}
	return "Certificate thumbprint"
}

func (r subject) clientAccessBlocks() []block {
	if r.ClientAccess().All {
		return []block{warning("Whole organisation", say("Every OWA virtual directory of the organisation is set, in every site and of every Exchange version, also on servers that this record does not name (`clientAccessServers: all`)."))}
	}
	t := newQuietTable("Client Access servers whose OWA virtual directories are set", "Server", "For the OWA pool")
	served := r.poolsByClientAccessServer()
	for _, name := range r.ClientAccess().Names {
		t.row(say("%s", name), say("%s", strings.Join(served[name], ", ")))
	}
	return []block{t.block()}
}

// poolsByClientAccessServer are the OWA pools that each Client Access server serves, by FQDN.
func (r subject) poolsByClientAccessServer() map[string][]string {
	pools := map[string][]string{}
	for _, pool := range r.Topology.Pools {
		for _, name := range pool.ClientAccessServers.Names {
			pools[name] = append(pools[name], pool.FQDN)
		}
	}
	return pools
}

// serviceTable is what depends on the servers, and what happens to it.
func (r subject) serviceTable() block {
	frontEnds := say("Lync Front Ends of %s", strings.Join(r.registrars(), ", "))
	t := newQuietTable("Services", "Service", "What happens to it", "Interruption")
	t.rowIf(r.planned(settingsStep), say("OWA on the Mailbox servers"), say("The OWA application pool `MSExchangeOWAAppPool` is recycled, %s.", r.whichRecycle()), say("**Yes, short:** OWA sessions on that server stop for a moment; unsaved text can be lost."))
	t.rowIf(r.writesOverride(), say("Active Directory"), say("Carries the setting overrides to the domain controller of each server by its own replication; step %s waits for that.", r.number(settingsStep)), say("None."))
	t.rowIf(r.switchesOn(), say("OWA virtual directories (Client Access)"), say("Instant messaging is set to enabled, with the type OCS."), say("None."))
	t.rowIf(r.switchesOff(), say("OWA virtual directories (Client Access)"), say("Instant messaging is set to not enabled; its type stays as it is."), say("None to OWA: no session ends. **Presence and chat in OWA end** with the next sign-in."))
	t.rowIf(r.keeps(), say("OWA virtual directories, OWA mailbox policies"), say("Are read, not changed: they have to have instant messaging of the type OCS already."), say("None."))
	t.rowIf(r.planned(policyStep), say("OWA mailbox policies"), r.policyEffect(), say("None; it shows at a later sign-in."))
	t.rowIf(r.removes(), say("Presence and chat in OWA"), say("Rest on discovery alone afterwards. Where the second entry has stopped them, they can come back."), say("None expected: no service and no application pool is restarted."))
	t.rowIf(r.creates(), say("Central Management Store of Lync"), say("Gets the trusted application pools, their computers and their applications: section \"The trusted application pool: decision\". A snapshot and a configuration export are taken first."), say("None."))
	t.rowIf(r.removes(), say("Central Management Store of Lync"), say("Loses the trusted application pools that this record names, with their computers and applications. A snapshot and a configuration export are taken first."), say("None."))
	t.rowIf(r.creates(), frontEnds, say("Take over the enabled topology by replication; the servers of the trusted application pools come onto their known servers list. No Lync service is restarted by a script."), say("None expected."))
	t.rowIf(r.removes(), frontEnds, say("Take over the enabled topology by replication; the servers stay on their known servers list by discovery. No Lync service is restarted by a script."), say("None expected."))
	t.rowIf(r.planned(enableStep), say("All other Lync servers"), say("Receive the same topology by replication, with it everything else that was published and still waited."), say("Depends on what other people have published: a question before step %s.", r.number(enableStep)))
	t.rowIf(r.planned(checkLync) && !r.planned(enableStep), frontEnds, say("Are read, not changed. They exchange presence and messages with the OWA servers afterwards."), say("None."))
	t.rowIf(r.planned(checkLync) && !r.planned(enableStep), say("Central Management Store of Lync"), say("Is read, not changed."), say("None."))
	t.rowIf(r.keeps(), frontEnds, say("Are neither read nor changed. They exchange presence and messages with the OWA servers again after each recycle."), say("None to Lync clients."))
	t.rowIf(r.switchesOff(), say("Lync"), say("Is neither read nor changed. OWA does not use it afterwards."), say("None."))
	t.rowIf(r.planned(dialPlanStep), say("Unified Messaging (UM)"), say("The servers of %s are added to SipName dial plans; the dial plans that they are in already stay.", joinNames(plan.FQDNs(r.DialPlanPools()))), say("None expected for calls and voice mail. Lync adds the servers to those that it knows."))
	t.rowIf(!r.planned(dialPlanStep) && r.discovers(), say("Unified Messaging (UM)"), say("Is read, not changed: the colocated servers have to be in a SipName dial plan already."), say("None."))
	return t.block()
}

func (r subject) policyEffect() prose {
	policies := r.Topology.MailboxPolicies
	if policies.All {
		return say("**Every** OWA mailbox policy of the organisation allows instant messaging, so every OWA user is touched, wherever the mailbox is.")
	}
	return say("These allow instant messaging, for every user who has one of them, in the whole organisation and wherever the mailbox is: %s.", strings.Join(policies.Names, ", "))
}

// untouched is what people ask about although this change leaves it alone.
func (r subject) untouched() []prose {
	var items []prose
	add := func(applies bool, p prose) {
		if applies {
			items = append(items, p)
		}
	}
	add(true, say("No firewall, load balancer or DNS entry: no cmdlet of this change opens a port."))
	add(r.planned(settingsStep), say("No certificate is issued, imported, removed or assigned to a service; the scripts only name one that is there."))
	add(true, say("No mailbox, no message and no Lync user is changed, and no server is restarted."))
	add(r.switchesOff(), say("OWA mailbox policies, the settings of OWA on the Mailbox servers, dial plans, and whatever Lync has stored about these servers: all stay, so that the change `integrate` finds them if the integration is wanted later."))
	add(r.switchesOff(), say("Mail, calendar and every other part of OWA."))
	add(r.removes(), say("Exchange: nothing is written there. Its scripts only read."))
	add(r.removes() && len(r.TrustedPools()) > 0, say("%s: UM is not colocated there, so the trusted application pool is needed and stays.", joinNames(plan.FQDNs(r.TrustedPools()))))
	add(r.keeps(), say("The Lync side, virtual directories and mailbox policies: they stay as they are."))
	add(r.planned(dialPlanStep) || r.discovers(), say("No dial plan is created, replaced or removed."))
	return items
}

// decision says for each pool what becomes of a trusted application pool for it, and why (P2).
func (r subject) decision() section {
	s := section{ID: "decision", Title: "The trusted application pool: decision"}
	if r.switchesOff() {
		s.Blocks = []block{paragraph(say("None is needed: a trusted application pool is the entry by which Lync accepts a server as a partner, and this change concerns OWA only. Where there is such an entry it stays, unused by OWA; where there is none, none is made."))}
		return s
	}
	t := newTable("Decision for each OWA pool", "OWA pool", "UM services colocated", "Decision", "Reason")
	for _, pool := range r.Topology.Pools {
		d := r.decisionOf(pool)
		t.row(say("%s", pool.FQDN), yesNo(pool.UMColocated), d.decision, d.reason)
	}
	s.Blocks = append([]block{
		paragraph(say("Lync accepts a SIP peer only if it knows its name. It can come to know a name in two ways, and must know it in one of them only: two entries for one name stop the OWA integration (P2).")),
		t.block(),
	}, r.poolDetails()...)
	return s
}

// verdict is what becomes of a trusted application pool, and why.
type verdict struct{ decision, reason prose }

// decisionOf is a table of two ways to be known by what a change does about it.
func (r subject) decisionOf(pool topology.Pool) verdict {
	const discovered = "Its servers run the UM service and the UM Call Router and are in a SipName dial plan, so Lync discovers them by itself."
	switch {
	case pool.UMColocated && r.removes():
		return verdict{say("**the manual entry goes**"), say(discovered + " The entry by hand is the second one.")}
	case pool.UMColocated && r.keeps():
		return verdict{say("**none, as before**"), say(discovered + " This change neither makes an entry nor removes one.")}
	case pool.UMColocated:
		return verdict{say("**none**"), say(discovered + " An entry by hand would be the second one.")}
	case r.creates():
		return verdict{say("**one**, in the Lync site %s", pool.SiteID), r.needOf(pool)}
	case r.removes():
		return verdict{say("**stays**: not part of this change"), r.needOf(pool)}
	default:
		return verdict{say("**stays as it is**"), join(r.needOf(pool), say(" It was made when OWA was joined to Lync; this change does not touch it."))}
	}
}

// needOf says why a pool that Lync does not discover needs an entry.
func (r subject) needOf(pool topology.Pool) prose {
	if !inDialPlans(pool) {
		return say("Its servers are not discovered: without an entry of their own Lync would refuse them.")
	}
	plans := "its dial plans"
	if r.planned(dialPlanStep) {
		plans = "the dial plans of step " + r.number(dialPlanStep)
	}
	return say("Its servers become known under their own names by %s; the trusted application pool is for the shared name %s, which discovery never yields; no server name is in it, so nothing is entered twice.", plans, pool.FQDN)
}

// inDialPlans reports whether the servers of a pool go into dial plans, and none of them into its trusted
// application pool.
func inDialPlans(pool topology.Pool) bool {
	entered := computers(pool)
	return !pool.SipDialPlans.IsEmpty() && !slices.ContainsFunc(pool.MailboxServers, func(m topology.MailboxServer) bool {
		return slices.Contains(entered, m.FQDN)
	})
}

// poolDetails are the values of the trusted application pools that are created.
func (r subject) poolDetails() []block {
	if !r.creates() {
		return nil
	}
	t := newTable("The trusted application pools", "Pool", "Registrar, site", "Application, port", "Computers")
	for _, pool := range r.TrustedPools() {
		t.row(say("%s", pool.FQDN), say("%s, %s", pool.Registrar, pool.SiteID), say("`%s`, %s", pool.ApplicationID, decimal(pool.Port)), poolComputers(pool))
	}
	return []block{
		t.block(),
		paragraph(say("Two things cannot be repaired in place afterwards: a pool stays at its registrar and in its site, and a pool that was made without a computer of another name is its own one computer for good. The replication of the Central Management Store is switched off for these computers (`-RequiresReplication $false`): they are no Lync servers.")),
	}
}

func poolComputers(pool topology.Pool) prose {
	if len(pool.TrustedComputers) == 0 {
		return say("the pool itself is its one computer; no other can be added later")
	}
	return say("%s", strings.Join(pool.TrustedComputers, ", "))
}

func yesNo(b bool) prose {
	if b {
		return say("yes")
	}
	return say("no")
}

func decimal(n int) string { return fmt.Sprint(n) }

// joinNames lists names in a sentence, and counts them where nobody would read the list.
func joinNames(names []string) string {
	const readable = 6
	switch {
	case len(names) > readable:
		return fmt.Sprintf("%d OWA pools", len(names))
	case len(names) > 1:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	default:
		return strings.Join(names, "")
	}
}
