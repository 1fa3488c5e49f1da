package record

import (
	"strings"

	"lyncowa/internal/topology"
)

// affected names every server and service that the change touches, downstream ones too.
func (r subject) affected() section {
	return section{
		ID: "affected", Title: "Affected servers and services",
		Sections: []section{
			{ID: "affected-pools", Title: "OWA pools", Blocks: []block{r.poolTable()}},
			{ID: "affected-mailbox", Title: "Exchange Mailbox servers", Blocks: []block{r.mailboxTable()}},
			{ID: "affected-client-access", Title: "Exchange Client Access servers", Blocks: r.clientAccessBlocks()},
			{ID: "affected-services", Title: "Services, also downstream", Blocks: []block{r.serviceTable()}},
			{ID: "not-affected", Title: "What is not touched", Blocks: []block{bullets(r.untouched()...)}},
		},
	}
}

func (r subject) poolTable() block {
	t := newQuietTable("OWA pools and the Lync pool that each is joined to", "OWA pool", "Lync site (SiteID)", "Lync pool (registrar)", "Lync trusts it by")
	for _, pool := range r.Topology.Pools {
		t.row(say("%s", pool.FQDN), siteName(pool), say("%s", pool.Registrar), trustOf(pool))
	}
	return t.block()
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

func (r subject) mailboxTable() block {
	t := newQuietTable("Mailbox servers, each with what it gets", "Server", "OWA pool", "Lync pool that it will use", "Certificate thumbprint")
	for _, s := range r.Servers() {
		t.row(say("%s", s.FQDN), say("%s", s.Pool.FQDN), say("%s", s.Registrar()), say("`%s`", s.Thumbprint))
	}
	return t.block()
}

func (r subject) clientAccessBlocks() []block {
	if r.ClientAccess().All {
		return []block{warning("Whole organisation", say("Every OWA virtual directory of the organisation is set, in every site and of every Exchange version, also on servers that this record does not name (`clientAccessServers: all`)."))}
	}
	t := newQuietTable("Client Access servers whose OWA virtual directories are set", "Server", "For the OWA pool")
	for _, name := range r.ClientAccess().Names {
		t.row(say("%s", name), say("%s", strings.Join(r.poolsServedBy(name), ", ")))
	}
	return []block{t.block()}
}

func (r subject) poolsServedBy(server string) []string {
	var pools []string
	for _, pool := range r.Topology.Pools {
		for _, name := range pool.ClientAccessServers.Names {
			if name == server {
				pools = append(pools, pool.FQDN)
			}
		}
	}
	return pools
}

// serviceTable is what depends on the servers, and what happens to it.
func (r subject) serviceTable() block {
	registrars := strings.Join(r.Registrars(), ", ")
	t := newQuietTable("Services", "Service", "What happens to it", "Interruption")
	t.rowIf(r.planned(settingsStep), say("OWA on the Mailbox servers"), say("The OWA application pool `MSExchangeOWAAppPool` is recycled, one server at a time."), say("**Yes, short:** OWA sessions on that server stop for a moment; unsaved text can be lost."))
	t.rowIf(r.planned(directoryStep), say("OWA virtual directories (Client Access)"), say("Instant messaging is set to enabled, with the type OCS."), say("None."))
	t.rowIf(r.planned(policyStep), say("OWA mailbox policies"), r.policyEffect(), say("None; it shows at a later sign-in."))
	t.rowIf(r.planned(trustStep), say("Central Management Store of Lync"), say("Gets the trusted application pools, their computers and their applications: section \"The trusted application pool: decision\". A snapshot and a configuration export are taken first."), say("None."))
	t.rowIf(r.planned(enableStep), say("Lync Front Ends of %s", registrars), say("Take over the enabled topology by replication; the servers of the trusted application pools come onto their known servers list. No Lync service is restarted by a script."), say("None expected."))
	t.rowIf(r.planned(enableStep), say("All other Lync servers"), say("Receive the same topology by replication, with it everything else that was published and still waited."), say("Depends on what other people have published: a question before step %s.", r.number(enableStep)))
	t.rowIf(!r.planned(enableStep), say("Lync Front Ends of %s", registrars), say("Are read, not changed. They exchange presence and messages with the OWA servers afterwards."), say("None."))
	t.rowIf(!r.planned(enableStep), say("Central Management Store of Lync"), say("Is read, not changed."), say("None."))
	t.rowIf(r.planned(dialPlanStep), say("Unified Messaging (UM)"), say("The servers of %s are added to SipName dial plans; the dial plans that they are in already stay.", joinNames(fqdns(r.DialPlanPools()))), say("None expected for calls and voice mail. Lync adds the servers to those that it knows."))
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

// untouched is as true for every topology as it is short.
func (r subject) untouched() []prose {
	items := []prose{
		say("No firewall, load balancer or DNS entry: no cmdlet of this change opens a port."),
		say("No certificate is issued, imported or assigned to a service; the scripts only name one that is there."),
		say("No mailbox, no message and no Lync user is changed, and no server is restarted."),
	}
	if !r.unifiedMessaging() {
		return items
	}
	return append(items, say("No dial plan is created, replaced or removed."))
}
