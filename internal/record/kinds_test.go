package record_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// forEachKind runs a test on every kind of change of every example that it makes sense for.
func forEachKind(t *testing.T, test func(t *testing.T, p *plan.Plan)) {
	t.Helper()
	for _, change := range plan.Changes() {
		for _, top := range examples() {
			p, findings := plan.Build(top, []byte("source"), change, replacing(change, top))
			if len(findings) > 0 {
				continue
			}
			t.Run(fmt.Sprintf("%s of %s", change, top.Name[:min(len(top.Name), 20)]), func(t *testing.T) { test(t, p) })
		}
	}
}

// replacing gives every second server an old thumbprint, where certificates are renewed.
func replacing(change plan.Change, top *topology.Topology) plan.Option {
	old := map[string]string{}
	if change == plan.RenewCertificate {
		for i, server := range (&plan.Plan{Topology: top}).Servers() {
			if i%2 == 0 {
				old[server.FQDN] = strings.Repeat("0F", 20)
			}
		}
	}
	return plan.Replacing(old)
}

func TestEveryKindReadsTheSameInBothViews(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		if diff := cmp.Diff(readMarkdown(t, asMarkdown(p)), readHTML(t, asHTML(p))); diff != "" {
			t.Errorf("(-Markdown +HTML):\n%s", diff)
		}
	})
}

// onLync are phrases about a change of the Lync topology.
var onLync = []string{
	"New-Cs", "Remove-Cs", "Enable-Cs", "Lync topology", "40-lync", "50-lync", "RTCUniversal", "configuration export",
	"go live", "whatever was last published", "Topology Builder", "A snapshot",
}

// foreign are phrases that a kind of change has no business to use, because it does nothing of the sort.
var foreign = map[plan.Change][]string{
	plan.Integrate: {"Remove-Cs", "destructive", "old certificate", "messaging is switched off"},
	plan.Disable: append([]string{
		"recycle", "certificate", "thumbprint", "UCMA", "web.config", "event 112", "registrar", "44024", "umColocated", "SipName",
		"OCS", "icon stays blank", ", port",
	}, onLync...),
	plan.RemoveDuplicate: {
		"New-Cs", "recycle", "thumbprint", "UCMA", "web.config", "old certificate", "new certificate", "Set-Owa", "Set-UM",
		"MSExchangeOWAAppPool", "new trusted application pool", "port 0",
	},
	plan.Reapply:          append([]string{"destructive", "switched off", "new certificate", "old certificate", "old thumbprint", "Set-Owa", "Set-UM"}, onLync...),
	plan.RenewCertificate: append([]string{"destructive", "switched off", "Set-Owa", "Set-UM"}, onLync...),
}

// Nothing that a kind of change does not do may be spoken of as if it did. Both views read the same, so one is searched.
func TestNoSentenceOfAnotherKind(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		page := withoutImpacts(strings.ReplaceAll(asMarkdown(p), `\`, ""), p)
		for _, phrase := range foreign[p.Change] {
			if at := strings.Index(strings.ToLower(page), strings.ToLower(phrase)); at >= 0 {
				t.Errorf("says %q: ...%s...", phrase, page[max(0, at-100):min(len(page), at+100)])
			}
		}
	})
}

// withoutImpacts takes out the plan's own sentences on who notices what: they name what stays, too.
func withoutImpacts(page string, p *plan.Plan) string {
	for _, s := range p.Steps {
		for _, part := range append(s.Impact.Warnings, s.Impact.Text) {
			page = strings.ReplaceAll(page, part, "")
		}
	}
	return page
}

// What a board must find, in words of the kind.
func TestEveryKindSaysWhatMatters(t *testing.T) {
	for change, wanted := range map[plan.Change][]string{
		plan.Disable:          {"from the next sign-in on there is no presence", "None is needed", "no error about instant messaging"},
		plan.RemoveDuplicate:  {"This change is destructive", "creates the entry again from the state that was captured", "**stays**: not part of this change", "no endpoint", "Other people's changes go live"},
		plan.Reapply:          {"cumulative update of Exchange", "as the update left them", "Is the cumulative update finished"},
		plan.RenewCertificate: {"works with the old or with the new certificate", "Keep the old certificate on every server until the change is closed", "Old thumbprint", strings.Repeat("0F", 20)},
	} {
		p, findings := plan.Build(mixed(), nil, change, replacing(change, mixed()))
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		page := asMarkdown(p)
		for _, phrase := range wanted {
			if !strings.Contains(page, phrase) {
				t.Errorf("%s: the record does not say %q", change, phrase)
			}
		}
	}
}

// A renewal shows old and new of each server, in its row.
func TestRenewalShowsOldAndNew(t *testing.T) {
	top := mixed()
	p, _ := plan.Build(top, nil, plan.RenewCertificate, replacing(plan.RenewCertificate, top))
	page := asMarkdown(p)
	for _, r := range p.Replaces {
		if row := fmt.Sprintf("| %s | `%s` | `%s` |", r.Server, r.Old, r.New); !strings.Contains(page, row) {
			t.Errorf("no row %s", row)
		}
	}
	if n := strings.Count(page, "| no other one given |"); n != len(p.Servers())-len(p.Replaces) {
		t.Errorf("%d servers without an old thumbprint", n)
	}
}

// Every statement of the Page that a record refers to is explained in it, and none besides.
func TestStatementsAreExplained(t *testing.T) {
	mention := regexp.MustCompile(`\bP(1[0-5]|[1-9])\b`)
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		page := asMarkdown(p)
		before, table, found := strings.Cut(page, "this record refers to:")
		if !found {
			t.Fatal("no table of statements")
		}
		before = strings.ReplaceAll(before, "P1 to P15 are its statements", "")
		for _, id := range mention.FindAllString(before, -1) {
			if !strings.Contains(table, "| "+id+" |") {
				t.Errorf("%s is not explained", id)
			}
		}
	})
}

// No sentence points at a step that this kind of change does not do.
func TestNoStepThatIsNotThere(t *testing.T) {
	number := regexp.MustCompile(`[Ss]teps? (\d+)(?:, (\d+))?(?: and (?:step )?(\d+))?`)
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		known := map[string]bool{}
		for _, s := range p.Steps {
			known[fmt.Sprint(s.Order)] = true
		}
		for _, m := range number.FindAllStringSubmatch(asMarkdown(p), -1) {
			for _, n := range m[1:] {
				if n != "" && !known[n] {
					t.Errorf("%q: there is no step %s", m[0], n)
				}
			}
		}
	})
}

func TestNoEmptyTable(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		for _, table := range parseHTML(t, asHTML(p)).all("table") {
			if len(table.all("tr")) < 2 {
				t.Errorf("table %q has no row", table.all("caption")[0].content())
			}
		}
	})
}

// The picture frames what the kind changes and nothing else.
func TestPictureByKind(t *testing.T) {
	for change, want := range map[plan.Change][3]string{ // classes of entries, Client Access cards, Mailbox cards
		plan.Integrate:        {"changes", "changes", "changes"},
		plan.Disable:          {"", "changes", "stays"},
		plan.RemoveDuplicate:  {"stays", "stays", "stays"},
		plan.Reapply:          {"stays", "stays", "changes"},
		plan.RenewCertificate: {"stays", "stays", "changes"},
	} {
		top := mixed()
		top.Pools = top.Pools[:1] // servers of their own for both roles
		if change == plan.RemoveDuplicate {
			top.Pools[0].UMColocated = true
		}
		p, findings := plan.Build(top, nil, change)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		svg := parseHTML(t, asHTML(p)).all("svg")[0]
		var entries, servers []string
		for _, rect := range svg.all("rect") {
			switch kind, class, _ := strings.Cut(rect.attr["class"], " "); kind {
			case "entry":
				entries = append(entries, class)
			case "server":
				servers = append(servers, class)
			}
		}
		if len(servers) != 5 {
			t.Fatalf("%s: %d servers are drawn", change, len(servers))
		}
		wantEntries := want[0]
		if change == plan.RemoveDuplicate {
			wantEntries += " removed"
		}
		if got := strings.Join(entries, " "); got != wantEntries {
			t.Errorf("%s: entries are drawn as %q, want %q", change, got, wantEntries)
		}
		if servers[0] != want[1] || servers[4] != want[2] {
			t.Errorf("%s: servers are drawn as %q", change, servers)
		}
	}
}

// Where a version keeps what another one loses, the record says that nothing is changed.
func TestNothingToReapply(t *testing.T) {
	top := mixed()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}
	p, findings := plan.Build(top, nil, plan.Reapply)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	page := asMarkdown(p)
	for _, phrase := range []string{"writes the two settings again", "is recycled, one server", "Back-out of step", "Framed strongly"} {
		if strings.Contains(page, phrase) {
			t.Errorf("says %q: ...%s", phrase, page[max(0, strings.Index(page, phrase)-150):][:200])
		}
	}
	if !strings.Contains(page, "It changes nothing") {
		t.Error("does not say that nothing is changed")
	}
}

// Bold cannot hold code: a mark that is open at a backtick turns bold and plain around, and leaves a bold text that
// begins or ends with a blank, which is no bold in Markdown either.
func TestBoldIsWhole(t *testing.T) {
	ragged := regexp.MustCompile(`<strong>\s[^<]*|[^>]*\s</strong>`)
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		for _, found := range ragged.FindAllString(asHTML(p), -1) {
			t.Errorf("bold that is not whole: %q", found)
		}
	})
}

// The record is sealed: wherever it has room for writing, it says that one writes elsewhere.
func TestRoomForWritingSaysThatTheRecordIsSealed(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		page := parseHTML(t, asHTML(p))
		wanted := []string{"summary", "identification", "questions", "approvals"}
		if slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.BackOut != "" }) {
			wanted = append(wanted, "back-out-trigger")
		}
		for _, section := range page.all("section") {
			if slices.Contains(wanted, section.attr["id"]) && !strings.Contains(section.content(), "Do not write into this file") {
				t.Errorf("section %s does not say that it is sealed", section.attr["id"])
			}
		}
	})
}

// Servers that step 30 adds to dial plans are known by their own names; their trusted pool is for the shared one.
func TestTrustedPoolWhoseServersGoIntoDialPlans(t *testing.T) {
	top := mixed()
	top.Pools[0].TrustedComputers = nil
	top.Pools[0].SipDialPlans = topology.Selection{Names: []string{"Redmond SIP"}}
	markdown, _ := render(t, top)
	if want := "known under their own names by the dial plans of step 30; the trusted application pool is for the shared name owa-pool.contoso.com, which discovery never yields"; !strings.Contains(markdown, want) {
		t.Errorf("the record does not say %q", want)
	}
	for _, untrue := range []string{"Its servers are not discovered", "knows the OWA servers only through"} {
		if strings.Contains(markdown, untrue) {
			t.Errorf("of servers in a dial plan the record says %q", untrue)
		}
	}
}

func TestLyncPoolsAreAskedOnce(t *testing.T) {
	top := large(60) // two OWA pools a Lync pool
	top.Pools[0].Registrar, top.Pools[1].Registrar, top.Pools[2].Registrar = "a.contoso.com", "b.contoso.com", "a.contoso.com"
	top.Pools = top.Pools[:3]
	markdown, _ := render(t, top)
	if !strings.Contains(markdown, "On a Front End of a.contoso.com, b.contoso.com: does") {
		t.Error("the Lync pools A, B, A are not asked as A, B")
	}
}

func TestWhoNoticesIt(t *testing.T) {
	top := mixed()
	named, _ := render(t, top)
	top.MailboxPolicies = topology.Selection{All: true}
	all, _ := render(t, top)
	for page, want := range map[string]string{named: "Every user with the mailbox policy Default or Branch", all: "**Every OWA user of the organisation**, because every mailbox policy is touched"} {
		if !strings.Contains(page, want) || !strings.Contains(page, "Between steps 60 and 70 a sign-in can show a blank presence") {
			t.Errorf("the summary does not say %q", want)
		}
	}
}

// in2016 is mixed with Exchange 2016: its settings are in three setting overrides, one of them of two servers.
func in2016(t *testing.T, change plan.Change) string {
	t.Helper()
	top := mixed()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2019"}
	p, findings := plan.Build(top, nil, change, replacing(change, top))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return strings.ReplaceAll(asMarkdown(p), `\`, "")
}

func TestOverrideIsOneObjectForItsServers(t *testing.T) {
	for _, change := range []plan.Change{plan.Integrate, plan.RenewCertificate} {
		page := in2016(t, change)
		for _, want := range []string{
			"it changes for all of them when step 70 runs on the first",
			"| `OWA IM owa-pool.contoso.com mbx1` | mbx1, mbx2 | `IMServerName=lync-red.contoso.com`, `IMCertificateThumbprint=" + strings.Repeat("3C", 20) + "` |",
			"Active Directory |",
			"not from the Page",
			"takes a setting override back for all of its servers",
			"Has step 10 passed on **every** server",
			"each server whose setting override this change made or changed recycles once",
			"up to 15 minutes **on each server**",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the record does not say %q", change, want)
			}
		}
		for _, untrue := range []string{
			"only where something was changed", "OWA is not recycled", "works with the old or with the new certificate at any moment",
			"At any moment each server works", "Each server is switched on its own", "on one Mailbox server after the other", "then one server at a time.",
		} {
			if strings.Contains(page, untrue) {
				t.Errorf("%s: the record says %q", change, untrue)
			}
		}
	}
}

func TestWebConfigIsOneServersOwn(t *testing.T) {
	p, _ := plan.Build(mixed(), nil, plan.RenewCertificate, replacing(plan.RenewCertificate, mixed()))
	page := asMarkdown(p)
	for _, want := range []string{"At any moment each server works with the old or with the new certificate", "Each server is switched on its own", "its OWA is not recycled"} {
		if !strings.Contains(page, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	if strings.Contains(page, "setting override") {
		t.Error("the record speaks of a setting override that is not there")
	}
}

func TestUnscopedOverrideIsForEveryServer(t *testing.T) {
	top := litware()
	top.Versions = topology.Versions{Exchange: "2019", Lync: "2019"}
	markdown, _ := render(t, top)
	if !strings.Contains(markdown, "| **not scoped: every Exchange server of the organisation**") {
		t.Error("the record does not say for whom an override without a scope is")
	}
}
