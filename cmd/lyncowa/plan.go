package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/escape"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
)

func newPlan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan FILE",
		Short: "Show the steps in order, with reasons and commands",
		Long: `Show the steps in order: where each one runs, its commands that change something,
and its impact on users. plan writes no file.

With --inventory each command says whether the farm has it already: done, change,
conflict, or unknown where no inventory tells. A conflict is an error. --check
is for a pipeline that looks for drift: exit code 0 if all is done, 2 if something
is to change or unknown, 1 if there is a conflict.`,
		Example: `  lyncowa plan topology.yaml
  lyncowa plan topology.yaml --format markdown
  lyncowa plan topology.yaml --change renew-certificate --from old-topology.yaml
  lyncowa plan topology.yaml --change add-server --from old-topology.yaml
  lyncowa plan topology.yaml --inventory lyncowa-inventory --check`,
		Args:              topologies(1, 1),
		ValidArgsFunction: completeTopologies,
	}
	change := addChangeFlags(cmd)
	format := addChoice(cmd, "format", "how to show the steps", "table", "json", "markdown")
	check := cmd.Flags().Bool("check", false, "with --inventory: exit code 2 unless everything is done")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if *check && len(*change.inventories) == 0 {
			return badCommandLine(cmd, "--check compares with facts: it needs --inventory")
		}
		p, err := makePlan(cmd, args[0], change)
		if p == nil || err != nil && !errors.Is(err, errFindings) {
			return err
		}
		if err := writePlan(cmd.OutOrStdout(), *format, p); err != nil {
			return err
		}
		switch {
		case err != nil:
			return err
		case p.Totals != nil && p.Totals.Conflict > 0:
			return errFindings
		case p.Totals != nil && p.Totals.Change+p.Totals.Unknown == 0:
			return nil
		case *check:
			return errDifferences
		case *format == "table" && args[0] != "-":
			next(cmd.OutOrStdout(), "lyncowa render "+quoted(args[0])+change.repeated())
		}
		return nil
	}
	return cmd
}

func writePlan(w io.Writer, format string, p *plan.Plan) error {
	var text []byte
	var err error
	switch format {
	case "json":
		text, err = bundle.EncodePlan(p)
	case "markdown":
		text = planMarkdown(p)
	default:
		text = planTable(p)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// The columns of the table. Its width is the same on every terminal, so that two tables can be compared.
const (
	tableWidth = 98
	tableRow   = "%-3s %-24s %-9s %-8s %s\n"
	whereStart = 3 + 1 + 24 + 1 + 9 + 1 + 8 + 1
	detailFrom = "    "
)

// planTable shows a plan to a person: a row for each step, and below it what the step does.
func planTable(p *plan.Plan) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%s: %s, Exchange %s, Lync %s%s\n\n", printable(p.Name), p.Change, p.Versions.Exchange, p.Versions.Lync, stateOf(p))
	fmt.Fprintf(&out, tableRow, "NO", "STEP", "SHELL", "STATUS", "WHERE")
	for _, s := range p.Visits() {
		writeStep(&out, s)
	}
	fmt.Fprintf(&out, "total: %s\n", totals(p))
	return out.Bytes()
}

// stateOf says of when the states are; "" without an inventory.
func stateOf(p *plan.Plan) string {
	if p.Totals == nil {
		return ""
	}
	return "; state of " + p.StateOf()
}

// totals says how many commands are to change something. Without an inventory nobody knows what is done already.
func totals(p *plan.Plan) string {
	t := p.Totals
	if t == nil {
		n := 0
		for _, s := range p.Steps {
			n += len(s.Commands)
		}
		return fmt.Sprintf("at most %d to change", n)
	}
	return fmt.Sprintf("%d to change, %d done, %s, %d unknown", t.Change, t.Done, inventory.Count(t.Conflict, "conflict"), t.Unknown)
}

func writeStep(out *bytes.Buffer, s plan.Step) {
	places := wrap(where(s), tableWidth-whereStart)
	row := fmt.Sprintf(tableRow, fmt.Sprint(s.Order), s.ID, s.Shell, s.Status, places[0])
	out.WriteString(strings.TrimRight(row, " \n") + "\n")
	for _, line := range places[1:] {
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
		if c.State == "" {
			detail(out, "> %s", c.Text)
		} else {
			detail(out, "%s> %s (%s)", c.State, c.Text, c.Fact)
		}
	}
	if s.Changes() {
		detail(out, "impact: %s", s.Impact)
	}
	out.WriteByte('\n')
}

// where is the place where a step runs, in one line.
func where(s plan.Step) string {
	places := strings.Join(s.RunOn, ", ")
	switch {
	case s.PerServer && len(s.Canary) > 0:
		return "first on " + places
	case s.PerServer:
		return "each of " + places
	}
	return places
}

// detail writes a paragraph below a step. It indents the lines after the first one further.
func detail(out *bytes.Buffer, format string, values ...any) {
	const hang = "  "
	for i, line := range wrap(fmt.Sprintf(format, values...), tableWidth-len(detailFrom)-len(hang)) {
		if i > 0 {
			line = hang + line
		}
		fmt.Fprintf(out, "%s%s\n", detailFrom, line)
	}
}

// wrap breaks text at spaces into one or more lines of at most width characters. A longer word gets its own line.
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

// planMarkdown shows a plan for a ticket: a table of the steps, then the commands of each changing step.
func planMarkdown(p *plan.Plan) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Plan: %s, %s\n\nExchange %s, Lync %s%s.\n\n",
		escape.Markdown(p.Name), p.Change, p.Versions.Exchange, p.Versions.Lync, stateOf(p))
	fmt.Fprintf(&out, "Total: %s.\n\n", totals(p))
	out.WriteString("| No | Step | Shell | Where | Status |\n|---:|---|---|---|---|\n")
	for _, s := range p.Visits() {
		status := string(s.Status)
		if s.Status == plan.Skipped {
			status = "**skipped**: " + escape.Markdown(s.Reason)
		}
		fmt.Fprintf(&out, "| %d | %s | %s | %s | %s |\n", s.Order, escape.Markdown(s.Title), s.Shell, escape.Markdown(where(s)), status)
	}
	for _, s := range p.Visits() {
		if s.Changes() {
			fmt.Fprintf(&out, "\n## %d %s\n\n%s\n\n- Impact: %s\n- Back-out: %s\n", s.Order, escape.Markdown(s.Title),
				escape.Markdown(s.Reason), escape.Markdown(s.Impact.String()), escape.Markdown(s.Undo))
			writeMarkdownCommands(&out, s.Commands)
		}
	}
	return out.Bytes()
}

// writeMarkdownCommands writes commands in their order, with a block where the host changes.
func writeMarkdownCommands(out *bytes.Buffer, commands []plan.Command) {
	for i := 0; i < len(commands); {
		on := commands[i].On
		var lines []string
		for ; i < len(commands) && commands[i].On == on; i++ {
			line := commands[i].Text
			if commands[i].State != "" {
				line += fmt.Sprintf("  # %s: %s", commands[i].State, commands[i].Fact)
			}
			lines = append(lines, line)
		}
		fmt.Fprintf(out, "\nOn %s:\n\n%s", escape.Markdown(on), escape.Fence("powershell", strings.Join(lines, "\n")))
	}
}
