package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
	"lyncowa/templates"
)

func newVersion() *cobra.Command {
	verbose := false
	c := &cobra.Command{
		Use:               "version",
		Short:             "Print the version, as in plan.json",
		Example:           "  lyncowa version",
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := cmd.OutOrStdout()
			if _, err := fmt.Fprintln(out, plan.ToolName, plan.ToolVersion); err != nil || !verbose {
				return err
			}
			for _, m := range templates.Modules() {
				if _, err := fmt.Fprintf(out, "common.psm1 for the %s: %d lines, SHA-256 %s\n", m.Family, m.Lines(), m.SHA256()); err != nil {
					return err
				}
			}
			return nil
		},
	}
	c.Flags().BoolVar(&verbose, "verbose", false, "also identify the module that all scripts of a bundle share")
	return c
}
