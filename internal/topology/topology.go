// Package topology describes an integration of Lync Server with Outlook Web App: which OWA pools, which
// registrars, which servers, certificates, dial plans and policies.
//
// Load turns the bytes of a YAML file into a Topology or into findings with their places. A Topology that
// Load returned is complete: defaults are filled in, names are in their canonical form, every rule holds.
// What is to be done about it is decided in package plan, never here.
package topology

import (
	_ "embed"
	"slices"
)

// APIVersion is the only value of apiVersion that this version of lyncowa reads.
const APIVersion = "lyncowa/v1"

// Sample returns the commented topology that `lyncowa init` writes. It has no findings; its names are those of the
// Page.
func Sample() []byte { return slices.Clone(sample) }

//go:embed sample.yaml
var sample []byte

// Topology is a valid description with every default filled in.
type Topology struct {
	Name            string // 1-63 of a-z, 0-9 and '-'; names the bundle
	Versions        Versions
	Change          Change
	Pools           []Pool    // at least one, in the order of the file
	MailboxPolicies Selection // OWA mailbox policies that get instant messaging (P11)
	PilotUsers      []string  // SMTP or SIP addresses without "sip:", in the order of the file
}

// Versions are the product versions, each by its year.
type Versions struct {
	Exchange string // "2013"
	Lync     string // "2013", or "2015" for Skype for Business Server 2015
}

// Change is what the change record quotes. Nothing of it enters a script. Empty fields are blanks to fill in.
type Change struct {
	ID, Title, Reason, Requester, Owner, Implementer string
	WindowStart, WindowEnd                           string // RFC 3339, as given
	Risk, UserImpact, Contacts                       string
}

// Pool is one OWA pool: the servers behind one OWA FQDN, joined to one registrar.
type Pool struct {
	FQDN                string          // OWA FQDN = FQDN of the trusted application pool (P3)
	Registrar           string          // FQDN of the Lync pool that hosts it (P3, P8)
	SiteID              string          // bare Lync SiteID, not the DisplayName (P3); may be empty when colocated
	Port                int             // 1-65535 (P4); 0 when colocated and not given
	Thumbprint          string          // of the certificate on Mailbox servers that have none of their own (P8, P9)
	UMColocated         bool            // both UM services on the same computer (P2)
	ApplicationID       string          // letters and digits (P4)
	MailboxServers      []MailboxServer // where step 70 acts (P8); at least one
	ClientAccessServers Selection       // whose OWA virtual directories step 60 sets (P7)
	TrustedComputers    []string        // computers of the trusted pool; empty = the pool FQDN is its one computer (P3)
	SipDialPlans        Selection       // SipName UM dial plans that get the servers (P6); may be empty
}

// MailboxServer is an Exchange server that runs OWA's back end.
type MailboxServer struct {
	FQDN       string
	Thumbprint string // 40 upper-case hex digits; the pool's own where the server gives none
}

// Selection is a list of names, or everything there is.
type Selection struct {
	All   bool
	Names []string // in the order of the file; empty when All
}

// IsEmpty reports whether the selection names nothing at all.
func (s Selection) IsEmpty() bool { return !s.All && len(s.Names) == 0 }
