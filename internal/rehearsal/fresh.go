package rehearsal

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/topology"
)

// world is everything that a script can see or change: the farm, and the files of its hosts. It is a value; a run
// makes a new one.
type world struct {
	farm  *Farm
	files tree // "hosts/<fqdn>/...", relative to the stage
}

// Where things lie in a world.
func hostFolder(host string) string              { return "hosts/" + host }
func bundleFolder(host string, b *bundle) string { return hostFolder(host) + "/" + b.name }
func webConfigPath(host string) string {
	return hostFolder(host) + "/exchange/ClientAccess/Owa/web.config"
}

func imLogFolder(host string) string {
	return hostFolder(host) + "/exchange/Logging/OWA/InstantMessaging"
}

// registrarComputer is the one Front End server of a registrar pool.
func registrarComputer(registrar string) string { return "fe01." + registrar }

// Product versions as the products themselves report them.
var (
	exchangeVersions = map[string]string{
		"2013": "Version 15.0 (Build 1497.2)",
		"2016": "Version 15.1 (Build 2507.6)",
		"2019": "Version 15.2 (Build 1544.4)",
	}
	lyncVersions = map[string]string{
		"2013": "Microsoft Lync Server 2013 (5.0.8308.0): Enterprise Edition",
		"2015": "Skype for Business Server 2015 (6.0.9319.0): Enterprise Edition",
		"2019": "Skype for Business Server 2019 (7.0.2046.0): Enterprise Edition",
	}
)

// defaultSite is the site of a registrar for which the topology names none.
const defaultSite = "Headquarters"

// fresh returns the world as it is before the change: everything the topology names exists, nothing of the
// change is configured, and beside it stand things of other people's that no script may touch.
func (s *stage) fresh() world {
	f := &Farm{
		Lync:     Lync{Version: lyncVersions[s.bundle.plan.Versions.Lync], SipDomain: "farm.example", Users: []LyncUser{}, Known: []string{}},
		Exchange: Exchange{DialPlans: []DialPlan{}, Mailboxes: []Mailbox{}, Directory: foreignOverrides()},
	}
	w := world{farm: f, files: tree{}}
	for _, pool := range s.bundle.topology.Pools {
		f.addSite(pool)
		f.addExchangeServers(pool, s.bundle.plan.Versions.Exchange)
		if s.bundle.plan.HasUM() {
			f.addDialPlans(pool)
		}
	}
	f.addForeignPool()
	f.addBystander(s.bundle.topology)
	f.addPolicies(s.bundle.topology)
	f.addPilotUsers(s.bundle.topology)
	f.addVirtualDirectories()
	for _, h := range f.Hosts {
		w.layOut(h, s.bundle)
	}
	f.Lync.Known = f.knownServers()
	f.startEvents()
	return w
}

func (f *Farm) addSite(pool topology.Pool) {
	site := pool.SiteID
	if site == "" {
		site = defaultSite
	}
	if !slices.ContainsFunc(f.Lync.Sites, func(s Site) bool { return strings.EqualFold(s.SiteID, site) }) {
		f.Lync.Sites = append(f.Lync.Sites, Site{SiteID: site, Identity: siteIdentity(site), DisplayName: site + " central site"})
	}
	if slices.ContainsFunc(f.Lync.Pools, func(p Pool) bool { return p.FQDN == pool.Registrar }) {
		return
	}
	computer := registrarComputer(pool.Registrar)
	f.Lync.Pools = append(f.Lync.Pools, Pool{
		FQDN: pool.Registrar, Site: siteIdentity(site), Computers: []string{computer},
		Services: []string{"UserServer", "Registrar", "WebServer", "ConferencingServer", "ApplicationServer", "UserDatabase"},
	})
	f.Lync.Replicas = append(f.Lync.Replicas, Replica{FQDN: computer})
	f.Hosts = append(f.Hosts, newHost(computer, "lync", []Group{
		{`FARM\RTCUniversalServerAdmins`, "Group", "S-1-5-21-1-2-3-1104"},
	}))
}

// newHost is a computer with an elevated shell.
func newHost(fqdn, shell string, groups []Group) Host {
	name, domain, _ := strings.Cut(fqdn, ".")
	return Host{
		FQDN: fqdn, Shell: shell, Services: []Service{}, Events: []LogEvent{}, Running: foreignOverrides().Overrides, IMHealth: "Healthy",
		AppPool: AppPool{State: "Started"},
		Groups: append([]Group{
			{"Everyone", "Well-known group", "S-1-1-0"},
			{`BUILTIN\Administrators`, "Alias", "S-1-5-32-544"},
			{`Mandatory Label\High Mandatory Level`, "Label", "S-1-16-12288"},
		}, groups...),
		Registry: map[string]map[string]string{
			`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`: {"Hostname": name, "Domain": domain},
		},
	}
}

// addExchangeServers adds the pool's servers, each with the roles that the topology gives it.
func (f *Farm) addExchangeServers(pool topology.Pool, year string) {
	for _, m := range pool.MailboxServers {
		server := f.addServer(m.FQDN, year, "Mailbox")
		server.Certificates = append(server.Certificates, Certificate{
			Thumbprint: m.Thumbprint, HasPrivateKey: true, NotBeforeDays: -30, NotAfterDays: 700, Status: "Valid",
			Subject: "CN=" + certificateName(pool, m.FQDN) + ", OU=IT, O=Farm",
			Names:   certificateNames(pool, m.FQDN),
		})
	}
	for _, name := range pool.ClientAccessServers.Names {
		f.addServer(name, year, "ClientAccess")
	}
	if pool.UMColocated || pool.ClientAccessServers.All {
		for _, m := range pool.MailboxServers {
			f.addServer(m.FQDN, year, "ClientAccess")
		}
	}
}

// certificateName is the subject name that Lync looks for (P3, P9).
func certificateName(pool topology.Pool, server string) string {
	if pool.UMColocated {
		return server
	}
	return pool.FQDN
}

func certificateNames(pool topology.Pool, server string) []string {
	names := append([]string{certificateName(pool, server), server}, pool.TrustedComputers...)
	slices.Sort(names)
	return slices.Compact(names)
}

// addServer returns the server of that name, which now has that role; from Exchange 2016 on a server has both.
func (f *Farm) addServer(fqdn, year, role string) *Server {
	if f.server(fqdn) == nil {
		f.Exchange.Servers = append(f.Exchange.Servers, Server{
			Name: shortName(fqdn), FQDN: fqdn, Version: exchangeVersions[year], Roles: []string{},
			UMDialPlans: []string{}, CallRouterDialPlans: []string{}, Certificates: []Certificate{},
		})
		f.Hosts = append(f.Hosts, newExchangeHost(fqdn))
	}
	server, host := f.server(fqdn), f.host(fqdn)
	roles := []string{role}
	if year != "2013" {
		roles = []string{"Mailbox", "ClientAccess"}
	}
	for _, role := range roles {
		if slices.Contains(server.Roles, role) {
			continue
		}
		server.Roles = append(server.Roles, role)
		if year != "2019" {
			host.Services = append(host.Services, Service{umService[role], "Running"})
		}
	}
	return server
}

// umService is the UM service that comes with a role, up to Exchange 2016 (P2).
var umService = map[string]string{"Mailbox": "MSExchangeUM", "ClientAccess": "MSExchangeUMCR"}

func shortName(fqdn string) string {
	name, _, _ := strings.Cut(fqdn, ".")
	return strings.ToUpper(name)
}

func newExchangeHost(fqdn string) Host {
	h := newHost(fqdn, "exchange", []Group{{`FARM\Organization Management`, "Group", "S-1-5-21-1-2-3-1120"}})
	h.Registry[`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup`] = map[string]string{"MsiInstallPath": "{host}/exchange/"}
	h.Registry[ucmaKey] = map[string]string{"ImplementationDLLPath": "{host}/ucma/Microsoft.Rtc.Internal.Ucweb.dll"}
	return h
}

// ucmaKey is where Exchange finds UCMA's provider (P1).
const ucmaKey = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging`

// addDialPlans adds the SipName plans that the topology names. A colocated pool whose servers the change adds to
// no plan is in one already: that is what makes Lync discover them (P2).
func (f *Farm) addDialPlans(pool topology.Pool) {
	for _, name := range pool.SipDialPlans.Names {
		f.addDialPlan(name, "SipName")
	}
	if pool.SipDialPlans.All {
		f.addDialPlan("Farm SIP 1", "SipName")
		f.addDialPlan("Farm SIP 2", "SipName")
	}
	f.addDialPlan("Farm telephones", "TelExtn")
	if !pool.UMColocated || !pool.SipDialPlans.IsEmpty() {
		return
	}
	f.addDialPlan("Farm SIP", "SipName")
	for _, m := range pool.MailboxServers {
		server := f.server(m.FQDN)
		server.UMDialPlans = []string{"Farm SIP"}
		server.CallRouterDialPlans = []string{"Farm SIP"}
	}
}

func (f *Farm) addDialPlan(name, uriType string) {
	if !slices.ContainsFunc(f.Exchange.DialPlans, func(p DialPlan) bool { return strings.EqualFold(p.Name, name) }) {
		f.Exchange.DialPlans = append(f.Exchange.DialPlans, DialPlan{name, uriType})
	}
}

// addForeignPool adds a trusted application that belongs to somebody else.
func (f *Farm) addForeignPool() {
	f.Lync.Trusted = []TrustedPool{{
		FQDN: "portal.farm.example", Registrar: f.Lync.Pools[0].FQDN, Site: f.Lync.Pools[0].Site, RequiresReplication: true,
		ThrottleAsServer: true, TreatAsAuthenticated: true, Computers: []string{"portal.farm.example"},
		Applications: []Application{{ID: "portal", Port: 6001}},
		Endpoints:    []Endpoint{{Address: "portal@farm.example", ApplicationID: "portal"}},
	}}
	f.Lync.Enabled = slices.Clone(f.Lync.Trusted)
}

// addBystander adds an Exchange server that the topology does not name.
func (f *Farm) addBystander(t *topology.Topology) {
	f.addServer(bystander, t.Versions.Exchange, "Mailbox")
	f.addServer(bystander, t.Versions.Exchange, "ClientAccess")
}

// foreignOverrides is a setting override of somebody else's, for another section.
func foreignOverrides() Directory {
	return Directory{Earlier: []SettingOverride{}, Overrides: []SettingOverride{{
		Name: "Farm bystanders", Component: "OwaServer", Section: "LinkPreview",
		Parameters: []string{"Enabled=False"}, Servers: []string{}, Reason: "not of this change",
	}}}
}

const bystander = "bystander.farm.example"

func (f *Farm) addPolicies(t *topology.Topology) {
	for _, name := range append([]string{"Default", "Farm bystanders"}, t.MailboxPolicies.Names...) {
		if !slices.ContainsFunc(f.Exchange.Policies, func(p Policy) bool { return strings.EqualFold(p.Name, name) }) {
			f.Exchange.Policies = append(f.Exchange.Policies, Policy{name, newSettings()})
		}
	}
}

// newSettings is what Exchange has before anybody sets instant messaging: enabled, of type None (P7).
func newSettings() Settings {
	return Settings{"InstantMessagingEnabled": true, "InstantMessagingType": "None"}
}

func (f *Farm) addPilotUsers(t *topology.Topology) {
	for _, address := range t.PilotUsers {
		f.Exchange.Mailboxes = append(f.Exchange.Mailboxes, Mailbox{address, f.Exchange.Servers[0].Name, ""})
		f.Lync.Users = append(f.Lync.Users, LyncUser{address, true, f.Lync.Pools[0].FQDN})
	}
}

// addVirtualDirectories gives each Client Access server the directory of the Default Web Site and each Mailbox
// server that of the back end, which the cmdlets show only when asked.
func (f *Farm) addVirtualDirectories() {
	websites := map[string]string{"ClientAccess": frontEnd, "Mailbox": "Exchange Back End"}
	for _, server := range f.Exchange.Servers {
		for _, role := range server.Roles {
			f.Exchange.VirtualDirectories = append(f.Exchange.VirtualDirectories, VirtualDirectory{server.Name, websites[role], newSettings()})
		}
	}
}

// frontEnd is the web site whose OWA virtual directory users reach (P7).
const frontEnd = "Default Web Site"

// layOut gives a host its files: the bundle, and what Exchange has on disk.
func (w world) layOut(h Host, b *bundle) {
	for name, data := range b.files {
		w.files[path.Join(bundleFolder(h.FQDN, b), name)] = data
	}
	if h.Shell == "exchange" {
		w.files[webConfigPath(h.FQDN)] = webConfig
		w.files[hostFolder(h.FQDN)+"/ucma/Microsoft.Rtc.Internal.Ucweb.dll"] = "UCMA"
	}
}

// startEvents is what Lync's log has held since the Front End servers started.
func (f *Farm) startEvents() {
	for i := range f.Hosts {
		if f.Hosts[i].Shell != "lync" {
			continue
		}
		f.Hosts[i].Events = []LogEvent{
			{"Lync Server", "LS Exchange Unified Messaging Routing", 44024, 4, -86400, fmt.Sprintf("Exchange UM servers that were found: %s", strings.Join(f.discovered(), ", "))},
			{"Lync Server", "LS Protocol Stack", 14492, 4, -86400, fmt.Sprintf("Known servers: %s", strings.Join(f.Lync.Known, ", "))},
		}
	}
}

// discovered returns the Exchange servers that Lync finds by itself: both UM services and a SipName dial plan
// (P2). It says the same as farm/known-servers.ps1, which keeps the list while scripts run.
func (f *Farm) discovered() []string {
	found := []string{}
	for _, server := range f.Exchange.Servers {
		both := len(f.host(server.FQDN).Services) == len(umService)
		sip := slices.ContainsFunc(server.UMDialPlans, func(name string) bool { return slices.Contains(f.Exchange.DialPlans, DialPlan{name, "SipName"}) })
		if both && sip {
			found = append(found, server.FQDN)
		}
	}
	return found
}

// knownServers returns the computers of the enabled trusted pools and the discovered servers, sorted; a server in
// both stands there twice.
func (f *Farm) knownServers() []string {
	known := f.discovered()
	for _, pool := range f.Lync.Enabled {
		known = append(known, pool.Computers...)
	}
	slices.Sort(known)
	return known
}
