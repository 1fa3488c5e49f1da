package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// A renewal finds the override that integrate made: a second one of that name cannot be made.
func TestRenewalUpdatesTheOverride(t *testing.T) {
	top := litware()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}
	p, _ := plan.Build(top, nil, plan.RenewCertificate)
	want := []string{
		`Set-SettingOverride -Identity 'OWA IM atl-owa-001.litwareinc.com' -Parameters @('IMServerName=atl-cs-001.litwareinc.com', 'IMCertificateThumbprint=EA5A332496CC05DA69B75B66111C0F78A110D22D') -Reason 'litware-owa-im-renew-certificate on atl-owa-001.litwareinc.com'`,
		`Get-ExchangeDiagnosticInfo -Server 'atl-owa-001.litwareinc.com' -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh`,
		`Restart-WebAppPool -Name MSExchangeOWAAppPool`,
	}
	if diff := cmp.Diff(want, texts(p, "im-settings")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// Active Directory takes no name of more than 64 characters, and two pools must not end up with one override.
func TestLongNamesOfOverridesAreCutAndStayTwo(t *testing.T) {
	label := strings.Repeat("a", 60)
	top := litware()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}
	first, second := top.Pools[0], top.Pools[0]
	first.FQDN, second.FQDN = "owa."+label+".com", "owa."+label+".net"
	second.MailboxServers = []topology.MailboxServer{{FQDN: "mbx2.litwareinc.com", Thumbprint: strings.Repeat("3C", 20)}}
	top.Pools = []topology.Pool{first, second}
	p, _ := plan.Build(top, nil, plan.Integrate)
	seen := map[string]bool{}
	for _, o := range p.Overrides() {
		if len(o.Name) != 64 || seen[o.Name] {
			t.Errorf("override %q has %d characters; seen before: %v", o.Name, len(o.Name), seen[o.Name])
		}
		seen[o.Name] = true
	}
	again, _ := plan.Build(top, nil, plan.RenewCertificate)
	if diff := cmp.Diff(p.Overrides(), again.Overrides()); diff != "" || len(seen) != 2 {
		t.Errorf("%d overrides; integrate and renewal differ:\n%s", len(seen), diff)
	}
}

func TestRegroup(t *testing.T) {
	const pool = "OWA IM atl-owa-001.litwareinc.com"
	a, b, c := strings.Repeat("1A", 20), strings.Repeat("2B", 20), strings.Repeat("3C", 20)
	for _, test := range []struct {
		name     string
		exchange string
		old, new []string // thumbprints of mbx1, mbx2; "" for a server that was not there
		want     []plan.Regrouped
	}{
		{"all share, before and after", "2016", []string{a, a}, []string{c, c}, nil},
		{"each its own, before and after", "2016", []string{a, b}, []string{c, b}, nil},
		{"one of two that share", "2016", []string{a, a}, []string{c, a}, []plan.Regrouped{{"mbx1.litwareinc.com", pool, pool + " mbx1"}}},
		{"from each its own to one", "2019", []string{a, b}, []string{c, c}, []plan.Regrouped{{"mbx1.litwareinc.com", pool + " mbx1", pool}}},
		{"a new server that shares", "2016", []string{a, ""}, []string{c, c}, nil},
		{"a new server with its own", "2016", []string{a, ""}, []string{a, c}, []plan.Regrouped{{"mbx1.litwareinc.com", pool, pool + " mbx1"}}},
		{"all new", "2016", []string{"", ""}, []string{a, c}, nil},
		{"web.config", "2013", []string{a, a}, []string{c, a}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			top := litware()
			top.Versions.Exchange = test.exchange
			top.Pools[0].MailboxServers = []topology.MailboxServer{
				{FQDN: "mbx1.litwareinc.com", Thumbprint: test.new[0]}, {FQDN: "mbx2.litwareinc.com", Thumbprint: test.new[1]},
			}
			old := map[string]string{"mbx1.litwareinc.com": test.old[0], "mbx2.litwareinc.com": test.old[1]}
			if diff := cmp.Diff(test.want, plan.Regroup(top, func(server string) string { return old[server] })); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
