package topology

import (
	"slices"

	"gopkg.in/yaml.v3"
)

var poolKeys = []string{
	"fqdn", "registrar", "siteId", "port", "certificateThumbprint", "umColocated", "applicationId",
	"mailboxServers", "clientAccessServers", "trustedComputers", "sipDialPlans",
}

// poolDraft is a Pool with places, as far as it could be read.
type poolDraft struct {
	fqdn, registrar     located[string]
	siteID              located[string]
	port                located[int]
	thumbprint          located[string]
	umColocated         located[bool]
	applicationID       located[string]
	mailboxServers      located[[]serverDraft]
	mailboxNames        []named // of mailboxServers
	clientAccessServers located[selectionDraft]
	trustedComputers    located[[]named]
	sipDialPlans        located[selectionDraft]
}

// serverDraft is a MailboxServer with places.
type serverDraft struct {
	named
	thumbprint located[string]
}

const defaultApplicationID = "OutlookWebApp"

// pool reads one OWA pool.
func (l *loader) pool(e entry) (*poolDraft, bool) {
	o, ok := l.object(e, "this OWA pool", poolKeys)
	if !ok {
		return nil, false
	}
	p := &poolDraft{
		fqdn:                required(l, o, "fqdn", l.fqdn),
		registrar:           required(l, o, "registrar", l.fqdn),
		thumbprint:          required(l, o, "certificateThumbprint", l.thumbprint),
		umColocated:         required(l, o, "umColocated", l.umColocated),
		applicationID:       optional(o, "applicationId", l.applicationID),
		mailboxServers:      optional(o, "mailboxServers", l.mailboxServers),
		clientAccessServers: optional(o, "clientAccessServers", l.selection(l.fqdn)),
		trustedComputers:    optional(o, "trustedComputers", l.trustedComputers),
		sipDialPlans:        optional(o, "sipDialPlans", l.selection(l.objectName)),
	}
	if p.umColocated.value {
		p.siteID, p.port = optional(o, "siteId", l.siteID), optional(o, "port", l.port)
	} else {
		p.siteID, p.port = required(l, o, "siteId", l.siteID), required(l, o, "port", l.port)
	}
	p.mailboxNames = make([]named, len(p.mailboxServers.value))
	for i, s := range p.mailboxServers.value {
		p.mailboxNames[i] = s.named
	}
	l.reportTwice("mailboxServers", p.mailboxNames)
	return p, true
}

// mailboxServers reads a list of names, or of names with a thumbprint of their own.
func (l *loader) mailboxServers(e entry) ([]serverDraft, bool) {
	entries, ok := l.list(e)
	if !ok {
		return nil, false
	}
	servers := make([]serverDraft, 0, len(entries))
	for _, item := range entries {
		if s, ok := l.mailboxServer(item); ok {
			servers = append(servers, s)
		}
	}
	return servers, true
}

var serverKeys = []string{"fqdn", "certificateThumbprint"}

func (l *loader) mailboxServer(e entry) (serverDraft, bool) {
	if e.value.Kind != yaml.MappingNode {
		fqdn, ok := l.fqdn(e)
		return serverDraft{named: named{fqdn, e.place()}}, ok
	}
	o, ok := l.object(e, "this mailbox server", serverKeys)
	if !ok {
		return serverDraft{}, false
	}
	fqdn := required(l, o, "fqdn", l.fqdn)
	return serverDraft{named{fqdn.value, fqdn.at}, optional(o, "certificateThumbprint", l.thumbprint)}, fqdn.ok
}

// trustedComputers reads a list of names; [] stands for none.
func (l *loader) trustedComputers(e entry) ([]named, bool) {
	if e.value.Kind == yaml.SequenceNode && len(e.value.Content) == 0 {
		return nil, true
	}
	return l.names(e, l.fqdn)
}

// servers are the mailbox servers; the default is the one behind the OWA FQDN itself.
func (p *poolDraft) servers() []serverDraft {
	if p.mailboxServers.given || !p.fqdn.ok {
		return p.mailboxServers.value
	}
	return []serverDraft{{named: p.name()}}
}

// clientAccess are the Client Access servers; the default is the one behind the OWA FQDN itself.
func (p *poolDraft) clientAccess() selectionDraft {
	if p.clientAccessServers.given || !p.fqdn.ok {
		return p.clientAccessServers.value
	}
	return selectionDraft{names: []named{p.name()}}
}

// trusted are the computers of the trusted pool: as given, else the mailbox servers if those are given. One
// computer with the pool's own name is the Page's form, as none is (P3).
func (p *poolDraft) trusted() []named {
	list := p.trustedComputers.value
	if !p.trustedComputers.given {
		list = p.mailboxNames
	}
	if len(list) == 1 && list[0].value == p.fqdn.value {
		return nil
	}
	return list
}

// name is the OWA FQDN with its place.
func (p *poolDraft) name() named { return named{p.fqdn.value, p.fqdn.at} }

// exchangeServers are all names that stand for an Exchange server of the pool.
func (p *poolDraft) exchangeServers() []named {
	servers := p.mailboxNames
	if !p.mailboxServers.given && p.fqdn.ok {
		servers = []named{p.name()}
	}
	return slices.Concat(servers, p.clientAccess().names)
}

// pool is the draft with every default filled in.
func (p *poolDraft) pool() Pool {
	pool := Pool{
		FQDN:                p.fqdn.value,
		Registrar:           p.registrar.value,
		SiteID:              p.siteID.value,
		Port:                p.port.value,
		UMColocated:         p.umColocated.value,
		ApplicationID:       orDefault(p.applicationID, defaultApplicationID),
		ClientAccessServers: p.clientAccess().selection(),
		TrustedComputers:    values(p.trusted()),
		SipDialPlans:        p.sipDialPlans.value.selection(),
	}
	servers := p.servers()
	pool.MailboxServers = make([]MailboxServer, len(servers))
	for i, s := range servers {
		pool.MailboxServers[i] = MailboxServer{FQDN: s.value, Thumbprint: orDefault(s.thumbprint, p.thumbprint.value)}
	}
	return pool
}
