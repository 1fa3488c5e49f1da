package inventory

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What follows from the rows about one server, pool or certificate.

var (
	exchangeYears = map[string]string{"15.0": "2013", "15.1": "2016", "15.2": "2019"}
	lyncYears     = map[string]string{"5.0": "2013", "6.0": "2015", "7.0": "2019"}
	exchangeBuild = regexp.MustCompile(`^Version (\d+\.\d+) `)
	lyncBuild     = regexp.MustCompile(`\((\d+\.\d+)\.`)
)

// year is the product year of a reported version, "" for one that lyncowa does not know.
func year(reported string, build *regexp.Regexp, years map[string]string) string {
	if m := build.FindStringSubmatch(reported); m != nil {
		return years[m[1]]
	}
	return ""
}

// Year is the version of an Exchange server by its year.
func (s Server) Year() string { return year(s.Version, exchangeBuild, exchangeYears) }

// IsMailbox reports whether OWA's back end runs on the server.
func (s Server) IsMailbox() bool { return strings.Contains(s.Roles, "Mailbox") }

// lyncYear is the version of Lync, and what it reports.
func (f *Farm) lyncYear() (short, reported string) {
	for i := len(f.Files) - 1; i >= 0; i-- {
		if file := f.Files[i]; file.Kind == Lync && file.Product != "" {
			return year(file.Product, lyncBuild, lyncYears), file.Product
		}
	}
	return "", ""
}

// Answer is what the facts say about a yes or no.
type Answer int

// The answers.
const (
	Unknown Answer = iota
	Yes
	No
)

// sipPlans are the SipName dial plans among those of a holder.
func (f *Farm) sipPlans(h UMHolder) []string {
	var plans []string
	for _, p := range f.DialPlans {
		if p.URIType == "SipName" && slices.ContainsFunc(h.DialPlans, func(name string) bool { return strings.EqualFold(name, p.Name) }) {
			plans = append(plans, p.Name)
		}
	}
	return plans
}

// colocated tells whether Lync discovers a Mailbox server (P2): the UM service and the UM Call Router run on it, and
// its UM service is in a SipName dial plan. fact says what was seen.
func (f *Farm) colocated(server string) (answer Answer, fact string) {
	if s, known := f.servers[server]; known && s.Year() == "2019" {
		return No, "Exchange 2019 has no unified messaging"
	}
	um, hasUM := f.um[server]
	_, hasRouter := f.routers[server]
	for _, s := range f.services[server] {
		if s.Name == "MSExchangeUMCR" && !hasRouter {
			hasRouter = s.Status != "absent"
		}
	}
	routerUnread := f.CallRouters == nil || !hasRouter && f.unreadReason("callRouters", server) != ""
	switch plans := f.sipPlans(um); {
	case f.UMServices == nil || f.DialPlans == nil:
		return Unknown, "the UM services or dial plans were not read"
	case !hasUM:
		return No, server + " has no UM service"
	case len(plans) == 0:
		return No, server + " is in no SipName dial plan, so Lync does not discover it"
	case !hasRouter && routerUnread:
		return Unknown, "the UM Call Router of " + server + " was not read"
	case !hasRouter:
		return No, server + " has the UM service, but no UM Call Router"
	default:
		return Yes, fmt.Sprintf("%s has the UM service and the UM Call Router and is in the SipName dial plan %s", server, plans[0])
	}
}

// isOwnComputer reports whether a trusted pool was made without computers: it can never have another one.
func isOwnComputer(t TrustedPool) bool {
	return len(t.Computers) == 0 || slices.Contains(t.Computers, t.Pool)
}

// registrars are the Lync pools with a Registrar service.
func (f *Farm) registrars() []string {
	var names []string
	for _, p := range f.Pools {
		if p.Registrar {
			names = append(names, p.Pool)
		}
	}
	return names
}

// describe shows a site with its three names.
func (s Site) describe() string {
	return fmt.Sprintf("SiteId %s, identity %s, display name %q", s.SiteID, s.Identity, s.DisplayName)
}

var commonName = regexp.MustCompile(`(?i)(?:^|,\s*)CN="?([^,"]+)"?`)

// commonName is the CN of the subject, in lower case.
func (c Certificate) commonName() string {
	if m := commonName.FindStringSubmatch(c.Subject); m != nil {
		return strings.ToLower(strings.TrimSpace(m[1]))
	}
	return ""
}

func (c Certificate) holds(name string) bool {
	return slices.ContainsFunc(c.Names, func(n string) bool { return strings.EqualFold(n, name) })
}

// until is the day on which the certificate ends.
func (c Certificate) until() string { day, _, _ := strings.Cut(c.NotAfter, "T"); return day }

// endsBy reports whether the certificate has ended at a moment.
func (c Certificate) endsBy(at time.Time) bool {
	to, err := time.Parse(time.RFC3339, c.NotAfter)
	return err == nil && !at.Before(to)
}

func (c Certificate) describe() string {
	return fmt.Sprintf("%s: %s, until %s", c.Thumbprint, c.Subject, c.until())
}

// fault is why a certificate does not serve at a moment, whatever its names; id is that of the finding. It is empty for
// one that does.
func (c Certificate) fault(at time.Time) (id, why string) {
	from, _ := time.Parse(time.RFC3339, c.NotBefore)
	to, _ := time.Parse(time.RFC3339, c.NotAfter)
	isSelfSigned := c.SelfSigned != nil && *c.SelfSigned || c.Root == "None" || c.Root == "Unknown"
	switch {
	case c.HasPrivateKey != nil && !*c.HasPrivateKey:
		return "inventory-certificate-key", "has no private key on that server"
	case at.Before(from):
		return "inventory-certificate-dates", "is not valid before " + c.NotBefore
	case !at.Before(to):
		return "inventory-certificate-dates", "ends on " + c.NotAfter
	case isSelfSigned:
		return "inventory-certificate-trust", "is self-signed or of an unknown root, so Lync does not trust it"
	case c.Status != "" && c.Status != "Valid" && c.Status != "RevocationCheckFailure":
		return "inventory-certificate-trust", "has the status " + c.Status
	}
	return "", ""
}

// exchangeTime is when the newest Exchange inventory was taken; the zero time without one.
func (f *Farm) exchangeTime() time.Time {
	for i := len(f.Files) - 1; i >= 0; i-- {
		if f.Files[i].Kind == Exchange {
			return f.Files[i].Time
		}
	}
	return time.Time{}
}

// owaHosts are the host names of a virtual directory's URLs. The server's own name does not count beside another one.
func (d VirtualDirectory) owaHosts() []string {
	var hosts []string
	for _, text := range []string{d.ExternalURL, d.InternalURL} {
		if u, err := url.Parse(text); err == nil {
			if host := strings.ToLower(u.Hostname()); isHostName(host) && !slices.Contains(hosts, host) {
				hosts = append(hosts, host)
			}
		}
	}
	if len(hosts) > 1 {
		hosts = slices.DeleteFunc(hosts, func(h string) bool { return h == d.Server })
	}
	slices.Sort(hosts)
	return hosts
}

// currentRegistrar is the IMServerName that a server uses now, from web.config or a setting override; "" for none.
func (f *Farm) currentRegistrar(server string) string {
	if name := f.webConfig[server].ServerName; name != "" && f.servers[server].Year() == "2013" {
		return strings.ToLower(name)
	}
	for _, o := range f.Overrides {
		if name, has := o.parameter("IMServerName"); has && o.isFor(server) {
			return strings.ToLower(name)
		}
	}
	return ""
}

// parameter is the value of a parameter of an override.
func (o Override) parameter(name string) (value string, has bool) {
	for _, p := range o.Parameters {
		if key, value, is := strings.Cut(p, "="); is && strings.EqualFold(key, name) {
			return value, true
		}
	}
	return "", false
}

// isFor reports whether an override is for a server. Overrides know servers by short names, with wildcards.
func (o Override) isFor(server string) bool {
	short, _, _ := strings.Cut(server, ".")
	return len(o.Servers) == 0 || slices.ContainsFunc(o.Servers, func(pattern string) bool {
		matches, err := path.Match(strings.ToLower(pattern), short)
		return err == nil && matches
	})
}
