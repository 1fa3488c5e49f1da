package bundle

import (
	"slices"
	"strconv"

	"lyncowa/internal/plan"
)

// sheet is a run sheet: what each of some places does, in order. Places with the same steps share one sheet, so
// that the page grows with the number of servers and not with servers times steps.
type sheet struct {
	agenda
	number int
	places []string // hosts by FQDN, or one role in words
	steps  []approvalStep
}

// agenda is what a place does.
type agenda struct {
	bits      uint64 // a bit for each step, by its index in the plan, which has a dozen at most
	perServer bool   // true: on each place, one after the other; false: the one place is a role that somebody takes
}

// holds reports whether the step with that index in the plan is one of them.
func (a agenda) holds(step int) bool { return a.bits&(1<<step) != 0 }

// newSheets arranges the planned steps by place, the sheets in the order of their first step.
func newSheets(p *plan.Plan) []sheet {
	agendas, places := map[string]agenda{}, []string{}
	for i, s := range p.Steps {
		for _, place := range s.RunOn {
			a, seen := agendas[place]
			if !seen {
				places = append(places, place)
			}
			agendas[place] = agenda{a.bits | 1<<i, s.PerServer}
		}
	}
	var sheets []sheet
	at := map[agenda]int{}
	for _, place := range places {
		a := agendas[place]
		i, known := at[a]
		if !known || !a.perServer {
			i, at[a] = len(sheets), len(sheets)
			sheets = append(sheets, sheet{agenda: a, number: i + 1})
		}
		sheets[i].places = append(sheets[i].places, place)
	}
	return sheets
}

// several reports whether the sheet is for more than one server.
func (s sheet) several() bool { return s.perServer && len(s.places) > 1 }

// byHand reports whether a step of the sheet has no exit code, because a person does it.
func (s sheet) byHand() bool {
	return slices.ContainsFunc(s.steps, func(step approvalStep) bool { return step.Script == "" })
}

// once names the changing steps of a sheet that one computer runs, where there are several: they share its
// evidence. It is "" where that needs no saying.
func (s sheet) once() string {
	var changing []string
	for _, step := range s.steps {
		if step.Changes() {
			changing = append(changing, strconv.Itoa(step.Order))
		}
	}
	if s.perServer || len(changing) < 2 {
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
