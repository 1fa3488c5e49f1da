// Package explain says more about a finding or a step than fits where it is shown: what it is, why it matters, where
// that is known from, the way out, and an example; and of a statement of the procedure, P3, what rests on it.
//
// The texts are data, findings.yaml, steps.yaml and sources.yaml. What the rules and the plan say themselves is taken
// from them, so that it cannot differ. Nothing here judges a topology.
package explain

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Finding is the article about one id that stands in brackets behind a message.
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

// Group is the findings of one stage, in the order in which lyncowa looks.
type Group struct {
	Title    string    `yaml:"title"`
	Findings []Finding `yaml:"findings"`
}

// Step is the article about one step of the procedure, in all kinds of change that have it.
type Step struct {
	ID      string `yaml:"id"`
	What    string `yaml:"what"`
	Why     string `yaml:"why"`
	Fix     string `yaml:"fix"`
	Example string `yaml:"example"` // the part of a topology that the commands are shown for; "" for the smallest

	Order int           `yaml:"-"`
	In    []plan.Listed `yaml:"-"` // the kinds of change, in the plan's order
}

// Articles is everything there is to explain.
type Articles struct {
	Groups  []Group
	Steps   []Step
	sources map[string]source
}

// Load reads the articles. Its errors are mistakes in this package's own files.
func Load() (*Articles, error) {
	a := &Articles{}
	if err := decodeAll(map[string]any{"findings.yaml": &a.Groups, "steps.yaml": &a.Steps, "sources.yaml": &a.sources}); err != nil {
		return nil, err
	}
	rules := map[string]topology.Rule{}
	for _, r := range topology.Rules() {
		rules[r.ID] = r
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
				s.In, s.Order = append(s.In, listed), listed.Order
			}
		}
	}
	return a, nil
}

// IDs are the ids of all articles: findings, then steps, then statements.
func (a *Articles) IDs() []string { return append(a.looked(), a.statements()...) }

// looked are the ids of findings and steps, in the order in which lyncowa looks and works.
func (a *Articles) looked() []string {
	var ids []string
	for _, g := range a.Groups {
		for _, f := range g.Findings {
			ids = append(ids, f.ID)
		}
	}
	for _, s := range a.Steps {
		ids = append(ids, s.ID)
	}
	return ids
}

// Finding is the article about a finding.
func (a *Articles) Finding(id string) (Finding, bool) {
	for _, g := range a.Groups {
		if i := slices.IndexFunc(g.Findings, func(f Finding) bool { return f.ID == id }); i >= 0 {
			return g.Findings[i], true
		}
	}
	return Finding{}, false
}

// Step is the article about a step; its number is understood too.
func (a *Articles) Step(id string) (Step, bool) {
	i := slices.IndexFunc(a.Steps, func(s Step) bool { return s.ID == id || fmt.Sprint(s.Order) == id })
	if i < 0 {
		return Step{}, false
	}
	return a.Steps[i], true
}

// Text is the article of an id, for a person.
func (a *Articles) Text(id string) (text string, found bool) {
	if f, ok := a.Finding(id); ok {
		return a.FindingText(f), true
	}
	if s, ok := a.Step(id); ok {
		return a.StepText(s), true
	}
	if key := strings.ToUpper(id); slices.Contains(a.statements(), key) {
		return a.statementText(key), true
	}
	return "", false
}

// Near are the ids of findings and steps that resemble one that does not exist, the nearest first.
func (a *Articles) Near(id string) []string {
	return topology.Nearest(strings.ToLower(id), a.looked())
}
