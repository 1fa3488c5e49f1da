package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// promises are sentences of the pages about verify. Each has a forged bundle that proves it. The sums of that bundle are
// forged too, unless sumsKept is set.
var promises = []struct {
	page, sentence string
	forge          func(bundleOnDisk)
	sumsKept       bool
	approved       bool // verify gets the digest of the forged bundle as the approved one
	code           int
	says           string
}{
	{
		"README.md", "`verify` finds a forged script even if its sum was forged too",
		func(b bundleOnDisk) { b.edit("scripts/common.psm1", "exit code", "exit  code") }, false, true, 2, "common.psm1:",
	},
	{
		"README.md", "A bundle without its plan or its topology never passes",
		func(b bundleOnDisk) { b.remove("plan.json") }, false, true, 2, "plan.json: missing",
	},
	{
		"README.md", "A bundle without its plan or its topology never passes",
		func(b bundleOnDisk) { b.remove("topology.yaml") }, false, true, 2, "topology.yaml: missing",
	},
	{
		"README.md", "A bundle of another lyncowa version cannot be rendered again. `verify` fails for it with exit code 2.",
		func(b bundleOnDisk) { b.edit("plan.json", `"version": "0`, `"version": "7`) }, false, false, 2, "plan.json: other version: lyncowa 7",
	},
	{
		"README.md", `With the digest from the ticket it passes, with the result "approved, not re-rendered".`,
		func(b bundleOnDisk) { b.edit("plan.json", `"version": "0`, `"version": "7`) }, false, true, 0, "is approved, not re-rendered: ",
	},
	{
		"README.md", "The approval pages are sealed: `SHA256SUMS` lists them",
		func(b bundleOnDisk) { b.edit("approval.md", " -WhatIf", "") }, false, true, 2, "approval.md:",
	},
	{
		"SECURITY.md", "The approval pages are sealed like every other file.",
		func(b bundleOnDisk) { b.edit("approval.html", "-WhatIf", "") }, false, true, 2, "approval.html:",
	},
	{
		"SECURITY.md", "calls a bundle whole only if this version renders each of its files from the bundle's `topology.yaml`",
		func(bundleOnDisk) {}, false, false, 0, "is whole: ",
	},
	{
		"SECURITY.md", "It names files that were forged together with their sums.",
		func(b bundleOnDisk) { b.edit("scripts/90-exchange-verify-exchange.ps1", "#Requires", "#requires") }, false, true, 2, "90-exchange-verify-exchange.ps1:",
	},
	{
		"SECURITY.md", "A missing, empty or unreadable `plan.json` or `topology.yaml` is a difference",
		func(b bundleOnDisk) { b.write("plan.json", "") }, false, true, 2, "plan.json: truncated: it is empty",
	},
	{
		"SECURITY.md", "If no rendering and no approved digest confirms the sums, `verify` reports every file as unverified.",
		func(b bundleOnDisk) { b.write("topology.yaml", "{") }, false, false, 2, "unverified, because no rendering and no approved digest confirms SHA256SUMS: SHA256SUMS, ",
	},
	{
		"SECURITY.md", "It cannot render a bundle of another version again: such a bundle fails",
		func(b bundleOnDisk) { b.edit("plan.json", `"version": "0`, `"version": "7`) }, false, false, 2, "plan.json: other version: lyncowa 7",
	},
	{
		"SECURITY.md", `passes as "approved, not re-rendered" only with the digest from the ticket`,
		func(b bundleOnDisk) { b.edit("plan.json", `"version": "0`, `"version": "7`) }, false, true, 0, "is approved, not re-rendered: ",
	},
	{
		"SECURITY.md", "`verify` reports a sealed page that was written on.",
		func(b bundleOnDisk) { b.edit("approval.md", "Implementer", "Implementer Jo Berry") }, true, false, 2, ": written on: copy the approved bundle again; keep filled-in copies",
	},
	{
		"SECURITY.md", "Only that digest detects a bundle that was rendered from another topology.",
		func(b bundleOnDisk) {
			b.edit("topology.yaml", "5199", "5200")
			b.must(os.Rename(b.path("topology.yaml"), b.path("../other.yaml")))
			b.must(os.RemoveAll(b.dir))
			mustRender(b.T, b.path("../other.yaml"), b.dir)
		}, false, false, 0, "is whole: ",
	},
}

func TestPagesKeepTheirPromisesAboutVerify(t *testing.T) {
	for _, p := range promises {
		t.Run(p.sentence, func(t *testing.T) {
			page := strings.Join(strings.Fields(readText(t, filepath.Join("../..", p.page))), " ")
			if !strings.Contains(page, p.sentence) {
				t.Errorf("%s does not say so", p.page)
			}
			b := bundleOnDisk{t, filepath.Join(t.TempDir(), "bundle")}
			mustRender(t, "../../examples/litware/topology.yaml", b.dir)
			p.forge(b)
			if !p.sumsKept {
				b.forgeSums()
			}
			args := []string{"verify", b.dir}
			if p.approved {
				args = append(args, "--approved-digest", b.digest())
			}
			var out, stderr bytes.Buffer
			code := run(args, strings.NewReader(""), &out, &stderr)
			if code != p.code || !strings.Contains(out.String(), p.says) {
				t.Errorf("exit code %d, want %d with %q:\n%s%s", code, p.code, p.says, &out, &stderr)
			}
		})
	}
}

// bundleOnDisk is a bundle that a test may forge.
type bundleOnDisk struct {
	*testing.T
	dir string
}

func (b bundleOnDisk) path(name string) string { return filepath.Join(b.dir, filepath.FromSlash(name)) }

func (b bundleOnDisk) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b bundleOnDisk) write(name, text string) {
	b.Helper()
	b.must(os.WriteFile(b.path(name), []byte(text), 0o644))
}

func (b bundleOnDisk) remove(name string) { b.Helper(); b.must(os.Remove(b.path(name))) }

func (b bundleOnDisk) edit(name, old, new string) {
	b.Helper()
	text := readText(b.T, b.path(name))
	if !strings.Contains(text, old) {
		b.Fatalf("%s does not hold %q", name, old)
	}
	b.write(name, strings.ReplaceAll(text, old, new))
}

func (b bundleOnDisk) digest() string {
	b.Helper()
	return fmt.Sprintf("%x", sha256.Sum256([]byte(readText(b.T, b.path("SHA256SUMS")))))
}

// forgeSums makes SHA256SUMS fit the files as they are.
func (b bundleOnDisk) forgeSums() {
	b.Helper()
	var lines []string
	for line := range strings.Lines(readText(b.T, b.path("SHA256SUMS"))) {
		name := strings.TrimSpace(line[64:])
		if data, err := os.ReadFile(b.path(name)); err == nil {
			lines = append(lines, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
		}
	}
	slices.SortFunc(lines, func(a, b string) int { return strings.Compare(a[64:], b[64:]) })
	b.write("SHA256SUMS", strings.Join(lines, ""))
}

// A forged bundle cannot bring its own digest: no file of it contains the digest, and no printed command does. Commands
// take the digest from a variable that is set from the ticket.
func TestNoCommandContainsTheDigest(t *testing.T) {
	for page, sentence := range map[string]string{
		"README.md":   "and they contain no digest",
		"SECURITY.md": "No file of a bundle contains its digest.",
	} {
		if !strings.Contains(strings.Join(strings.Fields(readText(t, "../../"+page)), " "), sentence) {
			t.Errorf("%s does not say so", page)
		}
	}
	for _, example := range []string{"litware", "litware-colocated", "contoso-two-sites"} {
		b := bundleOnDisk{t, filepath.Join(t.TempDir(), "bundle")}
		topology := filepath.Join("../../examples", example, "topology.yaml")
		var out bytes.Buffer
		for _, args := range [][]string{{"render", topology, "-o", b.dir}, {"render", topology, "-o", b.dir, "--check"}, {"verify", b.dir}} {
			if code := run(args, strings.NewReader(""), &out, &out); code != 0 {
				t.Fatalf("%q: exit code %d\n%s", args, code, &out)
			}
		}
		digest := b.digest()
		if code := run([]string{"verify", b.dir, "--approved-digest", digest}, strings.NewReader(""), &out, &out); code != 0 {
			t.Fatalf("exit code %d\n%s", code, &out)
		}
		commands := 0
		for line := range strings.Lines(out.String() + snapshot(t, b.dir)) {
			if strings.Contains(line, digest) && !strings.HasPrefix(line, "digest: ") {
				t.Errorf("%s: the digest is in %q", example, line)
			}
			for _, after := range strings.Split(line, ".ps1 -ApprovedDigest ")[1:] {
				commands++
				// A string of PowerShell that shows a command escapes the dollar sign.
				if after = strings.TrimPrefix(after, "`"); !strings.HasPrefix(after, "$d") && !strings.HasPrefix(after, "<digest") { // the help of a script describes it
					t.Errorf("%s: a command does not take the digest from $d: %q", example, line)
				}
			}
		}
		if commands < 20 {
			t.Errorf("%s: only %d commands", example, commands)
		}
	}
}
