package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"lyncowa/internal/compare"
	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

func newDiff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Show how two changes differ, step by step and then in their text",
		Long: `Compare two changes. OLD and NEW are each a topology file or the folder of a
bundle; '-' is a topology on standard input. First come the steps that were
added, removed or changed, every changed value old beside new; then the text
difference of the topologies or, of two bundles, of all their files.

A topology is planned as the kind of change that the other one's bundle is about,
or that --change names. Exit code 2 if anything differs.`,
		Example:           "  lyncowa diff old.yaml new.yaml\n  lyncowa diff litware-owa-im-integrate topology.yaml",
		Args:              twoSides,
		ValidArgsFunction: completeSides,
	}
	var kinds []string
	for _, c := range plan.Changes() {
		kinds = append(kinds, string(c))
	}
	change := addChoice(cmd, "change", "kind of change of topologies (lyncowa help changes)", kinds...)
	format := addChoice(cmd, "format", "how to show the differences", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		sides, err := readSides(cmd, [2]string(args), plan.Change(change.value))
		if err != nil {
			return err
		}
		c := compare.Sides(sides[0], sides[1])
		if format.value == "json" {
			err = writeComparisonJSON(cmd.OutOrStdout(), sides, c)
		} else {
			err = writeComparison(cmd.OutOrStdout(), sides, c)
		}
		if err == nil && c.Different() {
			return errDifferences
		}
		return err
	}
	return cmd
}

// twoSides accepts OLD and NEW.
func twoSides(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) != 2:
		return badCommandLine(cmd, fmt.Sprintf("diff needs OLD and NEW, each a topology file or the folder of a bundle, but got %d", len(args)))
	case countOf(args, "") > 0:
		return badCommandLine(cmd, "a name is empty")
	case countOf(args, "-") > 1:
		return badCommandLine(cmd, "standard input ('-') can be read once only")
	}
	return nil
}

// completeSides makes shells offer files and folders.
func completeSides(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// readSides reads both sides, bundles first: a topology is planned as the bundle that it is compared with.
func readSides(cmd *cobra.Command, names [2]string, change plan.Change) (sides [2]compare.Side, err error) {
	var like plan.Plan // the change that topologies are planned as
	like.Change = change
	var isBundle [2]bool
	for i, name := range names {
		info, statErr := os.Stat(name)
		if name == "-" || statErr != nil || !info.IsDir() {
			continue
		}
		isBundle[i] = true
		if sides[i], err = compare.Bundle(name); err != nil {
			return sides, unreadableBundle(name, err)
		}
		if !cmd.Flags().Changed("change") {
			like = *sides[i].Plan
		}
	}
	err = readTopologies(cmd, names, isBundle, like, &sides)
	if isBundle[0] != isBundle[1] {
		sides[0], sides[1] = sides[0].TopologyOnly(), sides[1].TopologyOnly()
	}
	return sides, err
}

// unreadableBundle says in front which folder could not be read, where the error does not.
func unreadableBundle(dir string, err error) error {
	if at := (*fs.PathError)(nil); errors.As(err, &at) {
		return fmt.Errorf("cannot read %q: %w", dir, err)
	}
	return err
}

// readTopologies fills in the sides that are no bundles. The findings of both come in one run.
func readTopologies(cmd *cobra.Command, names [2]string, isBundle [2]bool, like plan.Plan, sides *[2]compare.Side) error {
	var findings finding.List
	sources := map[string][]byte{}
	for i, name := range names {
		if isBundle[i] {
			continue
		}
		src, err := read(cmd, name)
		if err != nil {
			return err
		}
		sources[src.name] = src.data
		p, more := planLike(like, src)
		findings = append(findings, more...)
		if p != nil {
			sides[i] = compare.Topology(src.name, p)
		}
	}
	stderr := cmd.ErrOrStderr()
	if err := finding.WriteText(stderr, findings, sources, wantsColour(stderr)); err != nil {
		return err
	}
	if findings.HasErrors() {
		suggestMending(stderr, cmd, names[:], findings)
		return errFindings
	}
	return nil
}

// planLike plans a topology as the same change as another plan, which may tell what it replaces.
func planLike(like plan.Plan, src source) (*plan.Plan, finding.List) {
	top, findings := topology.Load(src.name, src.data)
	if findings.HasErrors() {
		return nil, findings
	}
	var options []plan.Option
	if len(like.Replaces) > 0 {
		old := map[string]string{}
		for _, r := range like.Replaces {
			old[r.Server] = r.Old
		}
		options = append(options, plan.Replacing(old))
	}
	p, more := plan.Build(top, src.data, like.Change, options...)
	return p, append(findings, more.In(src.name)...)
}

// writeComparisonJSON shows a comparison to a program. Arrays are never null.
func writeComparisonJSON(w io.Writer, sides [2]compare.Side, c compare.Comparison) error {
	steps := append([]compare.StepDifference{}, c.Steps...)
	for i := range steps {
		steps[i].Values = append([]compare.Value{}, steps[i].Values...)
	}
	return finding.EncodeJSON(w, struct {
		FormatVersion int                      `json:"formatVersion"`
		Old           string                   `json:"old"`
		New           string                   `json:"new"`
		Different     bool                     `json:"different"`
		Plan          []compare.Value          `json:"plan"`
		Steps         []compare.StepDifference `json:"steps"`
		Files         []compare.FileDifference `json:"files"`
	}{
		1, sides[0].Name, sides[1].Name, c.Different(),
		append([]compare.Value{}, c.Plan...), steps, append([]compare.FileDifference{}, c.Files...),
	})
}
