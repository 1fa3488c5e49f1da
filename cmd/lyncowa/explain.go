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
		Short: "Explain a finding, a step or a source: what, why, the way out, an example",
		Long: `Explain a finding by the id that stands in brackets behind its message, or a step
by its id or number: what it is, why it matters, the way out, a wrong and a right
example, and where that is known from; or a source that plan and change record
quote, such as P3: what it states, and what rests on it. Without ID, list
everything there is.`,
		Example: "  lyncowa explain\n  lyncowa explain port-range\n  lyncowa explain 40\n  lyncowa explain P3",
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
			return explainOne(cmd, articles, args[0])
		},
	}
}

func explainOne(cmd *cobra.Command, articles *explain.Articles, given string) error {
	id := strings.Trim(given, "[]") // as it was copied from a finding
	if text, found := articles.Text(id); found {
		_, err := io.WriteString(cmd.OutOrStdout(), text)
		return err
	}
	problem := fmt.Sprintf("there is no finding, no step and no source %q", id)
	if slices.Contains(namesBelow(cmd.Root()), id) {
		return &mistypedError{&usageError{problem, "did you mean 'lyncowa help " + id + "'?"}, cmd.Name(), "help"}
	}
	return mistyped(problem, given, articles.Near(id), "lyncowa explain ", "'lyncowa explain' lists all of them")
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
