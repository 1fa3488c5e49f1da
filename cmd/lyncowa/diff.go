package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/compare"
	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

func newDiff() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two changes, step by step and then their text",
		Long: `Compare two changes. OLD and NEW are each a topology file or the folder of a
bundle; '-' is a topology on standard input. diff shows the steps that were
added, removed or changed, with the old and the new value. Then it shows the text
difference of the topologies or, for two bundles, of all their files.

If the other side is a bundle, diff plans a topology for the change of that bundle,
otherwise for --change. The exit code is 2 if anything differs.`,
		Example:           "  lyncowa diff old.yaml new.yaml\n  lyncowa diff litware-owa-im-integrate topology.yaml",
		Args:              twoSides,
		ValidArgsFunction: completeAny,
	}
	change := addChange(cmd, "kind of change of topologies")
	format := addChoice(cmd, "format", "how to show the differences", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		sides, err := readSides(cmd, [2]string(args), plan.Change(*change))
		if err != nil {
			return err
		}
		c := compare.Sides(sides[0], sides[1])
		if *format == "json" {
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
	if len(args) != 2 {
		return badCommandLine(cmd, fmt.Sprintf("diff needs OLD and NEW, each a topology file or the folder of a bundle, but got %d", len(args)))
	}
	return checkNames(cmd, args, "a name is empty")
}

// readSides reads both sides. It plans a topology for the change of the other side, if that is a bundle.
func readSides(cmd *cobra.Command, names [2]string, change plan.Change) (sides [2]compare.Side, err error) {
	like := &plan.Plan{Change: change}
	bundles := 0
	for i, name := range names {
		if name == "-" || !isFolder(name) {
			continue
		}
		bundles++
		if sides[i], err = compare.Bundle(name); err != nil {
			return sides, unreadableBundle(name, err)
		}
		if !cmd.Flags().Changed("change") {
			like = sides[i].Plan
		}
	}
	err = readTopologies(cmd, names, like, &sides)
	if bundles == 1 {
		sides[0], sides[1] = sides[0].TopologyOnly(), sides[1].TopologyOnly()
	}
	return sides, err
}

// unreadableBundle adds the folder to an error that does not name it.
func unreadableBundle(dir string, err error) error {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return fmt.Errorf("cannot read %q: %w", dir, err)
	}
	return err
}

// readTopologies fills in the sides that are topologies. It shows the findings of both sides together.
func readTopologies(cmd *cobra.Command, names [2]string, like *plan.Plan, sides *[2]compare.Side) error {
	var options []plan.Option
	if len(like.Replaces) > 0 {
		old := map[string]string{}
		for _, replaced := range like.Replaces {
			old[replaced.Server] = replaced.Old
		}
		options = append(options, plan.Replacing(old))
	}
	if like.Earlier != nil {
		options = append(options, plan.AddingTo(*like.Earlier, topology.Places{}))
	}
	r := newReading(cmd)
	for i, path := range names {
		if sides[i].Plan != nil {
			continue
		}
		if like.Change == plan.AddServer && like.Earlier == nil {
			return &usageError{
				problem: "diff has no earlier topology for the change add-server",
				hint:    "compare with a bundle of add-server, which has it: lyncowa render TOPOLOGY --change add-server --from OLD",
			}
		}
		name, err := r.read(path)
		if err != nil {
			return err
		}
		if top := r.load(name); top != nil {
			if p := r.build(name, top, like.Change, options...); p != nil {
				sides[i] = compare.Topology(name, p)
			}
		}
	}
	return r.show(names[:])
}

// writeComparisonJSON writes a comparison for programs. Arrays are never null.
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

// writeComparison writes a comparison for people: the steps, then the text.
func writeComparison(w io.Writer, sides [2]compare.Side, c compare.Comparison) error {
	var out bytes.Buffer
	if !c.Different() {
		fmt.Fprintf(&out, "%s and %s are the same\n", printable(sides[0].Name), printable(sides[1].Name))
		_, err := w.Write(out.Bytes())
		return err
	}
	show := comparisonText{&out, w}
	if len(c.Plan) > 0 {
		fmt.Fprintln(&out, "plan: changed")
		show.values(c.Plan)
	}
	for _, s := range c.Steps {
		fmt.Fprintf(&out, "step %d %s: %s: %s\n", s.Order, printable(s.ID), s.Kind, printable(s.Title))
		show.values(s.Values)
	}
	fmt.Fprintln(&out, stepCount(len(c.Steps)))
	for _, f := range c.Files {
		show.file(f)
	}
	_, err := w.Write(out.Bytes())
	return err
}

func stepCount(n int) string {
	switch n {
	case 0:
		return "steps: no difference"
	case 1:
		return "steps: 1 differs"
	default:
		return fmt.Sprintf("steps: %d differ", n)
	}
}

// comparisonText writes to out. Its colours depend on whether w is a terminal.
type comparisonText struct {
	out *bytes.Buffer
	w   io.Writer
}

// values shows the differences of one step, old above new, so that long commands are easy to compare.
func (t comparisonText) values(values []compare.Value) {
	heading := ""
	for _, v := range values {
		h := v.Field
		if v.On != "" {
			h += " on " + v.On
		}
		if h != heading {
			heading = h
			fmt.Fprintf(t.out, "  %s\n", printable(heading))
		}
		fmt.Fprintf(t.out, "    old: %s\n", t.value(red, v.Old))
		fmt.Fprintf(t.out, "    new: %s\n", t.value(green, v.New))
	}
}

func (t comparisonText) value(colour int, text string) string {
	if text == "" {
		return "(none)"
	}
	return paint(t.w, colour, printable(text))
}

// file shows the text difference of one file.
func (t comparisonText) file(f compare.FileDifference) {
	if f.Diff == "" {
		fmt.Fprintf(t.out, "\n%s: %s: %s\n", printable(f.Path), f.Kind, cmp.Or(f.Form, "empty"))
		return
	}
	fmt.Fprintf(t.out, "\n%s: %s\n", printable(f.Path), f.Kind)
	for line := range strings.Lines(f.Diff) {
		line = printable(strings.TrimSuffix(line, "\n"))
		switch {
		case strings.HasPrefix(line, "+"):
			line = paint(t.w, green, line)
		case strings.HasPrefix(line, "-"):
			line = paint(t.w, red, line)
		case strings.HasPrefix(line, "@@"):
			line = paint(t.w, cyan, line)
		}
		fmt.Fprintln(t.out, line)
	}
}
