package rehearsal

import (
	"maps"
	"slices"
	"strings"

	"lyncowa/internal/topology"
)

// signIn is an OWA sign-in on every server, a minute later.
func (s *stage) signIn(w world) world {
	next := world{w.farm.clone(), maps.Clone(w.files)}
	next.farm.Clock += 60
	for _, server := range s.bundle.plan.Servers() {
		next.signInOn(server.FQDN, *server.Pool)
	}
	return next
}

// signInOn is what a sign-in leaves on a server: OWA initialises instant messaging, once in the life of its process and
// only if a virtual directory of the pool's Client Access servers lets it, and writes events of the source MSExchange
// OWA (read in the code of Exchange 2013): 83 and 84 without a registry value or its file, 87 when that cannot be
// loaded, 102, 103 and 104 for the certificate, 106 when that ends within 30 days, and 112 at last. A missing key in
// the settings writes no event: only the health set tells.
func (w world) signInOn(fqdn string, pool topology.Pool) {
	h := w.farm.host(fqdn)
	if h.AppPool.Initialised || !w.farm.gateOpen(pool) {
		return
	}
	provider := strings.Replace(h.Registry[ucmaKey]["ImplementationDLLPath"], "{host}", hostFolder(h.FQDN), 1)
	library, found := w.files[provider]
	c := w.farm.server(fqdn).certificate(h.AppPool.Thumbprint)
	known := c != nil && c.HasPrivateKey
	h.IMHealth = "Unhealthy"
	for _, e := range []struct {
		happens   bool
		id, level int
		message   string
	}{
		{provider == "", 83, 2, "The registry value ImplementationDLLPath is missing."},
		{!found, 84, 2, "The file that ImplementationDLLPath names does not exist: " + provider},
		{library != ucma, 87, 2, "The instant messaging provider could not be loaded."},
		{h.AppPool.ServerName == "" || h.AppPool.Thumbprint == "", 0, 0, ""},
		{!known, 103, 2, "The certificate was not found: " + h.AppPool.Thumbprint},
		{known && c.NotAfter <= 0, 102, 2, "The certificate has expired: " + h.AppPool.Thumbprint},
		{known && c.NotBefore > 0, 104, 2, "The certificate is not valid yet: " + h.AppPool.Thumbprint},
		{known && c.NotAfter <= 30*day, 106, 3, "The certificate expires within 30 days: " + h.AppPool.Thumbprint},
		{true, 112, 4, "The instant messaging endpoint manager was initialised successfully."},
	} {
		if e.happens && e.id != 0 {
			h.Events = append(h.Events, LogEvent{"Application", "MSExchange OWA", e.id, e.level, w.farm.Clock, e.message})
		}
		if e.happens && e.id != 106 && e.id != 112 {
			return
		}
	}
	w.files[imLogFolder(fqdn)+"/InstantMessaging.log"] = "The endpoint manager was initialised.\r\n"
	h.AppPool.Initialised, h.IMHealth = true, "Healthy"
}

// ucma is the content of UCMA's library.
const ucma = "UCMA"

// gateOpen tells whether the virtual directory through which the pool's users come has instant messaging.
func (f *Farm) gateOpen(pool topology.Pool) bool {
	return slices.ContainsFunc(f.Exchange.VirtualDirectories, func(d VirtualDirectory) bool {
		named := slices.ContainsFunc(pool.ClientAccessServers.Names, func(n string) bool { return strings.EqualFold(shortName(n), d.Server) })
		return (named || pool.ClientAccessServers.All) && d.Website == frontEnd && d.Settings.instantMessaging()
	})
}

// present tells whether a user whose mailbox is active on that server sees the presence of others: OWA has initialised
// instant messaging with the registrar, Lync trusts its certificate and knows that name exactly once, and a mailbox
// policy allows it.
func (f *Farm) present(fqdn string, pool topology.Pool) bool {
	h := f.host(fqdn)
	certificate := f.server(fqdn).certificate(h.AppPool.Thumbprint)
	return h.AppPool.Initialised && h.AppPool.ServerName == pool.Registrar && certificate != nil &&
		!certificate.SelfSigned && !certificate.RootUnknown && f.knowsOnce(certificate.commonName()) && f.knownAs(certificate.commonName(), fqdn, pool) &&
		slices.ContainsFunc(f.Exchange.Policies, func(p Policy) bool { return p.Settings.instantMessaging() })
}

func (s Settings) instantMessaging() bool {
	return s["InstantMessagingEnabled"] == true && s["InstantMessagingType"] == "Ocs"
}

// certificate is the certificate with that thumbprint; nil where there is none, or no such server.
func (s *Server) certificate(thumbprint string) *Certificate {
	if s == nil {
		return nil
	}
	i := slices.IndexFunc(s.Certificates, func(c Certificate) bool { return strings.EqualFold(c.Thumbprint, thumbprint) })
	if i < 0 {
		return nil
	}
	return &s.Certificates[i]
}

func (c *Certificate) commonName() string {
	name, _, _ := strings.Cut(strings.TrimPrefix(c.Subject, "CN="), ",")
	return name
}

// knowsOnce tells whether Lync knows a server of that name, and has no second entry for it (P2).
func (f *Farm) knowsOnce(name string) bool {
	count := 0
	for _, known := range f.Lync.Known {
		if strings.EqualFold(known, name) {
			count++
		}
	}
	return count == 1
}

// knownAs tells whether Lync may know that server by that name: the trusted pool's, its own as one of the pool's
// computers, or, where it is discovered, its own.
func (f *Farm) knownAs(name, fqdn string, pool topology.Pool) bool {
	return slices.ContainsFunc(knownNames(pool, fqdn), func(n string) bool { return strings.EqualFold(n, name) })
}

func knownNames(pool topology.Pool, fqdn string) []string {
	if pool.UMColocated {
		return []string{fqdn}
	}
	return append([]string{pool.FQDN}, slices.DeleteFunc(slices.Clone(pool.TrustedComputers), func(n string) bool { return n != fqdn })...)
}
