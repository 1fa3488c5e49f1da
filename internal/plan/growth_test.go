package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// grow adds a server to the first pool of a topology, and returns the topology without it.
func grow(top *topology.Topology) plan.Earlier {
	first := &top.Pools[0]
	if !first.UMColocated && len(first.TrustedComputers) == 0 {
		first.TrustedComputers = []string{"mbx0.litwareinc.com"} // a pool that was made with -ComputerFqdn
	}
	before := *top
	before.Pools = slices.Clone(top.Pools)
	const server = "new.litwareinc.com"
	first.MailboxServers = append(slices.Clone(first.MailboxServers), topology.MailboxServer{FQDN: server, Thumbprint: first.MailboxServers[0].Thumbprint})
	first.ClientAccessServers.Names = append(slices.Clone(first.ClientAccessServers.Names), server)
	if !first.UMColocated {
		first.TrustedComputers = append(slices.Clone(first.TrustedComputers), server)
	}
	return plan.Earlier{Name: "old.yaml", Source: []byte("old"), Topology: &before}
}

// The new server gets what it needs; the scope of the override keeps the servers that are there.
func TestAddServerActsOnTheNewServerOnly(t *testing.T) {
	top := litware()
	top.Versions = topology.Versions{Exchange: "2019", Lync: "2019"}
	earlier := grow(top)
	p, findings := plan.Build(top, nil, plan.AddServer, plan.AddingTo(earlier, topology.Places{}))
	if p == nil {
		t.Fatal(findings)
	}
	var got []string
	for _, s := range p.Steps {
		for _, c := range s.Commands {
			got = append(got, c.Text)
		}
	}
	want := []string{
		`New-CsTrustedApplicationComputer -Identity 'new.litwareinc.com' -Pool 'atl-owa-001.litwareinc.com' -Force`,
		`Enable-CsTopology`,
		`Get-OwaVirtualDirectory -Server 'new.litwareinc.com' | Set-OwaVirtualDirectory -InstantMessagingEnabled $true -InstantMessagingType OCS`,
		`Set-SettingOverride -Identity 'OWA IM atl-owa-001.litwareinc.com' -Parameters @('IMServerName=atl-cs-001.litwareinc.com', 'IMCertificateThumbprint=EA5A332496CC05DA69B75B66111C0F78A110D22D') -Server 'atl-owa-001', 'new' -Reason 'litware-owa-im-add-server on new.litwareinc.com'`,
		`Get-ExchangeDiagnosticInfo -Server 'new' -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh`,
		`Restart-WebAppPool -Name MSExchangeOWAAppPool`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	settings, _ := p.Step("im-settings")
	if back := settings.ManualUndo[0].Text; !strings.Contains(back, "-Server 'atl-owa-001' -Reason") {
		t.Errorf("by hand the override does not get its earlier scope back: %s", back)
	}
}

// A pool that the earlier topology does not have is made whole.
func TestAddServerMakesANewPool(t *testing.T) {
	before := twoSites()
	before.Pools = before.Pools[:1]
	p, findings := plan.Build(twoSites(), nil, plan.AddServer, plan.AddingTo(plan.Earlier{Name: "old.yaml", Topology: before}, topology.Places{}))
	if p == nil {
		t.Fatal(findings)
	}
	commands := strings.Join(texts(p, "trusted-application"), "\n")
	if !strings.HasPrefix(commands, "New-CsTrustedApplicationPool -Identity 'owa-b.litwareinc.com'") || strings.Contains(commands, "'atl-owa-001.litwareinc.com'") {
		t.Errorf("not the new pool alone:\n%s", commands)
	}
	undo, _ := p.Step("trusted-application")
	if text := undo.ManualUndo[1].Text; text != "Remove-CsTrustedApplicationPool -Identity 'owa-b.litwareinc.com' -Force" {
		t.Errorf("by hand: %s", text)
	}
}

func TestAddServerRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(top, before *topology.Topology)
		want   string
	}{
		{"nothing new", func(top, before *topology.Topology) { *top = *before }, "add-server-nothing"},
		{"a Client Access server only", func(top, before *topology.Topology) {
			top.Pools[0].MailboxServers, top.Pools[0].TrustedComputers = before.Pools[0].MailboxServers, before.Pools[0].TrustedComputers
		}, "add-server-nothing"},
		{"another name", func(top, _ *topology.Topology) { top.Name = "other" }, "add-server-changed"},
		{"another version", func(top, _ *topology.Topology) { top.Versions.Lync = "2015" }, "add-server-changed"},
		{"another port", func(top, _ *topology.Topology) { top.Pools[0].Port++ }, "add-server-changed"},
		{"another site", func(top, _ *topology.Topology) { top.Pools[0].SiteID = "Dublin" }, "add-server-changed"},
		{"another registrar", func(top, _ *topology.Topology) { top.Pools[0].Registrar = "lync.litwareinc.com" }, "add-server-changed"},
		{"another application", func(top, _ *topology.Topology) { top.Pools[0].ApplicationID = "other" }, "add-server-changed"},
		{"colocated now", func(top, _ *topology.Topology) { top.Pools[0].UMColocated = true }, "add-server-changed"},
		{"another dial plan", func(top, _ *topology.Topology) { top.Pools[0].SipDialPlans.Names = []string{"SIP"} }, "add-server-changed"},
		{"another policy", func(top, _ *topology.Topology) { top.MailboxPolicies.All = true }, "add-server-changed"},
		{"another certificate of a server that is there", func(top, _ *topology.Topology) {
			top.Pools[0].MailboxServers = slices.Clone(top.Pools[0].MailboxServers)
			top.Pools[0].MailboxServers[0].Thumbprint = strings.Repeat("0", 40)
		}, "add-server-changed"},
		{"a Mailbox server is gone", func(top, _ *topology.Topology) { top.Pools[0].MailboxServers = top.Pools[0].MailboxServers[1:] }, "add-server-removed"},
		{"a Client Access server is gone", func(top, _ *topology.Topology) {
			top.Pools[0].ClientAccessServers.Names = top.Pools[0].ClientAccessServers.Names[1:]
		}, "add-server-removed"},
		{"a computer is gone", func(top, _ *topology.Topology) { top.Pools[0].TrustedComputers = top.Pools[0].TrustedComputers[1:] }, "add-server-removed"},
		{"a pool is gone", func(top, before *topology.Topology) {
			gone := before.Pools[0]
			gone.FQDN = "gone.litwareinc.com"
			before.Pools = append(before.Pools, gone)
		}, "add-server-removed"},
		{"a pool that can never grow", func(_, before *topology.Topology) { before.Pools[0].TrustedComputers = nil }, "add-server-room"},
		{"every virtual directory", func(top, _ *topology.Topology) {
			top.Pools[0].ClientAccessServers = topology.Selection{All: true}
		}, "add-server-all"},
		{"an override of another name", func(top, before *topology.Topology) {
			top.Versions, before.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}, topology.Versions{Exchange: "2016", Lync: "2015"}
			top.Pools[0].MailboxServers = slices.Clone(top.Pools[0].MailboxServers)
			top.Pools[0].MailboxServers[1].Thumbprint = strings.Repeat("4D", 20)
		}, "add-server-override"},
		{"letter case only", func(_, before *topology.Topology) {
			before.Pools[0].Registrar = strings.ToUpper(before.Pools[0].Registrar)
			before.Pools[0].MailboxServers = []topology.MailboxServer{{FQDN: strings.ToUpper(before.Pools[0].MailboxServers[0].FQDN), Thumbprint: before.Pools[0].MailboxServers[0].Thumbprint}}
			before.Pools[0].TrustedComputers = []string{strings.ToUpper(before.Pools[0].TrustedComputers[0])}
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			top := litware()
			earlier := grow(top)
			test.change(top, earlier.Topology)
			_, findings := plan.Build(top, nil, plan.AddServer, plan.AddingTo(earlier, topology.Places{}))
			var ids []string
			for _, f := range findings {
				ids = append(ids, f.ID)
				if f.Hint == "" {
					t.Errorf("no way out: %+v", f)
				}
			}
			slices.Sort(ids)
			if diff := cmp.Diff(test.want, strings.Join(ids, " ")); diff != "" {
				t.Errorf("-want +got:\n%s\n%+v", diff, findings)
			}
		})
	}
	if _, findings := plan.Build(litware(), nil, plan.AddServer); len(findings) != 1 || findings[0].ID != "add-server-from" {
		t.Errorf("without an earlier topology: %+v", findings)
	}
}
