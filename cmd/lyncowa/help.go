package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/explain"
)

// newHelp shows the help of a command or topic. Cobra's own help command succeeds for an unknown word.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND or TOPIC]",
		Short:   "Help about a command or a topic",
		Example: "  lyncowa help render\n  lyncowa help changes",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return namesBelow(cmd.Root()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return noHelp(cmd, args)
			}
			return topic.Help()
		},
	}
}

// noHelp is the error of an unknown word. Explain may have an article of the first word.
func noHelp(cmd *cobra.Command, words []string) error {
	problem := fmt.Sprintf("there is no help about %q", strings.Join(words, " "))
	word := strings.Trim(words[0], "[]")
	articles, err := explain.Load()
	if err != nil {
		return err
	}
	if _, found := articles.Text(word); found {
		return &usageError{problem, "did you mean 'lyncowa explain " + word + "'?", cmd.Name(), "explain"}
	}
	return suggestWord(problem, words[0], nearest(words[0], namesBelow(cmd.Root())), "lyncowa help ", seeHelp(cmd.Root()))
}

// newTopics are the help topics, for example `lyncowa help changes`: commands that only show a page. The page is
// built when it is shown.
func newTopics() []*cobra.Command {
	topics := []*cobra.Command{newExitCodes()}
	for _, t := range explain.Topics() {
		topic := &cobra.Command{Use: t.Name, Short: t.Short, Long: t.Short}
		topic.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(cmd.OutOrStdout(), t.Text()) })
		topics = append(topics, topic)
	}
	return topics
}
