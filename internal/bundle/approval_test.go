package bundle_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
)

func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/" + name + "/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// section is the text from the first heading with this beginning to the next one of its level.
func section(t *testing.T, page, heading string) string {
	t.Helper()
	_, rest, found := strings.Cut(page, "\n"+heading)
	if !found {
		t.Fatalf("the page has no heading %q", heading)
	}
	level, _, _ := strings.Cut(heading, " ")
	rest, _, _ = strings.Cut(rest, "\n"+level+" ")
	return rest
}

// lines are the command lines of a part of the page, in order.
func lines(part string) []string {
	return regexp.MustCompile(`(?m)^\.\\.*$`).FindAllString(part, -1)
}

func TestRunSheetsHoldTheExactLinesInOrder(t *testing.T) {
	b := render(t, litware(t))
	page := asMap(b)["approval.md"]
	d := " -ApprovedDigest " + b.Digest
	for _, c := range []struct {
		heading string
		places  string
		want    []string
	}{
		{"## Sheet 1: each of these servers, one server at a time", "| Server | Step 10 | Step 70 | Step 90 |\n|---|---|---|---|\n| atl-owa-001.litwareinc.com | | | |\n", []string{
			`.\scripts\10-exchange-preflight-exchange.ps1` + d,
			`.\scripts\70-exchange-im-settings.ps1` + d + " -WhatIf",
			`.\scripts\70-exchange-im-settings.ps1` + d,
			`.\scripts\90-exchange-verify-exchange.ps1` + d,
		}},
		{"## Sheet 2: one computer", "Lync Server Management Shell\n", []string{
			`.\scripts\20-lync-preflight-lync.ps1` + d,
			`.\scripts\40-lync-trusted-application.ps1` + d + " -WhatIf",
			`.\scripts\40-lync-trusted-application.ps1` + d,
			`.\scripts\50-lync-enable-topology.ps1` + d + " -WhatIf",
			`.\scripts\50-lync-enable-topology.ps1` + d,
			`.\scripts\95-lync-verify-lync.ps1` + d,
		}},
		{"## Back-out, in reverse order", "", []string{
			`.\back-out\80-exchange-mailbox-policies.ps1` + d + " -WhatIf",
			`.\back-out\80-exchange-mailbox-policies.ps1` + d,
			`.\back-out\70-exchange-im-settings.ps1` + d + " -WhatIf",
			`.\back-out\70-exchange-im-settings.ps1` + d,
			`.\back-out\60-exchange-owa-virtual-directories.ps1` + d + " -WhatIf",
			`.\back-out\60-exchange-owa-virtual-directories.ps1` + d,
			`.\back-out\40-lync-trusted-application.ps1` + d + " -WhatIf",
			`.\back-out\40-lync-trusted-application.ps1` + d,
		}},
	} {
		part := section(t, page, c.heading)
		if got := lines(part); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.heading, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if !strings.Contains(part, c.places) {
			t.Errorf("%s does not name %q", c.heading, c.places)
		}
	}
	if !strings.Contains(page, "steps 40 and 50 above all, on one and the same computer") {
		t.Error("the page does not keep steps 40 and 50 on one computer")
	}
}

// Every script of the bundle is on the page, and the page names no other.
func TestRunSheetsNameEveryScript(t *testing.T) {
	for _, name := range []string{"litware", "litware-colocated", "contoso-two-sites"} {
		b := render(t, example(t, name))
		named := map[string]bool{}
		for _, line := range lines(asMap(b)["approval.md"]) {
			path, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimPrefix(line, `.\`), `\`, "/"), " ")
			named[path] = true
		}
		for _, f := range b.Files {
			if strings.HasSuffix(f.Path, ".ps1") && !named[f.Path] {
				t.Errorf("%s: approval.md does not name %s", name, f.Path)
			}
			delete(named, f.Path)
		}
		for path := range named {
			t.Errorf("%s: approval.md names %s, which does not exist", name, path)
		}
	}
}

func TestApprovalSaysWhatIsSkippedAndWhatIsTouched(t *testing.T) {
	colocated := asMap(render(t, example(t, "litware-colocated")))["approval.md"]
	for _, step := range []string{"| 40 |", "| 50 |"} {
		row := colocated[strings.Index(colocated, step):]
		if row, _, _ = strings.Cut(row, "\n"); !strings.Contains(row, "**skipped**: ") || !strings.Contains(row, "colocated") {
			t.Errorf("the row of a skipped step gives no reason: %s", row)
		}
	}
	wide := asMap(render(t, strings.Replace(litware(t), "umColocated: false", "umColocated: false\n    clientAccessServers: all", 1)))["approval.md"]
	if !strings.Contains(section(t, wide, "## What it touches"), "**WARNING:** clientAccessServers is 'all'") {
		t.Error("the page does not warn of an organisation-wide scope")
	}
	if !strings.Contains(section(t, wide, "### Step 60"), "**WARNING:**") {
		t.Error("the run sheet does not warn of an organisation-wide scope")
	}
}

func TestTextOfTheTopologyCannotChangeTheApproval(t *testing.T) {
	yaml := litware(t) + "mailboxPolicies: ['a|b`c<!-- [x](y)']\nchange:\n  id: \"## CHG|1\"\n  implementer: \"Eva | <b>\"\n"
	page := asMap(render(t, yaml))["approval.md"]
	for _, want := range []string{"- Change: \\#\\# CHG\\|1\n", "| Implementer: runs the sheets below | Eva \\| \\<b\\> | | |\n", "a\\|b\\`c\\<!-- \\[x\\](y)."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not hold %q", want)
		}
	}
}

// The digest covers every file but the approval page: people write on that.
func TestDigestIsOfTheSums(t *testing.T) {
	b := render(t, litware(t))
	sums := asMap(b)["SHA256SUMS"]
	if strings.Contains(sums, bundle.ApprovalPath) || strings.Contains(sums, bundle.SumsPath) {
		t.Error("the sums list a file that cannot be in them")
	}
	if got := len(strings.Split(strings.TrimSpace(sums), "\n")); got != len(b.Files)-2 {
		t.Errorf("%d sums for %d files", got, len(b.Files))
	}
	if !strings.Contains(asMap(b)["approval.md"], "\n"+b.Digest+"\n") {
		t.Error("the approval does not quote the digest")
	}
}

// The page tells to finish a step on all servers before the next one. Each server has its own cells, also for the back-out.
func TestRunSheetsHaveCellsForEveryServer(t *testing.T) {
	b := render(t, example(t, "contoso-two-sites"))
	page := asMap(b)["approval.md"]
	for heading, want := range map[string][]string{
		"## Sheet 1":           {"**Finish a step on all servers before the next step.**", "| dub-mbx-01.contoso.com | | | |\n", "| sin-mbx-02.contoso.com | | | |\n"},
		"## Sheet 2":           {"| Computer | Step 20 |", "| ____ | | "},
		"### Back out step 70": {"**Finish a step on all servers before the next step.**", "| Server | Time | Exit code | Initials |\n", "| dub-mbx-01.contoso.com | | | |\n", "| sin-mbx-02.contoso.com | | | |\n"},
		"### Back out step 40": {"| Computer | Time | Exit code | Initials |\n|---|---|---|---|\n| ____ | | | |\n"},
	} {
		part := section(t, page, heading)
		for _, phrase := range want {
			if !strings.Contains(part, phrase) {
				t.Errorf("%s does not say %q:\n%s", heading, phrase, part)
			}
		}
	}
	if !strings.Contains(page, "look into `Logging\\OWA\\InstantMessaging` below") {
		t.Error("the folder of the logs is not as one types it")
	}
	alone := asMap(render(t, litware(t)))["approval.md"]
	if strings.Contains(section(t, alone, "## Sheet 1"), "Finish a step on all servers") {
		t.Error("a sheet of one server speaks of several")
	}
}
