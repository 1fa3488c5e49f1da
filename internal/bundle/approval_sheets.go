package bundle

import (
	"fmt"
	"slices"

	"lyncowa/internal/markdown"
	"lyncowa/internal/plan"
)

// sheet is a run sheet: what each of some places does, in order. Places with the same steps share one sheet, so
// that the page grows with the number of servers and not with servers times steps.
type sheet struct {
	Number    int
	PerServer bool     // true: on each place, one after the other; false: the one place is a role that somebody takes
	Places    []string // hosts by FQDN, or one role in words
	Steps     []approvalStep

	orders []int // of the steps it holds
}

// newSheets arranges the planned steps by place, the sheets in the order of their first step.
func newSheets(p *plan.Plan) []sheet {
	orders, places := map[string][]int{}, []string{}
	perServer := map[string]bool{}
	for _, s := range p.Steps {
		for _, place := range s.RunOn {
			if _, seen := orders[place]; !seen {
				places = append(places, place)
			}
			orders[place] = append(orders[place], s.Order)
			perServer[place] = s.PerServer
		}
	}
	var sheets []sheet
	at := map[string]int{}
	for _, place := range places {
		key := fmt.Sprint(perServer[place], orders[place])
		i, known := at[key]
		if !known || !perServer[place] {
			i, at[key] = len(sheets), len(sheets)
			sheets = append(sheets, sheet{Number: i + 1, PerServer: perServer[place], orders: orders[place]})
		}
		sheets[i].Places = append(sheets[i].Places, place)
	}
	return sheets
}

func (s *sheet) holds(step plan.Step) bool { return slices.Contains(s.orders, step.Order) }

// add puts a step on the sheet if it belongs there.
func (s *sheet) add(step approvalStep) {
	if s.holds(step.Step) {
		s.Steps = append(s.Steps, step)
	}
}

// Several reports whether the sheet is for more than one server.
func (s sheet) Several() bool { return s.PerServer && len(s.Places) > 1 }

// Rows are the first cells of the sheet's table, in Markdown: its servers, or room for the name of one computer.
func (s sheet) Rows() []string { return rows(s.PerServer, s.Places) }

// ByHand reports whether a step of the sheet has no exit code, because a person does it.
func (s sheet) ByHand() bool {
	return slices.ContainsFunc(s.Steps, func(step approvalStep) bool { return step.Script == "" })
}

// rows are servers as first cells of a table; a computer that takes a role is named by whoever runs its steps.
func rows(perServer bool, servers []string) []string {
	if !perServer {
		return []string{"____"}
	}
	var cells []string
	for _, name := range servers {
		cells = append(cells, markdown.Text(name))
	}
	return cells
}

// Once names the changing steps of a sheet that one computer runs, where there are several: they share its
// evidence. It is "" where that needs no saying.
func (s sheet) Once() string {
	var changing []string
	for _, step := range s.Steps {
		if step.Changes() {
			changing = append(changing, fmt.Sprint(step.Order))
		}
	}
	if s.PerServer || len(changing) < 2 {
		return ""
	}
	return ", steps " + joinAnd(changing) + " above all,"
}

// joinAnd joins two or more words: "40, 50 and 60".
func joinAnd(words []string) string {
	last := len(words) - 1
	text := words[0]
	for _, w := range words[1:last] {
		text += ", " + w
	}
	return text + " and " + words[last]
}
