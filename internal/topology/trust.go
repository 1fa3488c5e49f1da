package topology

import "slices"

// checkTrust holds the trusted pools against themselves and against the dial plans (P2, P3, P6). Where UM is
// colocated there is no trusted pool.
func (l *loader) checkTrust(pools []*poolDraft) {
	manual := slices.DeleteFunc(slices.Clone(pools), func(p *poolDraft) bool { return !p.umColocated.ok || p.umColocated.value || !p.fqdn.ok })
	for _, p := range manual {
		l.checkPoolAmongComputers(p)
	}
	if !slices.ContainsFunc(pools, func(p *poolDraft) bool { return p.sipDialPlans.ok }) {
		return // most farms: what follows would sort every name in vain
	}
	trusted := map[string]*poolDraft{}
	for _, p := range manual {
		for _, n := range p.trusted() {
			trusted[n.value] = p
		}
		trusted[p.fqdn.value] = p
	}
	for _, p := range pools {
		l.checkDoubleEntry(p, trusted)
	}
}

// checkPoolAmongComputers: a pool of several computers needs a name of its own; this cannot be repaired in
// place once it is made.
func (l *loader) checkPoolAmongComputers(p *poolDraft) {
	computers := p.trusted()
	if len(computers) < 2 {
		return
	}
	for _, c := range computers {
		if c.value == p.fqdn.value {
			l.report("pool-among-computers", c.at, "give the pool a name of its own (subject name of the certificate), or name in trustedComputers only the other computers",
				"the pool FQDN %s is one of %d trusted computers", c.value, len(computers))
		}
	}
}

// checkDoubleEntry: Lync lists every server of a SipName dial plan by itself. A trusted pool or computer of
// the same name would be its second entry, and OWA integration stops working (P2).
func (l *loader) checkDoubleEntry(p *poolDraft, trusted map[string]*poolDraft) {
	if !p.sipDialPlans.ok {
		return
	}
	seen := map[string]bool{}
	for _, s := range p.exchangeServers() {
		pool, double := trusted[s.value]
		if !double || seen[s.value] {
			continue
		}
		seen[s.value] = true
		l.report("double-entry", s.at, doubleEntryHint(s.value == pool.fqdn.value),
			"%s goes into the trusted pool %s and, by sipDialPlans, into a dial plan: Lync would know it twice", s.value, pool.fqdn.value)
	}
}

func doubleEntryHint(isPoolName bool) string {
	if isPoolName {
		return "keep it out of the dial plans: name other servers in mailboxServers and clientAccessServers, with trustedComputers: [], or leave sipDialPlans out"
	}
	return "write trustedComputers: [], or leave it out of the dial plans"
}
