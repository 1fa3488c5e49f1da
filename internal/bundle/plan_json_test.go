package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// awkward are texts with everything that JSON escapes, and with what only looks so.
var awkward = []string{
	"", "a", `"`, `\`, `\"`, `""\\`, `a "b" \c\ d`, "<a> & b", "\x00\t\r\n\b\f\x1f", "\x7f", "\u00e9\u6771\u4eac", "\u2028\u2029", "\xff \"", `{e}, [f]: g`,
}

// What stands in plan.json is what encoding/json makes of the plan, byte for byte, with every field filled in.
func TestEncodePlanIsTheStandardForm(t *testing.T) {
	var steps []plan.Step
	var replaces []plan.Replaced
	for i, text := range awkward {
		steps = append(steps, plan.Step{
			Order: i - 1, ID: text, Title: "t", Kind: "k", Shell: "s", Status: plan.Planned, Reason: text, RunOn: awkward[:i], PerServer: i%2 == 0,
			Script: "c", BackOut: text, Commands: []plan.Command{{Kind: plan.File, On: "h", Text: text}, {}}[:i%3%2*2], Impact: "i", Rights: text, Undo: "u", Sources: awkward[i:], Template: "absent",
		})
		replaces = append(replaces, plan.Replaced{Server: text, Old: "o", New: text})
	}
	plans := map[string]*plan.Plan{
		"every field": {
			FormatVersion: 7, Tool: plan.Tool{Name: "t", Version: "v"}, Name: `"n"`, Change: "c", Versions: plan.Versions{Exchange: "e", Lync: "l"},
			TopologyDigest: "d", Steps: steps, Replaces: replaces, Topology: &topology.Topology{Name: "absent"}, Source: []byte("absent"),
		},
		"nothing replaced": {Steps: steps},
		"no step":          {Steps: []plan.Step{}},
		"large":            farmPlan(t, 3),
	}
	for name, p := range plans {
		t.Run(name, func(t *testing.T) {
			got, err := EncodePlan(p)
			if want := standardForm(t, p); err != nil || !bytes.Equal(got, want) {
				t.Errorf("%v, got %s\nwant %s", err, got, want)
			}
		})
	}
}

// standardForm is the value as encoding/json writes it.
func standardForm(t *testing.T, value any) []byte {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// The room that is taken for plan.json is enough for that of a large organisation, and not much more.
func TestPlanSize(t *testing.T) {
	p := farmPlan(t, 100)
	text, err := EncodePlan(p)
	if size := planSize(p); err != nil || len(text) > size || 5*len(text) < 4*size {
		t.Errorf("%d bytes in room for %d, %v", len(text), size, err)
	}
}

// FuzzQuote holds a quoted text against encoding/json.
func FuzzQuote(f *testing.F) {
	for _, text := range awkward {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := jsonWriter{}
		w.quote(text)
		if want := bytes.TrimSuffix(standardForm(t, text), []byte("\n")); w.err != nil || !bytes.Equal(w.text, want) {
			t.Errorf("%v, got %s, want %s", w.err, w.text, want)
		}
	})
}

// farmPlan is the plan of an organisation with that many OWA pools of 20 servers.
func farmPlan(t testing.TB, pools int) *plan.Plan {
	t.Helper()
	top := &topology.Topology{Name: "farm", Versions: topology.Versions{Exchange: "2013", Lync: "2013"}, MailboxPolicies: topology.Selection{Names: []string{"Default"}}}
	for i := range pools {
		pool := topology.Pool{
			FQDN: fmt.Sprintf("owa-%d.contoso.com", i), Registrar: fmt.Sprintf("lync-%d.contoso.com", i), SiteID: "Site", Port: 5199, ApplicationID: "OutlookWebApp",
			ClientAccessServers: topology.Selection{Names: []string{fmt.Sprintf("cas-%d.contoso.com", i)}},
		}
		for j := range 20 {
			pool.MailboxServers = append(pool.MailboxServers, topology.MailboxServer{FQDN: fmt.Sprintf("mbx-%d-%d.contoso.com", i, j), Thumbprint: fmt.Sprintf("%040X", i+1<<20)})
		}
		top.Pools = append(top.Pools, pool)
	}
	p, findings := plan.Build(top, nil, plan.Integrate)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return p
}

func BenchmarkEncodePlan(b *testing.B) {
	p := farmPlan(b, 500)
	b.ReportAllocs()
	for b.Loop() {
		text, err := EncodePlan(p)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(text)))
	}
}
