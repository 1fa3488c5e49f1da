package record_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// litware is the Page's own example: one server, a trusted application pool.
func litware() *topology.Topology {
	return &topology.Topology{
		Name:     "litware-owa-im",
		Versions: topology.Versions{Exchange: "2013", Lync: "2013"},
		Pools: []topology.Pool{{
			FQDN: "atl-owa-001.litwareinc.com", Registrar: "atl-cs-001.litwareinc.com", SiteID: "Redmond", Port: 5199,
			ApplicationID:       "OutlookWebApp",
			MailboxServers:      []topology.MailboxServer{{FQDN: "atl-owa-001.litwareinc.com", Thumbprint: "EA5A332496CC05DA69B75B66111C0F78A110D22D"}},
			ClientAccessServers: topology.Selection{Names: []string{"atl-owa-001.litwareinc.com"}},
		}},
		MailboxPolicies: topology.Selection{Names: []string{"Default"}},
	}
}

// colocated has two servers with both UM services in dial plans of their own: Lync discovers them.
func colocated() *topology.Topology {
	t := litware()
	t.Name = "contoso-colocated"
	t.Change = topology.Change{ID: "CHG-2041", Title: "Presence in Outlook Web App, Dublin", Owner: "Messaging team"}
	t.Pools = []topology.Pool{{
		FQDN: "owa.contoso.com", Registrar: "lync-fe.contoso.com", UMColocated: true, ApplicationID: "OutlookWebApp",
		MailboxServers: []topology.MailboxServer{
			{FQDN: "ex1.contoso.com", Thumbprint: strings.Repeat("1A", 20)},
			{FQDN: "ex2.contoso.com", Thumbprint: strings.Repeat("2B", 20)},
		},
		ClientAccessServers: topology.Selection{Names: []string{"ex1.contoso.com", "ex2.contoso.com"}},
		SipDialPlans:        topology.Selection{Names: []string{"Dublin SIP"}},
	}}
	t.PilotUsers = []topology.Pilot{{Mailbox: "ada@contoso.com", SIP: "ada@contoso.com"}, {Mailbox: "grace@contoso.com", SIP: "grace@contoso.com"}}
	return t
}

// mixed has two Lync sites: a pool of three computers that Lync is told of, and one that it discovers.
func mixed() *topology.Topology {
	t := colocated()
	t.Name = "contoso-two-sites"
	t.Change = topology.Change{
		ID: "CHG-2042", Title: "Presence and chat in Outlook Web App", Reason: "Users who work in the browser do not see who is available.\nAsked for by the works council.",
		Requester: "Ada Byrne", Owner: "Messaging team", Implementer: "Grace Okafor",
		WindowStart: "2026-05-02T22:00:00+02:00", WindowEnd: "2026-05-03T04:00:00+02:00",
		Risk: "Medium", UserImpact: "Short interruption of OWA, announced by mail.", Contacts: "On call: +353 1 555 0100",
	}
	t.Pools = append([]topology.Pool{{
		FQDN: "owa-pool.contoso.com", Registrar: "lync-red.contoso.com", SiteID: "Redmond", Port: 5199, ApplicationID: "OutlookWebApp",
		MailboxServers: []topology.MailboxServer{
			{FQDN: "mbx1.contoso.com", Thumbprint: strings.Repeat("3C", 20)},
			{FQDN: "mbx2.contoso.com", Thumbprint: strings.Repeat("3C", 20)},
			{FQDN: "mbx3.contoso.com", Thumbprint: strings.Repeat("4D", 20)},
		},
		TrustedComputers:    []string{"mbx1.contoso.com", "mbx2.contoso.com", "mbx3.contoso.com"},
		ClientAccessServers: topology.Selection{Names: []string{"cas1.contoso.com", "cas2.contoso.com"}},
	}}, t.Pools...)
	t.MailboxPolicies = topology.Selection{Names: []string{"Default", "Branch | offices"}}
	return t
}

// large has n servers in pools of ten, two pools a registrar.
func large(n int) *topology.Topology {
	t := mixed()
	t.Name = fmt.Sprintf("large-%d", n)
	t.Pools = nil
	for i := range n {
		if i%10 == 0 {
			t.Pools = append(t.Pools, topology.Pool{
				FQDN: fmt.Sprintf("owa-pool-%02d.emea.contoso.com", i/10), Registrar: fmt.Sprintf("lync-fe-%02d.emea.contoso.com", i/20),
				SiteID: fmt.Sprintf("Site%d", i/20), Port: 5199, ApplicationID: "OutlookWebApp",
			})
		}
		pool, name := &t.Pools[i/10], fmt.Sprintf("mbx-%03d.emea.contoso.com", i)
		pool.MailboxServers = append(pool.MailboxServers, topology.MailboxServer{FQDN: name, Thumbprint: fmt.Sprintf("%040X", i+0xABCDEF)})
		pool.TrustedComputers = append(pool.TrustedComputers, name)
		pool.ClientAccessServers.Names = append(pool.ClientAccessServers.Names, fmt.Sprintf("cas-%03d.emea.contoso.com", i))
	}
	return t
}

// onePool has n servers behind one OWA FQDN, each Client Access and Mailbox server.
func onePool(n int) *topology.Topology {
	t := large(n)
	pool := t.Pools[0]
	pool.MailboxServers, pool.TrustedComputers, pool.ClientAccessServers = nil, nil, topology.Selection{}
	for i := range n {
		name := fmt.Sprintf("ex%02d.contoso.com", i)
		pool.MailboxServers = append(pool.MailboxServers, topology.MailboxServer{FQDN: name, Thumbprint: strings.Repeat("5E", 20)})
		pool.TrustedComputers = append(pool.TrustedComputers, name)
		pool.ClientAccessServers.Names = append(pool.ClientAccessServers.Names, name)
	}
	t.Pools = []topology.Pool{pool}
	return t
}

func build(t testing.TB, top *topology.Topology) *plan.Plan {
	t.Helper()
	p, findings := plan.Build(top, []byte("source of "+top.Name), plan.Integrate)
	if len(findings) > 0 {
		t.Fatalf("Build: %v", findings)
	}
	return p
}

// examples are topologies of every make.
func examples() []*topology.Topology {
	everything := litware()
	everything.Name = "everything"
	everything.Pools[0].ClientAccessServers = topology.Selection{All: true}
	everything.MailboxPolicies = topology.Selection{All: true}
	return []*topology.Topology{litware(), colocated(), mixed(), everything, large(40), onePool(9), hostile()}
}

// poison is text that any reader could take for markup. Rules refuse most of it; the pages must not rely on them.
const poison = "<script>alert(1)</script> a|b a\\|b `c` ```d ](x) [e] &amp; **f** __g__ ~~h~~ <!--i--> https://x.y/z?a|b kim@contoso.com www.contoso.com 1. | --- #"

// hostile has that text in every field.
func hostile() *topology.Topology {
	t := mixed()
	poisonAll(reflect.ValueOf(t).Elem())
	t.Versions = topology.Versions{Exchange: "2013", Lync: "2013"}
	return t
}

// poisonAll appends the text to every string below a value.
func poisonAll(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace("- " + v.String() + " " + poison))
	case reflect.Struct:
		for i := range v.NumField() {
			poisonAll(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			poisonAll(v.Index(i))
		}
	}
}
