package topology

import "slices"

// What must hold between the fields of a topology. Fields that could not be read take no part.

// checkUM refuses what needs unified messaging where Exchange has none.
func (l *loader) checkUM(v Versions, pools []poolDraft) {
	if !slices.Contains(withoutUM, v.Exchange) {
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
func (l *loader) checkNames(pools []poolDraft) {
	l.checkPoolNames(pools)
	l.checkRegistrars(pools)
	l.checkOneServerOnePool(pools)
}

func (l *loader) checkPoolNames(pools []poolDraft) {
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

func (l *loader) checkRegistrars(pools []poolDraft) {
	servers := map[string]bool{}
	for _, p := range pools {
		servers[p.fqdn.value] = true
		for _, s := range append(p.exchangeServers(), p.trusted()...) {
			servers[s.value] = true
		}
	}
	for _, p := range pools {
		switch {
		case !p.registrar.ok:
		case p.registrar.value == p.fqdn.value:
			l.report("registrar-is-owa-fqdn", p.registrar.at, fieldHints["registrar"], "the registrar %s is the OWA FQDN itself", p.registrar.value)
		case servers[p.registrar.value]:
			l.report("registrar-is-exchange-server", p.registrar.at, fieldHints["registrar"], "the registrar %s is an Exchange server of this topology", p.registrar.value)
		}
	}
}

// checkOneServerOnePool refuses a name that two pools claim, as their own, for OWA's back end or for the
// trusted pool: its web.config has one registrar, and Lync puts a computer into one pool. A Client Access
// server may serve several pools.
func (l *loader) checkOneServerOnePool(pools []poolDraft) {
	type claim struct{ pool, line int }
	claims := map[string]claim{}
	for i, p := range pools {
		for _, s := range p.claimed() {
			c, claimed := claims[s.value]
			switch {
			case !claimed:
				claims[s.value] = claim{i, s.at.line}
			case c.pool == i || s.value == pools[c.pool].fqdn.value && s.value == p.fqdn.value: // the latter is duplicate-fqdn
			default:
				l.report("server-in-two-pools", s.at, "leave it in the pool whose registrar it shall use",
					"%s belongs to another OWA pool already, by line %d", s.value, c.line)
			}
		}
	}
}

// claimed are the names that no other pool may have, each once.
func (p poolDraft) claimed() []named {
	var list []named
	if p.fqdn.ok {
		list = append(list, p.name())
	}
	list = append(list, serverNames(p.mailboxServers.value)...)
	list = append(list, p.trustedComputers.value...)
	seen := make(map[string]bool, len(list))
	return slices.DeleteFunc(list, func(n named) bool {
		twice := seen[n.value]
		seen[n.value] = true
		return twice
	})
}

// checkClientAccess checks the scope of step 60 (P7).
func (l *loader) checkClientAccess(pools []poolDraft) {
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

func (p poolDraft) hasServer(fqdn string) bool {
	return slices.ContainsFunc(p.mailboxServers.value, func(s serverDraft) bool { return s.value == fqdn })
}
