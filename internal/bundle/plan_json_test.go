package bundle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// layouts are JSON values that between them have every kind of token in every neighbourhood.
var layouts = []string{
	`{}`, `[]`, `""`, `0`, `null`, `{"a":[]}`, `[{},[],{"":{}}]`, `[[[[1]]]]`, `{"a":{"b":{"c":[]}},"d":-1.5e+3}`,
	`["{","}","[","]",",",":","a, b: {c} [d]"]`, `["\"","\\","\\\"","\\\\","\\\\\"",",\\",":\\\","]`, `{"\"":"\\","\\":"\"","\\\"":[]}`,
	`["` + "\u2028 Zoë 東京 <&>" + `","\u0000\n\t"]`, `[true,false,null,1,2,"",{"k":""}]`,
}

// FuzzAppendIndented holds the layout against that of the standard library, byte for byte.
func FuzzAppendIndented(f *testing.F) {
	for _, text := range layouts {
		f.Add(text)
		f.Add("[" + strings.Join(layouts, ",") + "," + text + "]")
	}
	f.Fuzz(func(t *testing.T, text string) {
		var compact, want bytes.Buffer
		if json.Compact(&compact, []byte(text)) != nil {
			t.Skip("not JSON")
		}
		compact.WriteByte('\n')
		if err := json.Indent(&want, compact.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		if got := appendIndented(nil, compact.Bytes()); !bytes.Equal(got, want.Bytes()) {
			t.Errorf("%s\n got %s\nwant %s", compact.Bytes(), got, want.Bytes())
		}
	})
}

// The plan as the standard library alone would write it, for values with everything that JSON escapes and for < > &.
func TestEncodePlanIsTheStandardForm(t *testing.T) {
	p := planOf(t, 3, `"a\"", 'b\\', '<c> & d', "\u00e9\u6771\u4eac", '{e}, [f]: "g\"'`)
	var want bytes.Buffer
	enc := json.NewEncoder(&want)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(p); err != nil {
		t.Fatal(err)
	}
	got, err := EncodePlan(p)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("got %s\nwant %s", got, want.Bytes())
	}
}

// planOf is the plan of an organisation with that many OWA pools of 20 servers and these mailbox policies.
func planOf(t testing.TB, pools int, policies string) *plan.Plan {
	t.Helper()
	var yaml strings.Builder
	fmt.Fprintf(&yaml, "apiVersion: lyncowa/v1\nname: farm\nmailboxPolicies: [%s]\nowaPools:\n", policies)
	for p := range pools {
		fmt.Fprintf(&yaml, "  - fqdn: owa-%d.contoso.com\n    registrar: lync-%d.contoso.com\n    siteId: Site%d\n    port: 5199\n"+
			"    certificateThumbprint: %040X\n    umColocated: false\n    clientAccessServers: [cas-%d.contoso.com]\n    mailboxServers:\n", p, p, p, p+1<<20, p)
		for s := range 20 {
			fmt.Fprintf(&yaml, "      - mbx-%d-%d.contoso.com\n", p, s)
		}
	}
	top, findings := topology.Load(TopologyPath, []byte(yaml.String()))
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, []byte(yaml.String()), plan.Integrate)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return p
}

func BenchmarkEncodePlan(b *testing.B) {
	p := planOf(b, 500, "Default")
	b.ReportAllocs()
	for b.Loop() {
		text, err := EncodePlan(p)
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(text)))
	}
}
