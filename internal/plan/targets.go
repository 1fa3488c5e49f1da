package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"lyncowa/internal/topology"
)

// Server is one Exchange Mailbox server with what step 70 and the certificate check need (P8, P9).
type Server struct {
	FQDN       string
	Thumbprint string         // 40 upper-case hex digits
	Pool       *topology.Pool // the OWA pool that the server stands behind
	Known      []string       // the names under which Lync knows it; the subject CN of its certificate is to be one
	Override   string         // name of the setting override that is for it, from Exchange 2016 on
}

// Registrar is the IMServerName of the server: the Lync pool, never the OWA FQDN (P8).
func (s Server) Registrar() string { return s.Pool.Registrar }

// Servers returns every Mailbox server that the change is about, in the order of the file.
func (p *Plan) Servers() []Server { return serversOf(p.Topology, p.whole()) }

// DeclaredServers returns every Mailbox server of the topology file, in its order.
func (p *Plan) DeclaredServers() []Server { return serversOf(p.whole(), p.whole()) }

// DeclaredNames are their short names, as the scope of a setting override has them.
func (p *Plan) DeclaredNames() []string {
	var names []string
	for _, s := range p.DeclaredServers() {
		names = append(names, shortName(s.FQDN))
	}
	return names
}

// serversOf are the Mailbox servers of a topology. A setting override is named after all that share it, so the names come
// from the whole topology.
func serversOf(t, whole *topology.Topology) []Server {
	sharing := make(map[string][]topology.MailboxServer, len(whole.Pools))
	for _, pool := range whole.Pools {
		sharing[pool.FQDN] = pool.MailboxServers
	}
	var servers []Server
	for i := range t.Pools {
		pool := &t.Pools[i]
		overrides := overrideNames(pool, sharing[pool.FQDN])
		known := KnownNames(pool)
		for _, m := range pool.MailboxServers {
			servers = append(servers, Server{m.FQDN, m.Thumbprint, pool, known(m.FQDN), overrides[m.Thumbprint]})
		}
	}
	return servers
}

// DiscoveredServers returns the Mailbox servers that Lync discovers (P2), in the order of the file.
func (p *Plan) DiscoveredServers() []Server {
	return slices.DeleteFunc(p.Servers(), func(s Server) bool { return !s.Pool.UMColocated })
}

// KnownNames tells the names under which Lync knows a Mailbox server of a pool, the best one for its certificate
// first: that of the trusted application pool (P3), and its own where it is one of the pool's computers or in a dial
// plan. Where Lync discovers the server, it is the server's own only (P9). A server never needs the name of another.
func KnownNames(pool *topology.Pool) func(server string) []string {
	isTrusted := map[string]bool{}
	for _, computer := range pool.TrustedComputers {
		isTrusted[computer] = true
	}
	return func(server string) []string {
		switch {
		case pool.UMColocated:
			return []string{server}
		case server != pool.FQDN && (isTrusted[server] || !pool.SipDialPlans.IsEmpty()):
			return []string{pool.FQDN, server}
		}
		return []string{pool.FQDN}
	}
}

// PilotNames returns how people call the pilot users, in the order of the file.
func (p *Plan) PilotNames() []string {
	names := make([]string, len(p.Topology.PilotUsers))
	for i, pilot := range p.Topology.PilotUsers {
		names[i] = pilot.String()
	}
	return names
}

// TrustedPools returns the pools that get a trusted application pool: those whose UM services are not
// colocated (P2).
func (p *Plan) TrustedPools() []topology.Pool {
	return p.pools(func(pool topology.Pool) bool { return !pool.UMColocated })
}

// DiscoveredPools returns the pools that Lync discovers (P2).
func (p *Plan) DiscoveredPools() []topology.Pool {
	return p.pools(func(pool topology.Pool) bool { return pool.UMColocated })
}

// RemovedPools returns the pools whose trusted application pool goes.
func (p *Plan) RemovedPools() []topology.Pool {
	if p.Change == RemoveDuplicate {
		return p.DiscoveredPools()
	}
	return p.TrustedPools()
}

// DialPlanPools returns the pools whose servers are to be added to SipName dial plans (P6).
func (p *Plan) DialPlanPools() []topology.Pool {
	return p.pools(func(pool topology.Pool) bool { return !pool.SipDialPlans.IsEmpty() })
}

// PoolsInAllDialPlans returns the pools whose servers are to be added to every SipName dial plan.
func (p *Plan) PoolsInAllDialPlans() []topology.Pool {
	return p.pools(func(pool topology.Pool) bool { return pool.SipDialPlans.All })
}

// OWAPools returns the pools that the change is about: a removal of double entries leaves out those without one.
func (p *Plan) OWAPools() []topology.Pool {
	if p.Change == RemoveDuplicate {
		return p.DiscoveredPools()
	}
	return p.Topology.Pools
}

func (p *Plan) pools(belongs func(topology.Pool) bool) []topology.Pool {
	return slices.DeleteFunc(slices.Clone(p.Topology.Pools), func(pool topology.Pool) bool { return !belongs(pool) })
}

// ClientAccess returns whose OWA virtual directories are set: the declared Client Access servers of all pools,
// each once, or the whole organisation (P7).
func (p *Plan) ClientAccess() topology.Selection {
	var names []string
	for _, pool := range p.Topology.Pools {
		if pool.ClientAccessServers.All {
			return topology.Selection{All: true}
		}
		names = append(names, pool.ClientAccessServers.Names...)
	}
	return topology.Selection{Names: unique(names)}
}

// MailboxPolicies returns the OWA mailbox policies that the change sets for everybody who has them. Only integrate treats the
// pilot policy apart: a retirement switches it off with the others, because its users would see an error.
func (p *Plan) MailboxPolicies() topology.Selection {
	policies := p.Topology.MailboxPolicies
	if p.Change == Retire && p.Topology.PilotPolicy != "" && !policies.All {
		policies.Names = append(slices.Clone(policies.Names), p.Topology.PilotPolicy)
	}
	return policies
}

// Registrars returns the registrar of each pool of the plan, each once, in the order of the file.
func (p *Plan) Registrars() []string { return Registrars(p.Topology.Pools) }

// Registrars returns the registrar of each pool, each once, in the order of the pools.
func Registrars(pools []topology.Pool) []string {
	names := make([]string, len(pools))
	for i, pool := range pools {
		names[i] = pool.Registrar
	}
	return unique(names)
}

func serverNames(servers []Server) []string {
	names := make([]string, len(servers))
	for i, s := range servers {
		names[i] = s.FQDN
	}
	return names
}

// unique returns the names, each once, in the order of their first place.
func unique(names []string) []string {
	seen := make(map[string]bool, len(names))
	return slices.DeleteFunc(names, func(name string) bool {
		again := seen[name]
		seen[name] = true
		return again
	})
}

// Override is a setting override of Exchange 2016 and later: it takes the place of the two keys of web.config.
type Override struct {
	Name       string   // unique in the organisation, and stable when the certificate changes
	Registrar  string   // IMServerName
	Thumbprint string   // IMCertificateThumbprint
	Servers    []string // short names of the servers that it is for, never empty: without a scope it is for every server
	First      string   // FQDN of the server whose run of step 70 writes it for all of Servers
	Canary     string   // FQDN of the server whose run writes it before, for itself alone; "" for none
	TakenOver  bool     // it is there before this change, under this name
}

// Parameters are the override's parameters. Both always: setting one alone would drop the other.
func (o Override) Parameters() []string {
	return []string{"IMServerName=" + o.Registrar, "IMCertificateThumbprint=" + o.Thumbprint}
}

// Overrides returns the setting overrides, one for each certificate of each OWA pool, scoped to its servers; none
// where Exchange reads web.config.
func (p *Plan) Overrides() []Override {
	if !p.UsesOverride() {
		return nil
	}
	isCanary := map[string]bool{}
	for _, fqdn := range p.Canaries() {
		isCanary[fqdn] = true
	}
	var overrides []Override
	at := map[string]int{}
	for _, s := range p.CanaryFirst() {
		i, known := at[s.Override]
		if !known {
			i = len(overrides)
			at[s.Override] = i
			overrides = append(overrides, Override{
				Name: s.Override, First: s.FQDN, Registrar: s.Registrar(), Thumbprint: s.Thumbprint, TakenOver: s.Pool.SettingOverride != "",
			})
		}
		if first := overrides[i].First; isCanary[first] && !isCanary[s.FQDN] {
			overrides[i].First, overrides[i].Canary = s.FQDN, first
		}
	}
	for _, s := range p.DeclaredServers() {
		if i, known := at[s.Override]; known {
			overrides[i].Servers = append(overrides[i].Servers, shortName(s.FQDN))
		}
	}
	return overrides
}

// OfCanary is the override as the canary's run makes it.
func (o Override) OfCanary() Override {
	o.First, o.Servers = o.Canary, []string{shortName(o.Canary)}
	return o
}

// overrideNames names the override of a pool for each thumbprint: as the topology says; by the pool; or, where its
// servers have certificates of their own, by the pool and the first server that has this one.
func overrideNames(pool *topology.Pool, servers []topology.MailboxServer) map[string]string {
	names := map[string]string{}
	for _, m := range servers {
		if _, known := names[m.Thumbprint]; !known {
			names[m.Thumbprint] = overrideName(pool.FQDN + " " + shortName(m.FQDN))
		}
	}
	if len(names) == 1 {
		names[servers[0].Thumbprint] = cmp.Or(pool.SettingOverride, overrideName(pool.FQDN))
	}
	return names
}

// overrideName is the name of an override for what it is for. Active Directory holds a name of 64 characters; a
// longer one ends in a digest of the whole, so that two names stay two.
func overrideName(what string) string {
	const longest, digits = 64, 8
	name := "OWA IM " + what
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:longest-digits-1] + "-" + hex.EncodeToString(sum[:])[:digits]
}

// shortName is the name by which a setting override knows a server.
func shortName(fqdn string) string {
	name, _, _ := strings.Cut(fqdn, ".")
	return name
}
