package explain

import (
	"fmt"
	"slices"
	"strings"
	"text/template"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// width of a line of prose, in characters.
const width = 78

// functions are what articles and topics use to lay out their words.
var functions = template.FuncMap{
	"fill": fill,
	"join": strings.Join,
	"line": func(id, about string) string { return fmt.Sprintf("  %-28s  %s\n", id, about) },
	"list": func(keys ...string) []string { return keys },

	"example":       example,
	"uncapitalised": func(title string) string { return strings.ToLower(title[:1]) + title[1:] },
}

// page is a template of articles.tmpl with its values.
func (a *Articles) page(name string, values any) string {
	articles := template.New("").Funcs(functions).Funcs(template.FuncMap{"cited": a.cited})
	return mustExecute(template.Must(articles.ParseFS(files, "articles.tmpl")).Lookup(name), values)
}

// mustExecute panics only for a mistake in a template of this package: every page has a test.
func mustExecute(t *template.Template, values any) string {
	var out strings.Builder
	if err := t.Execute(&out, values); err != nil {
		panic(err)
	}
	return out.String()
}

// Titles are the step's titles in the kinds of change, each once.
func (s Step) Titles() []string {
	return s.distinct(func(in plan.Listed) []string { return []string{in.Title} })
}

// Sources are the keys of the step's sources in the kinds of change, each once.
func (s Step) Sources() []string {
	return s.distinct(func(in plan.Listed) []string { return in.Sources })
}

func (s Step) distinct(texts func(plan.Listed) []string) []string {
	var all []string
	for _, in := range s.In {
		for _, text := range texts(in) {
			if !slices.Contains(all, text) {
				all = append(all, text)
			}
		}
	}
	return all
}

// Commands are what the step does for its example, as plan.json shows it.
func (s Step) Commands() []string {
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

// cited are sources by their keys, then the pages that they are statements of.
func (a *Articles) cited(keys []string) string {
	var out strings.Builder
	keys = slices.Clone(keys)
	for i := 0; i < len(keys); i++ {
		s := a.sources[keys[i]]
		if s.Page != "" {
			fmt.Fprintf(&out, "  %s: %s\n", keys[i], s.Says)
		} else {
			fmt.Fprintf(&out, "  %s\n", s.Says)
		}
		if s.URL != "" {
			fmt.Fprintf(&out, "  %s\n", s.URL)
		}
		if s.Page != "" && !slices.Contains(keys, s.Page) {
			keys = append(keys, s.Page)
		}
	}
	return out.String()
}

// example indents a part of a topology by two levels; "" stands for the smallest topology.
func example(text string) string {
	if text == "" {
		text = Smallest
	}
	return indent("    ", text)
}

func indent(margin, text string) string {
	return margin + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n"+margin) + "\n"
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
