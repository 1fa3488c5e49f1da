package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lyncowa/internal/explain"
)

// newTopics are the help topics: `lyncowa help changes`. They are commands that do nothing but show a page, which is
// made when it is asked for.
func newTopics() []*cobra.Command {
	topics := []*cobra.Command{newExitCodes()}
	for _, t := range explain.Topics() {
		topic := &cobra.Command{Use: t.Name, Short: t.Short, Long: t.Short}
		topic.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), t.Text()) })
		topics = append(topics, topic)
	}
	return topics
}
