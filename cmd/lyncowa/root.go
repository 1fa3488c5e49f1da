package main

import (
	"fmt"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
)

// newRoot is the command tree. A new command is a row here and a file beside this one.
func newRoot() *cobra.Command {
	keepOrder()
	root := &cobra.Command{
		Use:   "lyncowa",
		Short: "Integrate Lync Server with Outlook Web App, as a change that can be approved and undone",
		Long: `lyncowa integrates Lync Server with Outlook Web App.

One YAML file describes the servers. lyncowa checks it, plans the procedure and
renders a change bundle: ordered PowerShell scripts, their back-out scripts and
an approval page. It changes nothing itself and touches no server.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noArguments,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(badFlag)
	root.Version = plan.ToolVersion // as the command version prints it
	root.SetVersionTemplate(plan.ToolName + " {{.Version}}\n")
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), ".CommandPathPadding}} {{", ".CommandPathPadding}}  {{", 1)) // two blanks, as between commands and what they do
	root.AddGroup(&cobra.Group{ID: onTheWay, Title: "From a topology to a change, in this order:"}, &cobra.Group{ID: beside, Title: "To know more:"})
	add(root, onTheWay, newInit(), newValidate(), newPlan(), newRender(), newRehearse(), newVerify(), newDiff())
	add(root, beside, newExplain(), newSchema(), newVersion())
	root.AddCommand(newTopics()...)
	root.SetHelpCommand(newHelp())
	root.SetHelpCommandGroupID(beside)
	root.SetCompletionCommandGroupID(beside)
	addCompletion(root)
	beginWithInit(root)
	return root
}

// keepOrder makes help list the commands in the order in which they are used. The library has one setting for the whole
// process; it is set once, because several command lines may be run side by side.
var keepOrder = sync.OnceFunc(func() { cobra.EnableCommandSorting = false })

// The groups of commands in the help.
const (
	onTheWay = "on the way"
	beside   = "beside"
)

func add(root *cobra.Command, group string, commands ...*cobra.Command) {
	for _, cmd := range commands {
		cmd.GroupID = group
		root.AddCommand(cmd)
	}
}

// beginWithInit ends the help of lyncowa itself with the command to begin with.
func beginWithInit(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		help(cmd, args)
		if cmd == root {
			next(cmd.OutOrStdout(), "lyncowa init")
		}
	})
}

// badCommandLine is a usage error that points at the help of the command it happened in.
func badCommandLine(cmd *cobra.Command, problem string) error {
	return &usageError{problem, fmt.Sprintf("see '%s --help'", cmd.CommandPath())}
}

// noArguments refuses operands; for what has commands they are commands that do not exist.
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
	return mistyped(problem, args[0], nearest(args[0], namesBelow(cmd)), cmd.CommandPath()+" ", fmt.Sprintf("see '%s --help'", cmd.CommandPath()))
}

// files accepts between atLeast and atMost file operands; atMost 0 means any number.
func files(atLeast, atMost int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < atLeast:
			return badCommandLine(cmd, cmd.Name()+" needs a topology file; '-' is standard input")
		case atMost > 0 && len(args) > atMost:
			return badCommandLine(cmd, fmt.Sprintf("%s takes one file, but got %d: %q", cmd.Name(), len(args), args))
		case countOf(args, "") > 0:
			return badCommandLine(cmd, "a file name is empty")
		case countOf(args, "-") > 1:
			return badCommandLine(cmd, "standard input ('-') can be read once only")
		}
		return nil
	}
}

func countOf(args []string, of string) int {
	n := 0
	for _, a := range args {
		if a == of {
			n++
		}
	}
	return n
}

// completeBundle makes shells offer one folder.
func completeBundle(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeFolders makes shells offer folders.
func completeFolders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeTopologies makes shells offer YAML files.
func completeTopologies(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}
