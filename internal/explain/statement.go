package explain

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// statements are the keys of the statements of Microsoft's page of the procedure, in its order: P1, P2 and so on.
func (a *Articles) statements() []string {
	var keys []string
	for n := 1; ; n++ {
		key := fmt.Sprintf("P%d", n)
		if _, known := a.sources[key]; !known {
			return keys
		}
		keys = append(keys, key)
	}
}

// statementText is what a statement of the procedure states, where it stands and what rests on it, for a person.
func (a *Articles) statementText(key string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s (source)\n%s\n", key, fill("  ", a.sources[key].Fact))
	fmt.Fprintf(&out, "from\n%s", a.cited([]string{a.sources[key].Page}))
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			fmt.Fprintf(&out, "\n%s\n%s", title, strings.Join(lines, ""))
		}
	}
	section("steps that rest on it", a.stepsOf(key))
	section("findings that rest on it", a.findingsOf(key))
	return out.String()
}

// stepsOf are the steps that a statement is a source of, a line each.
func (a *Articles) stepsOf(key string) []string {
	var lines []string
	for _, s := range a.Steps {
		if slices.ContainsFunc(s.In, func(in plan.Listed) bool { return slices.Contains(in.Sources, key) }) {
			lines = append(lines, s.line())
		}
	}
	return lines
}

// findingsOf are the findings that a statement is a source of, a line each.
func (a *Articles) findingsOf(key string) []string {
	var lines []string
	for _, g := range a.Groups {
		for _, f := range g.Findings {
			if slices.Contains(f.Sources, key) {
				lines = append(lines, f.line())
			}
		}
	}
	return lines
}
