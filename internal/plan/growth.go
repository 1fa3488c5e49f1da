package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/topology"
)

// Earlier is the topology that a farm has before servers are added to it.
type Earlier struct {
	Name     string // as findings call it
	Source   []byte // the file, byte for byte
	Topology *topology.Topology
}

// AddingTo gives a plan of the kind add-server the earlier topology. Places are those of the new topology, for findings.
func AddingTo(earlier Earlier, places topology.Places) Option {
	return func(p *Plan) {
		if p.Change == AddServer {
			p.Earlier, p.places = &earlier, places
		}
	}
}

// addServers makes the plan one for the new servers alone, or says why not.
func (p *Plan) addServers() finding.List {
	if p.Earlier == nil {
		return finding.List{{
			ID: "add-server-from", Severity: finding.Error,
			Message: "add-server needs the topology to which the servers are added",
			Hint:    "give the earlier topology file, or the folder of the bundle that was run last, to --from",
		}}
	}
	digest := sha256.Sum256(p.Earlier.Source)
	p.EarlierDigest = hex.EncodeToString(digest[:])
	p.Grow(*p.Earlier)
	return p.obstacles()
}

// Grow narrows the plan's Topology to what the earlier topology does not have.
func (p *Plan) Grow(earlier Earlier) {
	p.Earlier, p.declared = &earlier, p.Topology
	grown := *p.declared
	grown.Pools = nil
	for _, pool := range p.declared.Pools {
		if before := p.earlierPool(pool.FQDN); before != nil {
			pool.MailboxServers = slices.DeleteFunc(slices.Clone(pool.MailboxServers), func(m topology.MailboxServer) bool { return hasServer(before, m.FQDN) })
			pool.ClientAccessServers.Names = without(pool.ClientAccessServers.Names, before.ClientAccessServers.Names)
			if len(pool.MailboxServers) == 0 && len(pool.ClientAccessServers.Names) == 0 {
				continue
			}
		}
		grown.Pools = append(grown.Pools, pool)
	}
	p.Topology = &grown
}

// whole is all of the topology file.
func (p *Plan) whole() *topology.Topology { return cmp.Or(p.declared, p.Topology) }

// Grows reports whether the plan adds to what an earlier topology has.
func (p *Plan) Grows() bool { return p.Earlier != nil }

// earlierPool is the pool of that name in the earlier topology; nil for none.
func (p *Plan) earlierPool(fqdn string) *topology.Pool {
	if p.Earlier == nil {
		return nil
	}
	return poolOf(p.Earlier.Topology, fqdn)
}

func poolOf(t *topology.Topology, fqdn string) *topology.Pool {
	i := slices.IndexFunc(t.Pools, func(pool topology.Pool) bool { return strings.EqualFold(pool.FQDN, fqdn) })
	if i < 0 {
		return nil
	}
	return &t.Pools[i]
}

func hasServer(pool *topology.Pool, fqdn string) bool {
	return slices.ContainsFunc(pool.MailboxServers, func(m topology.MailboxServer) bool { return strings.EqualFold(m.FQDN, fqdn) })
}

// without returns the names that are not among others, whatever their letter case.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(name, other) })
	})
}

// GrowsFrom reports whether a pool is there before the change, which adds to it.
func (p *Plan) GrowsFrom(pool topology.Pool) bool { return p.earlierPool(pool.FQDN) != nil }

// ComputersBefore are the computers of a trusted application pool before the change; none for a pool that is new.
func (p *Plan) ComputersBefore(pool topology.Pool) []string {
	before := p.earlierPool(pool.FQDN)
	switch {
	case before == nil:
		return nil
	case len(before.TrustedComputers) == 0:
		return []string{before.FQDN}
	}
	return before.TrustedComputers
}

// NewComputers are the computers that the change adds to a trusted application pool.
func (p *Plan) NewComputers(pool topology.Pool) []string {
	return without(pool.TrustedComputers, p.ComputersBefore(pool))
}

// ServersBefore are the Mailbox servers of the earlier topology; none for other changes.
func (p *Plan) ServersBefore() []Server {
	if p.Earlier == nil {
		return nil
	}
	return serversOf(p.Earlier.Topology, p.Earlier.Topology)
}

// ScopeBefore is the scope of a setting override before the change; none for an override that is new.
func (p *Plan) ScopeBefore(o Override) []string {
	var scope []string
	for _, s := range p.ServersBefore() {
		if s.Override == o.Name {
			scope = append(scope, shortName(s.FQDN))
		}
	}
	return scope
}

// withoutNewTrust skips what concerns trusted application pools where none gets anything.
func withoutNewTrust(p *Plan) bool {
	return !slices.ContainsFunc(p.TrustedPools(), func(pool topology.Pool) bool {
		return !p.GrowsFrom(pool) || len(p.NewComputers(pool)) > 0
	})
}

// withoutNewDirectories skips the virtual directories where no Client Access server is new.
func withoutNewDirectories(p *Plan) bool { return p.ClientAccess().IsEmpty() }

// obstacles are the reasons why the change cannot add servers to the earlier topology. Each stands at the value of the new
// topology that is in the way.
func (p *Plan) obstacles() finding.List {
	g := &growth{Plan: p}
	g.same("name", p.declared.Name, p.Earlier.Topology.Name, "give --from the earlier file of the same topology")
	const upgrade = "servers of another version are another farm: describe them in a file of their own"
	g.same("versions.exchange", p.declared.Versions.Exchange, p.Earlier.Topology.Versions.Exchange, upgrade)
	g.same("versions.lync", p.declared.Versions.Lync, p.Earlier.Topology.Versions.Lync, upgrade)
	g.same("mailboxPolicies", told(p.declared.MailboxPolicies), told(p.Earlier.Topology.MailboxPolicies),
		"a policy is for users, not for servers: write the earlier list, and change it with the change integrate")
	for _, before := range p.Earlier.Topology.Pools {
		if poolOf(p.declared, before.FQDN) == nil {
			g.report("add-server-removed", "owaPools", "add-server takes nothing away: write the pool again, or retire it in a change of its own",
				"the OWA pool %s of %s is not in this topology", before.FQDN, p.Earlier.Name)
		}
	}
	for i := range p.declared.Pools {
		g.pool(i)
	}
	if !g.findings.HasErrors() && len(p.Servers()) == 0 {
		g.report("add-server-nothing", "owaPools", "write the new servers into mailboxServers and give --from the topology without them; for a Client Access server alone run the change integrate, which leaves what is right already",
			"no Mailbox server is new: %s has them all", p.Earlier.Name)
	}
	g.findings.Sort()
	return g.findings
}

// growth compares two topologies.
type growth struct {
	*Plan
	findings finding.List
}

func (g *growth) report(id, path, hint, format string, values ...any) {
	f := finding.Finding{ID: id, Severity: finding.Error, Message: fmt.Sprintf(format, values...), Hint: hint}
	f.Line, f.Column = g.places.Of(path)
	g.findings = append(g.findings, f)
}

// same reports a value that the change cannot touch, because servers that are there already depend on it.
func (g *growth) same(path, is, was, hint string) {
	if !strings.EqualFold(is, was) {
		field := path[strings.LastIndexAny(path, ".")+1:]
		g.report("add-server-changed", path, hint, "%s is %s, and %s in %s: add-server changes nothing that is there", field, cmp.Or(is, "not given"), cmp.Or(was, "not given"), g.Earlier.Name)
	}
}

func (g *growth) pool(i int) {
	pool, path := &g.declared.Pools[i], fmt.Sprintf("owaPools[%d]", i)
	before := g.earlierPool(pool.FQDN)
	if pool.ClientAccessServers.All || before != nil && before.ClientAccessServers.All {
		g.report("add-server-all", path+".clientAccessServers", "name the Client Access servers here and in a copy of the earlier topology; or run the change integrate, which leaves what is right already",
			"clientAccessServers is all, so nobody can tell which virtual directories are new")
	}
	if before == nil {
		return
	}
	const moved = "write the earlier value; to change it, retire the pool and integrate it again"
	g.same(path+".registrar", pool.Registrar, before.Registrar, moved)
	g.same(path+".siteId", pool.SiteID, before.SiteID, moved)
	g.same(path+".port", fmt.Sprint(pool.Port), fmt.Sprint(before.Port), moved)
	g.same(path+".applicationId", pool.ApplicationID, before.ApplicationID, moved)
	g.same(path+".umColocated", fmt.Sprint(pool.UMColocated), fmt.Sprint(before.UMColocated), moved)
	g.same(path+".sipDialPlans", told(pool.SipDialPlans), told(before.SipDialPlans), "write the earlier dial plans; to change them for the servers that are there, run the change integrate")
	g.same(path+".settingOverride", pool.SettingOverride, before.SettingOverride, "write the earlier name: the override is there under it")
	g.computers(pool, before, path)
	g.servers(pool, before, path)
}

func (g *growth) computers(pool, before *topology.Pool, path string) {
	path += ".trustedComputers"
	if pool.UMColocated {
		return
	}
	if len(before.TrustedComputers) == 0 && len(pool.TrustedComputers) > 0 {
		g.report("add-server-room", path, "write trustedComputers: [] and give the new servers a certificate with the name of the pool; or retire the pool, then integrate it with its computers",
			"the trusted application pool %s was made without -ComputerFqdn: it is its own one computer, and no other can ever be added", pool.FQDN)
		return
	}
	for _, gone := range without(before.TrustedComputers, pool.TrustedComputers) {
		g.removed(path, gone, "a computer of the trusted application pool")
	}
}

func (g *growth) removed(path, name, what string) {
	g.report("add-server-removed", path, "add-server takes nothing away: write it again, and take it out in a change of its own",
		"%s, %s in %s, is not in this topology", name, what, g.Earlier.Name)
}

func (g *growth) servers(pool, before *topology.Pool, path string) {
	for _, gone := range without(before.ClientAccessServers.Names, pool.ClientAccessServers.Names) {
		if pool.ClientAccessServers.All {
			break // which has a finding of its own
		}
		g.removed(path+".clientAccessServers", gone, "a Client Access server")
	}
	for _, m := range before.MailboxServers {
		if !hasServer(pool, m.FQDN) {
			g.removed(path+".mailboxServers", m.FQDN, "a Mailbox server")
		}
	}
	overrides, overridesBefore := overrideNames(pool, pool.MailboxServers), overrideNames(before, before.MailboxServers)
	for i, m := range pool.MailboxServers {
		k := slices.IndexFunc(before.MailboxServers, func(old topology.MailboxServer) bool { return strings.EqualFold(old.FQDN, m.FQDN) })
		if k < 0 {
			continue
		}
		at, was := fmt.Sprintf("%s.mailboxServers[%d]", path, i), before.MailboxServers[k].Thumbprint
		if own := at + ".certificateThumbprint"; g.places.Has(own) {
			at = own
		}
		switch {
		case m.Thumbprint != was:
			g.report("add-server-changed", at, "write the earlier thumbprint; run the change renew-certificate for that server before or after this change",
				"certificateThumbprint of %s is %s, and %s in %s: add-server changes nothing that is there", m.FQDN, m.Thumbprint, was, g.Earlier.Name)
		case g.UsesOverride() && overrides[m.Thumbprint] != overridesBefore[was]:
			g.report("add-server-override", at, "give the new servers the certificate that the others share, and write them after the others; to group them differently, back step "+imSettings.number()+" of the earlier change out, then run the change integrate",
				"the setting override of %s is called %q, and with the new servers it would be %q", m.FQDN, overridesBefore[was], overrides[m.Thumbprint])
			return
		}
	}
}

// told is a selection in words.
func told(s topology.Selection) string {
	if s.All {
		return "all"
	}
	names := slices.Clone(s.Names)
	slices.Sort(names)
	return strings.Join(names, ", ")
}
