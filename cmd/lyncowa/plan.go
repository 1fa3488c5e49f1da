package main

import (
	"io"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
)

func newPlan() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plan FILE",
		Short: "Show the ordered steps, each with its reason and its commands",
		Long: `Show what would be done: the ordered steps with where they run, the commands
that change something, and who notices what. Nothing is written.`,
		Example:           "  lyncowa plan topology.yaml\n  lyncowa plan topology.yaml --format markdown\n  lyncowa plan topology.yaml --change renew-certificate --from old-topology.yaml",
		Args:              topologies(1, 1),
		ValidArgsFunction: completeTopologies,
	}
	change := addChangeFlags(cmd)
	format := addChoice(cmd, "format", "how to show the steps", "table", "json", "markdown")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		p, err := makePlan(cmd, args[0], change)
		if err != nil {
			return err
		}
		if err := writePlan(cmd.OutOrStdout(), *format, p); err != nil {
			return err
		}
		if *format == "table" && args[0] != "-" {
			next(cmd.OutOrStdout(), "lyncowa render "+quoted(args[0])+change.repeated())
		}
		return nil
	}
	return cmd
}

func writePlan(w io.Writer, format string, p *plan.Plan) error {
	var text []byte
	var err error
	switch format {
	case "json":
		text, err = bundle.EncodePlan(p)
	case "markdown":
		text = planMarkdown(p)
	default:
		text = planTable(p)
	}
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}
