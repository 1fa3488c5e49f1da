package topology

import "slices"

// What must hold between the fields of a topology. Fields that could not be read take no part.

// checkUM refuses what needs unified messaging where Exchange has none.
func (l *loader) checkUM(v Versions, pools []*poolDraft) {
	if v.HasUM() {
		return
	}
	for _, p := range pools {
		if p.umColocated.ok && p.umColocated.value {
			l.report("colocated-without-um", p.umColocated.at, "write umColocated: false", "umColocated is true, but Exchange %s has no unified messaging", v.Exchange)
		}
		if p.sipDialPlans.ok {
			l.report("dial-plans-without-um", p.sipDialPlans.at, "leave sipDialPlans out", "sipDialPlans is given, but Exchange %s has no unified messaging", v.Exchange)
		}
	}
}

// checkNames holds the names of pools, registrars and servers against each other.
func (l *loader) checkNames(pools []*poolDraft) {
	l.checkPoolNames(pools)
	l.checkRegistrars(pools)
	l.checkOneServerOnePool(pools)
}

func (l *loader) checkPoolNames(pools []*poolDraft) {
	lines := make(map[string]int, len(pools))
	for _, p := range pools {
		if !p.fqdn.ok {
			continue
		}
		if line, twice := lines[p.fqdn.value]; twice {
			l.report("duplicate-fqdn", p.fqdn.at, "put the servers of one OWA FQDN into one pool, under mailboxServers",
				"the OWA pool %s stands here a second time; the first is in line %d", p.fqdn.value, line)
			continue
		}
		lines[p.fqdn.value] = p.fqdn.at.line
	}
}

func (l *loader) checkRegistrars(pools []*poolDraft) {
	isServer := make(map[string]bool, len(pools)) // of each registrar
	for _, p := range pools {
		isServer[p.registrar.value] = false
	}
	for _, p := range pools {
		for _, s := range slices.Concat(p.exchangeServers(), p.trusted(), []named{p.name()}) {
			if _, isRegistrar := isServer[s.value]; isRegistrar {
				isServer[s.value] = true
			}
		}
	}
	for _, p := range pools {
		switch {
		case !p.registrar.ok:
		case p.registrar.value == p.fqdn.value:
			l.report("registrar-is-owa-fqdn", p.registrar.at, fieldHints["registrar"], "the registrar %s is the OWA FQDN itself", p.registrar.value)
		case isServer[p.registrar.value]:
			l.report("registrar-is-exchange-server", p.registrar.at, fieldHints["registrar"], "the registrar %s is an Exchange server of this topology", p.registrar.value)
		}
	}
}

// checkOneServerOnePool refuses a name that two pools claim, as their own, for OWA's back end or for the
// trusted pool: its web.config has one registrar, and Lync puts a computer into one pool. A Client Access
// server may serve several pools.
func (l *loader) checkOneServerOnePool(pools []*poolDraft) {
	type claim struct {
		by   *poolDraft // the first pool that has the name
		line int
		last *poolDraft // the last one; each is told once
	}
	names := 0
	for _, p := range pools {
		names += len(p.mailboxNames) + len(p.trustedComputers.value) + 1
	}
	claims := make(map[string]claim, names)
	for _, p := range pools {
		for _, s := range p.claimed() {
			c, claimed := claims[s.value]
			if !claimed {
				claims[s.value] = claim{p, s.at.line, p}
				continue
			}
			if c.last == p {
				continue
			}
			claims[s.value] = claim{c.by, c.line, p}
			if s.value != c.by.fqdn.value || s.value != p.fqdn.value { // else it is duplicate-fqdn
				l.report("server-in-two-pools", s.at, "leave it in the pool whose registrar it shall use",
					"%s belongs to another OWA pool already, by line %d", s.value, c.line)
			}
		}
	}
}

// claimed are the names that no other pool may have.
func (p *poolDraft) claimed() []named {
	list := slices.Concat(p.mailboxNames, p.trustedComputers.value)
	if p.fqdn.ok {
		return slices.Insert(list, 0, p.name())
	}
	return list
}

// checkClientAccess checks the scope of step 60 (P7).
func (l *loader) checkClientAccess(pools []*poolDraft) {
	for _, p := range pools {
		cas := p.clientAccessServers
		switch {
		case cas.ok && cas.value.all && len(pools) > 1:
			l.report("all-client-access", cas.at, "name the servers of each pool", "clientAccessServers: all works on the whole organisation, which several pools cannot share")
		case cas.ok && cas.value.all && p.sipDialPlans.ok:
			l.report("all-client-access", cas.at, "name the servers: the dial plans need their names", "clientAccessServers: all does not say which servers go into the dial plans")
		case !cas.given && len(p.mailboxServers.value) > 0 && p.fqdn.ok && !p.hasServer(p.fqdn.value):
			l.report("client-access-default", p.mailboxServers.at, "write clientAccessServers with the names of the Client Access servers",
				"clientAccessServers is not given and falls back to %s, which is not among the mailbox servers and is probably no server", p.fqdn.value)
		}
	}
}

func (p *poolDraft) hasServer(fqdn string) bool {
	return slices.ContainsFunc(p.mailboxServers.value, func(s serverDraft) bool { return s.value == fqdn })
}
