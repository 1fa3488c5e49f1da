package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:               "version",
		Short:             "Print the version, as in plan.json",
		Example:           "  lyncowa version",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), plan.ToolName, plan.ToolVersion)
			return err
		},
	}
}
