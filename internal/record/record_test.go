package record_test

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/plan/plantest"
	"lyncowa/internal/record"
	"lyncowa/internal/topology"
)

// page makes one page of a plan. It renders the pages of each plan of forEachKind once, because many tests read them.
func page(t testing.TB, p *plan.Plan, path string) string {
	t.Helper()
	files := pagesOfKinds[p]
	if files == nil {
		var err error
		if files, err = record.Pages(p); err != nil {
			t.Fatal(err)
		}
	}
	if _, isShared := pagesOfKinds[p]; isShared {
		pagesOfKinds[p] = files
	}
	for _, f := range files {
		if f.Path == path {
			return string(f.Data)
		}
	}
	t.Fatalf("there is no page %s", path)
	return ""
}

func markdown(t testing.TB, p *plan.Plan) string {
	t.Helper()
	return page(t, p, "change-record.md")
}

// pagesOfKinds has the pages of the plans of forEachKind; nil before the first test reads them.
var pagesOfKinds = map[*plan.Plan][]record.File{}

// namedPlan is a plan with the name of its test.
type namedPlan struct {
	name string
	plan *plan.Plan
}

// plansOfKinds are the plans of each kind of change and version for every example that allows them.
var plansOfKinds = sync.OnceValue(func() []namedPlan {
	var plans []namedPlan
	for _, change := range plan.Changes() {
		for _, versions := range []topology.Versions{{Exchange: "2013", Lync: "2013"}, {Exchange: "2016", Lync: "2015"}, {Exchange: "2019", Lync: "2019"}} {
			for _, top := range examples() {
				isColocated := len((&plan.Plan{Topology: top}).DiscoveredPools()) > 0
				if versions.Exchange == "2019" && isColocated {
					continue // the rules refuse that
				}
				top.Versions = versions
				p, findings := plan.Build(top, []byte("source"), change, replacing(change, top), plantest.Earlier(top))
				if len(findings) > 0 {
					continue
				}
				plans = append(plans, namedPlan{fmt.Sprintf("%s of %.20s on %s", change, top.Name, versions.Exchange), p})
				pagesOfKinds[p] = nil
			}
		}
	}
	return plans
})

// forEachKind runs a test on each of these plans. The tests must not change the plans.
func forEachKind(t *testing.T, test func(t *testing.T, p *plan.Plan)) {
	t.Helper()
	for _, p := range plansOfKinds() {
		t.Run(p.name, func(t *testing.T) { test(t, p.plan) })
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

func TestBothFormatsSayTheSame(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		for _, name := range []string{"change-record", "approval"} {
			inMarkdown, inHTML := readMarkdown(t, page(t, p, name+".md")), readHTML(t, page(t, p, name+".html"))
			for i := range min(len(inMarkdown), len(inHTML)) {
				if inMarkdown[i] != inHTML[i] {
					t.Fatalf("%s: Markdown reads %q, HTML %q", name, inMarkdown[i], inHTML[i])
				}
			}
			if len(inMarkdown) != len(inHTML) {
				t.Errorf("%s: %d texts in Markdown, %d in HTML", name, len(inMarkdown), len(inHTML))
			}
		}
	})
}

// Text of a topology that could be taken for markup is on the page as it is.
func TestHostileTextIsText(t *testing.T) {
	p := build(t, hostile())
	for _, name := range record.Paths {
		text := page(t, p, name)
		if strings.HasSuffix(name, ".html") {
			parsed := parseHTML(t, text)
			for _, forbidden := range []string{"script", "img", "a", "em-x"} {
				if n := len(parsed.all(forbidden)); n > 0 {
					t.Errorf("%s has %d elements %s", name, n, forbidden)
				}
			}
			text = strings.Join(strings.Fields(parsed.content()), " ")
		} else {
			text = strings.Join(readMarkdown(t, text), " ")
		}
		if !strings.Contains(text, poison) {
			t.Errorf("%s does not hold the text as it is: %q", name, poison)
		}
	}
}

func TestSamePlanSameBytes(t *testing.T) {
	for _, top := range examples() {
		p := build(t, top)
		for _, name := range record.Paths {
			text := page(t, p, name)
			if text != page(t, build(t, top), name) {
				t.Errorf("%s of %s: two runs differ", name, top.Name)
			}
			if strings.Contains(text, "\r") || !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
				t.Errorf("%s of %s: line ends are not LF with one at the end", name, top.Name)
			}
			if strings.Contains(text, "<no value>") || strings.Contains(text, "%!") {
				t.Errorf("%s of %s: a value is missing", name, top.Name)
			}
		}
	}
}

// A row or section that each question of a change form is answered by is there, and says something.
func TestQuestionsAreAnswered(t *testing.T) {
	early := 0
	for _, q := range questions {
		if q.page < 3 {
			early++
		}
	}
	if len(questions) < 30 || early < 24 {
		t.Errorf("%d questions, %d of them on two pages", len(questions), early)
	}
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		text := markdown(t, p)
		first, appendix, _ := strings.Cut(text, "\n## Servers and settings\n")
		one, two, _ := strings.Cut(first, "\n## The commands\n")
		parts := []string{"", one, "\n## The commands\n" + two, "\n## Servers and settings\n" + appendix}
		for _, q := range questions {
			row := regexp.MustCompile(`(?m)^\| \*\*` + q.answer + `\*\* \| (.+) \|$`).FindStringSubmatch(parts[q.page])
			_, section, isSection := strings.Cut(parts[q.page], "\n## "+q.answer+"\n")
			section, _, _ = strings.Cut(section, "\n## ")
			if !(isSection && len(strings.Fields(section)) > 5) && row == nil {
				t.Errorf("page %d does not answer %q: no %q", q.page, q.ask, q.answer)
			}
			if row != nil && strings.TrimSpace(row[1]) == "" {
				t.Errorf("%s says nothing", q.answer)
			}
		}
	})
}

// The commands of a plan that a person can read one by one stand exactly on page two.
func TestEveryCommandStandsExactly(t *testing.T) {
	for _, top := range []*topology.Topology{litware(), colocated(), mixed()} {
		p := build(t, top)
		read := readMarkdown(t, markdown(t, p))
		for _, s := range p.Steps {
			for _, c := range s.Commands {
				found := false
				for _, text := range read {
					found = found || text == "cell: "+c.Text
				}
				if !found {
					t.Errorf("%s: step %d: no cell reads %s", top.Name, s.Order, c.Text)
				}
			}
		}
	}
}

// Of many commands of one form the form is there, with their number, and each server once.
func TestManyServersAreGrouped(t *testing.T) {
	p := build(t, large(200))
	text := strings.ReplaceAll(markdown(t, p), `\`, "")
	for _, want := range []string{
		"| 60 | Exchange | `Get-OwaVirtualDirectory -Server <server> | Set-OwaVirtualDirectory -InstantMessagingEnabled $true -InstantMessagingType OCS` *(200 times,",
		"<add key=\"IMCertificateThumbprint\" value=\"<thumbprint>\"/>` *(200 times,",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	if n := strings.Count(text, "mbx-123.emea.contoso.com"); n != 1 {
		t.Errorf("a server is named %d times", n)
	}
}

func TestWords(t *testing.T) {
	for _, c := range []struct {
		top  *topology.Topology
		most int
	}{{litware(), 2500}, {mixed(), 4500}, {onePool(9), 4500}} {
		if n := len(strings.Fields(markdown(t, build(t, c.top)))); n > c.most {
			t.Errorf("the record of %s has %d words, more than %d", c.top.Name, n, c.most)
		}
	}
}

// Names beyond ASCII are on both pages as themselves, with what scripts have for them.
func TestNamesBeyondASCII(t *testing.T) {
	top := litware()
	top.MailboxPolicies.Names = []string{"Büro"}
	p := build(t, top)
	for _, name := range []string{"change-record.md", "approval.md"} {
		if want := "| Büro | `('B' + [char]0x00FC + 'ro')` |"; !strings.Contains(page(t, p, name), want) {
			t.Errorf("%s does not have the row %q", name, want)
		}
	}
}

func TestLongTextsStandInTheAppendix(t *testing.T) {
	top := litware()
	top.Change.Reason = strings.Repeat("Users ask for presence. ", 40)
	first, appendix, _ := strings.Cut(markdown(t, build(t, top)), "\n## Servers and settings\n")
	if strings.Contains(first, "Users ask") || !strings.Contains(first, "\"Texts of the requester\"") || !strings.Contains(appendix, "| reason | Users ask") {
		t.Error("a long reason is not in the appendix alone")
	}
}

func TestWindow(t *testing.T) {
	top := mixed() // 2026-05-02T22:00:00+02:00 to 2026-05-03T04:00:00+02:00
	text := markdown(t, build(t, top))
	for _, want := range []string{"| **Window** | 2026-05-02 22:00 (+02:00) to 2026-05-03 04:00 (+02:00) |", "**Begin it by 2026-05-0"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	if strings.Contains(text, "too short") {
		t.Error("six hours are too short")
	}
	top.Change.WindowEnd = "2026-05-02T22:30:00+02:00"
	if !strings.Contains(markdown(t, build(t, top)), "too short") {
		t.Error("half an hour is not too short")
	}
}

// Without a window, page one has blanks.
func TestBlanks(t *testing.T) {
	text := markdown(t, build(t, litware()))
	for _, want := range []string{"| **Window** | ____ to ____ |", "| **Form** | Type ____ · priority ____ · category ____ · group ____ |", "**Begin it by ____.**", "| **Why** | ____ |"} {
		if !strings.Contains(text, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
}

// BenchmarkPages shows how the cost of the pages grows with the number of servers.
func BenchmarkPages(b *testing.B) {
	for _, servers := range []int{1, 100, 10_000} {
		p := build(b, large(servers))
		b.Run(fmt.Sprintf("servers=%d", servers), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := record.Pages(p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
