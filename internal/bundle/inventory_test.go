package bundle_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

const (
	sealedLync     = "inventory/lync-dub-fe-01.contoso.com.json"
	sealedExchange = "inventory/exchange-dub-mbx-01.contoso.com.json"
)

// dublinOnDisk is the bundle of the example farm, with its inventories.
func dublinOnDisk(t *testing.T) (onDisk, *bundle.Bundle) {
	t.Helper()
	example := onDisk{t, "../../examples/contoso-inventory"}
	names, err := filepath.Glob("../../examples/contoso-inventory/inventory/*.json")
	example.must(err)
	var files []*inventory.File
	for _, name := range names {
		file, findings := inventory.Load(name, []byte(example.read("inventory/"+filepath.Base(name))))
		if file == nil {
			t.Fatal(findings)
		}
		files = append(files, file)
	}
	farm, _ := inventory.Merge(files)
	proposal, err := farm.Propose(inventory.Choice{Pools: []string{"owa-dub.contoso.com"}})
	example.must(err)
	yaml, err := proposal.YAML()
	example.must(err)
	top, findings := topology.Load("t.yaml", yaml)
	if top == nil {
		t.Fatal(findings)
	}
	p, _ := plan.Build(top, yaml, plan.Integrate)
	farm.Mark(p)
	b, err := bundle.Render(p)
	example.must(err)
	d := onDisk{t, filepath.Join(t.TempDir(), "bundle")}
	for _, file := range b.Files {
		d.write(file.Path, string(file.Data))
	}
	return d, b
}

// TestVerifyWithInventories: the bundle is rendered again from its topology and its inventories, which nobody can exchange.
func TestVerifyWithInventories(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(onDisk)
		want []string // differences beside the unverified files
	}{
		{"nothing", func(onDisk) {}, nil},
		{"edited", func(d onDisk) { d.edit(sealedLync, "5199", "5198") }, []string{sealedLync + ": edited"}},
		{"edited, and its sum", func(d onDisk) {
			d.edit(sealedLync, "5199", "5198")
			d.forgeSum(sealedLync)
		}, []string{sealedLync + ": unusable: it is not the inventory that the bundle was made from"}},
		{"emptied", func(d onDisk) { d.write(sealedLync, "") }, []string{sealedLync + ": truncated: it is empty"}},
		{"CRLF", func(d onDisk) { d.write(sealedLync, strings.ReplaceAll(d.read(sealedLync), "\n", "\r\n")) }, []string{sealedLync + ":1: edited: LF turned into CRLF"}},
		{"removed", func(d onDisk) { d.remove(sealedExchange) }, []string{sealedExchange + ": missing"}},
		{"removed, and its sum", func(d onDisk) {
			d.edit(sumsFile, d.digest(sealedExchange)+"  "+sealedExchange+"\n", "")
			d.remove(sealedExchange)
		}, []string{sealedExchange + ": missing"}},
		{"renamed", func(d onDisk) { d.rename(sealedLync, "inventory/other.json") }, []string{sealedLync + ": renamed to inventory/other.json"}},
		{"added", func(d onDisk) { d.write("inventory/lync-other.json", "{}") }, []string{"inventory/lync-other.json: added"}},
		{"exchanged", func(d onDisk) {
			d.rename(sealedLync, "x")
			d.rename(sealedExchange, sealedLync)
			d.rename("x", sealedExchange)
		}, []string{sealedExchange + ": edited: it holds the text of " + sealedLync, sealedLync + ": edited: it holds the text of " + sealedExchange}},
		{"another state in the plan", func(d onDisk) { d.edit("plan.json", `"state": "change"`, `"state": "done"`) }, []string{"plan.json:*: edited"}},
		{"the plan removed", func(d onDisk) { d.remove("plan.json") }, []string{"plan.json: missing"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, b := dublinOnDisk(t)
			c.do(d)
			v := verify(t, d.dir, "")
			var got []string
			for _, difference := range v.Differences {
				if difference.Kind != bundle.Unverified {
					got = append(got, said(difference))
				}
			}
			if !slices.EqualFunc(c.want, got, like) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if v.Whole() != (c.want == nil) {
				t.Errorf("whole: %t", v.Whole())
			}
			if v := verify(t, d.dir, b.Digest); v.Whole() != (c.want == nil) {
				t.Errorf("with the approved digest: whole: %t", v.Whole())
			}
		})
	}
}
