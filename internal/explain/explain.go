// Package explain holds the article of each finding, step and statement of the procedure, such as P3: what it is, why it
// matters, what to do, its sources and an example.
//
// The words are in findings.yaml, steps.yaml and sources.yaml, the pages in articles.tmpl and topics. Meanings of rules
// and titles of steps come from the rules and the plan, so that they cannot differ. Nothing here judges a topology.
package explain

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"lyncowa/internal/evidence"
	"lyncowa/internal/finding"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

//go:embed findings.yaml steps.yaml sources.yaml articles.tmpl topics
var files embed.FS

// Finding is the article of an id, which a message shows in brackets.
type Finding struct {
	ID       string           `yaml:"id"`
	Severity finding.Severity `yaml:"severity"`
	What     string           `yaml:"what"` // one line
	Why      string           `yaml:"why"`
	Fix      string           `yaml:"fix"`
	Sources  []string         `yaml:"sources"` // keys of sources.yaml
	Wrong    string           `yaml:"wrong"`
	Right    string           `yaml:"right"`
}

// Group is the findings of one stage, in the order of the checks.
type Group struct {
	Title    string    `yaml:"title"`
	Findings []Finding `yaml:"findings"`
}

// Step is the article of one step, for all kinds of change that have it.
type Step struct {
	ID      string `yaml:"id"`
	What    string `yaml:"what"`
	Why     string `yaml:"why"`
	Fix     string `yaml:"fix"`
	Prepare string `yaml:"prepare"` // commands that a person runs before the change; usually ""
	Example string `yaml:"example"` // the part of a topology that gives the commands; "" for the smallest topology

	Order int           `yaml:"-"` // in the first of these kinds of change
	In    []plan.Listed `yaml:"-"` // the kinds of change, in the plan's order
}

// Source is where a fact comes from. A statement of Microsoft's page of the procedure has a fact and a page.
type Source struct {
	Says string `yaml:"says"`
	Fact string `yaml:"fact"`
	URL  string `yaml:"url"`
	Page string `yaml:"page"` // key of the source that makes the statement
}

// Statement is one statement of the procedure, with the steps and findings that use it.
type Statement struct {
	Source
	Key      string // P1, P2 and so on
	Steps    []Step
	Findings []Finding
}

// Articles is all articles.
type Articles struct {
	Groups     []Group
	Steps      []Step
	Statements []Statement // in the order of the procedure

	sources map[string]Source
}

// Load reads the articles. Its errors are mistakes in the files of this package.
func Load() (*Articles, error) {
	a := &Articles{}
	for name, value := range map[string]any{"findings.yaml": &a.Groups, "steps.yaml": &a.Steps, "sources.yaml": &a.sources} {
		if err := decode(name, value); err != nil {
			return nil, err
		}
	}
	rules := map[string]topology.Rule{}
	for _, r := range topology.Rules() {
		rules[r.ID] = r
	}
	for _, r := range inventory.Rules() {
		rules[r.ID] = topology.Rule(r)
	}
	for _, r := range evidence.Rules() {
		rules[r.ID] = topology.Rule{ID: r.ID, Severity: r.Severity(), Meaning: r.Meaning}
	}
	for _, g := range a.Groups {
		for i := range g.Findings {
			f := &g.Findings[i]
			if r, isRule := rules[f.ID]; isRule {
				f.What, f.Severity = r.Meaning, r.Severity
			}
		}
	}
	for i := range a.Steps {
		s := &a.Steps[i]
		for _, listed := range plan.Catalogue() {
			if listed.ID == s.ID {
				s.In, s.Order = append(s.In, listed), cmp.Or(s.Order, listed.Order)
			}
		}
	}
	for n := 1; ; n++ {
		key := fmt.Sprintf("P%d", n)
		source, known := a.sources[key]
		if !known {
			return a, nil
		}
		a.Statements = append(a.Statements, a.statement(key, source))
	}
}

// decode reads a file into a value. A field that the value does not have is an error.
func decode(name string, value any) error {
	text, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// statement collects the steps and findings that use a statement.
func (a *Articles) statement(key string, source Source) Statement {
	statement := Statement{Source: source, Key: key}
	for _, s := range a.Steps {
		if slices.Contains(s.Sources(), key) {
			statement.Steps = append(statement.Steps, s)
		}
	}
	for _, f := range a.findings() {
		if slices.Contains(f.Sources, key) {
			statement.Findings = append(statement.Findings, f)
		}
	}
	return statement
}

func (a *Articles) findings() []Finding {
	var all []Finding
	for _, g := range a.Groups {
		all = append(all, g.Findings...)
	}
	return all
}

// IDs are the ids of all articles: findings, then steps, then statements.
func (a *Articles) IDs() []string {
	ids := a.findingsAndSteps()
	for _, s := range a.Statements {
		ids = append(ids, s.Key)
	}
	return ids
}

func (a *Articles) findingsAndSteps() []string {
	var ids []string
	for _, f := range a.findings() {
		ids = append(ids, f.ID)
	}
	for _, s := range a.Steps {
		ids = append(ids, s.ID)
	}
	return ids
}

// List is an overview for a person: each id and its subject.
func (a *Articles) List() string { return a.page("list", a) }

// Text is the article of an id, for a person. The number of a step is its id too.
func (a *Articles) Text(id string) (text string, found bool) {
	if id == BlankPresence {
		return Topic{Name: id}.Text(), true
	}
	for _, f := range a.findings() {
		if f.ID == id {
			return a.page("finding", f), true
		}
	}
	for _, s := range a.Steps {
		if s.ID == id || slices.ContainsFunc(s.In, func(listed plan.Listed) bool { return fmt.Sprint(listed.Order) == id }) {
			return a.page("step", s), true
		}
	}
	for _, s := range a.Statements {
		if strings.EqualFold(s.Key, id) {
			return a.page("statement", s), true
		}
	}
	return "", false
}

// Near are the ids of findings and steps that resemble an unknown id, the nearest first.
func (a *Articles) Near(id string) []string {
	return finding.Nearest(id, a.findingsAndSteps())
}
