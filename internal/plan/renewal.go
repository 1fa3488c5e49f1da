package plan

import (
	"fmt"

	"lyncowa/internal/finding"
	"lyncowa/internal/topology"
)

// OldCertificates are the certificates that a renewal replaces.
type OldCertificates struct {
	from    string            // as findings call it
	every   string            // the thumbprint of every server, or "" where each has its own
	servers map[string]string // FQDN -> thumbprint
}

// OldThumbprint is one old certificate for every server, by its thumbprint of 40 upper-case hex digits.
func OldThumbprint(thumbprint string) OldCertificates {
	return OldCertificates{from: thumbprint, every: thumbprint}
}

// OldTopology are the certificates of an earlier topology, which findings call by its name.
func OldTopology(name string, t *topology.Topology) OldCertificates {
	old := OldCertificates{from: name, servers: map[string]string{}}
	for _, pool := range t.Pools {
		for _, m := range pool.MailboxServers {
			old.servers[m.FQDN] = m.Thumbprint
		}
	}
	return old
}

// of is the thumbprint that a server had before; "" where none is known.
func (old OldCertificates) of(server string) string {
	if old.every != "" {
		return old.every
	}
	return old.servers[server]
}

// Replacing puts the old thumbprint of each Mailbox server into the plan: FQDN -> 40 upper-case hex digits. The
// plan's reasons and the record show it; no script acts on it.
func Replacing(thumbprints map[string]string) Option {
	return func(p *Plan) {
		for _, server := range p.Servers() {
			if old, ok := thumbprints[server.FQDN]; ok {
				p.Replaces = append(p.Replaces, Replaced{Server: server.FQDN, Old: old, New: server.Thumbprint})
			}
		}
	}
}

// ReplacedBy compares the old certificates with those of a topology. It returns the old thumbprint of each server
// that gets another one, by FQDN, as Replacing takes it, and a finding for each server that does not; the place of
// a finding is the file as a whole.
func (old OldCertificates) ReplacedBy(t *topology.Topology) (map[string]string, finding.List) {
	replaced := map[string]string{}
	var findings finding.List
	for _, pool := range t.Pools {
		for _, server := range pool.MailboxServers {
			switch before := old.of(server.FQDN); before {
			case "":
				findings = append(findings, finding.Finding{
					ID: "renew-unknown", Severity: finding.Warning,
					Message: fmt.Sprintf("%s is not in %s: the record shows no old thumbprint for it", server.FQDN, old.from),
				})
			case server.Thumbprint:
				findings = append(findings, finding.Finding{
					ID: "renew-same", Severity: finding.Warning,
					Message: fmt.Sprintf("nothing is renewed on %s: its certificateThumbprint is the old one, %s", server.FQDN, before),
					Hint:    "write the thumbprint of its new certificate into certificateThumbprint",
				})
			default:
				replaced[server.FQDN] = before
			}
		}
	}
	if len(replaced) == 0 {
		return nil, finding.List{{
			ID: "renew-nothing", Severity: finding.Error,
			Message: "nothing is renewed: no server has another certificateThumbprint than in " + old.from,
			Hint:    "write the thumbprint of the new certificate into the topology, and give the old one to --from",
		}}
	}
	return replaced, append(findings, old.renamed(t)...)
}

// renamed finds the OWA pools whose certificates are shared by other servers than before, so that a setting override
// would have another name. A renewal cannot keep it then. Where Exchange reads web.config there are no overrides.
func (old OldCertificates) renamed(t *topology.Topology) finding.List {
	if !t.Versions.UsesOverride() {
		return nil
	}
	var findings finding.List
	for _, pool := range t.Pools {
		if server, before, after := old.firstRenamed(pool); server != "" {
			findings = append(findings, finding.Finding{
				ID: "renew-regroup", Severity: finding.Error,
				Message: fmt.Sprintf("the setting override of %s is called %q with the certificates of %s, and would be %q with the new ones: other servers share them", server, before, old.from, after),
				Hint:    "let the same servers share a new certificate as shared the old one; to share them otherwise, back step " + imSettings.number() + " of the earlier change out, then run the change integrate",
			})
		}
	}
	return findings
}

// firstRenamed is the first server of a pool whose override would be called otherwise, with both names; "" for none.
func (old OldCertificates) firstRenamed(pool topology.Pool) (server, before, after string) {
	var known []topology.MailboxServer // those that had a certificate, with it
	for _, m := range pool.MailboxServers {
		if thumbprint := old.of(m.FQDN); thumbprint != "" {
			known = append(known, topology.MailboxServer{FQDN: m.FQDN, Thumbprint: thumbprint})
		}
	}
	namesBefore, namesAfter := overrideNames(&pool, known), overrideNames(&pool, pool.MailboxServers)
	for _, m := range pool.MailboxServers {
		thumbprint := old.of(m.FQDN)
		if before, after = namesBefore[thumbprint], namesAfter[m.Thumbprint]; thumbprint != "" && before != after {
			return m.FQDN, before, after
		}
	}
	return "", "", ""
}
