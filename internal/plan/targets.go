package plan

import (
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
	Subject    string         // what the subject CN of its certificate must be
	Override   string         // name of the setting override that is for it, from Exchange 2016 on
}

// Registrar is the IMServerName of the server: the Lync pool, never the OWA FQDN (P8).
func (s Server) Registrar() string { return s.Pool.Registrar }

// Servers returns every Mailbox server, in the order of the file.
func (p *Plan) Servers() []Server {
	var servers []Server
	for i := range p.Topology.Pools {
		pool := &p.Topology.Pools[i]
		overrides := overrideNames(pool.FQDN, pool.MailboxServers)
		for _, m := range pool.MailboxServers {
			servers = append(servers, Server{m.FQDN, m.Thumbprint, pool, certificateSubject(pool, m.FQDN), overrides[m.Thumbprint]})
		}
	}
	return servers
}

// DiscoveredServers returns the Mailbox servers that Lync discovers (P2), in the order of the file.
func (p *Plan) DiscoveredServers() []Server {
	return slices.DeleteFunc(p.Servers(), func(s Server) bool { return !s.Pool.UMColocated })
}

// CertificateNames returns the names that the certificate of a pool's Mailbox server must have: the subject CN,
// then those that the subject alternative names must hold beside it, which are the computers of the trusted
// application pool (P3).
func CertificateNames(pool topology.Pool, server string) []string {
	names := []string{certificateSubject(&pool, server)}
	if !pool.UMColocated {
		names = append(names, pool.TrustedComputers...)
	}
	return unique(names)
}

// certificateSubject is the name by which Lync knows a Mailbox server: that of the trusted application pool (P3) or,
// where Lync discovers the server, the server's own (P9).
func certificateSubject(pool *topology.Pool, server string) string {
	if pool.UMColocated {
		return server
	}
	return pool.FQDN
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

// DialPlanPools returns the pools whose servers are to be added to SipName dial plans (P6).
func (p *Plan) DialPlanPools() []topology.Pool {
	return p.pools(func(pool topology.Pool) bool { return !pool.SipDialPlans.IsEmpty() })
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

// FQDNs returns the OWA FQDN of each pool.
func FQDNs(pools []topology.Pool) []string {
	names := make([]string, len(pools))
	for i, pool := range pools {
		names[i] = pool.FQDN
	}
	return names
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
	Servers    []string // short names of the servers that it is for; empty = every server of the organisation
	First      string   // FQDN of the server whose run of step 70 makes it
}

// Parameters are the override's parameters. Both always: setting one alone would drop the other.
func (o Override) Parameters() []string {
	return []string{"IMServerName=" + o.Registrar, "IMCertificateThumbprint=" + o.Thumbprint}
}

// Overrides returns the setting overrides, one for each certificate of each OWA pool; none where Exchange reads
// web.config. A single one is for the whole organisation, as Microsoft's page has it; several are scoped to their
// servers.
func (p *Plan) Overrides() []Override {
	if !p.UsesOverride() {
		return nil
	}
	var overrides []Override
	at := map[string]int{}
	for _, s := range p.Servers() {
		i, known := at[s.Override]
		if !known {
			i = len(overrides)
			at[s.Override] = i
			overrides = append(overrides, Override{Name: s.Override, First: s.FQDN, Registrar: s.Registrar(), Thumbprint: s.Thumbprint})
		}
		overrides[i].Servers = append(overrides[i].Servers, shortName(s.FQDN))
	}
	if len(overrides) == 1 {
		overrides[0].Servers = nil
	}
	return overrides
}

// overrideNames names the override of a pool for each thumbprint: by the pool, or, where its servers have
// certificates of their own, by the pool and the first server that has this one.
func overrideNames(pool string, servers []topology.MailboxServer) map[string]string {
	names := map[string]string{}
	for _, m := range servers {
		if _, known := names[m.Thumbprint]; !known {
			names[m.Thumbprint] = overrideName(pool + " " + shortName(m.FQDN))
		}
	}
	if len(names) == 1 {
		names[servers[0].Thumbprint] = overrideName(pool)
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
