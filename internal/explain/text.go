package explain

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// width of a line of prose, in characters.
const width = 78

// List names everything there is to explain, grouped: an id and one line each.
func (a *Articles) List() string {
	var out strings.Builder
	for _, g := range a.Groups {
		fmt.Fprintf(&out, "Findings: %s\n", strings.ToLower(g.Title[:1])+g.Title[1:])
		for _, f := range g.Findings {
			out.WriteString(f.line())
		}
		out.WriteString("\n")
	}
	out.WriteString("Steps\n")
	for _, s := range a.Steps {
		out.WriteString(s.line())
	}
	out.WriteString("\nSources: what Microsoft's page of the procedure states\n")
	for _, key := range a.statements() {
		out.WriteString(line(key, a.sources[key].Says))
	}
	return out.String()
}

// line is an id with what it is about.
func line(id, about string) string { return fmt.Sprintf("  %-28s  %s\n", id, about) }

func (f Finding) line() string { return line(f.ID, f.What) }

func (s Step) line() string {
	return line(s.ID, fmt.Sprintf("%d  %s", s.Order, strings.Join(s.titles(), "; ")))
}

// titles are the step's titles in the kinds of change, each once.
func (s Step) titles() []string {
	var titles []string
	for _, in := range s.In {
		if !slices.Contains(titles, in.Title) {
			titles = append(titles, in.Title)
		}
	}
	return titles
}

// FindingText is the article about a finding, for a person.
func (a *Articles) FindingText(f Finding) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s (%s)\n%s\n", f.ID, f.Severity, fill("  ", f.What))
	fmt.Fprintf(&out, "why\n%s\nfix\n%s\n", fill("  ", f.Why), fill("  ", f.Fix))
	fmt.Fprintf(&out, "wrong\n%s\nright\n%s\n", indent(f.Wrong), indent(f.Right))
	fmt.Fprintf(&out, "source\n%s", a.cited(f.Sources))
	return out.String()
}

// StepText is the article about a step, for a person. The commands are those of the plan for the example.
func (a *Articles) StepText(s Step) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s (step %d)\n%s\n", s.ID, s.Order, fill("  ", s.What))
	fmt.Fprintf(&out, "why\n%s\nif it does not pass\n%s\n", fill("  ", s.Why), fill("  ", s.Fix))
	out.WriteString("in\n")
	var sources []string
	for _, in := range s.In {
		fmt.Fprintf(&out, "  %-18s  %s\n", in.Change, in.Title)
		for _, p := range in.Sources {
			if !slices.Contains(sources, p) {
				sources = append(sources, p)
			}
		}
	}
	if commands := s.commands(); len(commands) > 0 {
		fmt.Fprintf(&out, "\nexample\n%s\n  changes\n%s", indent(s.Example), indent(strings.Join(commands, "\n")))
	}
	fmt.Fprintf(&out, "\nsource\n%s", a.cited(sources))
	return out.String()
}

// commands are what the step does for its example, as plan.json shows it.
func (s Step) commands() []string {
	source := []byte(Complete(s.Example))
	top, _ := topology.Load("", source)
	if top == nil {
		return nil
	}
	p, _ := plan.Build(top, source, s.In[0].Change)
	if p == nil {
		return nil
	}
	step, _ := p.Step(s.ID)
	var texts []string
	for _, c := range step.Commands {
		texts = append(texts, c.Text)
	}
	return texts
}

// cited are the sources by their keys, with their addresses at the end.
func (a *Articles) cited(keys []string) string {
	var out strings.Builder
	var pages []string
	cite := func(key string) {
		s := a.sources[key]
		fmt.Fprintf(&out, "  %s\n", strings.TrimSpace(label(key)+s.Says))
		if s.URL != "" {
			fmt.Fprintf(&out, "  %s\n", s.URL)
		}
	}
	for _, key := range keys {
		cite(key)
		if page := a.sources[key].Page; page != "" && !slices.Contains(pages, page) {
			pages = append(pages, page)
		}
	}
	for _, page := range pages {
		cite(page)
	}
	return out.String()
}

// label is the number of a statement of the procedure, as plan and change record quote it.
func label(key string) string {
	if key[0] != 'P' {
		return ""
	}
	return key + ": "
}

// indent is an example two levels in.
func indent(text string) string {
	if text == "" {
		text = Smallest
	}
	return "    " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n    ") + "\n"
}

// fill breaks prose into lines.
func fill(margin, text string) string {
	var out strings.Builder
	line := margin
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != margin {
			out.WriteString(line + "\n")
			line = margin
		}
		if line != margin {
			line += " "
		}
		line += word
	}
	return out.String() + line + "\n"
}
