package record_test

import (
	"bytes"
	"flag"
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
	return view(t, record.Markdown, p), view(t, record.HTML, p)
}

func view(t *testing.T, make func(*plan.Plan) ([]byte, error), p *plan.Plan) string {
	t.Helper()
	data, err := make(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestGolden(t *testing.T) {
	for _, top := range []*topology.Topology{litware(), colocated(), mixed()} {
		t.Run(top.Name, func(t *testing.T) {
			markdown, html := render(t, top)
			for name, got := range map[string]string{top.Name + ".md": markdown, top.Name + ".html": html} {
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
		})
	}
}
