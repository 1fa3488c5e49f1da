package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// A renewal finds the override that integrate made: a second one of that name cannot be made.
func TestRenewalUpdatesTheOverride(t *testing.T) {
	top := litware()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}
	p, _ := plan.Build(top, nil, plan.RenewCertificate)
	want := []string{
		`Set-SettingOverride -Identity 'OWA IM atl-owa-001.litwareinc.com' -Parameters @('IMServerName=atl-cs-001.litwareinc.com', 'IMCertificateThumbprint=EA5A332496CC05DA69B75B66111C0F78A110D22D') -Server 'atl-owa-001' -Reason 'litware-owa-im-renew-certificate on atl-owa-001.litwareinc.com'`,
		`Get-ExchangeDiagnosticInfo -Server 'atl-owa-001' -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh`,
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

// A renewal cannot keep an override whose servers share their certificates otherwise than before.
func TestRenewalOfSharedCertificates(t *testing.T) {
	const pool = "OWA IM atl-owa-001.litwareinc.com"
	a, b, c := strings.Repeat("1A", 20), strings.Repeat("2B", 20), strings.Repeat("3C", 20)
	for _, test := range []struct {
		name     string
		exchange string
		old, new []string // thumbprints of mbx1, mbx2; "" for a server that was not there
		want     []string // what the finding names; none for no finding
	}{
		{"all share, before and after", "2016", []string{a, a}, []string{c, c}, nil},
		{"each its own, before and after", "2016", []string{a, b}, []string{c, b}, nil},
		{"one of two that share", "2016", []string{a, a}, []string{c, a}, []string{"of mbx1.", pool + `"`, pool + ` mbx1"`}},
		{"from each its own to one", "2019", []string{a, b}, []string{c, c}, []string{"of mbx1.", pool + ` mbx1"`, pool + `"`}},
		{"a new server that shares", "2016", []string{a, ""}, []string{c, c}, nil},
		{"a new server with its own", "2016", []string{a, ""}, []string{b, c}, []string{"of mbx1.", pool + `"`, pool + ` mbx1"`}},
		{"web.config", "2013", []string{a, a}, []string{c, a}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			farm := func(thumbprints []string) *topology.Topology {
				top := litware()
				top.Versions.Exchange = test.exchange
				top.Pools[0].MailboxServers = nil
				for i, thumbprint := range thumbprints {
					if thumbprint != "" {
						top.Pools[0].MailboxServers = append(top.Pools[0].MailboxServers, topology.MailboxServer{FQDN: fmt.Sprintf("mbx%d.litwareinc.com", i+1), Thumbprint: thumbprint})
					}
				}
				return top
			}
			_, findings := plan.OldTopology("old.yaml", farm(test.old)).ReplacedBy(farm(test.new))
			i := slices.IndexFunc(findings, func(f finding.Finding) bool { return f.ID == "renew-regroup" })
			if (i >= 0) != (test.want != nil) {
				t.Fatalf("want %q, got %+v", test.want, findings)
			}
			for _, want := range test.want {
				if !strings.Contains(findings[i].Message, want) {
					t.Errorf("%q does not name %q", findings[i].Message, want)
				}
			}
		})
	}
}

func TestReplacedBy(t *testing.T) {
	old, other := strings.Repeat("2", 40), strings.Repeat("F", 40)
	for _, test := range []struct {
		name         string
		certificates plan.OldCertificates
		replaced     int
		findings     string
	}{
		{"one thumbprint, which one of four still has", plan.OldThumbprint(old), 3, "renew-same"},
		{"one thumbprint that nobody has", plan.OldThumbprint(other), 4, ""},
		{"the same topology", plan.OldTopology("t.yaml", twoSites()), 0, "renew-nothing"},
		{"a topology without these servers", plan.OldTopology("t.yaml", litware()), 0, "renew-nothing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			replaced, findings := test.certificates.ReplacedBy(twoSites())
			ids := ""
			for _, f := range findings {
				ids += f.ID
			}
			if len(replaced) != test.replaced || ids != test.findings {
				t.Errorf("%d replaced, findings %q; want %d, %q", len(replaced), ids, test.replaced, test.findings)
			}
		})
	}
}
