package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Check holds a topology against the facts. Each finding stands at the value that is wrong, with the right one in its
// hint. What was not read is no fact: it is a warning, and nothing follows from it.
//
// A duplicate entry is no fault for the change that removes it.
func (f *Farm) Check(
	file string, source []byte, t *topology.Topology, places topology.Places, change plan.Change,
) finding.List {
	c := &check{
		Farm: f, topology: t, places: places, file: file, change: change, at: f.exchangeTime(),
		allThumbprints: map[string][]string{}, poolsOf: map[string][]string{}, hasOWA: map[string]bool{},
	}
	for _, directory := range f.VirtualDirectories {
		c.hasOWA[directory.Server] = true
	}
	for _, certificate := range f.Certificates {
		c.allThumbprints[certificate.Thumbprint] = append(c.allThumbprints[certificate.Thumbprint], certificate.Server)
	}
	for _, pool := range f.TrustedPools {
		for _, computer := range pool.Computers {
			c.poolsOf[computer] = append(c.poolsOf[computer], pool.Pool)
		}
	}
	if end, err := time.Parse(time.RFC3339, t.Change.WindowEnd); err == nil {
		c.at = end
	}
	if t.Versions.UsesOverride() {
		if p, _ := plan.Build(t, source, plan.Integrate); p != nil {
			c.overrides = p.Overrides()
		}
	}
	c.checkUnread()
	c.checkLyncVersion()
	for i := range t.Pools {
		c.checkPool(&t.Pools[i], fmt.Sprintf("owaPools[%d]", i))
	}
	c.checkPolicies()
	if len(t.PilotUsers) > 0 {
		c.report("inventory-pilot", "pilotUsers",
			"look: Get-Mailbox USER | Select-Object -ExpandProperty EmailAddresses shows a line sip:...; step 90 checks it too",
			"inventories hold no users, so it is unknown whether the %d pilot users have SIP addresses", len(t.PilotUsers))
	}
	c.findings.Sort()
	return slices.Compact(c.findings)
}

type check struct {
	*Farm
	topology       *topology.Topology
	places         topology.Places
	file           string
	change         plan.Change
	at             time.Time // when certificates are judged
	overrides      []plan.Override
	allThumbprints map[string][]string // -> servers
	hasOWA         map[string]bool     // servers with an OWA virtual directory
	poolsOf        map[string][]string // computer -> trusted pools
	findings       finding.List
}

func (c *check) report(id, path, hint, format string, values ...any) {
	line, column := c.places.Of(path)
	c.findings = append(c.findings, finding.Finding{
		ID: id, Severity: severityOf(id), File: c.file, Line: line, Column: column,
		Message: fmt.Sprintf(format, values...), Hint: hint,
	})
}

// checkUnread says which sections nothing was compared with.
func (c *check) checkUnread() {
	for _, s := range []struct {
		name, compares string
		isRead         bool
	}{
		{"servers", "servers and their versions", c.Servers != nil},
		{"certificates", "certificates", c.Certificates != nil},
		{"mailboxPolicies", "mailboxPolicies", c.MailboxPolicies != nil},
		{"umServices", "umColocated", c.UMServices != nil || !c.topology.Versions.HasUM()},
		{"dialPlans", "sipDialPlans", c.DialPlans != nil || !c.topology.Versions.HasUM()},
		{"overrides", "setting overrides", c.Overrides != nil || !c.topology.Versions.UsesOverride()},
		{"sites", "siteId", c.Sites != nil},
		{"pools", "registrar", c.Pools != nil},
		{"trustedPools", "trusted application pools", c.TrustedPools != nil},
		{"applications", "port", c.Applications != nil},
	} {
		if !s.isRead {
			why := cmp.Or(c.unreadReason(s.name, ""), "no inventory has them")
			c.report("inventory-unread", "owaPools",
				"run the script where it has the rights, or look for yourself; the bundle's scripts check it too",
				"%s: not compared, because the %s were not read: %s", s.compares, s.name, why)
		}
	}
}

func (c *check) checkLyncVersion() {
	if short, reported := c.lyncYear(); short != "" && short != c.topology.Versions.Lync {
		c.report("inventory-version", "versions.lync",
			fmt.Sprintf("write lync: %s; %s", short, c.source(Lync)),
			"lync %s is not what the deployment reports: %s", c.topology.Versions.Lync, reported)
	}
}

func (c *check) checkPool(p *topology.Pool, path string) {
	if c.Pools != nil && !c.pools[p.Registrar].Registrar {
		c.report("inventory-registrar", path+".registrar",
			"the registrars are "+finding.Few(c.registrars())+"; "+c.source(Lync),
			"registrar %s is no Lync pool with a Registrar service", p.Registrar)
	}
	if !p.UMColocated {
		c.checkSite(p, path)
		c.checkTrustedPool(p, path)
		c.checkPort(p, path)
	}
	c.checkUM(p, path)
	c.checkOverride(p, path)
	known := plan.KnownNames(p)
	for i, m := range p.MailboxServers {
		at := fmt.Sprintf("%s.mailboxServers[%d]", path, i)
		c.checkServer(m.FQDN, at+".fqdn", true)
		c.checkCertificate(m, known(m.FQDN), at, path)
		c.checkHost(m.FQDN, at+".fqdn")
	}
	for i, name := range p.ClientAccessServers.Names {
		c.checkServer(name, fmt.Sprintf("%s.clientAccessServers[%d]", path, i), false)
	}
	if !p.SipDialPlans.IsEmpty() {
		c.checkHolders(p, path)
	}
	for i, name := range p.SipDialPlans.Names {
		c.checkDialPlan(name, fmt.Sprintf("%s.sipDialPlans[%d]", path, i))
	}
}
