package rehearsal

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
)

// readServers takes over the Exchange servers with their certificates and dial plans.
func (r *reading) readServers() {
	var servers []Server
	for _, s := range r.Servers {
		roles := slices.DeleteFunc(strings.Split(s.Roles, ", "), func(role string) bool { return umService[role] == "" })
		if len(roles) > 0 { // an Edge Transport server has none of them
			servers = append(servers, Server{Name: s.Name, FQDN: mixedCase(s.Server), Version: s.Version, Roles: roles, Site: s.Site})
		}
	}
	if servers == nil {
		r.unread("servers")
	} else {
		r.f.Exchange.Servers = servers
		r.f.Hosts = slices.DeleteFunc(r.f.Hosts, func(h Host) bool { return r.made.server(h.FQDN) != nil })
		for _, s := range servers {
			r.f.Hosts = append(r.f.Hosts, newExchangeHost(s.FQDN))
		}
	}
	for i := range r.f.Exchange.Servers {
		server := &r.f.Exchange.Servers[i]
		fqdn := strings.ToLower(server.FQDN)
		made := r.made.server(fqdn)
		if made == nil {
			made = &Server{UMDialPlans: []string{}, CallRouterDialPlans: []string{}, Certificates: []Certificate{}}
		}
		server.Certificates = r.certificates(fqdn, made)
		server.UMDialPlans = r.dialPlans("umServices", r.UMServices, fqdn, made.UMDialPlans)
		server.CallRouterDialPlans = r.dialPlans("callRouters", r.CallRouters, fqdn, made.CallRouterDialPlans)
		r.f.host(fqdn).Services = r.services(server)
	}
}

func (r *reading) certificates(server string, made *Server) []Certificate {
	found := []Certificate{}
	for _, c := range r.Certificates {
		if c.Server == server {
			found = append(found, r.certificate(c))
		}
	}
	if len(found) == 0 && (r.Certificates == nil || r.saysUnread("certificates", server)) {
		r.unreadOf("certificates", server)
		return made.Certificates
	}
	return found
}

// certificate is a certificate as it was read. What a degraded shell does not show of it is taken for good.
func (r *reading) certificate(c inventory.Certificate) Certificate {
	return Certificate{
		Thumbprint: c.Thumbprint, Subject: c.Subject, Names: append([]string{}, c.Names...),
		HasPrivateKey: c.HasPrivateKey == nil || *c.HasPrivateKey,
		SelfSigned:    c.SelfSigned != nil && *c.SelfSigned || c.Root == "None",
		RootUnknown:   c.Root == "Unknown" || c.Status != "" && c.Status != "Valid" && c.Status != "RevocationCheckFailure",
		NotBefore:     r.seconds(c.NotBefore), NotAfter: r.seconds(c.NotAfter),
		Status: known(c.Status, "Unknown", "Valid", "Revoked", "DateInvalid", "Untrusted", "Invalid", "RevocationCheckFailure", "PendingRequest"),
		Root:   known(c.Root, "None", "ThirdParty", "Enterprise", "Registry", "GroupPolicy", "Unknown"),
	}
}

// known is a text in the spelling of a list, "" where it is not on the list.
func known(text string, spellings ...string) string {
	i := slices.IndexFunc(spellings, func(s string) bool { return strings.EqualFold(s, text) })
	if i < 0 {
		return ""
	}
	return spellings[i]
}

func (r *reading) dialPlans(section string, holders []inventory.UMHolder, server string, made []string) []string {
	i := slices.IndexFunc(holders, func(h inventory.UMHolder) bool { return h.Server == server })
	switch {
	case i >= 0:
		return append([]string{}, holders[i].DialPlans...)
	case r.bundle.plan.HasUM() && (holders == nil || r.saysUnread(section, server)):
		r.unreadOf(section, server)
		return made
	}
	return []string{}
}

// services are the UM services of a server. Where they were not read, a server that holds dial plans has the service.
func (r *reading) services(server *Server) []Service {
	fqdn, found, isRead := strings.ToLower(server.FQDN), []Service{}, false
	for _, s := range r.WindowsServices {
		if isRead = isRead || s.Server == fqdn; s.Server == fqdn && s.Status != "absent" {
			found = append(found, Service{s.Name, s.Status})
		}
	}
	if isRead || strings.HasPrefix(server.Version, "Version 15.2 ") {
		return found
	}
	r.unreadOf("windowsServices", fqdn)
	for role, holders := range map[string][]inventory.UMHolder{"Mailbox": r.UMServices, "ClientAccess": r.CallRouters} {
		has := slices.ContainsFunc(holders, func(h inventory.UMHolder) bool { return h.Server == fqdn })
		if has || holders == nil && slices.Contains(server.Roles, role) {
			found = append(found, Service{umService[role], "Running"})
		}
	}
	slices.SortFunc(found, func(a, b Service) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// readOrganisation takes over what belongs to the organisation. Mailboxes are counted only: the pilot users get theirs.
func (r *reading) readOrganisation() {
	exchange, t := &r.f.Exchange, r.bundle.topology
	if r.DialPlans != nil {
		exchange.DialPlans = []DialPlan{}
		for _, p := range r.DialPlans {
			exchange.DialPlans = append(exchange.DialPlans, DialPlan{p.Name, cmp.Or(known(p.URIType, "SipName", "TelExtn", "E164"), "TelExtn")})
		}
	} else if r.bundle.plan.HasUM() {
		r.unread("dialPlans")
	}
	r.readVirtualDirectories()
	if r.MailboxPolicies == nil {
		r.unread("mailboxPolicies")
	} else {
		exchange.Policies = []Policy{}
		for _, p := range r.MailboxPolicies {
			isDefault := p.IsDefault != nil && *p.IsDefault
			exchange.Policies = append(exchange.Policies, Policy{p.Name, isDefault, r.messaging("mailboxPolicies", p.Enabled, p.Type)})
		}
	}
	if r.Overrides == nil && r.bundle.plan.UsesOverride() {
		r.unread("overrides")
	}
	for _, o := range r.Overrides {
		exchange.Directory.Overrides = append(exchange.Directory.Overrides, SettingOverride{
			Name: o.Name, Component: o.Component, Section: o.Section, Parameters: append([]string{}, o.Parameters...), Servers: append([]string{}, o.Servers...),
		})
	}
	exchange.Databases, exchange.Mailboxes, r.f.Lync.Users = []Database{}, []Mailbox{}, []LyncUser{}
	if len(t.PilotUsers) > 0 {
		r.unread("pilot users")
		r.f.addPilotUsers(t, r.otherServer())
	}
}

// otherServer is the name of a Mailbox server that the change is not about, if there is one.
func (r *reading) otherServer() string {
	servers := r.f.Exchange.Servers
	i := slices.IndexFunc(servers, func(s Server) bool {
		return slices.Contains(s.Roles, "Mailbox") &&
			!slices.ContainsFunc(r.bundle.plan.Servers(), func(own plan.Server) bool { return strings.EqualFold(own.FQDN, s.FQDN) })
	})
	return servers[max(0, i)].Name
}

var website = regexp.MustCompile(`\(([^()]+)\)$`)

func (r *reading) readVirtualDirectories() {
	exchange := &r.f.Exchange
	exchange.VirtualDirectories = nil
	r.f.addVirtualDirectories()
	if r.VirtualDirectories == nil {
		r.unread("virtualDirectories")
		return
	}
	exchange.VirtualDirectories = slices.DeleteFunc(exchange.VirtualDirectories, func(d VirtualDirectory) bool { return d.Website == frontEnd })
	for _, d := range r.VirtualDirectories {
		server, site := r.f.server(d.Server), frontEnd
		if server == nil {
			continue
		}
		if match := website.FindStringSubmatch(d.Identity); match != nil {
			site = match[1]
		}
		exchange.VirtualDirectories = append(exchange.VirtualDirectories, VirtualDirectory{
			server.Name, site, d.InternalURL, d.ExternalURL, r.messaging("virtualDirectories", d.Enabled, d.Type),
		})
	}
}

// messaging is how instant messaging is set.
func (r *reading) messaging(section string, enabled *bool, kind string) Settings {
	if enabled == nil {
		r.unread(section)
		return newSettings()
	}
	return Settings{"InstantMessagingEnabled": *enabled, "InstantMessagingType": cmp.Or(known(kind, "Ocs", "Msn"), "None")}
}
