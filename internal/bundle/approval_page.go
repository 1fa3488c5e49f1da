package bundle

import (
	"bytes"
	"cmp"
	"strconv"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// paper is the page that is printed and filled in.
type paper struct{ bytes.Buffer }

// Add adds texts that are Markdown already.
func (p *paper) Add(texts ...string) {
	for _, text := range texts {
		p.WriteString(text)
	}
}

const finishFirst = "\n**Finish a step on all servers before the next step.**"

// page writes the approval, without its seal.
func (a approval) page() []byte {
	var page paper
	a.writeTitle(&page)
	page.Add("\n", templates.ApprovalCheck)
	a.writeSignOff(&page)
	a.writeTouched(&page)
	a.writeOrder(&page)
	page.Add("\n", templates.ApprovalRules)
	for _, s := range a.sheets {
		s.write(&page)
	}
	a.writeBackOuts(&page)
	return append(bytes.TrimRight(page.Bytes(), "\n"), '\n')
}

func (a approval) writeTitle(page *paper) {
	versions, tool := a.plan.Versions, a.plan.Tool
	page.Add("# Approval: ", escape.Markdown(a.plan.Name), ", ", string(a.plan.Change), "\n\n",
		"Exchange ", versions.Exchange, ", ", versions.LyncProduct(), ". ",
		"Bundle ", escape.Code(a.plan.BundleName()), ", made by ", tool.Name, " ", tool.Version, ".\n\n",
		"What is approved is one number, the SHA-256 of the file `SHA256SUMS`. It covers every file of this folder but this page:\n\n",
		"```text\n", a.digest, "\n```\n")
}

func (a approval) writeSignOff(page *paper) {
	page.Add("## Sign-off\n\n")
	for _, b := range a.blanks {
		page.Add("- ", b.name, ": ", cmp.Or(escape.Markdown(b.value), "____"), "\n")
	}
	implementer := ""
	if name := a.plan.Topology.Change.Implementer; name != "" {
		implementer = " " + escape.Markdown(name)
	}
	page.Add("\n| Role | Name | Date and time | Signature |\n|---|---|---|---|\n",
		"| Author: wrote `topology.yaml` and rendered the bundle | | | |\n",
		"| Technical reviewer: read the scripts, **is not the author** | | | |\n",
		"| Approver: read the record, compared the digest, **is not the author** | | | |\n",
		"| Implementer: runs the sheets below |", implementer, " | | |\n")
}

func (a approval) writeTouched(page *paper) {
	page.Add("\n## What it touches\n")
	for _, s := range a.steps {
		if s.Changes() {
			page.Add("\n- Step ", strconv.Itoa(s.Order), ", ", escape.Markdown(s.Title), ": ", impact(s.Impact))
		}
	}
	page.Add("\n")
}

func (a approval) writeOrder(page *paper) {
	page.Add("\n## Order\n\n| Step | What | Where | Done: initials, time |\n|---:|---|---|---|\n")
	for _, s := range a.steps {
		where := s.sheets
		if where == "" {
			where = "**skipped**: " + escape.Markdown(s.Reason)
		}
		page.Add("| ", strconv.Itoa(s.Order), " | ", escape.Markdown(s.Title), " | ", where, " | |\n")
	}
}

func (s sheet) write(page *paper) {
	what := "one computer"
	if s.perServer {
		what = "each of these servers, one server at a time"
	}
	page.Add("\n## Sheet ", strconv.Itoa(s.number), ": ", what, "\n")
	if s.several() {
		page.Add(finishFirst, " The steps of other sheets come in between: the order is that of the table\nin section \"Order\".\n")
	}
	if !s.perServer {
		page.Add("\n")
		for _, place := range s.places {
			page.Add("- ", escape.Markdown(place), "\n")
		}
	}
	s.writeTable(page)
	if once := s.once(); once != "" {
		page.Add("\nRun all of this sheet", once, " on one and the same computer, and a back-out there too. Its name: ____\n")
	}
	for _, step := range s.steps {
		step.write(page)
	}
}

// writeTable makes a table with a cell for each step on each place.
func (s sheet) writeTable(page *paper) {
	seen := ""
	if s.byHand() {
		seen = " or what was seen"
	}
	page.Add("\nIn each cell: time, exit code", seen, ", initials.\n\n", "| ", placeColumn(s.perServer), " |")
	for _, step := range s.steps {
		page.Add(" Step ", strconv.Itoa(step.Order), " |")
	}
	page.Add("\n|---|", strings.Repeat("---|", len(s.steps)), "\n")
	page.rows(s.perServer, s.places, strings.Repeat(" |", len(s.steps)))
}

func placeColumn(perServer bool) string {
	if perServer {
		return "Server"
	}
	return "Computer"
}

// rows are a table's rows for servers, each before its empty cells; a computer that takes a role is named by whoever
// runs its steps.
func (p *paper) rows(perServer bool, servers []string, cells string) {
	if !perServer {
		p.Add("| ____ |", cells, "\n")
		return
	}
	for _, name := range servers {
		p.Add("| ", escape.Markdown(name), " |", cells, "\n")
	}
}

func (s approvalStep) write(page *paper) {
	page.Add("\n### Step ", strconv.Itoa(s.Order), ": ", escape.Markdown(s.Title), "\n\n", reason(s.Reason), "\n")
	if s.Script == "" {
		return
	}
	page.Add("\n", s.shellName, ". Rights: ", escape.Markdown(s.Rights), ".\n")
	if s.Changes() {
		page.Add("\n> ", impact(s.Impact), "\n")
	}
	page.commands(s.runLines)
}

func (p *paper) commands(lines []string) {
	p.Add("\n", escape.Fence("powershell", strings.Join(lines, "\n")))
}

func (a approval) writeBackOuts(page *paper) {
	page.Add("\n## Back-out, in reverse order\n\nOnly steps that were run. Stop at any exit code but 0 here too.\n")
	if len(a.backOuts) == 0 {
		page.Add("\nNothing to back out.\n")
	}
	for _, s := range a.backOuts {
		s.writeBackOut(page)
	}
}

func (s approvalStep) writeBackOut(page *paper) {
	oneByOne := ""
	if s.PerServer {
		oneByOne = ", one server at a time"
	}
	page.Add("\n### Back out step ", strconv.Itoa(s.Order), ", ", s.sheets, oneByOne, "\n")
	if s.several() {
		page.Add(finishFirst, "\n")
	}
	page.Add("\n", escape.Markdown(s.Undo), "\n")
	page.commands(s.backOutLines)
	page.Add("\n| ", placeColumn(s.PerServer), " | Time | Exit code | Initials |\n|---|---|---|---|\n")
	page.rows(s.PerServer, s.RunOn, " | | |")
}

// impact says who notices a step, each warning after a bold word.
func impact(i plan.Impact) string {
	text := escape.Markdown(i.Text)
	for _, w := range i.Warnings {
		text += " **WARNING:** " + escape.Markdown(w)
	}
	return strings.TrimPrefix(text, " ")
}

// reason escapes the reason of a step; the folder of OWA's logs in it is code.
func reason(text string) string {
	const logs = `Logging\OWA\InstantMessaging`
	before, after, found := strings.Cut(text, logs)
	if !found {
		return escape.Markdown(text)
	}
	return escape.Markdown(before) + escape.Code(logs) + escape.Markdown(after)
}
