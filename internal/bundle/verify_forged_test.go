package bundle

import (
	"bytes"
	"slices"
	"testing"
)

// forgery is a way to forge one file. nil removes it.
type forgery struct {
	name  string
	forge func([]byte) []byte
}

func changed(old, new string) forgery {
	return forgery{"with " + new, func(data []byte) []byte {
		if !bytes.Contains(data, []byte(old)) {
			panic("nothing to forge: " + old)
		}
		return bytes.ReplaceAll(data, []byte(old), []byte(new))
	}}
}

var (
	untouched = forgery{"untouched", func(data []byte) []byte { return data }}
	emptied   = forgery{"emptied", func([]byte) []byte { return []byte{} }}
	removed   = forgery{"removed", func([]byte) []byte { return nil }}
)

const forgedScript = "scripts/40-lync-trusted-application.ps1"

// With such a plan.json and such a topology.yaml nothing tells which scripts there were.
var (
	unknownPlans      = map[string]bool{"with [": true, emptied.name: true, removed.name: true}
	unknownTopologies = map[string]bool{"with 70000": true, "with lyncowa/v2": true, "with ": true, emptied.name: true, removed.name: true}
)

// forgeries are the files that somebody may forge, each in every way. The sums are made anew afterwards.
var forgeries = []struct {
	path string
	ways []forgery
}{
	{forgedScript, []forgery{untouched, changed("5199", "5197"), emptied, removed}},
	{"approval.html", []forgery{untouched, changed("-WhatIf", ""), emptied, removed}},
	{"approval.md", []forgery{untouched, changed("| | | |", "| Eva | | |"), emptied, removed}},
	{PlanPath, []forgery{
		untouched, changed("5199", "5198"), changed(`"integrate"`, `"reapply"`), changed(`"integrate"`, `"remove-duplicate"`), changed(`"integrate"`, `"x"`),
		changed(`"version": "`, `"version": "9.`), changed(`"version": "`, `"version": "\u001b`), changed(`"lyncowa"`, `"x"`), changed("{", "["), emptied, removed,
	}},
	{TopologyPath, []forgery{untouched, changed("5199", "5198"), changed("5199", "70000"), changed("lyncowa/v1", "lyncowa/v2"), changed(":", ""), emptied, removed}},
}

// Verify names each forged file in every combination of forgeries, without a digest and with the digest that was approved
// before. The combinations of each forgery of the script run in parallel.
func TestVerifyNamesEveryForgedFile(t *testing.T) {
	b := litwareBundle(t)
	for _, way := range forgeries[0].ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			originals, files, forged := originalsOf(b), originalsOf(b), map[string]string{}
			tried, origins := 0, map[string]origin{}
			apply := func(path string, way forgery) {
				delete(forged, path)
				if files[path] = way.forge(originals[path]); files[path] == nil {
					delete(files, path)
				}
				if way.name != untouched.name {
					forged[path] = way.name
				}
			}
			var try func(int)
			try = func(next int) {
				if next == len(forgeries) {
					if len(forged) > 0 {
						tried++
						mustName(t, files, forged, origins, b.Digest)
					}
					return
				}
				for _, way := range forgeries[next].ways {
					apply(forgeries[next].path, way)
					try(next + 1)
				}
			}
			apply(forgeries[0].path, way)
			try(1)
			if tried < 1000 {
				t.Errorf("only %d combinations", tried)
			}
		})
	}
}

func originalsOf(b *Bundle) map[string][]byte {
	files := map[string][]byte{}
	for _, file := range b.Files {
		files[file.Path] = file.Data
	}
	return files
}

// mustName fails unless Verify names the forged files. Origins are kept: the approval has no part in them.
func mustName(t *testing.T, files map[string][]byte, forged map[string]string, origins map[string]origin, approved string) {
	t.Helper()
	files[SumsPath] = listing(files)
	f := folderOf(files)
	key := forged[forgedScript] + "\n" + forged[PlanPath] + "\n" + forged[TopologyPath]
	o, known := origins[key]
	if !known {
		var err error
		if o, err = findOrigin(f); err != nil {
			t.Fatal(err)
		}
		origins[key] = o
	}
	for _, digest := range []string{"", approved} {
		v := f.compareWith(o, digest)
		for path := range forged {
			if path == forgedScript && forged[path] == removed.name && unknownPlans[forged[PlanPath]] && unknownTopologies[forged[TopologyPath]] {
				continue // no file tells that there was a script of that name
			}
			if !slices.ContainsFunc(v.Differences, func(d Difference) bool { return d.Path == path }) {
				t.Errorf("%v, digest %q: %s is not named: %v", forged, digest, path, v.Differences)
			}
		}
		if t.Failed() {
			t.FailNow() // the next thousand would say the same
		}
	}
}
