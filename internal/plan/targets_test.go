package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// A plan that was read back from its JSON has no more than its fields and the topology, and the same targets.
func TestTargetsOfAPlanThatWasReadBack(t *testing.T) {
	for _, exchange := range []string{"2013", "2016"} {
		top := twoSites()
		top.Versions.Exchange = exchange
		built := build(t, top)
		read := &plan.Plan{Versions: built.Versions, Topology: top}
		if diff := cmp.Diff(built.Servers(), read.Servers()); diff != "" || len(built.Servers()) != 4 {
			t.Errorf("servers with Exchange %s: -built +read:\n%s", exchange, diff)
		}
		if diff := cmp.Diff(built.Overrides(), read.Overrides()); diff != "" || (len(built.Overrides()) > 0) != (exchange == "2016") {
			t.Errorf("overrides with Exchange %s: -built +read:\n%s", exchange, diff)
		}
		if diff := cmp.Diff(built.ClientAccess(), read.ClientAccess()); diff != "" || len(built.ClientAccess().Names) != 2 {
			t.Errorf("Client Access servers with Exchange %s: -built +read:\n%s", exchange, diff)
		}
	}
}

// Whatever the topology, no array of a step is null in plan.json.
func TestNoArrayIsNil(t *testing.T) {
	for _, change := range plan.Changes() {
		for _, top := range []*topology.Topology{litware(), twoSites()} {
			top.Pools[0].UMColocated = true
			p, findings := plan.Build(top, nil, change)
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			for _, s := range p.Steps {
				if s.RunOn == nil || s.Commands == nil || s.Sources == nil {
					t.Errorf("%s, step %s: %#v", change, s.ID, s)
				}
			}
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, exchange := range []string{"2013", "2016"} {
		top := &topology.Topology{Name: "farm", Versions: topology.Versions{Exchange: exchange, Lync: "2015"}}
		for i := range 500 {
			pool := topology.Pool{FQDN: fmt.Sprintf("owa-%d.contoso.com", i), Registrar: fmt.Sprintf("cs-%d.contoso.com", i), SiteID: "Site", Port: 5199, ApplicationID: "OutlookWebApp"}
			pool.ClientAccessServers.Names = []string{fmt.Sprintf("cas-%d.contoso.com", i)}
			for j := range 20 {
				name := fmt.Sprintf("mbx-%d-%d.contoso.com", i, j)
				pool.MailboxServers = append(pool.MailboxServers, topology.MailboxServer{FQDN: name, Thumbprint: strings.Repeat("A", 40)})
				pool.TrustedComputers = append(pool.TrustedComputers, name)
			}
			top.Pools = append(top.Pools, pool)
		}
		b.Run("Exchange "+exchange, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, findings := plan.Build(top, nil, plan.Integrate); len(findings) > 0 {
					b.Fatal(findings)
				}
			}
		})
	}
}
