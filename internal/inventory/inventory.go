// Package inventory knows what was read from a farm: the JSON files that the inventory scripts write, how several of
// them become one set of facts, and what follows from the facts for a topology.
//
// A file is foreign text: Load refuses what the scripts could not have written. What is to be done about a farm is
// decided in package plan, never here.
package inventory

import "time"

// FormatVersion is the only version of the files that this version of lyncowa reads.
const FormatVersion = 1

// The kinds of file: which script wrote it.
const (
	Exchange = "exchange"
	Lync     = "lync"
)

// File is one file of an inventory script. Host names are in lower case.
type File struct {
	FormatVersion int      `json:"formatVersion" rule:"needed"`
	Kind          string   `json:"kind" rule:"kind"`
	Scope         string   `json:"scope" rule:"scope"` // organisation, or server: only what belongs to the host
	TakenAt       string   `json:"takenAt" rule:"time"`
	Host          string   `json:"host" rule:"host"`
	Product       string   `json:"product"` // as the product reports its version; "" where the host has none
	Unread        []Unread `json:"unread"`
	Objects       Objects  `json:"objects"`

	Name string    `json:"-"` // of the file, as findings give it
	Data []byte    `json:"-"` // the file, byte for byte
	Time time.Time `json:"-"` // TakenAt
}

// Unread is what could not be read, and why.
type Unread struct {
	Section string `json:"section" rule:"needed"`
	Of      string `json:"of"`                 // the host; "" for the section as a whole
	Reason  string `json:"reason" rule:"free"` // in the words of a system
}

// Objects are the sections of a file. A section that was not read is nil; one without objects is empty.
//
// The tags say how sections of several files become one: "of" is the field with the server that a row belongs to, and
// "key" the fields by which a row of the organisation is known.
type Objects struct {
	// The Exchange organisation.
	Servers            []Server           `json:"servers" key:"Server"`
	Certificates       []Certificate      `json:"certificates" of:"Server"`
	VirtualDirectories []VirtualDirectory `json:"virtualDirectories" key:"Identity"`
	MailboxPolicies    []MailboxPolicy    `json:"mailboxPolicies" key:"Name"`
	MailboxCounts      []MailboxCount     `json:"mailboxCounts"`
	DialPlans          []DialPlan         `json:"dialPlans" key:"Name"`
	UMServices         []UMHolder         `json:"umServices" key:"Server"`
	CallRouters        []UMHolder         `json:"callRouters" key:"Server"`
	Overrides          []Override         `json:"overrides" key:"Name"`

	// One Exchange server.
	UCMA               []UCMA              `json:"ucma" of:"Server"`
	WebConfig          []WebConfig         `json:"webConfig" of:"Server"`
	EffectiveOverrides []EffectiveOverride `json:"effectiveOverrides" of:"Server"`
	WindowsServices    []WindowsService    `json:"windowsServices" of:"Server"`
	ApplicationPools   []ApplicationPool   `json:"applicationPools" of:"Server"`
	LogFolders         []LogFolder         `json:"logFolders" of:"Server"`
	Events             []Event             `json:"events" of:"Server"`

	// The Lync topology.
	Sites        []Site        `json:"sites" key:"Identity"`
	Pools        []Pool        `json:"pools" key:"Pool"`
	TrustedPools []TrustedPool `json:"trustedPools" key:"Pool"`
	Applications []Application `json:"applications" key:"Pool ApplicationID"`
	Replicas     []Replica     `json:"replicas"`
	Discovery    []Discovery   `json:"discovery" of:"Server"`
}

// Server is an Exchange server.
type Server struct {
	Server  string `json:"server" rule:"host"` // FQDN
	Name    string `json:"name" rule:"needed"`
	Version string `json:"version"` // "Version 15.0 (Build 1497.2)"
	Roles   string `json:"roles"`   // "Mailbox, ClientAccess"
	Site    string `json:"site"`    // of Active Directory
}

// Certificate is a certificate of an Exchange server. A nil flag and an empty Status or Root are unknown.
type Certificate struct {
	Server        string   `json:"server" rule:"host"`
	Thumbprint    string   `json:"thumbprint" rule:"thumbprint"`
	Subject       string   `json:"subject"`
	Names         []string `json:"names"`
	NotBefore     string   `json:"notBefore" rule:"time"`
	NotAfter      string   `json:"notAfter" rule:"time"`
	HasPrivateKey *bool    `json:"hasPrivateKey"`
	SelfSigned    *bool    `json:"selfSigned"`
	Status        string   `json:"status"`
	Root          string   `json:"root"`
}

// VirtualDirectory is a front-end OWA virtual directory.
type VirtualDirectory struct {
	Server      string `json:"server" rule:"host"`
	Identity    string `json:"identity" rule:"needed"`
	InternalURL string `json:"internalUrl"`
	ExternalURL string `json:"externalUrl"`
	Enabled     *bool  `json:"enabled"`
	Type        string `json:"type"`
}

// MailboxPolicy is an OWA mailbox policy.
type MailboxPolicy struct {
	Name      string `json:"name" rule:"needed"`
	IsDefault *bool  `json:"isDefault"`
	Enabled   *bool  `json:"enabled"`
	Type      string `json:"type"`
}

// MailboxCount is how many mailboxes a policy or a server has.
type MailboxCount struct {
	By    string `json:"by" rule:"needed"` // policy or server
	Name  string `json:"name"`             // "" for the mailboxes without one
	Count int    `json:"count"`
}

// DialPlan is a UM dial plan.
type DialPlan struct {
	Name    string `json:"name" rule:"needed"`
	URIType string `json:"uriType"` // SipName, TelExtn or E164
}

// UMHolder is the UM service, or the UM Call Router, of a server.
type UMHolder struct {
	Server    string   `json:"server" rule:"host"`
	DialPlans []string `json:"dialPlans"`
}

// Override is a setting override for instant messaging in OWA.
type Override struct {
	Name       string   `json:"name" rule:"needed"`
	Component  string   `json:"component"`
	Section    string   `json:"section"`
	Servers    []string `json:"servers"` // short names; empty for every server
	Parameters []string `json:"parameters"`
}

// UCMA is where OWA looks for the UCMA runtime.
type UCMA struct {
	Server string `json:"server" rule:"host"`
	Path   string `json:"path"`
	Found  string `json:"found" rule:"needed"` // what is at the path: file, folder or nothing
}

// WebConfig is the keys of OWA's web.config; "" for a key that it does not have.
type WebConfig struct {
	Server     string `json:"server" rule:"host"`
	ServerName string `json:"imServerName"`
	Thumbprint string `json:"imCertificateThumbprint"`
	PortNumber string `json:"imPortNumber"`
}

// EffectiveOverride is a setting override that a server has taken over.
type EffectiveOverride struct {
	Server     string   `json:"server" rule:"host"`
	Name       string   `json:"name" rule:"needed"`
	Parameters []string `json:"parameters"`
}

// WindowsService is a UM service of Windows; its status is absent where it is not installed.
type WindowsService struct {
	Server string `json:"server" rule:"host"`
	Name   string `json:"name" rule:"needed"`
	Status string `json:"status"`
}

// ApplicationPool is OWA's application pool.
type ApplicationPool struct {
	Server string `json:"server" rule:"host"`
	Name   string `json:"name" rule:"needed"`
	State  string `json:"state"`
}

// LogFolder says whether OWA has a folder for its instant messaging logs.
type LogFolder struct {
	Server string `json:"server" rule:"host"`
	Exists *bool  `json:"exists"`
}

// Event is OWA's events of one id.
type Event struct {
	Server string `json:"server" rule:"host"`
	ID     int    `json:"id"`
	Count  int    `json:"count"`
	Newest string `json:"newest" rule:"time"`
}

// Site is a Lync site, with its three names.
type Site struct {
	Identity    string `json:"identity" rule:"needed"` // "Site:Dublin1"
	SiteID      string `json:"siteId" rule:"needed"`   // "1"
	DisplayName string `json:"displayName"`            // "Dublin, Ireland"
}

// Pool is a Lync pool.
type Pool struct {
	Pool      string   `json:"pool" rule:"host"`
	Site      string   `json:"site"` // the identity of its site
	Registrar bool     `json:"registrar"`
	Computers []string `json:"computers"`
}

// TrustedPool is a trusted application pool.
type TrustedPool struct {
	Pool      string   `json:"pool" rule:"host"`
	Site      string   `json:"site"`      // the identity of its site
	Registrar string   `json:"registrar"` // FQDN
	Computers []string `json:"computers"`
}

// Application is a trusted application.
type Application struct {
	Pool          string `json:"pool" rule:"host"`
	ApplicationID string `json:"applicationId" rule:"needed"` // without urn:application:
	Port          int    `json:"port"`
}

// Replica is the state of replication to a computer.
type Replica struct {
	Server     string `json:"server" rule:"host"`
	UpToDate   *bool  `json:"upToDate"`
	LastReport string `json:"lastReport"`
}

// Discovery is the newest list of servers that Lync had found when a Front End's service started.
type Discovery struct {
	Server string `json:"server" rule:"host"`
	Time   string `json:"time" rule:"time"`
	Text   string `json:"text" rule:"free"`
}
