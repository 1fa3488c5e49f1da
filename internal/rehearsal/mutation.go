package rehearsal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// Mutation is one change to one object.
type Mutation struct {
	Kind       plan.CommandKind  `json:"kind"`
	Host       string            `json:"host"`       // where it was made
	Command    string            `json:"command"`    // cmdlet, program or, of a file, "add"
	Object     string            `json:"object"`     // resolved identity
	Parameters map[string]string `json:"parameters"` // without the common ones and those that name the object
	Script     string            `json:"script"`     // path in the bundle; "" where no script made it
	Line       int               `json:"line"`
}

// String shows the mutation without the place it was made from.
func (m Mutation) String() string {
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s", m.Command, m.Object)
	for _, name := range slices.Sorted(maps.Keys(m.Parameters)) {
		fmt.Fprintf(&text, " -%s %s", name, m.Parameters[name])
	}
	if m.Kind != plan.Cmdlet {
		fmt.Fprintf(&text, " (on %s)", m.Host)
	}
	return text.String()
}

// key is what two mutations must share to be the same: a cmdlet acts on the organisation, wherever it is run;
// a file and a program belong to a host. PowerShell does not tell upper from lower case, web.config does.
func (m Mutation) key() string {
	text := m.String()
	if m.Kind == plan.File {
		return text
	}
	return strings.ToLower(text)
}

// settle puts the edits that one replacement of a file makes into one order.
func settle(log []Mutation) []Mutation {
	log = slices.Clone(log)
	for start := 0; start < len(log); {
		end := start + 1
		for end < len(log) && log[start].Kind == plan.File && log[end].Kind == plan.File && log[end].Host == log[start].Host {
			end++
		}
		slices.SortFunc(log[start:end], func(a, b Mutation) int { return cmp.Compare(a.Object, b.Object) })
		start = end
	}
	return log
}

// stepLog is the mutations of one command of the plan: one for each object, in any order.
type stepLog struct {
	text string
	log  []Mutation
}

// compare holds what the scripts did against what the plan's commands do, command by command in order. It
// returns "" or what differs, with the first mutation that the plan does not have, if that is what differs.
func compare(planned []stepLog, done []Mutation) (string, *Mutation) {
	done = settle(done)
	for _, command := range planned {
		count := min(len(command.log), len(done))
		if missing := without(command.log, done[:count]); len(missing) > 0 {
			surplus := without(done[:count], command.log)
			if len(surplus) == 0 {
				return fmt.Sprintf("the plan's command was not executed: %s (%s)", command.text, missing[0]), nil
			}
			return fmt.Sprintf("the plan has %s; the scripts did %s", missing[0], surplus[0]), &surplus[0]
		}
		done = done[count:]
	}
	if len(done) > 0 {
		return fmt.Sprintf("the plan does not list %s", done[0]), &done[0]
	}
	return "", nil
}

// without returns the mutations of a that b does not have, each counted once.
func without(a, b []Mutation) []Mutation {
	left := map[string]int{}
	for _, m := range b {
		left[m.key()]++
	}
	var missing []Mutation
	for _, m := range a {
		if left[m.key()] == 0 {
			missing = append(missing, m)
		}
		left[m.key()]--
	}
	return missing
}
