package main

import (
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
)

// The groups of commands in the help.
const (
	changeGroup = "change"
	knowGroup   = "know"
)

// newRoot is the command tree. A new command is a constructor in a list here and a file beside this one.
func newRoot() *cobra.Command {
	keepOrder()
	root := &cobra.Command{
		Use:   "lyncowa",
		Short: "Integrate Lync Server with Outlook Web App, as a change with approval and back-out",
		Long: `lyncowa integrates Lync Server with Outlook Web App.

One YAML file describes the servers. lyncowa checks it, plans the procedure and
renders a change bundle: ordered PowerShell scripts, their back-out scripts and
an approval page. It changes nothing itself and touches no server.`,
		Version:       plan.ToolVersion,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          showHelp,
	}
	root.SetFlagErrorFunc(badFlag)
	root.SetVersionTemplate(plan.ToolName + " {{.Version}}\n")
	// Two spaces before the description of a topic, as for a command.
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), ".CommandPathPadding}} {{", ".CommandPathPadding}}  {{", 1))
	root.AddGroup(&cobra.Group{ID: changeGroup, Title: "From a topology to a change, in this order:"})
	root.AddGroup(&cobra.Group{ID: knowGroup, Title: "Help:"})
	add(root, changeGroup, newInventory(), newInit(), newCertificateRequest(), newValidate(), newPlan(), newRender(), newRehearse(), newVerify(), newEvidence(), newDiff())
	add(root, knowGroup, newDiagnose(), newExplain(), newSchema(), newVersion())
	root.AddCommand(newTopics()...)
	root.SetHelpCommand(newHelp())
	root.SetHelpCommandGroupID(knowGroup)
	root.SetCompletionCommandGroupID(knowGroup)
	describeCompletion(root)
	usualHelp := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		usualHelp(cmd, args)
		if cmd == root {
			next(cmd.OutOrStdout(), "lyncowa init")
		}
	})
	return root
}

// keepOrder lists commands in the help in the order of their use. Cobra has one setting for the process. It is set
// once, because tests run command lines in parallel.
var keepOrder = sync.OnceFunc(func() { cobra.EnableCommandSorting = false })

func add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, cmd := range commands {
		cmd.GroupID = group
		root.AddCommand(cmd)
	}
}

func showHelp(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// noArguments refuses operands. If the command has subcommands, the operand is a mistyped one.
func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !cmd.HasSubCommands():
		return badCommandLine(cmd, fmt.Sprintf("%s takes no argument, but got %q", cmd.Name(), args[0]))
	}
	problem := fmt.Sprintf("%q is not a command", args[0])
	if cmd.HasParent() {
		problem += " of " + cmd.CommandPath()
	}
	return suggestWord(problem, args[0], nearest(args[0], namesBelow(cmd)), cmd.CommandPath()+" ", seeHelp(cmd))
}
