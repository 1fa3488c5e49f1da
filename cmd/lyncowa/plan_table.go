package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"lyncowa/internal/plan"
)

// The columns of the table. It is as wide on every terminal: what it shows can be pasted and compared.
const (
	tableWidth = 98
	tableRow   = "%-3s %-24s %-9s %-8s %s\n"
	whereStart = 3 + 1 + 24 + 1 + 9 + 1 + 8 + 1
	detailFrom = "    "
)

// planTable shows a plan to a person: a row a step, and below it what it does.
func planTable(p *plan.Plan) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %s, Exchange %s, Lync %s\n\n", printable(p.Name), p.Change, p.Versions.Exchange, p.Versions.Lync)
	fmt.Fprintf(&out, tableRow, "NO", "STEP", "SHELL", "STATUS", "WHERE")
	for _, s := range p.Steps {
		writeStep(&out, s)
	}
	return out.Bytes()
}

func writeStep(out *bytes.Buffer, s plan.Step) {
	where := wrap(whereText(s), tableWidth-whereStart)
	row := fmt.Sprintf(tableRow, fmt.Sprint(s.Order), s.ID, s.Shell, s.Status, where[0])
	out.WriteString(strings.TrimRight(row, " \n") + "\n")
	for _, line := range where[1:] {
		fmt.Fprintf(out, "%*s%s\n", whereStart, "", line)
	}
	detail(out, "%s: %s", s.Kind, s.Title)
	if s.Status == plan.Skipped {
		detail(out, "skipped: %s", s.Reason)
	} else if s.Kind == plan.KindManual || s.Kind == plan.KindVerify {
		detail(out, "%s", s.Reason)
	}
	on := ""
	for _, c := range s.Commands {
		if s.PerServer && c.On != on {
			on = c.On
			detail(out, "on %s", on)
		}
		detail(out, "> %s", c.Text)
	}
	if s.Changes() {
		detail(out, "impact: %s", s.Impact)
	}
	out.WriteByte('\n')
}

// whereText says where a step runs, in one line.
func whereText(s plan.Step) string {
	where := strings.Join(s.RunOn, ", ")
	if s.PerServer {
		return "each of " + where
	}
	return where
}

// detail writes one paragraph below a step, the lines after its first one indented further.
func detail(out *bytes.Buffer, format string, values ...any) {
	const hang = "  "
	for i, line := range wrap(fmt.Sprintf(format, values...), tableWidth-len(detailFrom)-len(hang)) {
		if i > 0 {
			line = hang + line
		}
		fmt.Fprintf(out, "%s%s\n", detailFrom, line)
	}
}

// wrap breaks text at blanks into lines of at most width characters; a longer word gets a line of its own. It
// returns at least one line.
func wrap(text string, width int) []string {
	lines := []string{""}
	for _, word := range strings.Fields(printable(text)) {
		last := &lines[len(lines)-1]
		switch {
		case *last == "":
			*last = word
		case utf8.RuneCountInString(*last)+1+utf8.RuneCountInString(word) <= width:
			*last += " " + word
		default:
			lines = append(lines, word)
		}
	}
	return lines
}
