package rehearsal

import (
	"cmp"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// Farm is the whole state behind the stand-ins (farm/farm.psm1 reads and writes the same shape). Times are
// seconds since the farm's beginning of time. Arrays are never nil.
type Farm struct {
	Start    int64    `json:"start"` // Unix time of the beginning of time; 0: the rehearsal's own, in the engine's time zone
	Clock    int      `json:"clock"`
	Lync     Lync     `json:"lync"`
	Exchange Exchange `json:"exchange"`
	Hosts    []Host   `json:"hosts"`
}

// Lync is the topology in the Central Management Store, and what of it is in force.
type Lync struct {
	Version   string        `json:"version"` // as Get-CsServerVersion says it
	SipDomain string        `json:"sipDomain"`
	Sites     []Site        `json:"sites"`
	Pools     []Pool        `json:"pools"`   // of Lync servers
	Trusted   []TrustedPool `json:"trusted"` // as last written
	Enabled   []TrustedPool `json:"enabled"` // as last enabled
	Replicas  []Replica     `json:"replicas"`
	Users     []LyncUser    `json:"users"`
	Known     []string      `json:"known"` // known servers; one that stands here twice breaks the integration (P2)
}

// Site is a Lync site. It has three names that differ: the SiteId that New-CsTrustedApplicationPool takes, the
// Identity that a pool shows when it is read back, and the display name (cmdlet page New-CsTrustedApplicationPool).
type Site struct {
	SiteID      string `json:"siteId"`
	Identity    string `json:"identity"` // Site:<name>
	DisplayName string `json:"displayName"`
}

// siteIdentity is the identity of the site with that SiteId; a site that does not exist has one too.
func siteIdentity(siteID string) string { return "Site:" + siteID + "1" }

// Pool is a pool of Lync servers.
type Pool struct {
	FQDN      string   `json:"fqdn"`
	Site      string   `json:"site"` // its identity
	Services  []string `json:"services"`
	Computers []string `json:"computers"`

	Unresolved bool `json:"unresolved"` // DNS has no address of its name
	PortClosed bool `json:"portClosed"` // a firewall drops what goes to 5061
}

// TrustedPool is a trusted application pool with its computers and applications (P3, P4).
type TrustedPool struct {
	FQDN                 string         `json:"fqdn"`
	Registrar            string         `json:"registrar"`
	Site                 string         `json:"site"` // its identity
	RequiresReplication  bool           `json:"requiresReplication"`
	ThrottleAsServer     bool           `json:"throttleAsServer"`
	TreatAsAuthenticated bool           `json:"treatAsAuthenticated"`
	OutboundOnly         bool           `json:"outboundOnly"`
	Ports                map[string]int `json:"ports"` // for media: parameter of New-CsTrustedApplicationPool -> value; the others are 0
	FileStore            string         `json:"fileStore"`
	Computers            []string       `json:"computers"`
	Applications         []Application  `json:"applications"`
	Endpoints            []Endpoint     `json:"endpoints"`
}

// Endpoint is a contact of a trusted application.
type Endpoint struct {
	Address       string `json:"address"`
	ApplicationID string `json:"applicationId"`
}

// Application is a trusted application; its id is kept in lower case.
type Application struct {
	ID        string `json:"id"`
	Port      int    `json:"port"`
	EnableTCP bool   `json:"enableTcp"`
	Legacy    string `json:"legacy"` // name; "" for the id
}

// Replica is a copy of the Central Management Store on a Lync server.
type Replica struct {
	FQDN        string `json:"fqdn"`
	BehindUntil int    `json:"behindUntil"`
}

// LyncUser is a user who is enabled for Lync, or not.
type LyncUser struct {
	Name          string `json:"name"`
	Address       string `json:"address"` // SIP address, without "sip:"
	Mailbox       string `json:"mailbox"`
	Enabled       bool   `json:"enabled"`
	RegistrarPool string `json:"registrarPool"`
}

// Exchange is the organisation.
type Exchange struct {
	Servers            []Server           `json:"servers"`
	VirtualDirectories []VirtualDirectory `json:"virtualDirectories"`
	Policies           []Policy           `json:"policies"`
	DialPlans          []DialPlan         `json:"dialPlans"`
	Databases          []Database         `json:"databases"`
	Mailboxes          []Mailbox          `json:"mailboxes"`
	Directory          Directory          `json:"directory"`
}

// Directory is what Active Directory holds of setting overrides. A server other than the one that changed them
// last reads the earlier ones until that has replicated.
type Directory struct {
	Overrides          []SettingOverride `json:"overrides"`
	Earlier            []SettingOverride `json:"earlier"`
	ChangedOn          string            `json:"changedOn"` // FQDN
	ChangedAt          int               `json:"changedAt"`
	ReplicationSeconds int               `json:"replicationSeconds"`
}

// SettingOverride is a setting override of Exchange 2016 and later.
type SettingOverride struct {
	Name       string   `json:"name"`
	Component  string   `json:"component"`
	Section    string   `json:"section"`
	Parameters []string `json:"parameters"` // "name=value"
	Servers    []string `json:"servers"`    // patterns of short names; none: every server
	Reason     string   `json:"reason"`
}

// Server is an Exchange server. Its name is in upper case and its FQDN in mixed case, as Active Directory may have
// them (recorded: SOLO-E15A, Solo-E15A.Solo.net).
type Server struct {
	Name                string        `json:"name"`
	FQDN                string        `json:"fqdn"`
	Unreachable         bool          `json:"unreachable"` // from any other server
	Version             string        `json:"version"`     // AdminDisplayVersion
	Roles               []string      `json:"roles"`       // Mailbox, ClientAccess
	Site                string        `json:"site"`        // of Active Directory
	UMDialPlans         []string      `json:"umDialPlans"`
	CallRouterDialPlans []string      `json:"callRouterDialPlans"`
	Certificates        []Certificate `json:"certificates"`
}

// Certificate is a certificate on an Exchange server. Exchange's status and the kind of its root follow from these facts
// (farm/exchange.ps1), unless they were read on a real server.
type Certificate struct {
	Thumbprint      string   `json:"thumbprint"`
	Subject         string   `json:"subject"`
	Names           []string `json:"names"`
	HasPrivateKey   bool     `json:"hasPrivateKey"`
	NotBefore       int      `json:"notBefore"`
	NotAfter        int      `json:"notAfter"`
	SelfSigned      bool     `json:"selfSigned"`
	RootUnknown     bool     `json:"rootUnknown"`
	ListUnreachable bool     `json:"listUnreachable"` // the revocation list
	Status          string   `json:"status"`          // as read; "": follows
	Root            string   `json:"root"`            // as read; "": follows
}

// Settings are what a Set- cmdlet can set, by parameter name.
type Settings map[string]any

// VirtualDirectory is an OWA virtual directory (P7).
type VirtualDirectory struct {
	Server      string   `json:"server"`  // name
	Website     string   `json:"website"` // "Default Web Site", or "Exchange Back End"
	InternalURL string   `json:"internalUrl"`
	ExternalURL string   `json:"externalUrl"`
	Settings    Settings `json:"settings"`
}

// Policy is an OWA mailbox policy (P11).
type Policy struct {
	Name      string   `json:"name"`
	IsDefault bool     `json:"isDefault"`
	Settings  Settings `json:"settings"`
}

// DialPlan is a UM dial plan.
type DialPlan struct {
	Name    string `json:"name"`
	URIType string `json:"uriType"`
}

// Database is a mailbox database with copies on several servers.
type Database struct {
	Name      string `json:"name"`
	Server    string `json:"server"`    // name of its owner
	MountedOn string `json:"mountedOn"` // FQDN of the server with the active copy
}

// Mailbox is a user's mailbox. Its server is that of the database's owner: it does not follow the active copy.
type Mailbox struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	SIP      string `json:"sip"`
	Server   string `json:"server"` // name
	Database string `json:"database"`
	Policy   string `json:"policy"`
}

// Host is a computer on which scripts run.
type Host struct {
	FQDN       string                       `json:"fqdn"`
	Shell      string                       `json:"shell"` // "lync" or "exchange": which management shell it has
	Registry   map[string]map[string]string `json:"registry"`
	Services   []Service                    `json:"services"`
	Account    Account                      `json:"account"`
	Groups     []Group                      `json:"groups"`
	Access     Access                       `json:"access"`
	OldWindows bool                         `json:"oldWindows"` // before Server 2012 R2, without Test-NetConnection
	Remote     bool                         `json:"remote"`     // the person came by Enter-PSSession
	Degraded   bool                         `json:"degraded"`   // the shell is a session imported by hand, without Exchange's types
	Processes  []string                     `json:"processes"`  // that Get-ExchangeDiagnosticInfo finds
	AppPool    AppPool                      `json:"appPool"`
	Running    []SettingOverride            `json:"running"`  // setting overrides that the server runs with
	Coming     []SettingOverride            `json:"coming"`   // those that it has read at the last refresh,
	ComingAt   int                          `json:"comingAt"` // and runs with from this time on; 0: none
	IMHealth   string                       `json:"imHealth"` // of the health set OWA.Protocol.Dep
	Events     []LogEvent                   `json:"events"`
}

// Service is a Windows service.
type Service struct {
	Name   string `json:"name"`
	Status string `json:"status"`
}

// Account is the person who runs the scripts. whoami.exe prints the name in lower case.
type Account struct {
	Name string `json:"name"`
	SID  string `json:"sid"`
}

// Access is the access lists of a host's folders, which icacls.exe shows and sets. They are not enforced.
type Access struct {
	Denied  bool          `json:"denied"`  // nobody may set one
	Lasting []AccessEntry `json:"lasting"` // that every folder has, whatever is set
	Lists   []AccessList  `json:"lists"`
}

// AccessList is that of one folder, by its path on the host: whether it inherits the entries of the folder above, and
// its own.
type AccessList struct {
	Path     string        `json:"path"`
	Inherits bool          `json:"inherits"`
	Entries  []AccessEntry `json:"entries"`
}

// AccessEntry gives an account a right, as icacls.exe writes it: "(OI)(CI)(F)".
type AccessEntry struct {
	SID   string `json:"sid"`
	Right string `json:"right"`
}

// Group is a row of whoami /groups.
type Group struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	SID  string `json:"sid"`
}

// AppPool is OWA's application pool with what it read from web.config, or from the setting overrides that the
// server runs with, when it last started (P8, P10). Once it has initialised instant messaging it does not look at the
// virtual directory again: only a recycle ends that.
type AppPool struct {
	State       string `json:"state"`
	RecycledAt  int    `json:"recycledAt"`
	Initialised bool   `json:"initialised"`
	ServerName  string `json:"serverName"`
	Thumbprint  string `json:"thumbprint"`
}

// LogEvent is an entry of the event log.
type LogEvent struct {
	Log      string `json:"log"`
	Provider string `json:"provider"`
	ID       int    `json:"id"`
	Level    int    `json:"level"` // 2 error, 3 warning, 4 information
	Time     int    `json:"time"`
	Message  string `json:"message"`
}

// clone returns a copy that shares nothing with f.
func (f *Farm) clone() *Farm {
	var c Farm
	if err := json.Unmarshal(encode(f), &c); err != nil {
		panic(err) // what was encoded from a Farm decodes into one
	}
	return &c
}

// settled returns the state without its history: clock, events, the order in which things were made, and what only time
// has set.
func (f *Farm) settled() *Farm {
	c := f.clone()
	c.Clock = 0
	c.Exchange.Directory = Directory{Overrides: c.Exchange.Directory.Overrides}
	slices.Sort(c.Lync.Known)
	for _, pools := range [][]TrustedPool{c.Lync.Trusted, c.Lync.Enabled} {
		slices.SortFunc(pools, func(a, b TrustedPool) int { return cmp.Compare(a.FQDN, b.FQDN) })
		for i, p := range pools {
			if len(p.Ports) == 0 {
				pools[i].Ports = nil // no entry is the same as no list
			}
			slices.Sort(p.Computers)
			slices.SortFunc(p.Applications, func(a, b Application) int { return cmp.Compare(a.ID, b.ID) })
		}
	}
	for i := range c.Lync.Replicas {
		c.Lync.Replicas[i].BehindUntil = 0
	}
	for i := range c.Hosts {
		h := &c.Hosts[i]
		h.Events, h.IMHealth, h.Access = nil, "", Access{}
		if h.ComingAt > 0 {
			h.Running = h.Coming
		}
		h.Coming, h.ComingAt = nil, 0
		h.Running = slices.DeleteFunc(h.Running, func(o SettingOverride) bool { return !o.isFor(h.FQDN) })
		for k := range h.Running { // the server is in the scope; which others are, and who wrote it, it reads again by itself
			h.Running[k].Servers, h.Running[k].Reason = nil, ""
		}
		h.AppPool.RecycledAt, h.AppPool.Initialised = 0, false
	}
	return c
}

// isFor tells whether the override has any meaning on that host.
func (o SettingOverride) isFor(fqdn string) bool {
	return len(o.Servers) == 0 || slices.ContainsFunc(o.Servers, func(pattern string) bool {
		matched, err := path.Match(strings.ToUpper(pattern), shortName(fqdn))
		return err == nil && matched
	})
}

func (f *Farm) host(fqdn string) *Host {
	i := slices.IndexFunc(f.Hosts, func(h Host) bool { return strings.EqualFold(h.FQDN, fqdn) })
	if i < 0 {
		return nil
	}
	return &f.Hosts[i]
}

func (f *Farm) server(fqdn string) *Server {
	i := slices.IndexFunc(f.Exchange.Servers, func(s Server) bool { return strings.EqualFold(s.FQDN, fqdn) })
	if i < 0 {
		return nil
	}
	return &f.Exchange.Servers[i]
}

// lyncHost is the computer of a pool of Lync servers that the Lync scripts run on: the first with a shell.
func (f *Farm) lyncHost(pool string) string {
	for _, p := range f.Lync.Pools {
		for _, computer := range p.Computers {
			if h := f.host(computer); p.FQDN == pool && h != nil && h.Shell == string(plan.ShellLync) {
				return computer
			}
		}
	}
	return registrarComputer(pool)
}

func encode(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err) // the types of this package only
	}
	return data
}
