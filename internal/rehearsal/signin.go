package rehearsal

import (
	"slices"
	"strings"

	"lyncowa/internal/topology"
)

// signIn is the first OWA sign-in on every server, a minute later: it starts the endpoint manager, which writes
// event 112 where everything is right, and nothing at all where a key is missing (P14).
func (s *stage) signIn(w world) world {
	next := world{w.farm.clone(), w.files.without(func(string) bool { return false })}
	next.farm.Clock += 60
	for _, pool := range s.bundle.topology.Pools {
		for _, server := range pool.MailboxServers {
			next.signInOn(server.FQDN, pool)
		}
	}
	return next
}

func (w world) signInOn(fqdn string, pool topology.Pool) {
	h := w.farm.host(fqdn)
	if h.AppPool.SignedIn {
		return
	}
	h.AppPool.SignedIn = true
	if !w.farm.integrated(h, pool) {
		h.IMHealth = "Unhealthy"
		return
	}
	h.IMHealth = "Healthy"
	h.Events = append(h.Events, LogEvent{"Application", "MSExchange OWA", 112, 4, w.farm.Clock, "The instant messaging endpoint manager was initialised successfully."})
	w.files[imLogFolder(fqdn)+"/InstantMessaging.log"] = "The endpoint manager was initialised.\r\n"
}

// integrated tells whether OWA on that host and Lync can work together: what OWA loaded names the registrar and a
// good certificate, Lync knows the host exactly once, and somebody is allowed to use it.
func (f *Farm) integrated(h *Host, pool topology.Pool) bool {
	return h.AppPool.ServerName == pool.Registrar &&
		f.server(h.FQDN).goodCertificate(h.AppPool.Thumbprint, certificateName(pool, h.FQDN)) &&
		f.knowsOnce(h.FQDN, pool) &&
		slices.ContainsFunc(f.Exchange.VirtualDirectories, func(d VirtualDirectory) bool { return d.Settings.instantMessaging() }) &&
		slices.ContainsFunc(f.Exchange.Policies, func(p Policy) bool { return p.Settings.instantMessaging() })
}

func (s Settings) instantMessaging() bool {
	return s["InstantMessagingEnabled"] == true && s["InstantMessagingType"] == "Ocs"
}

func (s *Server) goodCertificate(thumbprint, name string) bool {
	return slices.ContainsFunc(s.Certificates, func(c Certificate) bool {
		return strings.EqualFold(c.Thumbprint, thumbprint) && c.HasPrivateKey && c.NotBeforeDays <= 0 && c.NotAfterDays > 0 &&
			c.Status == "Valid" && strings.HasPrefix(c.Subject, "CN="+name)
	})
}

// knowsOnce looks for the computers that Lync is to know the pool by: the discovered host itself, or those of the
// trusted pool.
func (f *Farm) knowsOnce(host string, pool topology.Pool) bool {
	names := pool.TrustedComputers
	if pool.UMColocated {
		names = []string{host}
	} else if len(names) == 0 {
		names = []string{pool.FQDN}
	}
	for _, name := range names {
		count := 0
		for _, known := range f.Lync.Known {
			if strings.EqualFold(known, name) {
				count++
			}
		}
		if count != 1 {
			return false
		}
	}
	return true
}
