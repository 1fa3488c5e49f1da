// Package topology describes an integration of Lync Server with Outlook Web App: OWA pools, registrars, servers,
// certificates, dial plans and policies.
//
// Load turns the bytes of a YAML file into a Topology, or into findings with their places. A Topology from Load is
// complete: it has all defaults, names have their canonical form, and it passed every rule.
// Package plan decides what to do; this package never does.
package topology

import (
	"cmp"
)

// APIVersion is the only value of apiVersion that this version of lyncowa reads.
const APIVersion = "lyncowa/v1"

// Topology is a valid description with every default filled in.
type Topology struct {
	Name            string // 1-63 of a-z, 0-9 and '-'; part of the bundle's name
	Versions        Versions
	Change          Change
	Pools           []Pool    // at least one, in the order of the file
	PilotPolicy     string    // name of an existing OWA mailbox policy that only the pilot users get; usually empty
	MailboxPolicies Selection // OWA mailbox policies that get instant messaging (P11)
	PilotUsers      []Pilot   // in the order of the file
}

// Pilot is a user who verifies the change (P12).
type Pilot struct {
	Mailbox string // an address of the mailbox
	SIP     string // the SIP address, without "sip:"
}

// String is the name of the user in texts: the mailbox, and the SIP address if it differs.
func (p Pilot) String() string {
	if p.SIP == p.Mailbox {
		return p.Mailbox
	}
	return p.Mailbox + " (SIP address " + p.SIP + ")"
}

// Versions are the product versions, each by its year.
type Versions struct {
	Exchange string // "2013"
	Lync     string // "2013", or "2015" for Skype for Business Server 2015
}

// Change is text for the change record. Scripts do not use it. Empty fields become blanks to fill in.
type Change struct {
	ID, Title, Reason, Requester, Owner, Implementer string
	Type, Priority, Category, AssignmentGroup        string
	Likelihood, Impact                               string // of trouble
	WindowStart, WindowEnd                           string // RFC 3339, as given
	Risk, UserImpact, Contacts                       string
}

// Pool is one OWA pool: the servers behind one OWA FQDN, connected to one registrar.
type Pool struct {
	FQDN                string          // OWA FQDN = FQDN of the trusted application pool (P3)
	Registrar           string          // FQDN of the Lync pool that hosts it (P3, P8)
	SiteID              string          // bare Lync SiteID, not the DisplayName (P3); may be empty when colocated
	Port                int             // 1-65535 (P4); 0 when colocated and not given
	Thumbprint          string          // of the certificate on Mailbox servers without their own thumbprint (P8, P9)
	UMColocated         bool            // both UM services on the same computer (P2)
	ApplicationID       string          // letters and digits (P4)
	MailboxServers      []MailboxServer // the servers that step 70 changes (P8); at least one
	ClientAccessServers Selection       // whose OWA virtual directories step 60 sets (P7)
	TrustedComputers    []string        // computers of the trusted pool; empty = the pool FQDN is its only computer (P3)
	SipDialPlans        Selection       // SipName UM dial plans that the servers join (P6); may be empty
	Canary              string          // FQDN of the Mailbox server that the change tries first; usually empty
	SettingOverride     string          // name of an existing setting override to take over (Exchange 2016 and later); usually empty
}

// MailboxServer is an Exchange server that runs OWA's back end.
type MailboxServer struct {
	FQDN       string
	Thumbprint string // 40 upper-case hex digits; the pool's thumbprint if the file gives none for the server
}

// Selection is a list of names, or everything in the organisation.
type Selection struct {
	All   bool
	Names []string // in the order of the file; empty when All
}

// IsEmpty reports whether the selection selects nothing.
func (s Selection) IsEmpty() bool { return !s.All && len(s.Names) == 0 }

const (
	DefaultApplicationID = "OutlookWebApp"
	defaultMailboxPolicy = "Default"
)

func (l *loader) fillDefaults(t *Topology) {
	t.Versions.Exchange = cmp.Or(t.Versions.Exchange, defaultVersion)
	t.Versions.Lync = cmp.Or(t.Versions.Lync, defaultVersion)
	if t.MailboxPolicies.IsEmpty() {
		t.MailboxPolicies.Names = []string{defaultMailboxPolicy}
	}
	for i := range t.Pools {
		l.fillPool(&t.Pools[i], itemPath("owaPools", i, "."))
	}
	for i, p := range t.PilotUsers {
		t.PilotUsers[i].SIP = cmp.Or(p.SIP, p.Mailbox)
	}
}

// fillPool fills in the defaults of a pool. A default has the place of the value that it copies.
func (l *loader) fillPool(p *Pool, path string) {
	p.ApplicationID = cmp.Or(p.ApplicationID, DefaultApplicationID)
	fqdn := l.places[path+"fqdn"]
	if fqdn.right && !l.isGiven(path+"mailboxServers") {
		p.MailboxServers = []MailboxServer{{FQDN: p.FQDN}}
		l.places[path+"mailboxServers[0].fqdn"] = fqdn
	}
	if fqdn.right && !l.isGiven(path+"clientAccessServers") {
		p.ClientAccessServers.Names = []string{p.FQDN}
		l.places[path+"clientAccessServers[0]"] = fqdn
	}
	if !l.isGiven(path + "trustedComputers") {
		for i, s := range p.MailboxServers {
			p.TrustedComputers = append(p.TrustedComputers, s.FQDN)
			l.places[itemPath(path+"trustedComputers", i, "")] = l.places[itemPath(path+"mailboxServers", i, ".fqdn")]
		}
	}
	if len(p.TrustedComputers) == 1 && p.TrustedComputers[0] == p.FQDN {
		p.TrustedComputers = nil // as on Microsoft's page: without -ComputerFqdn the pool's own name is the computer (P3)
	}
	for i := range p.MailboxServers {
		p.MailboxServers[i].Thumbprint = cmp.Or(p.MailboxServers[i].Thumbprint, p.Thumbprint)
	}
}
