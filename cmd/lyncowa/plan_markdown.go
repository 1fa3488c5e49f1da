package main

import (
	"bytes"
	"fmt"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
)

// planMarkdown shows a plan for a ticket: a table of the steps, then each step's commands, whole and in order.
func planMarkdown(p *plan.Plan) []byte {
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Plan: %s, %s\n\nExchange %s, Lync %s.\n\n", escape.Markdown(p.Name), p.Change, p.Versions.Exchange, p.Versions.Lync)
	out.WriteString("| No | Step | Shell | Where | Status |\n|---:|---|---|---|---|\n")
	for _, s := range p.Steps {
		status := string(s.Status)
		if s.Status == plan.Skipped {
			status = "**skipped**: " + escape.Markdown(s.Reason)
		}
		fmt.Fprintf(&out, "| %d | %s | %s | %s | %s |\n", s.Order, escape.Markdown(s.Title), s.Shell, escape.Markdown(whereText(s)), status)
	}
	for _, s := range p.Steps {
		if s.Kind == plan.KindChange && s.Status == plan.Planned {
			writeMarkdownStep(&out, s)
		}
	}
	return out.Bytes()
}

func writeMarkdownStep(out *bytes.Buffer, s plan.Step) {
	fmt.Fprintf(out, "\n## %d %s\n\n%s\n\n- Impact: %s\n- Back-out: %s\n", s.Order, escape.Markdown(s.Title),
		escape.Markdown(s.Reason), escape.Markdown(s.Impact.String()), escape.Markdown(s.Undo))
	for _, group := range byHost(s) {
		fmt.Fprintf(out, "\nOn %s:\n\n%s", escape.Markdown(group[0].On), escape.Fence("powershell", texts(group)))
	}
}

// byHost splits a step's commands, in their order, where the host changes.
func byHost(s plan.Step) [][]plan.Command {
	var groups [][]plan.Command
	for i, c := range s.Commands {
		if i == 0 || c.On != s.Commands[i-1].On {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], c)
	}
	return groups
}

func texts(commands []plan.Command) string {
	lines := make([]string, len(commands))
	for i, c := range commands {
		lines[i] = c.Text
	}
	return strings.Join(lines, "\n")
}
