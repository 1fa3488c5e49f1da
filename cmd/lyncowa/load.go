package main

import (
	"github.com/spf13/cobra"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// stdinName stands in findings where a file name would.
const stdinName = "<stdin>"

// source is a topology file as it was read.
type source struct {
	name string // as findings call it
	data []byte
}

func read(cmd *cobra.Command, path string) (source, error) {
	data, err := topology.Read(path, cmd.InOrStdin())
	if path == "-" {
		path = stdinName
	}
	return source{path, data}, err
}

// makePlan reads a topology and decides what is to be done. Findings go to standard error; one that is an
// error ends in errFindings.
func makePlan(cmd *cobra.Command, path string, change plan.Change) (*plan.Plan, error) {
	src, err := read(cmd, path)
	if err != nil {
		return nil, err
	}
	top, findings := topology.Load(src.name, src.data)
	var p *plan.Plan
	if !findings.HasErrors() {
		var more finding.List
		p, more = plan.Build(top, src.data, change)
		findings = append(findings, more...)
	}
	stderr := cmd.ErrOrStderr()
	if err := finding.WriteText(stderr, findings, map[string][]byte{src.name: src.data}, wantsColour(stderr)); err != nil {
		return nil, err
	}
	if findings.HasErrors() {
		return nil, errFindings
	}
	return p, nil
}

// addChange defines --change with the kinds that the plan knows.
func addChange(cmd *cobra.Command) *choice {
	var kinds []string
	for _, c := range plan.Changes() {
		kinds = append(kinds, string(c))
	}
	return addChoice(cmd, "change", "kind of change", kinds...)
}

// changeFlag is what a suggested command needs to be about the same kind of change: "" for the usual one.
func changeFlag(change plan.Change) string {
	if change == plan.Integrate {
		return ""
	}
	return " --change " + string(change)
}
