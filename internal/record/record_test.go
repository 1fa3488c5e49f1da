package record_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
	"lyncowa/internal/topology"
)

var update = flag.Bool("update", false, "write the golden files anew")

// render makes both views.
func render(t *testing.T, top *topology.Topology) (markdown, html string) {
	t.Helper()
	p := build(t, top)
	return asMarkdown(p), asHTML(p)
}

func asMarkdown(p *plan.Plan) string {
	return string(record.New(p).Markdown())
}

func asHTML(p *plan.Plan) string {
	return string(record.New(p).HTML())
}

// TestGolden shows integrate for each make of topology, and each other kind of change for one.
func TestGolden(t *testing.T) {
	two := mixed()
	for _, c := range []struct {
		change   plan.Change
		topology *topology.Topology
	}{
		{plan.Integrate, litware()},
		{plan.Integrate, colocated()},
		{plan.Integrate, two},
		{plan.Disable, litware()},
		{plan.RemoveDuplicate, two},
		{plan.Reapply, colocated()},
		{plan.RenewCertificate, two},
	} {
		name := c.topology.Name + "-" + string(c.change)
		t.Run(name, func(t *testing.T) {
			p, findings := plan.Build(c.topology, []byte("source of "+c.topology.Name), c.change, replacing(c.change, c.topology))
			if len(findings) > 0 {
				t.Fatal(findings)
			}
			checkGolden(t, name+".md", asMarkdown(p))
			checkGolden(t, name+".html", asHTML(p))
		})
	}
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// A checkout on Windows may have changed the line ends.
	want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs; if that is meant, run with -update (-want +got):\n%s", path, diff)
	}
}

// BenchmarkPages shows how the cost of the record grows with the number of servers.
func BenchmarkPages(b *testing.B) {
	for _, servers := range []int{1, 100, 10_000} {
		p := build(b, large(servers))
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := record.New(p)
				r.Markdown()
				r.HTML()
			}
		})
	}
}
