package inventory

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// checkSite tells a SiteId from the two other names of a site.
func (c *check) checkSite(p *topology.Pool, path string) {
	if c.Sites == nil || slices.ContainsFunc(c.Sites, func(s Site) bool { return strings.EqualFold(s.SiteID, p.SiteID) }) {
		return
	}
	for _, s := range c.Sites {
		which := ""
		switch {
		case strings.EqualFold(s.DisplayName, p.SiteID):
			which = "display name"
		case strings.EqualFold(s.Identity, p.SiteID), strings.EqualFold(s.Identity, "Site:"+p.SiteID):
			which = "identity"
		}
		if which != "" {
			c.report("inventory-site", path+".siteId",
				fmt.Sprintf("write %s (identity %s, display name %q); %s", s.SiteID, s.Identity, s.DisplayName, c.source(Lync)),
				"siteId %s is the %s of a site, not its SiteId", quote(p.SiteID), which)
			return
		}
	}
	var known []string
	for _, s := range c.Sites {
		known = append(known, fmt.Sprintf("%s (%s)", s.SiteID, s.DisplayName))
	}
	c.report("inventory-site", path+".siteId",
		"the SiteIds are "+finding.Few(known)+"; "+c.source(Lync),
		"siteId %s is no SiteId of this deployment", quote(p.SiteID))
}

// plannedComputers are the computers of a trusted pool. One that is made without any is its own one computer.
func plannedComputers(p *topology.Pool) []string {
	if len(p.TrustedComputers) == 0 {
		return []string{p.FQDN}
	}
	return p.TrustedComputers
}

func (c *check) checkTrustedPool(p *topology.Pool, path string) {
	c.checkComputers(p, path)
	existing, exists := c.trusted[p.FQDN]
	if !exists {
		return
	}
	const moved = "a pool cannot be moved: write what it has, or remove it in a change of its own"
	if existing.Registrar != p.Registrar {
		c.report("inventory-pool-registrar", path+".registrar",
			fmt.Sprintf("write %s; %s", existing.Registrar, moved),
			"the trusted application pool %s exists with the registrar %s", p.FQDN, existing.Registrar)
	}
	isSite := slices.ContainsFunc(c.Sites, func(s Site) bool { return strings.EqualFold(s.SiteID, p.SiteID) })
	if site := c.sites[strings.ToLower(existing.Site)]; isSite && site.SiteID != "" && !strings.EqualFold(site.SiteID, p.SiteID) {
		c.report("inventory-pool-site", path+".siteId",
			fmt.Sprintf("write %s (%s); %s", site.SiteID, site.Identity, moved),
			"the trusted application pool %s exists in the site with SiteId %s", p.FQDN, site.SiteID)
	}
	isOwn := isOwnComputer(existing)
	var absent []string
	for _, computer := range plannedComputers(p) {
		if !slices.Contains(existing.Computers, computer) && !(isOwn && computer == p.FQDN) {
			absent = append(absent, computer)
		}
	}
	switch {
	case isOwn && len(absent) > 0:
		c.report("inventory-pool-room", path+".trustedComputers", "write trustedComputers: [], or remove the pool in a change of its own",
			"the trusted application pool %s is its own one computer, so %s can never be added", p.FQDN, finding.Few(absent))
	case !isOwn && len(p.TrustedComputers) == 0:
		c.report("inventory-pool-room", path+".trustedComputers", "write its computers: "+strings.Join(existing.Computers, ", "),
			"the trusted application pool %s exists with computers, so it can never be its own one computer", p.FQDN)
	}
	for _, a := range c.applications[p.FQDN] {
		if !strings.EqualFold(a.ApplicationID, p.ApplicationID) {
			c.report("inventory-foreign-application", path+".fqdn",
				"find its owner first; it would go with the pool if that is removed",
				"the trusted application pool %s holds the application %s", p.FQDN, a.ApplicationID)
		}
	}
}

// checkComputers finds what would make Lync know a computer of the trusted pool twice (P2).
func (c *check) checkComputers(p *topology.Pool, path string) {
	existing := c.trusted[p.FQDN].Computers
	for i, computer := range plannedComputers(p) {
		if slices.Contains(existing, computer) {
			continue
		}
		at := fmt.Sprintf("%s.trustedComputers[%d]", path, i)
		if answer, _ := c.colocated(computer); answer == Yes {
			continue // umColocated is wrong, and that is said there
		}
		plans := append(c.sipPlans(c.um[computer]), c.sipPlans(c.routers[computer])...)
		other := c.poolOf(computer, p.FQDN)
		switch {
		case len(plans) > 0:
			c.report("inventory-double-entry", at,
				"write trustedComputers: [], or take the server out of the dial plan",
				"%s is in the SipName dial plan %s, so Lync discovers it: in the trusted pool too it would have two entries", computer, quote(plans[0]))
		case other != "":
			c.report("inventory-double-entry", at,
				"a computer belongs to one pool: write trustedComputers: [], or remove it there in a change of its own",
				"%s is in the trusted application pool %s already", computer, other)
		}
	}
}

// poolOf is the trusted pool that has a computer, other than one; "" for none.
func (c *check) poolOf(computer, besides string) string {
	for _, pool := range c.poolsOf[computer] {
		if pool != besides {
			return pool
		}
	}
	return ""
}

func (c *check) checkPort(p *topology.Pool, path string) {
	for _, a := range c.applications[p.FQDN] {
		isOwn := strings.EqualFold(a.ApplicationID, p.ApplicationID)
		switch {
		case isOwn && a.Port != p.Port:
			c.report("inventory-port", path+".port",
				fmt.Sprintf("write port: %d, or remove the application in a change of its own", a.Port),
				"the trusted application %s exists with the port %d", a.ApplicationID, a.Port)
		case !isOwn && a.Port == p.Port:
			c.report("inventory-port", path+".port",
				fmt.Sprintf("write port: %s", c.proposePort(p.FQDN).Text),
				"the port %d of that pool belongs to the application %s", a.Port, a.ApplicationID)
		}
	}
}

func (c *check) checkUM(p *topology.Pool, path string) {
	for _, m := range p.MailboxServers {
		answer, fact := c.colocated(m.FQDN)
		_, hasUM := c.um[m.FQDN]
		_, hasRouter := c.routers[m.FQDN]
		planComing := !p.SipDialPlans.IsEmpty() && hasUM && hasRouter // step 30 adds it
		switch {
		case p.UMColocated && answer == No && !planComing:
			c.report("inventory-um", path+".umColocated",
				"write umColocated: false, with siteId and port; "+c.source(Exchange),
				"umColocated is true, but %s", fact)
		case !p.UMColocated && answer == Yes:
			c.report("inventory-um", path+".umColocated",
				"write umColocated: true; "+c.source(Exchange),
				"umColocated is false, but %s, so Lync discovers it", fact)
		}
	}
	if p.UMColocated && c.change != plan.RemoveDuplicate {
		c.checkDuplicates(p, path)
	}
}

// checkDuplicates finds trusted pools of servers that Lync discovers (P2).
func (c *check) checkDuplicates(p *topology.Pool, path string) {
	names := []string{}
	if _, exists := c.trusted[p.FQDN]; exists {
		names = append(names, p.FQDN)
	}
	for _, m := range p.MailboxServers {
		if _, exists := c.trusted[m.FQDN]; exists {
			names = append(names, m.FQDN)
		}
		names = append(names, c.poolsOf[m.FQDN]...)
	}
	for _, name := range unique(names) {
		hint := "remove that entry first: --change remove-duplicate"
		if name != p.FQDN {
			hint = "describe that pool as an OWA pool of its own, then remove it: --change remove-duplicate"
		}
		c.report("inventory-double-entry", path+".umColocated",
			hint,
			"Lync discovers the servers, and the trusted application pool %s has them as well", name)
	}
}
