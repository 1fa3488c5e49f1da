package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Verdict is what the facts say about a cause.
type Verdict string

// The verdicts, in the order in which they are shown.
const (
	Seen       Verdict = "seen"
	NotVisible Verdict = "not visible"
	Excluded   Verdict = "excluded"
)

// Cause is one possible cause of a blank presence icon.
type Cause struct {
	Name    string
	Verdict Verdict
	Facts   []string // what was seen, or why it is not visible
	WayOut  string
}

// Diagnose goes through the causes of a blank presence icon: those that are seen first, then those that the facts do not
// show, each in the order in which they are likely. Certificates are judged at the time of the inventory.
func (f *Farm) Diagnose(source []byte, t *topology.Topology) []Cause {
	now := *t
	now.Change.WindowEnd = ""
	p, _ := plan.Build(&now, source, plan.Integrate)
	if p == nil {
		return nil // integrate makes sense for every topology
	}
	f.Mark(p)
	d := &diagnosis{f, p, f.Check("", source, &now, topology.Places{}, plan.Integrate)}
	causes := Causes()
	for i := range causes {
		c := &causes[i]
		seen, hidden := causeTable[i].look(d)
		switch {
		case len(seen) > 0:
			c.Verdict, c.Facts = Seen, seen
		case len(hidden) > 0:
			c.Verdict, c.Facts = NotVisible, hidden
		default:
			c.Verdict = Excluded
		}
	}
	order := []Verdict{Seen, NotVisible, Excluded}
	slices.SortStableFunc(causes, func(a, b Cause) int {
		return cmp.Compare(slices.Index(order, a.Verdict), slices.Index(order, b.Verdict))
	})
	return causes
}

// Causes are all causes that Diagnose goes through, the likeliest first.
func Causes() []Cause {
	causes := make([]Cause, len(causeTable))
	for i, row := range causeTable {
		causes[i] = Cause{Name: row.name, WayOut: row.wayOut}
	}
	return causes
}

type diagnosis struct {
	*Farm
	plan     *plan.Plan
	findings finding.List
}

// causeTable is the decision list: what comes first is likelier, and hides what comes later.
var causeTable = []struct {
	name, wayOut string
	look         func(*diagnosis) (seen, hidden []string)
}{
	{"OWA's application pool is stopped", "start MSExchangeOWAAppPool in IIS Manager and look into the System event log", (*diagnosis).pools},
	{"OWA does not find the UCMA runtime", "install the runtime, or correct ImplementationDLLPath to the file", orEvents((*diagnosis).runtime, 83, 84, 86, 87)},
	{"OWA has no Lync pool or certificate, or another one", "after a cumulative update: --change reapply; otherwise --change integrate", (*diagnosis).settings},
	{"the setting override is not in effect", "wait for Active Directory, or run step 70 again: it refreshes and recycles", (*diagnosis).effect},
	{"the certificate is not on the server, or without its key", "import it with its private key, or correct certificateThumbprint", orEvents(byFindings("certificates", "inventory-certificate-missing", "inventory-certificate-key"), 103)},
	{"the certificate is outside its dates", "renew it: --change renew-certificate", orEvents(byFindings("certificates", "inventory-certificate-dates"), 102, 104)},
	{"Lync does not trust the certificate", "use one of an authority that the Lync servers trust", byFindings("certificates", "inventory-certificate-trust")},
	{"Lync does not know the name of the certificate", "request one whose subject Lync knows; a trace says: peer is not a configured server", byFindings("certificates", "inventory-certificate-name", "inventory-certificate-subject")},
	{"Lync knows a server twice", "discovered servers: --change remove-duplicate; others: take them out of the dial plan", byFindings("trustedPools", "inventory-double-entry", "inventory-um")},
	{"Lync does not know the servers", "--change integrate creates the trusted application pool; then Enable-CsTopology", (*diagnosis).known},
	{"replication to a Lync server is behind", "see Get-CsManagementStoreReplicationStatus and mend it; after a change wait some minutes", (*diagnosis).replication},
	{"instant messaging is off on a virtual directory", "--change integrate sets the type OCS", byStep("owa-virtual-directories")},
	{"a mailbox policy has instant messaging off", "--change integrate sets the type OCS; it takes up to an hour", byStep("mailbox-policies")},
	{"OWA has not started instant messaging since", "sign in, then run the inventory script again: the causes above are those that stop it", (*diagnosis).started},
	{"a firewall or the TLS version is in the way", "open 5061 to the Lync pool and 5075 to 5077 back; compare the TLS versions of both sides", (*diagnosis).network},
}

// eventMeanings are what OWA's events about instant messaging say (code of Exchange 2013).
var eventMeanings = map[int]string{
	83: "the registry has no path of the UCMA runtime", 84: "the UCMA runtime is not there", 86: "the UCMA runtime was not loaded",
	87: "the UCMA runtime was not loaded", 102: "the certificate has expired", 103: "the certificate was not found", 104: "the certificate is not valid yet",
}

// orEvents looks at OWA's events where the facts themselves were not read. An event beside right facts is from before
// they were right.
func orEvents(look func(*diagnosis) (seen, hidden []string), ids ...int) func(*diagnosis) (seen, hidden []string) {
	return func(d *diagnosis) (seen, hidden []string) {
		seen, hidden = look(d)
		for _, e := range d.Events {
			if len(hidden) > 0 && slices.Contains(ids, e.ID) {
				seen = append(seen, fmt.Sprintf("%s: event %d of %s: %s", e.Server, e.ID, e.Newest, eventMeanings[e.ID]))
			}
		}
		return seen, hidden
	}
}

// byFindings is a cause that findings tell.
func byFindings(section string, ids ...string) func(*diagnosis) (seen, hidden []string) {
	return func(d *diagnosis) (seen, hidden []string) {
		for _, f := range d.findings {
			if slices.Contains(ids, f.ID) {
				seen = append(seen, f.Message)
			}
		}
		isRead := map[string]bool{"certificates": d.Certificates != nil, "trustedPools": d.TrustedPools != nil}[section]
		if !isRead {
			hidden = []string{section + " not read: " + cmp.Or(d.unreadReason(section, ""), "no inventory has it")}
		}
		return seen, hidden
	}
}

// byStep is a cause that the state of a step's commands tells.
func byStep(id string) func(*diagnosis) (seen, hidden []string) {
	return func(d *diagnosis) (seen, hidden []string) {
		s, _ := d.plan.Step(id)
		for _, c := range s.Commands {
			switch c.State {
			case plan.ToChange, plan.Conflict:
				seen = append(seen, c.Text+": "+c.Fact)
			case plan.Unknown:
				hidden = append(hidden, c.Fact)
			}
		}
		return seen, hidden
	}
}

// pools looks at OWA's application pool on each Mailbox server.
func (d *diagnosis) pools() (seen, hidden []string) {
	state := map[string]string{}
	for _, p := range d.ApplicationPools {
		state[p.Server] = p.State
	}
	for _, s := range d.plan.Servers() {
		switch is, isRead := state[s.FQDN]; {
		case !isRead:
			hidden = append(hidden, d.missing("applicationPools", s.FQDN))
		case is != "Started":
			seen = append(seen, fmt.Sprintf("%s: the state is %s", s.FQDN, is))
		}
	}
	return seen, hidden
}

func (d *diagnosis) missing(section, server string) string {
	return fmt.Sprintf("%s: %s not read: %s", server, section, cmp.Or(d.unreadReason(section, server), "no inventory has it"))
}

func (d *diagnosis) runtime() (seen, hidden []string) {
	seen, _ = byFindings("certificates", "inventory-ucma")(d)
	for _, s := range d.plan.Servers() {
		if len(d.ucma[s.FQDN]) == 0 {
			hidden = append(hidden, d.missing("ucma", s.FQDN))
		}
	}
	return seen, hidden
}

// settings looks at the keys of web.config, or at the setting overrides as they are stored.
func (d *diagnosis) settings() (seen, hidden []string) {
	if d.plan.UsesOverride() {
		for _, o := range d.plan.Overrides() {
			switch s := (marker{d.Farm, d.plan}).override(o); s.is {
			case plan.ToChange, plan.Conflict:
				seen = append(seen, o.Name+": "+s.fact)
			case plan.Unknown:
				hidden = append(hidden, s.fact)
			}
		}
		return seen, hidden
	}
	for _, s := range d.plan.Servers() {
		w, isRead := d.webConfig[s.FQDN]
		if !isRead {
			hidden = append(hidden, d.missing("webConfig", s.FQDN))
			continue
		}
		for _, k := range []struct{ name, is, wanted string }{{"IMServerName", w.ServerName, s.Registrar()}, {"IMCertificateThumbprint", w.Thumbprint, s.Thumbprint}} {
			switch {
			case k.is == "":
				seen = append(seen, fmt.Sprintf("%s: web.config has no %s", s.FQDN, k.name))
			case !strings.EqualFold(k.is, k.wanted):
				seen = append(seen, fmt.Sprintf("%s: %s is %s, not %s", s.FQDN, k.name, k.is, k.wanted))
			}
		}
	}
	return seen, hidden
}

// effect looks whether the servers have taken over the overrides that are stored.
func (d *diagnosis) effect() (seen, hidden []string) {
	if !d.plan.UsesOverride() {
		return nil, nil
	}
	m := marker{d.Farm, d.plan}
	own := d.plan.Overrides()
	for _, s := range d.plan.Servers() {
		o := own[slices.IndexFunc(own, func(o plan.Override) bool { return o.Name == s.Override })]
		stored := m.override(o)
		if stored.is != plan.Done {
			continue // another cause
		}
		switch is := m.takenOver(s.FQDN, o, stored); is.is {
		case plan.ToChange:
			seen = append(seen, s.FQDN+": "+is.fact)
		case plan.Unknown:
			hidden = append(hidden, s.FQDN+": "+is.fact)
		}
	}
	return seen, hidden
}

// known looks for the trusted pools with their computers and applications, and for the servers that Lync discovers on its
// own list of them. A list that is older than a server proves nothing against it.
func (d *diagnosis) known() (seen, hidden []string) {
	seen, hidden = byStep("trusted-application")(d)
	for _, s := range d.plan.DiscoveredServers() {
		isListed := func(list Discovery) bool { return strings.Contains(strings.ToLower(list.Text), s.FQDN) }
		if !slices.ContainsFunc(d.Discovery, isListed) {
			hidden = append(hidden, s.FQDN+": no event 44024 that was read names it")
		}
	}
	return seen, hidden
}

// started looks for signs of a user's sign-in: event 112, and the log folder, which OWA makes then.
func (d *diagnosis) started() (seen, hidden []string) {
	signs := map[string]bool{}
	for _, e := range d.Events {
		signs[e.Server] = signs[e.Server] || e.ID == 112
	}
	for _, l := range d.LogFolders {
		signs[l.Server] = signs[l.Server] || l.Exists != nil && *l.Exists
	}
	for _, s := range d.plan.Servers() {
		if !signs[s.FQDN] {
			hidden = append(hidden, s.FQDN+": no event 112 and no log folder of instant messaging was read")
		}
	}
	return nil, hidden
}

func (d *diagnosis) network() (seen, hidden []string) {
	return nil, []string{"inventories do not try connections"}
}

func (d *diagnosis) replication() (seen, hidden []string) {
	if d.Replicas == nil {
		return nil, []string{"replicas not read: " + cmp.Or(d.unreadReason("replicas", ""), "no inventory has it")}
	}
	for _, r := range d.Replicas {
		if r.UpToDate != nil && !*r.UpToDate {
			seen = append(seen, fmt.Sprintf("%s: not up to date, last report %s", r.Server, cmp.Or(r.LastReport, "never")))
		}
	}
	return seen, nil
}
