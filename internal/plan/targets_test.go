package plan_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/plan/plantest"
	"lyncowa/internal/topology"
)

func TestTargets(t *testing.T) {
	top := twoSites()
	top.Pools[1].Registrar = top.Pools[0].Registrar
	top.Pools[1].ClientAccessServers.Names = append(top.Pools[1].ClientAccessServers.Names, top.Pools[0].ClientAccessServers.Names...)
	top.Pools[1].UMColocated = true
	p := &plan.Plan{Topology: top} // as one that was read back from its JSON
	for _, test := range []struct {
		what      string
		got, want []string
	}{
		{"registrars, each once", p.Registrars(), []string{"atl-cs-001.litwareinc.com"}},
		{"Client Access servers, each once", p.ClientAccess().Names, []string{"atl-owa-001.litwareinc.com", "cas4.litwareinc.com"}},
		{"discovered pools", plan.FQDNs(p.DiscoveredPools()), []string{"owa-b.litwareinc.com"}},
	} {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.what, diff)
		}
	}
	if all, discovered := p.Servers(), p.DiscoveredServers(); len(all) != 4 || len(discovered) != 1 || discovered[0].FQDN != "mbx4.litwareinc.com" {
		t.Errorf("servers %v, discovered %v", all, discovered)
	}
}

// plan.json holds an impact as one line.
func TestImpactInJSON(t *testing.T) {
	impact := plan.Impact{Text: "Nobody.", Warning: "a."}
	text, err := json.Marshal(impact)
	if want := `"Nobody. WARNING: a."`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
	var read plan.Impact
	if err := json.Unmarshal(text, &read); err != nil || read.String() != impact.String() {
		t.Errorf("read %+v, %v", read, err)
	}
}

// Whatever the topology, no array of a step is null in plan.json.
func TestNoArrayIsNil(t *testing.T) {
	for _, change := range plan.Changes() {
		for _, top := range []*topology.Topology{litware(), twoSites()} {
			top.Pools[0].UMColocated = true
			p, findings := plan.Build(top, nil, change, plantest.Earlier(top))
			if len(findings) > 0 && findings[0].ID != "add-server-nothing" {
				t.Fatal(findings)
			}
			if p == nil {
				continue
			}
			for _, s := range p.Steps {
				if s.RunOn == nil || s.Commands == nil || s.ManualUndo == nil || s.Sources == nil {
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
