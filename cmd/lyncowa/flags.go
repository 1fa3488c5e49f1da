package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
)

// textFlag is a flag with a text value. The help shows the value as a name, such as DIR.
type textFlag struct {
	value, name string
	allowed     []string // nil: any text
}

func (f *textFlag) String() string { return f.value }
func (f *textFlag) Type() string   { return f.name }

func (f *textFlag) Set(value string) error {
	if f.allowed != nil && !slices.Contains(f.allowed, value) {
		return fmt.Errorf("use one of %s", strings.Join(f.allowed, ", "))
	}
	f.value = value
	return nil
}

// addText defines a flag that takes any text. The default is "".
func addText(cmd *cobra.Command, flag, shorthand, name, usage string, complete cobra.CompletionFunc) *string {
	return addFlag(cmd, &textFlag{name: name}, flag, shorthand, usage, complete)
}

// addChoice defines a flag that takes one of the allowed values. The first one is the default.
func addChoice(cmd *cobra.Command, flag, usage string, allowed ...string) *string {
	f := &textFlag{value: allowed[0], name: "string", allowed: allowed}
	usage += ": " + strings.Join(allowed, ", ")
	return addFlag(cmd, f, flag, "", usage, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
}

func addFlag(cmd *cobra.Command, f *textFlag, flag, shorthand, usage string, complete cobra.CompletionFunc) *string {
	cmd.Flags().VarP(f, flag, shorthand, usage)
	registerCompletion(cmd, flag, complete)
	return &f.value
}

// listFlag is a flag that can be repeated, each time with one text.
type listFlag struct {
	values []string
	name   string
}

func (f *listFlag) String() string { return strings.Join(f.values, " ") }
func (f *listFlag) Type() string   { return f.name }

func (f *listFlag) Set(value string) error {
	if value == "" {
		return errors.New("it is empty")
	}
	f.values = append(f.values, value)
	return nil
}

// addList defines a flag that can be repeated.
func addList(cmd *cobra.Command, flag, name, usage string, complete cobra.CompletionFunc) *[]string {
	f := &listFlag{name: name}
	cmd.Flags().Var(f, flag, usage)
	registerCompletion(cmd, flag, complete)
	return &f.values
}

func registerCompletion(cmd *cobra.Command, flag string, complete cobra.CompletionFunc) {
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // two flags with one name: a bug that every test finds
	}
}

// The completions of an operand or of the value of a flag.
var (
	completeAny        = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	completeFolders    = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	completeTopologies = cobra.FixedCompletions([]string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt)
)

// onlyFirst completes the first operand, and no other.
func onlyFirst(complete cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return complete(cmd, args, word)
	}
}

// addChange defines --change with the kinds that the plan knows.
func addChange(cmd *cobra.Command, usage string) *string {
	var kinds []string
	for _, c := range plan.Changes() {
		kinds = append(kinds, string(c))
	}
	return addChoice(cmd, "change", usage+" (lyncowa help changes)", kinds...)
}

// changeFlags are what a plan is made from beside the topology.
type changeFlags struct {
	kind        *string
	from        *string // OLD of --from; "" without it
	inventories *[]string
}

func addChangeFlags(cmd *cobra.Command) changeFlags {
	kind := addChange(cmd, "kind of change")
	const usage = "with add-server and renew-certificate: the OLD topology file or bundle folder, or the OLD thumbprint"
	return changeFlags{kind, addText(cmd, "from", "", "OLD", usage, completeTopologies), addInventory(cmd)}
}

func (f changeFlags) change() plan.Change { return plan.Change(*f.kind) }

// check refuses flags that exclude each other.
func (f changeFlags) check(cmd *cobra.Command) error {
	switch {
	case f.change() == plan.AddServer && *f.from == "":
		return &usageError{problem: "--change add-server needs --from OLD", hint: f.oldHint()}
	case !cmd.Flags().Changed("from"):
		return nil
	case f.change() != plan.RenewCertificate && f.change() != plan.AddServer:
		return badCommandLine(cmd, fmt.Sprintf("--from goes with --change %s or %s, not with %s", plan.RenewCertificate, plan.AddServer, f.change()))
	case *f.from == "-":
		return &usageError{problem: "--from cannot be read from standard input", hint: f.oldHint()}
	case *f.from == "":
		return &usageError{problem: `--from "" is not a thumbprint, file or folder`, hint: f.oldHint()}
	}
	return nil
}

// oldHint says what OLD of --from can be.
func (f changeFlags) oldHint() string {
	if f.change() == plan.AddServer {
		return "OLD is the topology file without the new servers, or the folder of the bundle that was run last"
	}
	return "OLD is a thumbprint of 40 hexadecimal digits, a topology file or the folder of a bundle"
}

// repeated are the flags that a suggested command needs for the same plan, or "" for the default change.
func (f changeFlags) repeated() string {
	text := ""
	if f.change() != plan.Integrate {
		text += " --change " + string(f.change())
	}
	if *f.from != "" {
		text += " --from " + quoted(*f.from)
	}
	return text + withInventories(*f.inventories)
}

// operands accepts at least least and at most most operands, and refuses the given values.
func operands(least, most int, problem string, refused ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		isRefused := func(arg string) bool { return slices.Contains(refused, arg) }
		if len(args) < least || len(args) > most || slices.ContainsFunc(args, isRefused) {
			return badCommandLine(cmd, problem)
		}
		return nil
	}
}

// topologies accepts at least that many topology files, and at most most; 0 means any number.
func topologies(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return badCommandLine(cmd, cmd.Name()+" needs a topology file; '-' is standard input")
		case most > 0 && len(args) > most:
			return badCommandLine(cmd, fmt.Sprintf("%s takes one file, but got %d: %q", cmd.Name(), len(args), args))
		}
		return checkNames(cmd, args, "a file name is empty")
	}
}

// checkNames refuses an empty name, and standard input that is named twice.
func checkNames(cmd *cobra.Command, args []string, problem string) error {
	if slices.Contains(args, "") {
		return badCommandLine(cmd, problem)
	}
	if first := slices.Index(args, "-"); first >= 0 && slices.Contains(args[first+1:], "-") {
		return badCommandLine(cmd, "standard input ('-') can be read only once")
	}
	return nil
}
