package record_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// The pages are made for paper. This prints them with Chromium and reads the result with pdftotext; where one of the two
// is not there, it is skipped, and TestQuestionsAreAnswered still checks the order of the text.
func TestPrintedPages(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: printing takes seconds")
	}
	for _, tool := range []string{"chromium", "pdftotext"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not on PATH", tool)
		}
	}
	in := func(exchange, lync string) topology.Versions {
		return topology.Versions{Exchange: exchange, Lync: lync}
	}
	for _, c := range []struct {
		change   plan.Change
		top      *topology.Topology
		versions topology.Versions
		most     int // pages
	}{
		{plan.Integrate, litware(), in("2013", "2013"), 8},
		{plan.Integrate, mixed(), in("2016", "2019"), 10},
		{plan.Integrate, litware(), in("2019", "2019"), 8},
		{plan.Disable, colocated(), in("2013", "2013"), 8},
		{plan.RemoveDuplicate, mixed(), in("2016", "2015"), 8},
		{plan.Reapply, mixed(), in("2013", "2015"), 8},
		{plan.Reapply, litware(), in("2019", "2019"), 8},
		{plan.RenewCertificate, mixed(), in("2013", "2013"), 8},
	} {
		c.top.Versions = c.versions
		p, findings := plan.Build(c.top, nil, c.change)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		papers := []string{"A4"}
		if c.change == plan.Integrate {
			papers = append(papers, "letter")
		}
		for _, paper := range papers {
			name := fmt.Sprintf("%s on %s, %s", c.change, c.versions.Exchange, paper)
			t.Run(name, func(t *testing.T) { checkPrinted(t, p, paper, c.most) })
			if c.change == plan.Integrate {
				marked := withState(build(t, c.top), "there is no such trusted application pool, but one of another name")
				t.Run(name+", with the state before", func(t *testing.T) { checkPrinted(t, marked, paper, c.most+1) })
			}
		}
	}
}

func checkPrinted(t *testing.T, p *plan.Plan, paper string, most int) {
	t.Helper()
	pages := printed(t, page(t, p, "change-record.html"), paper)
	if len(pages) > most {
		t.Errorf("%d pages, more than %d", len(pages), most)
	}
	for _, q := range questions {
		if q.page < 3 && !strings.Contains(pages[q.page-1], q.answer) {
			t.Errorf("page %d does not answer %q: no %q", q.page, q.ask, q.answer)
		}
	}
}

// printed is the text of each page of a printed page.
func printed(t *testing.T, html, paper string) []string {
	t.Helper()
	dir := t.TempDir()
	file, pdf := filepath.Join(dir, "page.html"), filepath.Join(dir, "page.pdf")
	html = strings.Replace(html, "@page { margin", "@page { size: "+paper+"; margin", 1)
	if err := os.WriteFile(file, []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
	chromium := exec.Command("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--no-pdf-header-footer", "--print-to-pdf="+pdf, "file://"+file)
	if out, err := chromium.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	text, err := exec.Command("pdftotext", "-layout", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}
