package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/topology"
)

func (f *Farm) proposePool(g *owaGroup, registrar string) ProposedPool {
	p := ProposedPool{ClientAccessServers: g.clientAccess}
	if len(g.hosts) == 1 {
		p.FQDN = Value{Text: g.hosts[0], Fact: "the host of the OWA virtual directories of " + finding.Few(g.clientAccess)}
	} else {
		p.FQDN = open("the virtual directories have several host names", g.hosts...)
	}
	p.UMColocated = f.umColocated(g.mailbox)
	p.IsDiscovered = p.UMColocated.Text == "true"
	p.Registrar = f.proposeRegistrar(p.FQDN.Text, g.mailbox, registrar)
	if !p.IsDiscovered {
		p.SiteID = f.proposeSite(p.Registrar)
		p.Port = f.proposePort(p.FQDN.Text)
		p.TrustedComputers = f.proposeComputers(p.FQDN.Text, g.mailbox)
	}
	p.SipDialPlans = f.plansOf(g.mailbox)
	f.proposeServers(&p, g)
	return p
}

func open(why string, candidates ...string) Value { return Value{Fact: why, Candidates: candidates} }

// umColocated is the answer for all Mailbox servers of a pool, if it is the same.
func (f *Farm) umColocated(servers []string) Value {
	var facts []string
	answers := map[Answer]bool{}
	for _, s := range servers {
		answer, fact := f.colocated(s)
		answers[answer] = true
		if len(facts) < 10 && !slices.Contains(facts, fact) { // nobody reads more
			facts = append(facts, fact)
		}
	}
	switch {
	case len(answers) == 0:
		return open("no Mailbox server is known")
	case answers[Unknown]:
		return open("the inventory does not tell whether Lync discovers the servers", facts...)
	case len(answers) > 1:
		return open("the servers differ; describe them in two pools", facts...)
	}
	return Value{Text: strconv.FormatBool(answers[Yes]), Fact: strings.Join(facts[:min(len(facts), 3)], "; ")}
}

// proposeRegistrar takes the registrar of the existing trusted pool, that which the servers use now, or the only one.
func (f *Farm) proposeRegistrar(fqdn string, servers []string, wanted string) Value {
	if t, exists := f.trusted[fqdn]; exists && t.Registrar != "" {
		return Value{Text: t.Registrar, Fact: "the registrar of the existing trusted application pool " + fqdn}
	}
	all := f.registrars()
	var used []string
	for _, s := range servers {
		if name := f.currentRegistrar(s); f.pools[name].Registrar {
			used = append(used, name)
		}
	}
	used = unique(used)
	switch {
	case wanted != "":
		return Value{Text: wanted, Fact: "as you chose"}
	case len(used) == 1:
		return Value{Text: used[0], Fact: "IMServerName in web.config of these servers"}
	case len(all) == 1:
		return Value{Text: all[0], Fact: "the only Lync pool with a Registrar service"}
	case len(all) == 0:
		return open("no Lync pool with a Registrar service was read; " + f.source(Lync))
	}
	var candidates []string
	for _, name := range all {
		candidates = append(candidates, fmt.Sprintf("%s (%s, %s)", name, Count(len(f.pools[name].Computers), "computer"), f.pools[name].Site))
	}
	return open(fmt.Sprintf("%d Lync pools could be it", len(all)), candidates...)
}

// proposeSite is the SiteId of the registrar's site, or of that of all registrars.
func (f *Farm) proposeSite(registrar Value) Value {
	pools := []string{registrar.Text}
	if registrar.IsOpen() {
		pools = f.registrars()
	}
	sites := map[string]Site{}
	for _, pool := range pools {
		if site, known := f.sites[strings.ToLower(f.pools[pool].Site)]; known {
			sites[site.SiteID] = site
		}
	}
	ids := slices.Sorted(maps.Keys(sites))
	switch {
	case len(ids) == 1:
		return Value{Text: ids[0], Fact: fmt.Sprintf("identity %s, display name %q", sites[ids[0]].Identity, sites[ids[0]].DisplayName)}
	case len(ids) == 0:
		return open("the site of the registrar was not read; " + f.source(Lync))
	}
	var candidates []string
	for _, id := range ids {
		candidates = append(candidates, sites[id].describe())
	}
	return open("it is that of the registrar", candidates...)
}

// firstPort is the port of Microsoft's page.
const firstPort = 5199

// proposePort keeps the port of the existing application, else takes the first one that is free in the trusted pool.
func (f *Farm) proposePort(fqdn string) Value {
	if f.TrustedPools == nil || f.Applications == nil {
		return Value{Text: strconv.Itoa(firstPort), Fact: "the trusted applications were not read: see that it is free in the pool"}
	}
	taken := map[int]string{}
	for _, a := range f.applications[fqdn] {
		if strings.EqualFold(a.ApplicationID, topology.DefaultApplicationID) {
			return Value{Text: strconv.Itoa(a.Port), Fact: "the port of the existing trusted application"}
		}
		taken[a.Port] = a.ApplicationID
	}
	port := firstPort
	for taken[port] != "" {
		port++
	}
	if port != firstPort {
		return Value{Text: strconv.Itoa(port), Fact: fmt.Sprintf("free in that pool; %d belongs to %s", firstPort, taken[firstPort])}
	}
	return Value{Text: strconv.Itoa(port), Fact: "free in that pool"}
}

// proposeComputers keeps the computers of an existing pool. Servers that Lync discovers by a SipName dial plan are in no
// trusted pool as well.
func (f *Farm) proposeComputers(fqdn string, servers []string) *TrustedComputers {
	if t, exists := f.trusted[fqdn]; exists {
		computers := slices.Sorted(slices.Values(t.Computers))
		switch {
		case len(computers) == 0 || len(computers) == 1 && computers[0] == fqdn:
			return &TrustedComputers{Fact: "the existing pool is its own one computer"}
		case !slices.Equal(computers, slices.Sorted(slices.Values(servers))):
			return &TrustedComputers{computers, "the computers of the existing pool"}
		}
		return nil
	}
	for _, s := range servers {
		if plans := f.sipPlans(f.um[s]); len(plans) > 0 {
			return &TrustedComputers{Fact: fmt.Sprintf("none: %s is in the SipName dial plan %s, and Lync must not know it twice", s, plans[0])}
		}
	}
	return nil
}

// plansOf are the SipName dial plans that all of the servers are in.
func (f *Farm) plansOf(servers []string) []string {
	var plans []string
	for i, s := range servers {
		own := f.sipPlans(f.um[s])
		if i == 0 {
			plans = own
		}
		plans = slices.DeleteFunc(plans, func(p string) bool { return !slices.Contains(own, p) })
	}
	return plans
}

// proposeServers fills in the Mailbox servers and the certificate of each.
func (f *Farm) proposeServers(p *ProposedPool, g *owaGroup) {
	if len(g.mailbox) == 0 || len(g.undecided) > 0 {
		v := open("no Mailbox server is known to belong to this pool")
		if len(g.undecided) > 0 {
			v = open("several OWA pools are in the site of these servers", append(slices.Clone(g.mailbox), g.undecided...)...)
		}
		p.MailboxServersOpen = &v
		p.Thumbprint = open("it is that of the Mailbox servers")
		return
	}
	for i, s := range g.mailbox {
		v := f.proposeCertificate(s, p)
		if i == 0 {
			p.Thumbprint = v
			p.MailboxServers = append(p.MailboxServers, ProposedServer{FQDN: s})
			continue
		}
		server := ProposedServer{FQDN: s}
		if v.Text != p.Thumbprint.Text || v.IsOpen() {
			server.Thumbprint = &v
		}
		p.MailboxServers = append(p.MailboxServers, server)
	}
}

// proposeCertificate is the one certificate of a server that qualifies (P9): valid when the inventory was taken, with a
// private key, and with a subject by which Lync knows that server.
func (f *Farm) proposeCertificate(server string, p *ProposedPool) Value {
	known := f.knownNames(server, p)
	var right []Certificate
	var candidates []string
	for _, c := range f.certificates[server] {
		_, why := c.fault(f.exchangeTime())
		switch {
		case why != "":
		case !slices.Contains(known, c.commonName()):
			why = "its subject is not " + strings.Join(known, " or ")
		case !c.holds(c.commonName()):
			why = "its subject is not among its alternative names"
		default:
			right = append(right, c)
		}
		line := c.describe()
		if why != "" {
			line += "; no: " + why
		}
		candidates = append(candidates, line)
	}
	switch {
	case len(right) == 1:
		return Value{Text: right[0].Thumbprint, Fact: fmt.Sprintf("%s: %s, until %s", server, right[0].Subject, right[0].until())}
	case len(right) > 1:
		return open(fmt.Sprintf("%d certificates of %s qualify", len(right), server), candidates...)
	case len(candidates) == 0:
		why := cmp.Or(f.unreadReason("certificates", server), "none was read")
		return open(fmt.Sprintf("the certificates of %s: %s", server, why))
	}
	return open(fmt.Sprintf("no certificate of %s qualifies", server), candidates...)
}

// knownNames are the names by which Lync knows a server: its own, where Lync discovers it or it is a computer of the
// trusted pool, and that of the trusted pool.
func (f *Farm) knownNames(server string, p *ProposedPool) []string {
	if p.IsDiscovered {
		return []string{server}
	}
	var names []string
	if !p.FQDN.IsOpen() {
		names = append(names, p.FQDN.Text)
	}
	if p.TrustedComputers == nil || slices.Contains(p.TrustedComputers.Names, server) {
		names = append(names, server)
	}
	return unique(names)
}
