package rehearsal

import (
	"cmp"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// beginnings are the worlds that the kinds of change begin in, a row a kind; a kind without a row begins where
// nothing is configured. Each makes its world out of the fresh one.
var beginnings = map[plan.Change]func(world, *bundle){
	plan.Disable: integrate,
	// A cumulative update has put Exchange's own web.config back and restarted OWA.
	plan.Reapply: func(w world, b *bundle) {
		integrate(w, b)
		for i := range w.farm.Hosts {
			if h := &w.farm.Hosts[i]; h.Shell == string(plan.ShellExchange) {
				w.files[webConfigPath(h.FQDN)] = webConfig
				h.AppPool = AppPool{State: "Started"}
			}
		}
	},
	plan.RenewCertificate: func(w world, b *bundle) {
		integrate(w, b)
		for _, pool := range b.topology.Pools {
			for _, m := range pool.MailboxServers {
				w.configure(m.FQDN, pool.Registrar, oldThumbprint)
			}
		}
	},
	plan.RemoveDuplicate: func(w world, b *bundle) {
		integrate(w, b)
		for _, pool := range b.topology.Pools {
			w.farm.trust(pool)
		}
		w.farm.publish()
	},
}

// oldThumbprint is the certificate that a renewal replaces.
const oldThumbprint = "0DDBA11C0FFEE0DDBA11C0FFEE0DDBA11C0FFEE0"

// integrate configures everything that the change "integrate" does.
func integrate(w world, b *bundle) {
	scope := b.topology.MailboxPolicies
	for i := range w.farm.Exchange.Policies {
		if p := &w.farm.Exchange.Policies[i]; scope.All || slices.Contains(scope.Names, p.Name) {
			p.Settings["InstantMessagingType"] = "Ocs"
		}
	}
	for _, pool := range b.topology.Pools {
		if !pool.UMColocated {
			w.farm.trust(pool)
		}
		w.farm.joinDialPlans(pool)
		w.farm.enableDirectories(pool)
		for _, m := range pool.MailboxServers {
			w.configure(m.FQDN, pool.Registrar, m.Thumbprint)
		}
	}
	w.farm.publish()
}

// trust makes the trusted application pool of an OWA pool, beside one that Lync discovers too.
func (f *Farm) trust(pool topology.Pool) {
	if slices.ContainsFunc(f.Lync.Trusted, func(p TrustedPool) bool { return p.FQDN == pool.FQDN }) {
		return
	}
	computers := pool.TrustedComputers
	if len(computers) == 0 {
		computers = []string{pool.FQDN}
	}
	site := pool.SiteID
	if site == "" {
		site = defaultSite
	}
	f.Lync.Trusted = append(f.Lync.Trusted, TrustedPool{
		FQDN: pool.FQDN, Registrar: pool.Registrar, Site: site, ThrottleAsServer: true, TreatAsAuthenticated: true,
		Computers: computers, Applications: []Application{{ID: strings.ToLower(pool.ApplicationID), Port: cmp.Or(pool.Port, 5199)}}, Endpoints: []Endpoint{},
	})
}

// publish is Enable-CsTopology.
func (f *Farm) publish() {
	f.Lync.Enabled = slices.Clone(f.Lync.Trusted)
}

func (f *Farm) joinDialPlans(pool topology.Pool) {
	for _, p := range f.Exchange.DialPlans {
		if p.URIType != "SipName" || !pool.SipDialPlans.All && !slices.Contains(pool.SipDialPlans.Names, p.Name) {
			continue
		}
		for _, m := range pool.MailboxServers {
			server := f.server(m.FQDN)
			server.UMDialPlans = append(server.UMDialPlans, p.Name)
		}
		for _, name := range pool.ClientAccessServers.Names {
			server := f.server(name)
			server.CallRouterDialPlans = append(server.CallRouterDialPlans, p.Name)
		}
	}
}

func (f *Farm) enableDirectories(pool topology.Pool) {
	for i := range f.Exchange.VirtualDirectories {
		d := &f.Exchange.VirtualDirectories[i]
		declared := slices.ContainsFunc(pool.ClientAccessServers.Names, func(fqdn string) bool { return f.server(fqdn).Name == d.Server })
		if d.Website == frontEnd && (declared || pool.ClientAccessServers.All) {
			d.Settings["InstantMessagingType"] = "Ocs"
		}
	}
}

// configure writes the two keys into a host's web.config and lets OWA load them.
func (w world) configure(host, registrar, thumbprint string) {
	keys := "    <add key=\"IMCertificateThumbprint\" value=\"" + thumbprint + "\" />\r\n" +
		"    <add key=\"IMServerName\" value=\"" + registrar + "\" />\r\n"
	w.files[webConfigPath(host)] = strings.Replace(webConfig, "  </appSettings>", keys+"  </appSettings>", 1)
	pool := &w.farm.host(host).AppPool
	pool.ServerName, pool.Thumbprint = registrar, thumbprint
}
