package plan

import (
	"slices"

	"lyncowa/internal/topology"
)

// Server is one Exchange Mailbox server with what step 70 and the certificate check need (P8, P9).
type Server struct {
	FQDN       string
	Thumbprint string
	Pool       topology.Pool // the OWA pool that the server stands behind
	Subject    string        // what the subject CN of its certificate must be
	Override   string        // name of the setting override that is for it, from Exchange 2016 on
}

// Registrar is the IMServerName of the server: the Lync pool, never the OWA FQDN (P8).
func (s Server) Registrar() string { return s.Pool.Registrar }

// targets are what the steps act on, across all pools. Every view asks for them again and again, so
// they are worked out once, in Build.
type targets struct {
	servers      []Server
	overrides    []Override
	clientAccess topology.Selection
}

func targetsOf(p *Plan) *targets {
	t := &targets{servers: serversOf(p.Topology), clientAccess: clientAccessOf(p.Topology)}
	if p.UsesOverride() {
		t.overrides = overridesOf(t.servers)
	}
	// Without spare room, so that nobody who adds to a list writes into that of another.
	t.overrides, t.clientAccess.Names = slices.Clip(t.overrides), slices.Clip(t.clientAccess.Names)
	return t
}

// on returns the targets. A plan that was read back from its JSON, or made by hand, works them out each time.
func (p *Plan) on() *targets {
	if p.targets != nil {
		return p.targets
	}
	return targetsOf(p)
}

// Servers returns every mailbox server, in the order of the file. The list belongs to the plan: it is for reading.
func (p *Plan) Servers() []Server { return p.on().servers }

func serversOf(t *topology.Topology) []Server {
	count := 0
	for _, pool := range t.Pools {
		count += len(pool.MailboxServers)
	}
	servers := make([]Server, 0, count)
	for _, pool := range t.Pools {
		overrides := overrideNames(pool)
		for _, m := range pool.MailboxServers {
			servers = append(servers, Server{
				FQDN: m.FQDN, Thumbprint: m.Thumbprint, Pool: pool,
				Subject: certificateSubject(pool, m), Override: overrides[m.Thumbprint],
			})
		}
	}
	return servers
}

// certificateSubject says which name Lync looks for: that of the trusted application pool (P3), or, where Lync
// discovers the server by itself, the server's own (P9). The subject alternative names must hold it too, and
// every computer of the trusted pool.
func certificateSubject(pool topology.Pool, server topology.MailboxServer) string {
	if pool.UMColocated {
		return server.FQDN
	}
	return pool.FQDN
}

// TrustedPools returns the pools that get a trusted application pool: those whose UM services are not
// colocated (P2).
func (p *Plan) TrustedPools() []topology.Pool { return p.pools(false) }

// DiscoveredPools returns the pools that Lync discovers by itself (P2).
func (p *Plan) DiscoveredPools() []topology.Pool { return p.pools(true) }

func (p *Plan) pools(colocated bool) []topology.Pool {
	var pools []topology.Pool
	for _, pool := range p.Topology.Pools {
		if pool.UMColocated == colocated {
			pools = append(pools, pool)
		}
	}
	return pools
}

// DialPlanPools returns the pools whose servers are to be added to SipName dial plans (P6).
func (p *Plan) DialPlanPools() []topology.Pool {
	var pools []topology.Pool
	for _, pool := range p.Topology.Pools {
		if !pool.SipDialPlans.IsEmpty() {
			pools = append(pools, pool)
		}
	}
	return pools
}

// ClientAccess returns whose OWA virtual directories are set: the declared Client Access servers of all pools,
// each once, or the whole organisation (P7). The list belongs to the plan: it is for reading.
func (p *Plan) ClientAccess() topology.Selection { return p.on().clientAccess }

func clientAccessOf(t *topology.Topology) topology.Selection {
	var servers topology.Selection
	seen := map[string]bool{}
	for _, pool := range t.Pools {
		if pool.ClientAccessServers.All {
			return topology.Selection{All: true}
		}
		for _, name := range pool.ClientAccessServers.Names {
			if !seen[name] {
				seen[name] = true
				servers.Names = append(servers.Names, name)
			}
		}
	}
	return servers
}

// Registrars returns the registrar of each pool, each once, in the order of the file.
func (p *Plan) Registrars() []string {
	var registrars []string
	seen := map[string]bool{}
	for _, pool := range p.Topology.Pools {
		if !seen[pool.Registrar] {
			seen[pool.Registrar] = true
			registrars = append(registrars, pool.Registrar)
		}
	}
	return registrars
}
