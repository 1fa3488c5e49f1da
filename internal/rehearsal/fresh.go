package rehearsal

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// No two names of one thing are equal on the farm: SiteId, identity and display name of a site; pool and computer; short
// name and FQDN of a server, and their case; the server of a mailbox and the one with its active copy. A script that
// takes one for the other fails here as it would on a real farm.

// registrarComputer is the one Front End server of a registrar pool.
func registrarComputer(registrar string) string { return "FE01." + registrar }

// Product versions as the products themselves report them (recorded; of Lync, in Microsoft's own tests).
var (
	exchangeVersions = map[string]string{
		"2013": "Version 15.0 (Build 1497.2)",
		"2016": "Version 15.1 (Build 2507.6)",
		"2019": "Version 15.2 (Build 1544.4)",
	}
	lyncVersions = map[string]string{
		"2013": "Microsoft Lync Server 2013 (5.0.8308.0): Volume license key installed.",
		"2015": "Skype for Business Server 2015 (6.0.9319.0): Volume license key installed.",
		"2019": "Skype for Business Server 2019 (7.0.2046.0): Volume license key installed.",
	}
)

// What the farm has beside what the topology names.
const (
	bystander   = "bystander.farm.example" // an Exchange server
	bystanders  = "Farm bystanders"        // an OWA mailbox policy
	workstation = "desk-042.farm.example"  // a computer with the Exchange management tools only
	centralPool = "cms.farm.example"       // holds the Central Management Store
	otherPool   = "pool02.farm.example"    // of Lync servers
	defaultSite = "Headquarters"           // of a registrar for which the topology names none
	frontEnd    = "Default Web Site"       // whose OWA virtual directory users reach (P7)
	backEnd     = "Exchange Back End"
)

const day = 24 * 60 * 60 // seconds

// fresh returns the world as it is before the change: everything the topology names exists, nothing of the
// change is configured, and beside it stand things of other people's that no script may touch.
func (s *stage) fresh() world {
	t := s.bundle.topology
	f := &Farm{
		Lync:     Lync{Version: lyncVersions[s.bundle.plan.Versions.Lync], SipDomain: "farm.example", Users: []LyncUser{}, Known: []string{}},
		Exchange: Exchange{DialPlans: []DialPlan{}, Databases: []Database{}, Mailboxes: []Mailbox{}, Directory: foreignOverrides()},
	}
	w := world{farm: f, files: tree{}}
	for _, pool := range t.Pools {
		f.addRegistrar(pool)
		f.addExchangeServers(pool, t.Versions.Exchange, f.windowEnd(t))
		if s.bundle.plan.HasUM() {
			f.addDialPlans(pool)
		}
	}
	f.addLyncPool(centralPool, "7", "CentralManagement", "Registrar")
	f.addLyncPool(otherPool, "7", "Registrar", "UserServer")
	f.addForeignPool(t.Pools[0].Port)
	for _, role := range []string{"Mailbox", "ClientAccess"} {
		f.addServer(bystander, t.Versions.Exchange, role)
	}
	f.Hosts = append(f.Hosts, newHost(workstation, "exchange", Group{`FARM\Organization Management`, "Group", "S-1-5-21-1-2-3-1120"}))
	f.addPolicies(t)
	f.addPilotUsers(t, shortName(bystander))
	f.addTakenOver(s.bundle.plan.Overrides())
	f.addVirtualDirectories()
	for _, h := range f.Hosts {
		w.layOut(h, s.bundle)
	}
	return w
}

// started is the world in which Lync's services have started a day ago, with what their log says since then.
func (s *stage) started(w world) (world, error) {
	o, err := s.execute(w, w.farm.lyncHost(s.bundle.topology.Pools[0].Registrar), "Start-LyncService")
	if err != nil {
		return w, err
	}
	o.after.farm.Clock = 0
	return o.after, nil
}

func (f *Farm) addRegistrar(pool topology.Pool) {
	site := cmp.Or(pool.SiteID, defaultSite)
	f.addSite(site)
	if slices.ContainsFunc(f.Lync.Pools, func(p Pool) bool { return p.FQDN == pool.Registrar }) {
		return
	}
	f.addLyncPool(pool.Registrar, site, "UserServer", "Registrar", "WebServer", "ConferencingServer", "ApplicationServer", "UserDatabase")
	f.Hosts = append(f.Hosts, newLyncHost(registrarComputer(pool.Registrar)))
}

func (f *Farm) addLyncPool(fqdn, site string, services ...string) {
	f.addSite(site)
	computer := registrarComputer(fqdn)
	f.Lync.Pools = append(f.Lync.Pools, Pool{FQDN: fqdn, Site: siteIdentity(site), Computers: []string{computer}, Services: services})
	f.Lync.Replicas = append(f.Lync.Replicas, Replica{FQDN: computer})
}

func (f *Farm) addSite(id string) {
	if !slices.ContainsFunc(f.Lync.Sites, func(s Site) bool { return strings.EqualFold(s.SiteID, id) }) {
		region := []string{"North America", "Western Europe", "Asia Pacific", "South America"}[len(f.Lync.Sites)%4]
		f.Lync.Sites = append(f.Lync.Sites, Site{SiteID: id, Identity: siteIdentity(id), DisplayName: fmt.Sprintf("%s %d", region, len(f.Lync.Sites))})
	}
}

func newLyncHost(fqdn string) Host {
	return newHost(fqdn, "lync", Group{`FARM\RTCUniversalServerAdmins`, "Group", "S-1-5-21-1-2-3-1104"})
}

// newExchangeHost is a computer with Exchange and the runtime of UCMA.
func newExchangeHost(fqdn string) Host {
	h := newHost(fqdn, "exchange", Group{`FARM\Organization Management`, "Group", "S-1-5-21-1-2-3-1120"})
	h.Registry[`HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\ExchangeServer\v15\Setup`] = map[string]string{"MsiInstallPath": "{host}/exchange/"}
	h.Registry[ucmaKey] = map[string]string{"ImplementationDLLPath": "{host}/" + ucmaLibrary}
	return h
}

// newHost is a computer with an elevated shell.
func newHost(fqdn, shell string, group Group) Host {
	name, domain, _ := strings.Cut(fqdn, ".")
	return Host{
		FQDN: strings.ToLower(fqdn), Shell: shell, Services: []Service{}, Events: []LogEvent{}, IMHealth: "Healthy",
		Account: Account{`FARM\admin`, "S-1-5-21-1-2-3-1121"}, Access: Access{Lasting: []AccessEntry{}, Lists: []AccessList{}},
		Running: foreignOverrides().Overrides, AppPool: AppPool{State: "Started"},
		Processes: []string{"Microsoft.Exchange.Directory.TopologyService", "MSExchangeMailboxAssistants"},
		Groups: []Group{
			{"Everyone", "Well-known group", "S-1-1-0"},
			{`BUILTIN\Administrators`, "Alias", "S-1-5-32-544"},
			{`Mandatory Label\High Mandatory Level`, "Label", "S-1-16-12288"},
			group,
		},
		Registry: map[string]map[string]string{
			`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`: {"Hostname": strings.ToUpper(name), "Domain": domain},
		},
	}
}

// windowEnd is when the topology's change window ends; 0 where it does not say, or where that is past.
func (f *Farm) windowEnd(t *topology.Topology) int {
	end, start := plan.Moment(t.Change.WindowEnd), time.Unix(f.Start, 0)
	if f.Start == 0 {
		start = time.Date(2026, 1, 5, 8, 0, 0, 0, time.Local) // as Get-FarmTime in farm/host.ps1
	}
	if end.Before(start) {
		return 0
	}
	return int(end.Unix() - start.Unix())
}

// addExchangeServers adds the pool's servers, each with the roles that the topology gives it. Their certificates outlast
// the change window.
func (f *Farm) addExchangeServers(pool topology.Pool, year string, windowEnd int) {
	for _, m := range pool.MailboxServers {
		server := f.addServer(m.FQDN, year, "Mailbox")
		name := f.certificateName(pool, m)
		server.Certificates = append(server.Certificates, Certificate{
			Thumbprint: m.Thumbprint, HasPrivateKey: true, NotBefore: -30 * day, NotAfter: windowEnd + 700*day,
			Subject: "CN=" + name + ", OU=IT, O=Farm", Names: []string{name},
		})
	}
	names := pool.ClientAccessServers.Names
	if pool.UMColocated || pool.ClientAccessServers.All {
		for _, m := range pool.MailboxServers {
			names = append(slices.Clip(names), m.FQDN)
		}
	}
	for _, name := range names {
		f.addServer(name, year, "ClientAccess")
	}
}

// certificateName is a name by which Lync knows the server: its own where it is a computer of the trusted pool and has a
// certificate to itself, or is discovered, and otherwise the pool's. The certificate holds no other name: those of
// other computers are never needed, and no public authority issues those of a private domain.
func (f *Farm) certificateName(pool topology.Pool, m topology.MailboxServer) string {
	shared := 0
	for _, other := range pool.MailboxServers {
		if other.Thumbprint == m.Thumbprint {
			shared++
		}
	}
	if names := knownNames(pool, m.FQDN); shared == 1 {
		return names[len(names)-1]
	}
	return pool.FQDN
}

// addServer returns the server of that name, which now has that role; from Exchange 2016 on a server has both.
func (f *Farm) addServer(fqdn, year, role string) *Server {
	if f.server(fqdn) == nil {
		f.Exchange.Servers = append(f.Exchange.Servers, Server{
			Name: shortName(fqdn), FQDN: mixedCase(fqdn), Version: exchangeVersions[year], Roles: []string{}, Site: "Default-First-Site-Name",
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
		if year != "2019" { // recorded: it has no UM services
			host.Services = append(host.Services, Service{umService[role], "Running"})
		}
	}
	return server
}

// umService is the UM service that comes with a role, up to Exchange 2016 (P2).
var umService = map[string]string{"Mailbox": "MSExchangeUM", "ClientAccess": "MSExchangeUMCR"}

// Where Exchange finds UCMA's provider (P1): OWA opens the value as a file.
const (
	ucmaKey     = `HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\MSExchange OWA\InstantMessaging`
	ucmaLibrary = "ucma/Microsoft.Rtc.Internal.Ucweb.dll"
)

func shortName(fqdn string) string {
	name, _, _ := strings.Cut(fqdn, ".")
	return strings.ToUpper(name)
}

// mixedCase writes a name as an administrator may have typed it: Dub-Mbx-01.Contoso.Com.
func mixedCase(fqdn string) string { return wordStart.ReplaceAllStringFunc(fqdn, strings.ToUpper) }

var wordStart = regexp.MustCompile(`\b[a-z]`)

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
		server.UMDialPlans, server.CallRouterDialPlans = []string{"Farm SIP"}, []string{"Farm SIP"}
	}
}

func (f *Farm) addDialPlan(name, uriType string) {
	if !slices.ContainsFunc(f.Exchange.DialPlans, func(p DialPlan) bool { return strings.EqualFold(p.Name, name) }) {
		f.Exchange.DialPlans = append(f.Exchange.DialPlans, DialPlan{name, uriType})
	}
}

// addForeignPool adds a trusted application that belongs to somebody else. A port matters within its pool only, so it
// has the same.
func (f *Farm) addForeignPool(port int) {
	f.Lync.Trusted = []TrustedPool{{
		FQDN: "portal.farm.example", Registrar: f.Lync.Pools[0].FQDN, Site: f.Lync.Pools[0].Site, RequiresReplication: true,
		ThrottleAsServer: true, TreatAsAuthenticated: true, Computers: []string{"web-07.farm.example"},
		Applications: []Application{{ID: "portal", Port: cmp.Or(port, 6001)}},
		Endpoints:    []Endpoint{{Address: "portal@farm.example", ApplicationID: "portal"}},
	}}
	f.Lync.Enabled = slices.Clone(f.Lync.Trusted)
}

// foreignOverrides is a setting override of somebody else's, for another section.
func foreignOverrides() Directory {
	return Directory{Earlier: []SettingOverride{}, Overrides: []SettingOverride{{
		Name: "Farm bystanders", Component: "OwaServer", Section: "LinkPreview",
		Parameters: []string{"Enabled=False"}, Servers: []string{}, Reason: "not of this change",
	}}}
}

// addTakenOver adds the setting overrides that the topology names, as somebody has made them by hand: for a pattern of
// servers, with another pool and certificate. OWA runs with them.
func (f *Farm) addTakenOver(overrides []plan.Override) {
	for _, o := range overrides {
		if !o.TakenOver {
			continue
		}
		pool, thumbprint := "old-pool.farm.example", strings.Repeat("0D", 20)
		byHand := SettingOverride{
			Name: o.Name, Component: "OwaServer", Section: "IMSettings", Reason: "by hand", Servers: []string{o.Servers[0][:len(o.Servers[0])-1] + "?"},
			Parameters: []string{"IMCertificateThumbprint=" + thumbprint, "IMServerName=" + pool},
		}
		f.Exchange.Directory.Overrides = append(f.Exchange.Directory.Overrides, byHand)
		for i := range f.Hosts {
			h := &f.Hosts[i]
			h.Running = append(h.Running, byHand)
			if byHand.isFor(h.FQDN) {
				h.AppPool.ServerName, h.AppPool.Thumbprint = pool, thumbprint
			}
		}
	}
}

func (f *Farm) addPolicies(t *topology.Topology) {
	for _, name := range append([]string{"Default", bystanders, t.PilotPolicy}, t.MailboxPolicies.Names...) {
		if name == "" {
			continue
		}
		if !slices.ContainsFunc(f.Exchange.Policies, func(p Policy) bool { return strings.EqualFold(p.Name, name) }) {
			f.Exchange.Policies = append(f.Exchange.Policies, Policy{name, name == "Default", newSettings()})
		}
	}
}

// newSettings is what Exchange has before anybody sets instant messaging: enabled, of type None (P7, recorded).
func newSettings() Settings {
	return Settings{"InstantMessagingEnabled": true, "InstantMessagingType": "None"}
}

// addPilotUsers adds the pilot users. The database of each belongs to one server and is mounted on another, one of the
// change's: its copies have failed over. Where they get a policy of their own, every second one has another one before, and
// there are users who are no pilots.
func (f *Farm) addPilotUsers(t *topology.Topology, owner string) {
	for i, pilot := range t.PilotUsers {
		pool := t.Pools[i%len(t.Pools)]
		name, active := fmt.Sprintf("Pilot User %d", i+1), cmp.Or(pool.Canary, pool.MailboxServers[len(pool.MailboxServers)-1].FQDN)
		policy := ""
		if t.PilotPolicy != "" && i%2 == 1 {
			policy = bystanders
		}
		f.addMailbox(Mailbox{Name: name, Address: pilot.Mailbox, SIP: pilot.SIP, Server: owner, Policy: policy}, active)
		f.Lync.Users = append(f.Lync.Users, LyncUser{name, pilot.SIP, pilot.Mailbox, true, f.Lync.Pools[0].FQDN})
	}
	if t.PilotPolicy == "" {
		return
	}
	f.addMailbox(Mailbox{Name: "User without a policy", Address: "user01@farm.example", SIP: "sip01@farm.example", Server: owner}, t.Pools[0].MailboxServers[0].FQDN)
	f.addMailbox(Mailbox{Name: "User with a policy", Address: "user02@farm.example", SIP: "sip02@farm.example", Server: owner, Policy: bystanders}, t.Pools[0].MailboxServers[0].FQDN)
}

// addMailbox adds a mailbox with a database of its own, which is mounted on that server.
func (f *Farm) addMailbox(m Mailbox, active string) {
	m.Database = fmt.Sprintf("DB-%02d", len(f.Exchange.Databases)+1)
	f.Exchange.Databases = append(f.Exchange.Databases, Database{m.Database, m.Server, mixedCase(active)})
	f.Exchange.Mailboxes = append(f.Exchange.Mailboxes, m)
}

// addVirtualDirectories gives each Client Access server the directory of the Default Web Site and each Mailbox
// server that of the back end, which the cmdlets show only when asked.
func (f *Farm) addVirtualDirectories() {
	websites := map[string]string{"ClientAccess": frontEnd, "Mailbox": backEnd}
	for _, server := range f.Exchange.Servers {
		for _, role := range server.Roles {
			f.Exchange.VirtualDirectories = append(f.Exchange.VirtualDirectories, VirtualDirectory{
				Server: server.Name, Website: websites[role], InternalURL: "https://" + strings.ToLower(server.FQDN) + "/owa", Settings: newSettings(),
			})
		}
	}
}

// layOut gives a host its files: the bundle, and what Exchange has on disk.
func (w world) layOut(h Host, b *bundle) {
	for name, data := range b.files {
		w.files[path.Join(bundleFolder(h.FQDN, b), name)] = data
	}
	if w.farm.server(h.FQDN) != nil {
		w.files[webConfigPath(h.FQDN)] = webConfig
		w.files[hostFolder(h.FQDN)+"/"+ucmaLibrary] = ucma
	}
}
