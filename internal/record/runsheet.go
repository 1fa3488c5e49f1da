package record

import (
	"fmt"
	"slices"

	"lyncowa/internal/plan"
)

// Run is a row of the run sheet: one line to type, on one computer.
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

// Runs are the rows in the order of execution.
func (f facts) Runs() []Run { return f.rows(f.Steps, plan.Step.RunLines) }

// BackOutRuns are the rows of a back-out of everything.
func (f facts) BackOutRuns() []Run { return f.rows(f.BackOuts(), plan.Step.BackOutLines) }

func (f facts) rows(steps []plan.Step, lines func(plan.Step) []string) []Run {
	var runs []Run
	for _, s := range steps {
		if s.Status == plan.Skipped {
			continue
		}
		hosts := []string{""}
		if s.PerServer && !f.Many() {
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
	add := func(run Run) {
		key := run.Host
		if key == "" {
			key = string(run.Step.Shell)
		}
		i, known := at[key]
		if !known {
			i, at[key] = len(all), len(all)
			all = append(all, Computer{Run: run})
		}
		all[i].Rows = append(all[i].Rows, fmt.Sprint(run.Number))
	}
	for _, run := range f.Runs() {
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
