package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
)

// approval is what approval.md shows: the plan, arranged by who does what where.
type approval struct {
	plan     *plan.Plan
	digest   string
	blanks   []blank
	steps    []approvalStep
	sheets   []sheet
	backOuts []approvalStep // the last step first
}

// blank is a line to fill in. Its value is empty where the topology does not say it.
type blank struct{ name, value string }

// approvalStep is one step with everything that a person types for it.
type approvalStep struct {
	plan.Step
	sheets       string // "sheet 1, sheet 3"; "" when the step is skipped
	shellName    string
	runLines     []string
	backOutLines []string
}

// several reports whether the step is done on more than one server.
func (s approvalStep) several() bool { return s.PerServer && len(s.RunOn) > 1 }

// renderApproval makes approval.md: the page that a board signs and an implementer works from.
func renderApproval(p *plan.Plan, digest string) []byte { return seal(newApproval(p, digest).page()) }

func newApproval(p *plan.Plan, digest string) approval {
	a := approval{plan: p, digest: digest, sheets: newSheets(p)}
	a.blanks = []blank{
		{"Change", p.Topology.Change.ID},
		{"Title", p.Topology.Change.Title},
		{"Owner", p.Topology.Change.Owner},
		{"Window from", p.Topology.Change.WindowStart},
		{"Window to", p.Topology.Change.WindowEnd},
		{"Rehearsed on the simulated farm, result in " + escape.Code(p.BundleName()+".rehearsal.json") + " beside this folder; digest equal", ""},
		{"Approved digest, as the ticket says it", ""},
	}
	for i, s := range p.Steps {
		step := approvalStep{
			Step: s, sheets: sheetsOf(a.sheets, i), shellName: cmp.Or(p.Versions.ShellName(s.Shell), "By hand"),
			runLines: s.RunLines(digest), backOutLines: s.BackOutLines(digest),
		}
		a.steps = append(a.steps, step)
		if s.BackOut != "" {
			a.backOuts = append([]approvalStep{step}, a.backOuts...)
		}
		for j := range a.sheets {
			if a.sheets[j].holds(i) {
				a.sheets[j].steps = append(a.sheets[j].steps, step)
			}
		}
	}
	return a
}

// FirstLine is the line that the run sheets begin with.
func FirstLine(p *plan.Plan, digest string) string {
	for _, s := range p.Steps {
		if lines := s.RunLines(digest); len(lines) > 0 {
			return lines[0]
		}
	}
	return ""
}

// sheetsOf names the sheets that hold the step with that index in the plan.
func sheetsOf(sheets []sheet, step int) string {
	var names []string
	for _, sheet := range sheets {
		if sheet.holds(step) {
			names = append(names, "sheet "+strconv.Itoa(sheet.number))
		}
	}
	return strings.Join(names, ", ")
}

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

// The seal is approval.md's last line. It holds the sum of the blank page above it, so that lyncowa can tell
// a page that somebody has written on from a blank one, whichever version made it.
const (
	sealPrefix = "<!-- blank page, SHA-256 of what stands above this line: "
	sealSuffix = " -->\n"
)

// seal appends the seal to a blank page.
func seal(page []byte) []byte {
	sealed := make([]byte, 0, len(page)+len(sealPrefix)+2*sha256.Size+len(sealSuffix)+1)
	sealed = append(append(sealed, bytes.TrimRight(page, "\n")...), '\n')
	return append(sealed, sealPrefix+sum(sealed)+sealSuffix...)
}

// isBlank reports whether nobody has written on an approval page. Other line ends are no writing; a page
// without a seal counts as written on.
func isBlank(page []byte) bool {
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	i := bytes.LastIndex(page, []byte(sealPrefix))
	return i >= 0 && bytes.Equal(page, seal(page[:i]))
}
