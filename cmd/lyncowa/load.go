package main

import (
	"github.com/spf13/cobra"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// source is a topology file as it was read.
type source struct {
	name string // as findings call it
	data []byte
}

func read(cmd *cobra.Command, path string) (source, error) {
	data, err := topology.Read(path, cmd.InOrStdin())
	if path == "-" {
		path = finding.Stdin
	}
	return source{path, data}, err
}

// readTheOne reads the topology that a command is about. Where it cannot, something else may be meant: not so for what is
// compared, replaced or one of many, where nobody means an invented topology.
func readTheOne(cmd *cobra.Command, path string) (source, error) {
	src, err := read(cmd, path)
	if err != nil {
		err = suggestFile(cmd, path, err)
	}
	return src, err
}

// makePlan reads a topology and decides what is to be done. Findings go to standard error; one that is an
// error ends in errFindings.
func makePlan(cmd *cobra.Command, path string, flags changeFlags) (*plan.Plan, error) {
	if err := flags.check(cmd); err != nil {
		return nil, err
	}
	src, err := readTheOne(cmd, path)
	if err != nil {
		return nil, err
	}
	sources := map[string][]byte{src.name: src.data}
	old, findings, err := readOld(cmd, *flags.from, sources)
	if err != nil {
		return nil, err
	}
	top, more := topology.Load(src.name, src.data)
	findings = append(findings, more...)
	var p *plan.Plan
	if !findings.HasErrors() {
		var decided finding.List
		p, decided = decide(src, top, flags.change(), old)
		findings = append(findings, decided...)
	}
	return p, showFindings(cmd, []string{path}, findings, sources)
}

// showFindings shows findings on standard error. With an error among them it suggests what to do, and returns errFindings.
func showFindings(cmd *cobra.Command, args []string, findings finding.List, sources map[string][]byte) error {
	stderr := cmd.ErrOrStderr()
	if err := finding.WriteText(stderr, findings, sources, wantsColour(stderr)); err != nil {
		return err
	}
	if findings.HasErrors() {
		suggestMending(stderr, cmd, args, findings)
		return errFindings
	}
	return nil
}

// decide builds the plan, with what it replaces where that is given.
func decide(src source, top *topology.Topology, change plan.Change, old *plan.OldCertificates) (*plan.Plan, finding.List) {
	if old == nil {
		p, findings := plan.Build(top, src.data, change)
		return p, findings.In(src.name)
	}
	replaced, findings := old.ReplacedBy(top)
	if findings.HasErrors() {
		return nil, findings.In(src.name)
	}
	p, more := plan.Build(top, src.data, change, plan.Replacing(replaced))
	return p, append(findings, more...).In(src.name)
}
