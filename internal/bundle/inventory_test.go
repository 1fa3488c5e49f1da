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

// exampleInventories are the texts of the example farm.
func exampleInventories(t *testing.T) []string {
	t.Helper()
	example := onDisk{t, "../../examples/contoso-inventory"}
	names, err := filepath.Glob(example.path("inventory/*.json"))
	example.must(err)
	var texts []string
	for _, name := range names {
		texts = append(texts, example.read("inventory/"+filepath.Base(name)))
	}
	return texts
}

// dublin is the bundle that follows from inventories: of the farm's pool in Dublin.
func dublin(t *testing.T, texts []string, mark bool) *bundle.Bundle {
	t.Helper()
	var files []*inventory.File
	for _, text := range texts {
		file, findings := inventory.Load("x.json", []byte(text))
		if file == nil {
			t.Fatal(findings)
		}
		files = append(files, file)
	}
	farm, _ := inventory.Merge(files)
	proposal, err := farm.Propose(inventory.Choice{Pools: []string{"owa-dub.contoso.com"}})
	if err != nil {
		t.Fatal(err)
	}
	yaml, err := proposal.YAML()
	if err != nil {
		t.Fatal(err)
	}
	top, findings := topology.Load("t.yaml", yaml)
	if top == nil {
		t.Fatalf("%v\n%s", findings, yaml)
	}
	p, _ := plan.Build(top, yaml, plan.Integrate)
	if mark {
		farm.Mark(p)
	}
	b, err := bundle.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// dublinOnDisk is the bundle of the example farm, with its inventories.
func dublinOnDisk(t *testing.T) (onDisk, *bundle.Bundle) {
	t.Helper()
	b := dublin(t, exampleInventories(t), true)
	d := onDisk{t, filepath.Join(t.TempDir(), "bundle")}
	for _, file := range b.Files {
		d.write(file.Path, string(file.Data))
	}
	return d, b
}

// TestHostileInventory: names of a farm that could be code or markup are text in every file, and the scripts are those of
// a bundle without inventories.
func TestHostileInventory(t *testing.T) {
	const poison = `'; Remove-Item C:\ "$(x)" ` + "`n `" + ` <script>alert(1)</script> | **b** &amp; %s {{ . }}`
	poisoned := strings.ReplaceAll(strings.ReplaceAll(poison, `\`, `\\`), `"`, `\"`)
	texts := exampleInventories(t)
	for i := range texts {
		for _, name := range []string{"Ireland", `: "None`, "O=Contoso", "Executives", `: "Default`} {
			texts[i] = strings.ReplaceAll(texts[i], name, name+poisoned)
		}
	}
	with, without := dublin(t, texts, true), dublin(t, texts, false)
	plain := asMap(without)
	for path, text := range asMap(with) {
		switch {
		case strings.HasPrefix(path, "scripts/"), strings.HasPrefix(path, "back-out/"):
			if text != plain[path] {
				t.Errorf("%s depends on the inventories", path)
			}
		case strings.HasSuffix(path, ".html"):
			if strings.Contains(text, "<script") || path == "change-record.html" && strings.Count(text, "&lt;script") < 3 {
				t.Errorf("%s holds the text as markup, or not at all", path)
			}
		}
	}
	if len(with.Files) != len(without.Files)+len(texts) {
		t.Errorf("%d files with, %d without", len(with.Files), len(without.Files))
	}
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
		}, []string{sealedLync + ": unusable: the bundle was made from another inventory"}},
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
		}, []string{sealedExchange + ": edited: it has the content of " + sealedLync, sealedLync + ": edited: it has the content of " + sealedExchange}},
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
