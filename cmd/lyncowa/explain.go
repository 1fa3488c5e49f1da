package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/explain"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [ID]",
		Short: "Explain a finding, a step or a source",
		Long: `Explain a finding, a step or a source. ID is the id in brackets after a message,
the id or number of a step, or a source such as P3 that plan and change record cite.
The article of a finding or step says what it is, why it matters, what to do, and
its sources, with an example. The article of a source gives its statement and the
steps and findings that use it. Without ID, explain lists all articles.`,
		Example: "  lyncowa explain\n  lyncowa explain port-range\n  lyncowa explain 40\n  lyncowa explain P3",
		Args: func(cmd *cobra.Command, args []string) error {
			return operands(0, 1, fmt.Sprintf("explain takes one id, but got %d: %q", len(args), args))(cmd, args)
		},
		ValidArgsFunction: onlyFirst(completeIDs),
		RunE: func(cmd *cobra.Command, args []string) error {
			articles, err := explain.Load()
			if err != nil {
				return err
			}
			if len(args) > 0 {
				return explainOne(cmd, articles, args[0])
			}
			_, err = io.WriteString(cmd.OutOrStdout(), articles.List())
			more(cmd.OutOrStdout(), "lyncowa explain ID")
			return err
		},
	}
}

func explainOne(cmd *cobra.Command, articles *explain.Articles, given string) error {
	id := strings.Trim(given, "[]") // copied from the end of a message
	if text, found := articles.Text(id); found {
		_, err := io.WriteString(cmd.OutOrStdout(), text)
		return err
	}
	problem := fmt.Sprintf("there is no finding, no step and no source %q", id)
	if slices.Contains(namesBelow(cmd.Root()), id) {
		return &usageError{problem, "did you mean 'lyncowa help " + id + "'?", cmd.Name(), "help"}
	}
	return suggestWord(problem, given, articles.Near(id), "lyncowa explain ", "'lyncowa explain' lists all ids")
}

func completeIDs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	articles, err := explain.Load()
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	return articles.IDs(), cobra.ShellCompDirectiveNoFileComp
}
