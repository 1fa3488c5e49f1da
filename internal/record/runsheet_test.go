package record_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// sheet is the rows of a run sheet: host, command and last line of each.
func sheet(t *testing.T, p *plan.Plan, heading string) [][]string {
	t.Helper()
	_, part, found := strings.Cut(page(t, p, "approval.md"), "# "+heading+"\n")
	if !found {
		t.Fatalf("there is no %s", heading)
	}
	part, _, _ = strings.Cut(part, "\n##")
	var rows [][]string
	for _, m := range regexp.MustCompile(`(?m)^\| (\d+) \| (.+?) \| (.+?) \| (.+) \| (.+?) \| ☐ \| \| \|$`).FindAllStringSubmatch(part, -1) {
		rows = append(rows, []string{strings.Trim(m[2], "*"), strings.Trim(m[4], "`"), strings.Trim(m[5], "`")})
	}
	return rows
}

// A person types one line on each visit to a computer: the steps in a row that belong there are one visit.
func TestRunSheetHasARowForEachVisit(t *testing.T) {
	top := litware()
	top.Pools[0].MailboxServers = append(top.Pools[0].MailboxServers, topology.MailboxServer{FQDN: "mbx2.litwareinc.com", Thumbprint: strings.Repeat("A", 40)})
	p := build(t, top)
	const signIn = "`, with a sign-in to OWA on this server before step 90"
	for heading, want := range map[string][]string{
		"Run sheet": {
			`atl-owa-001.litwareinc.com 10 .\run.ps1 -ApprovedDigest $d`,
			`mbx2.litwareinc.com 10 .\run.ps1 -ApprovedDigest $d`,
			`Lync computer 20, 40, 50 .\run.ps1 -ApprovedDigest $d`,
			`atl-owa-001.litwareinc.com 60, 70 .\run.ps1 -ApprovedDigest $d`,
			`mbx2.litwareinc.com 70 .\run.ps1 -ApprovedDigest $d`,
			`atl-owa-001.litwareinc.com 80, 90 .\run.ps1 -ApprovedDigest $d` + signIn,
			`mbx2.litwareinc.com 90 .\run.ps1 -ApprovedDigest $d` + signIn,
			`Lync computer 95 .\run.ps1 -ApprovedDigest $d`,
			`browser – Sign in to OWA and look for the presence icon`,
			"computer with lyncowa – At the end, also after a back-out: collect the folder `evidence` of each host, from it only `events.jsonl` in its subfolder. " +
				"Run `lyncowa evidence litware-owa-im-integrate FOLDER... --format html -o implementation-report.html`. Store the evidence digest in the ticket, and attach the report.",
		},
		"Back-out sheet": {
			`atl-owa-001.litwareinc.com 80, 70 .\run.ps1 -ApprovedDigest $d -BackOut`,
			`mbx2.litwareinc.com 70 .\run.ps1 -ApprovedDigest $d -BackOut`,
			`atl-owa-001.litwareinc.com 60 .\run.ps1 -ApprovedDigest $d -BackOut`,
			`Lync computer 40 .\run.ps1 -ApprovedDigest $d -BackOut`,
		},
	} {
		var got []string
		for _, row := range sheet(t, p, heading)[:len(want)] {
			got = append(got, strings.Join(row, " "))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", heading, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// The verification of a retirement needs nobody who signs in; that of the other kinds does, in one row with step 70 too.
func TestSignInBeforeTheVerification(t *testing.T) {
	top := litware()
	for _, change := range []plan.Change{plan.Integrate, plan.Reapply, plan.RenewCertificate, plan.Retire, plan.Disable} {
		p, _ := plan.Build(top, nil, change)
		text := page(t, p, "approval.md")
		want := change != plan.Retire && change != plan.Disable
		if strings.Contains(text, "`, with a sign-in to OWA on this server before step 90 |") != want || strings.Contains(text, "After a sign-in to OWA on this server: `") != want {
			t.Errorf("%s: the run sheet asks for a sign-in in one of its tables, or in none", change)
		}
	}
}

func TestSingleScriptsAreLinear(t *testing.T) {
	top := litware()
	top.Pools[0].MailboxServers = append(top.Pools[0].MailboxServers, topology.MailboxServer{FQDN: "mbx2.litwareinc.com", Thumbprint: strings.Repeat("A", 40)})
	p := build(t, top)
	var got []string
	for _, row := range sheet(t, p, "Single scripts") {
		got = append(got, strings.Join(row, " "))
	}
	one, two := "atl-owa-001.litwareinc.com", "mbx2.litwareinc.com"
	want := []string{
		one + ` .\scripts\10-exchange-preflight-exchange.ps1 -ApprovedDigest $d NEXT`,
		two + ` .\scripts\10-exchange-preflight-exchange.ps1 -ApprovedDigest $d NEXT`,
		`Lync computer .\scripts\20-lync-preflight-lync.ps1 -ApprovedDigest $d NEXT`,
		`Lync computer .\scripts\40-lync-trusted-application.ps1 -ApprovedDigest $d -WhatIf NEXT`,
		`Lync computer .\scripts\40-lync-trusted-application.ps1 -ApprovedDigest $d NEXT`,
		`Lync computer .\scripts\50-lync-enable-topology.ps1 -ApprovedDigest $d -WhatIf NEXT`,
		`Lync computer .\scripts\50-lync-enable-topology.ps1 -ApprovedDigest $d NEXT`,
		`Exchange server .\scripts\60-exchange-owa-virtual-directories.ps1 -ApprovedDigest $d -WhatIf NEXT`,
		`Exchange server .\scripts\60-exchange-owa-virtual-directories.ps1 -ApprovedDigest $d NEXT`,
		one + ` .\scripts\70-exchange-im-settings.ps1 -ApprovedDigest $d -WhatIf NEXT`,
		one + ` .\scripts\70-exchange-im-settings.ps1 -ApprovedDigest $d NEXT`,
		two + ` .\scripts\70-exchange-im-settings.ps1 -ApprovedDigest $d -WhatIf NEXT`,
		two + ` .\scripts\70-exchange-im-settings.ps1 -ApprovedDigest $d NEXT`,
		`Exchange server .\scripts\80-exchange-mailbox-policies.ps1 -ApprovedDigest $d -WhatIf NEXT`,
		`Exchange server .\scripts\80-exchange-mailbox-policies.ps1 -ApprovedDigest $d NEXT`,
		one + " After a sign-in to OWA on this server: `" + `.\scripts\90-exchange-verify-exchange.ps1 -ApprovedDigest $d NEXT`,
		two + " After a sign-in to OWA on this server: `" + `.\scripts\90-exchange-verify-exchange.ps1 -ApprovedDigest $d NEXT`,
		`Lync computer .\scripts\95-lync-verify-lync.ps1 -ApprovedDigest $d NEXT`,
		`browser Sign in to OWA and look for the presence icon seen`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("the run sheet is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	text := page(t, p, "approval.md")
	for _, row := range []string{"| mbx2.litwareinc.com | 2, 5, 7 | ☐ |", "| *Lync computer*: ____ (any computer of the deployment, Lync Server Management Shell) | 3, 8 | ☐ |"} {
		if !strings.Contains(text, row) {
			t.Errorf("the rows of a computer are not listed: %s", row)
		}
	}
}

// The back-out sheet has every back-out, the last step first, and says where it ends.
func TestBackOutSheet(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		var want []string
		for _, s := range slices.Backward(p.Steps) {
			if s.BackOut != "" {
				want = append(want, strings.ReplaceAll(s.BackOut, "/", `\`))
			}
		}
		if len(want) == 0 {
			return
		}
		rows := sheet(t, p, "Back-out sheet")
		var got []string
		for _, row := range rows {
			if !strings.HasPrefix(row[1], `.\back-out`) {
				continue // one line of run.ps1 for each computer
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(row[1], `.\`), " ")
			if len(got) == 0 || got[len(got)-1] != name {
				got = append(got, name)
			}
		}
		if !slices.Equal(got, want) || rows[len(rows)-1][2] != "DONE" {
			t.Errorf("the back-out sheet runs %q and ends with %s, want %q", got, rows[len(rows)-1][2], want)
		}
	})
}

// A bundle never brings its own answer: the only digests on a page are those of the topologies and of the module.
func TestNoDigestOnThePages(t *testing.T) {
	digest := regexp.MustCompile(`\b[0-9a-f]{64}\b`)
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		for _, name := range []string{"approval.md", "approval.html", "change-record.md", "change-record.html"} {
			for _, found := range digest.FindAllString(page(t, p, name), -1) {
				if found != p.TopologyDigest && found != p.EarlierDigest && found != templates.ModuleFor(p.UsesOverride()).SHA256() {
					t.Errorf("%s holds the digest %s", name, found)
				}
			}
		}
	})
}

// For more servers than anybody prints rows for, each has one row to tick.
func TestManyServersHaveAListToTick(t *testing.T) {
	text := page(t, build(t, large(100)), "approval.md")
	if !strings.Contains(text, "| Computer | Folder checked | 10 | 70 | 90 |") || !strings.Contains(text, "| mbx-042.emea.contoso.com | ☐ | ☐ | ☐ | ☐ |") {
		t.Error("a server has no row to tick")
	}
	if n := strings.Count(text, "mbx-042.emea.contoso.com"); n != 1 {
		t.Errorf("a server is named %d times", n)
	}
	if !strings.Contains(text, "| *each server* | Exchange | `.\\scripts\\70-exchange-im-settings.ps1 -ApprovedDigest $d` |") {
		t.Error("there is no row for each server")
	}
}

func TestApprovalSaysWhatIsSkippedAndWhatReachesFarther(t *testing.T) {
	colocated := page(t, build(t, colocated()), "approval.md")
	if !strings.Contains(colocated, "Skipped, with the reason in `change-record.html`: step 40, step 50.") {
		t.Error("the skipped steps are not named")
	}
	wide := litware()
	wide.Pools[0].ClientAccessServers = topology.Selection{All: true}
	if text := page(t, build(t, wide), "approval.md"); !strings.Contains(text, "> **Step 60 reaches farther:** clientAccessServers is 'all'") {
		t.Error("nothing warns of an organisation-wide scope")
	}
}

// A canary comes first, up to its sign-off; everybody's policies come last, after that of the pilot users. The way back is
// the other way round.
func TestRunSheetOfACarefulChange(t *testing.T) {
	top := litware()
	top.Pools[0].MailboxServers = append(top.Pools[0].MailboxServers, topology.MailboxServer{FQDN: "mbx2.litwareinc.com", Thumbprint: strings.Repeat("A", 40)})
	top.Pools[0].Canary, top.PilotPolicy = "mbx2.litwareinc.com", "OWA IM pilots"
	p := build(t, top)
	for heading, want := range map[string]string{
		"Run sheet": "one 10, two 10, Lync computer 20 40 50, one 60 65, two (canary) 70 90, sign off the canary, one 70 90, " +
			"Lync computer 95, sign off the pilot, one 80, sign in to owa and look for the presence icon",
		"Back-out sheet": "one 80 70, two (canary) 70, one 65 60, Lync computer 40",
	} {
		part := strings.NewReplacer("atl-owa-001.litwareinc.com", "one", "mbx2.litwareinc.com", "two", "*", "").Replace(page(t, p, "approval.md"))
		_, part, _ = strings.Cut(part, "\n## "+heading+"\n")
		part, _, _ = strings.Cut(part, "\n## ")
		part, _, _ = strings.Cut(part, "| computer with lyncowa") // the evidence
		var got []string
		for _, m := range regexp.MustCompile(`(?m)^\| \d+ \| (.+?) \| .+? \| ([0-9, ]+|–) \| (.+?) \| ☐ \| \| \|$`).FindAllStringSubmatch(part, -1) {
			if m[2] == "–" {
				got = append(got, strings.ToLower(m[3]))
			} else {
				got = append(got, m[1]+" "+strings.ReplaceAll(m[2], ",", ""))
			}
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("the %s is\n%s\nwant\n%s", heading, text, want)
		}
	}
}
