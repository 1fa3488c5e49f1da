package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// newHelp shows the help of a command or topic. Unlike cobra's own it fails for one that does not exist.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND or TOPIC]",
		Short:   "Help about a command or a topic",
		Example: "  lyncowa help render\n  lyncowa help changes",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range cmd.Root().Commands() {
				names = append(names, c.Name())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return badCommandLine(cmd.Root(), fmt.Sprintf("there is no help about %q", strings.Join(args, " ")))
			}
			return topic.Help()
		},
	}
}
