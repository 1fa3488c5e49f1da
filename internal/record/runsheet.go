package record

import (
	"fmt"
	"slices"

	"lyncowa/internal/plan"
)

// Run is a line for a single script, on one computer.
type Run struct {
	Number  int
	Step    plan.Step
	Host    string // FQDN; "" for a role that one computer takes, and for each server of a long list
	Command string // "" for what is done by hand
	Last    bool   // no step comes after it
}

// many is how many servers a sheet has rows for; for more it has one row for all of them and a list to tick.
const many = 60

// Many reports whether the servers have a list of their own.
func (f facts) Many() bool { return f.CountServers() > many }

// AfterSignIn reports whether somebody signs in on the server first: a retirement verifies without.
func (r Run) AfterSignIn() bool { return r.Step.Template == "verify-exchange" }

// Visit is a row of the run sheet: the steps that one line of run.ps1 runs on a computer, before another computer is next.
type Visit struct {
	Run
	Steps  []string // their numbers; none for what is done by hand
	Canary bool     // the other servers wait for it
	SignIn bool     // somebody signs in on the server before it is verified
}

// Visits are the rows of the run sheet.
func (f facts) Visits() []Visit { return f.visits(f.Runs()) }

// BackOutVisits are the rows of a back-out of everything.
func (f facts) BackOutVisits() []Visit { return f.visits(f.BackOutRuns()) }

func (f facts) visits(runs []Run) []Visit {
	var all []Visit
	for _, run := range runs {
		// Any one Exchange server runs the steps for the organisation. The sheet takes the first, where other steps run too.
		if run.Step.Shell == plan.ShellExchange && !run.Step.PerServer && !f.Many() {
			run.Host = f.Servers()[0].FQDN
		}
		last := len(all) - 1
		if last < 0 || all[last].Host != run.Host || all[last].Step.Shell != run.Step.Shell || run.Host == "" && all[last].Step.PerServer != run.Step.PerServer {
			run.Number = len(all) + 1
			all = append(all, Visit{Run: run})
			last++
		}
		all[last].Canary = all[last].Canary || len(run.Step.Canary) > 0
		all[last].SignIn = all[last].SignIn || run.AfterSignIn()
		if number := fmt.Sprint(run.Step.Order); run.Command != "" && !slices.Contains(all[last].Steps, number) {
			all[last].Steps = append(all[last].Steps, number)
		}
	}
	return all
}

// Runs are the lines for the single scripts in the order of execution.
func (f facts) Runs() []Run { return f.rows(f.Plan.Visits(), plan.Step.RunLines) }

// BackOutRuns are the lines for the single scripts of a back-out of everything.
func (f facts) BackOutRuns() []Run { return f.rows(f.BackOuts(), plan.Step.BackOutLines) }

func (f facts) rows(steps []plan.Step, lines func(plan.Step) []string) []Run {
	var runs []Run
	for _, s := range steps {
		if s.Status == plan.Skipped {
			continue
		}
		hosts := []string{""}
		if s.PerServer && (!f.Many() || len(s.Canary) > 0) {
			hosts = s.RunOn
		}
		commands := lines(s)
		if s.Kind == plan.KindManual {
			commands = []string{""}
		}
		for _, host := range hosts {
			for _, command := range commands {
				runs = append(runs, Run{Number: len(runs) + 1, Step: s, Host: host, Command: command})
			}
		}
	}
	for i := range runs {
		runs[i].Last = runs[i].Step.Order == runs[len(runs)-1].Step.Order
	}
	return runs
}

// Computer is a computer of the run sheet, with the numbers of its rows.
type Computer struct {
	Run
	Rows []string
}

// Computers are all computers that the rows are for, in the order of their first row.
func (f facts) Computers() []Computer {
	var all []Computer
	at := map[string]int{}
	add := func(run Visit) {
		key := run.Host
		if key == "" {
			key = string(run.Step.Shell)
		}
		i, known := at[key]
		if !known {
			i, at[key] = len(all), len(all)
			all = append(all, Computer{Run: run.Run})
		}
		all[i].Rows = append(all[i].Rows, fmt.Sprint(run.Number))
	}
	for _, run := range f.Visits() {
		if run.Step.PerServer && run.Host == "" {
			for _, host := range run.Step.RunOn {
				run.Host = host
				add(run)
			}
			continue
		}
		add(run)
	}
	return all
}

// ServerSteps are the numbers of the steps that run on each server.
func (f facts) ServerSteps() []int {
	var numbers []int
	for _, s := range f.Steps {
		if s.PerServer && !slices.Contains(numbers, s.Order) {
			numbers = append(numbers, s.Order)
		}
	}
	return numbers
}
