package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

func (c *check) checkServer(fqdn, path string, mailbox bool) {
	if c.Servers == nil {
		return
	}
	s, known := c.servers[fqdn]
	switch {
	case !known:
		hint := "see Get-ExchangeServer"
		const enough = 20 // comparing with every name takes time, and nobody reads more
		if len(c.findings) < enough {
			if near := finding.Nearest(fqdn, c.serverNames()); len(near) > 0 {
				hint = "did you mean " + near[0] + "?"
			}
		}
		c.report("inventory-server", path,
			hint+"; "+c.source(Exchange),
			"%s is no server of this Exchange organisation", fqdn)
	case s.Year() != c.topology.Versions.Exchange:
		c.report("inventory-version", path,
			fmt.Sprintf("write exchange: %s, or take the server out: one file describes servers of one version", cmp.Or(s.Year(), "its version")),
			"%s reports %s, which is not Exchange %s", fqdn, quote(s.Version), c.topology.Versions.Exchange)
	case mailbox && !s.IsMailbox():
		c.report("inventory-server", path,
			"name the Mailbox servers here and this one in clientAccessServers",
			"%s has the role %s and is no Mailbox server", fqdn, s.Roles)
	case !mailbox && c.VirtualDirectories != nil && !c.hasOWA[fqdn]:
		c.report("inventory-server", path,
			"name the Client Access servers that users reach; "+c.source(Exchange),
			"%s has no OWA virtual directory", fqdn)
	}
}

func (c *check) serverNames() []string {
	var names []string
	for _, s := range c.Servers {
		names = append(names, s.Server)
	}
	return names
}

func (c *check) checkCertificate(m topology.MailboxServer, known []string, path, poolPath string) {
	own := c.certificates[m.FQDN]
	if len(own) == 0 {
		return
	}
	at := path + ".certificateThumbprint"
	if !c.places.Has(at) {
		at = poolPath + ".certificateThumbprint"
	}
	i := slices.IndexFunc(own, func(o Certificate) bool { return o.Thumbprint == m.Thumbprint })
	if i < 0 {
		where := "is on no server that was read"
		if on := c.allThumbprints[m.Thumbprint]; len(on) > 0 {
			where = "is on " + finding.Few(on) + ", not on " + m.FQDN
		}
		c.report("inventory-certificate-missing", at,
			c.better(m.FQDN, own),
			"certificate %s of %s %s", m.Thumbprint, m.FQDN, where)
		return
	}
	found := own[i]
	switch id, why := found.fault(c.at); {
	case id != "":
		c.report(id, at, c.better(m.FQDN, own), "certificate %s of %s %s", m.Thumbprint, m.FQDN, why)
	case found.endsBy(c.at.AddDate(0, 0, 30)): // as step 10; OWA too warns from then on, with event 106
		c.report("inventory-certificate-soon", at, "renew it soon: `lyncowa certificate-request` prints the commands",
			"certificate %s of %s ends on %s, less than 30 days after the change", m.Thumbprint, m.FQDN, found.until())
	}
	c.checkNames(found, known, m.FQDN, at)
}

// checkNames holds the names of a certificate against those under which Lync knows the server, as step 10 does: Lync looks
// up the subject's CN, and the integration page wants it among the alternative names too (P3).
func (c *check) checkNames(found Certificate, known []string, server, at string) {
	common := found.commonName()
	isKnown, hasKnown := slices.Contains(known, common), slices.ContainsFunc(known, found.holds)
	id, why := "inventory-certificate-subject", ""
	switch {
	case strings.Contains(common, "*"):
		id, why = "inventory-certificate-name", "Lync does not support a wildcard"
	case isKnown && found.holds(common):
		return
	case isKnown && hasKnown:
		why = "Lync knows the server so, but the name is not among the alternative names"
	case hasKnown:
		why = "Lync knows the server as " + strings.Join(known, " or ") + ", which is an alternative name only"
	default:
		id, why = "inventory-certificate-name", "no alternative name is one by which Lync knows the server: "+strings.Join(known, " or ")
	}
	c.report(id, at,
		"request a certificate with the subject CN="+known[0]+", which is also among its alternative names; "+c.better(server, c.certificates[server]),
		"the subject of certificate %s of %s is %s; %s", found.Thumbprint, server, quote(found.Subject), why)
}

func described(certificates []Certificate) []string {
	var texts []string
	for _, one := range certificates {
		texts = append(texts, one.describe())
	}
	return texts
}

// better names the certificates of a server that serve at the judged moment.
func (c *check) better(server string, own []Certificate) string {
	var right []Certificate
	for _, one := range own {
		if _, why := one.fault(c.at); why == "" {
			right = append(right, one)
		}
	}
	if len(right) == 0 {
		return fmt.Sprintf("%s has no certificate that is valid on %s: request one", server, c.at.UTC().Format("2006-01-02"))
	}
	return "valid on that server: " + strings.Join(described(right)[:min(len(right), 3)], "; ") + "; " + c.sourceOf(server)
}

// checkHost holds the facts of one server against what OWA needs there.
func (c *check) checkHost(server, path string) {
	for _, u := range c.ucma[server] {
		switch u.Found {
		case "folder":
			c.report("inventory-ucma", path,
				"ImplementationDLLPath must be the file, such as "+strings.TrimRight(u.Path, `\`)+`\Microsoft.Rtc.Internal.Ucweb.dll`,
				"ImplementationDLLPath on %s is a folder, and OWA opens it as a file", server)
		case "nothing":
			c.report("inventory-ucma", path,
				"install the UCMA 4.0 runtime: https://www.microsoft.com/download/details.aspx?id=34992",
				"ImplementationDLLPath on %s is %s, where nothing is", server, quote(u.Path))
		}
	}
	for _, o := range c.Overrides {
		isOwn := slices.ContainsFunc(c.overrides, func(own plan.Override) bool { return strings.EqualFold(own.Name, o.Name) })
		if o.isFor(server) && !isOwn && c.topology.Versions.UsesOverride() {
			c.report("inventory-override", path,
				"two overrides for one server contradict each other: take it over with settingOverride, or find its owner and remove it first",
				"the setting override %s is for %s already: %s", quote(o.Name), server, strings.Join(o.Parameters, ", "))
		}
	}
}

// checkOverride finds a setting override that cannot be taken over: one that is not there, or that a server would lose
// because the topology does not declare it.
func (c *check) checkOverride(p *topology.Pool, path string) {
	i := slices.IndexFunc(c.Overrides, func(o Override) bool { return strings.EqualFold(o.Name, p.SettingOverride) })
	if p.SettingOverride == "" || c.Overrides == nil {
		return
	}
	if i < 0 {
		var names []string
		for _, o := range c.Overrides {
			names = append(names, o.Name)
		}
		c.report("inventory-override", path+".settingOverride",
			"leave settingOverride out, or name one that exists: "+listed(names)+"; "+c.source(Exchange),
			"there is no setting override %s for instant messaging", quote(p.SettingOverride))
		return
	}
	var losing []string
	for _, s := range c.Servers {
		isDeclared := func(pool topology.Pool) bool {
			return slices.ContainsFunc(pool.MailboxServers, func(m topology.MailboxServer) bool { return m.FQDN == s.Server })
		}
		if s.IsMailbox() && s.Year() > "2013" && c.Overrides[i].isFor(s.Server) && !slices.ContainsFunc(c.topology.Pools, isDeclared) {
			losing = append(losing, s.Server)
		}
	}
	if len(losing) > 0 {
		c.report("inventory-override", path+".settingOverride",
			"declare these servers, or change the scope of the override in a change of its own",
			"the setting override %s is also for %s, which would lose instant messaging", quote(p.SettingOverride), finding.Few(losing))
	}
}

// checkHolders finds servers that step 30 cannot add to a dial plan.
func (c *check) checkHolders(p *topology.Pool, path string) {
	report := func(server, what string) {
		c.report("inventory-um", path+".sipDialPlans",
			"leave sipDialPlans out, or install it there; "+c.source(Exchange),
			"sipDialPlans is for the UM services, and %s has no %s", server, what)
	}
	for _, m := range p.MailboxServers {
		if _, has := c.um[m.FQDN]; c.UMServices != nil && !has {
			report(m.FQDN, "UM service")
		}
	}
	for _, name := range p.ClientAccessServers.Names {
		if _, has := c.routers[name]; c.CallRouters != nil && !has && c.unreadReason("callRouters", name) == "" {
			report(name, "UM Call Router")
		}
	}
}

func (c *check) checkDialPlan(name, path string) {
	if c.DialPlans == nil {
		return
	}
	var sip []string
	for _, p := range c.DialPlans {
		if p.URIType == "SipName" {
			sip = append(sip, p.Name)
		}
	}
	i := slices.IndexFunc(c.DialPlans, func(p DialPlan) bool { return strings.EqualFold(p.Name, name) })
	hint := "the SipName dial plans are " + finding.Few(sip)
	if len(sip) == 0 {
		hint = "there is no SipName dial plan: create one, or leave sipDialPlans out"
	}
	switch {
	case i < 0:
		c.report("inventory-dial-plan", path, hint, "there is no dial plan %s", quote(name))
	case c.DialPlans[i].URIType != "SipName":
		c.report("inventory-dial-plan", path,
			hint,
			"the dial plan %s is of the type %s, not SipName", quote(name), c.DialPlans[i].URIType)
	}
}

func (c *check) checkPolicies() {
	if c.MailboxPolicies == nil {
		return
	}
	var known []string
	for _, p := range c.MailboxPolicies {
		known = append(known, p.Name)
	}
	for i, name := range c.topology.MailboxPolicies.Names {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
			c.report("inventory-policy", fmt.Sprintf("mailboxPolicies[%d]", i),
				"the policies are "+finding.Few(known)+"; "+c.source(Exchange),
				"there is no OWA mailbox policy %s", quote(name))
		}
	}
}
