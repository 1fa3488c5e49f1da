package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/explain"
	"lyncowa/internal/finding"
)

func newExplain() *cobra.Command {
	return &cobra.Command{
		Use:   "explain [ID]",
		Short: "Explain a finding or a step: what, why, the way out, an example",
		Long: `Explain a finding by the id that stands in brackets behind its message, or a step
by its id or number: what it is, why it matters, the way out, a wrong and a right
example, and where that is known from. Without ID, list everything there is.`,
		Example: "  lyncowa explain\n  lyncowa explain port-range\n  lyncowa explain 40",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 {
				return badCommandLine(cmd, fmt.Sprintf("explain takes one id, but got %d: %q", len(args), args))
			}
			return nil
		},
		ValidArgsFunction: completeIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			articles, err := explain.Load()
			if err != nil {
				return err
			}
			if len(args) == 0 {
				_, err := io.WriteString(cmd.OutOrStdout(), articles.List())
				more(cmd.OutOrStdout(), "lyncowa explain ID")
				return err
			}
			return explainOne(cmd.OutOrStdout(), articles, args[0])
		},
	}
}

func explainOne(out io.Writer, articles *explain.Articles, id string) error {
	id = strings.Trim(id, "[]") // as it was copied from a finding
	if f, ok := articles.Finding(id); ok {
		_, err := io.WriteString(out, articles.FindingText(f))
		return err
	}
	if s, ok := articles.Step(id); ok {
		_, err := io.WriteString(out, articles.StepText(s))
		return err
	}
	hint := "'lyncowa explain' lists all of them"
	if near := articles.Near(id); len(near) > 0 {
		hint = "did you mean 'lyncowa explain " + strings.Join(near, "' or '") + "'?"
	}
	return &usageError{fmt.Sprintf("there is no finding and no step %q", id), hint}
}

// suggestMending leads from the findings that stop the work to the article about the first one, and to the same
// command again. What came from standard input nobody can type again. A file without a byte is nothing to mend.
func suggestMending(w io.Writer, cmd *cobra.Command, args []string, findings finding.List) {
	first := findings[max(0, slices.IndexFunc(findings, func(f finding.Finding) bool { return f.Severity == finding.Error }))]
	more(w, "lyncowa explain "+first.ID)
	switch {
	case slices.Contains(args, "-"):
	case isEmptyFile(first.File):
		hint(w, fmt.Sprintf("%q is empty: remove it, then lyncowa init %s", first.File, quoted(first.File)))
	default:
		next(w, again(cmd, args))
	}
}

// completeIDs makes shells offer the ids, once.
func completeIDs(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	articles, err := explain.Load()
	if err != nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return articles.IDs(), cobra.ShellCompDirectiveNoFileComp
}
