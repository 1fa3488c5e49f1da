package rehearsal

import (
	"cmp"
	"slices"
	"strings"

	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
)

// readLync takes over the Lync topology. What an inventory never holds is as the cmdlets' defaults have it; the Central
// Management Store is in the pool of the first registrar.
func (r *reading) readLync() {
	lync := &r.f.Lync
	for _, file := range r.Files {
		if file.Kind == inventory.Lync {
			lync.Version = cmp.Or(file.Product, lync.Version)
		}
	}
	if r.Sites == nil || r.Pools == nil {
		r.unread("sites", "pools", "trustedPools", "applications", "replicas")
		return
	}
	lync.Sites, lync.Pools, lync.Replicas = []Site{}, []Pool{}, []Replica{}
	for _, s := range r.Sites {
		lync.Sites = append(lync.Sites, Site{s.SiteID, s.Identity, s.DisplayName})
	}
	isTrusted := func(p inventory.Pool) bool {
		return r.TrustedPools == nil && !p.Registrar ||
			slices.ContainsFunc(r.TrustedPools, func(t inventory.TrustedPool) bool { return t.Pool == p.Pool })
	}
	for _, p := range r.Pools {
		if !isTrusted(p) {
			lync.Pools = append(lync.Pools, r.pool(p))
		}
	}
	r.readReplicas()
	if r.TrustedPools == nil || r.Applications == nil {
		r.unread("trustedPools", "applications")
		r.f.addForeignPool(r.bundle.topology.Pools[0].Port)
	} else {
		lync.Trusted = []TrustedPool{}
		for _, t := range r.TrustedPools {
			lync.Trusted = append(lync.Trusted, r.trustedPool(t))
		}
	}
	lync.Enabled = slices.Clone(lync.Trusted)
	r.addLyncHosts()
}

func (r *reading) pool(p inventory.Pool) Pool {
	services := []string{"FileStore"}
	if p.Registrar {
		services = []string{"UserServer", "Registrar", "WebServer", "ConferencingServer", "ApplicationServer", "UserDatabase"}
	}
	if p.Pool == r.bundle.topology.Pools[0].Registrar {
		services = append(services, "CentralManagement")
	}
	return Pool{FQDN: p.Pool, Site: r.site(p.Site), Services: services, Computers: append([]string{}, p.Computers...)}
}

// site is the identity of a site, which the farm then has.
func (r *reading) site(identity string) string {
	sites := &r.f.Lync.Sites
	if !slices.ContainsFunc(*sites, func(s Site) bool { return strings.EqualFold(s.Identity, identity) }) {
		*sites = append(*sites, Site{SiteID: "0 " + identity, Identity: identity, DisplayName: "not read: " + identity})
	}
	return identity
}

func (r *reading) trustedPool(t inventory.TrustedPool) TrustedPool {
	made := TrustedPool{
		FQDN: t.Pool, Registrar: t.Registrar, Site: r.site(t.Site), ThrottleAsServer: true, TreatAsAuthenticated: true,
		Computers: append([]string{}, t.Computers...), Applications: []Application{}, Endpoints: []Endpoint{},
	}
	for _, a := range r.Applications {
		if a.Pool == t.Pool {
			made.Applications = append(made.Applications, Application{ID: strings.ToLower(a.ApplicationID), Port: a.Port})
		}
	}
	return made
}

// readReplicas takes over the replicas. One that was behind stays so: nobody knows until when.
func (r *reading) readReplicas() {
	const forever = 1 << 30
	lync := &r.f.Lync
	for _, replica := range r.Replicas {
		until := 0
		if replica.UpToDate != nil && !*replica.UpToDate {
			until = forever
		}
		lync.Replicas = append(lync.Replicas, Replica{replica.Server, until})
	}
	if r.Replicas != nil {
		return
	}
	r.unread("replicas")
	for _, p := range lync.Pools {
		if slices.Contains(p.Services, "Registrar") {
			for _, computer := range p.Computers {
				lync.Replicas = append(lync.Replicas, Replica{FQDN: computer})
			}
		}
	}
}

// addLyncHosts adds the computers that the Lync scripts run on: of each registrar pool the one that was read, or the first.
func (r *reading) addLyncHosts() {
	r.f.Hosts = slices.DeleteFunc(r.f.Hosts, func(h Host) bool { return h.Shell == string(plan.ShellLync) })
	isRead := func(computer string) bool {
		return slices.ContainsFunc(r.Files, func(f *inventory.File) bool { return f.Kind == inventory.Lync && f.Host == strings.ToLower(computer) })
	}
	for _, registrar := range r.bundle.plan.Registrars() {
		i := slices.IndexFunc(r.f.Lync.Pools, func(p Pool) bool { return p.FQDN == registrar && len(p.Computers) > 0 })
		host := registrarComputer(registrar)
		if i >= 0 {
			computers := r.f.Lync.Pools[i].Computers
			host = computers[max(0, slices.IndexFunc(computers, isRead))]
		}
		r.f.Hosts = append(r.f.Hosts, newLyncHost(host))
	}
}
