package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"lyncowa/internal/plan"
)

// changeFlags are --change and what belongs to single kinds of change.
type changeFlags struct {
	kind *choice
	from *string // OLD of --from; "" without it
}

// addChange defines --change with the kinds that the plan knows, and --from.
func addChange(cmd *cobra.Command) changeFlags {
	var kinds []string
	for _, c := range plan.Changes() {
		kinds = append(kinds, string(c))
	}
	flags := changeFlags{kind: addChoice(cmd, "change", "kind of change (lyncowa help changes)", kinds...)}
	flags.from = addNamed(cmd, "from", "", "OLD", "what renew-certificate replaces: OLD thumbprint, topology file or bundle folder")
	mustComplete(cmd, "from", completeTopologies)
	return flags
}

func (f changeFlags) change() plan.Change { return plan.Change(f.kind.value) }

// check refuses flags that do not go together.
func (f changeFlags) check(cmd *cobra.Command) error {
	switch {
	case !cmd.Flags().Changed("from"):
		return nil
	case f.change() != plan.RenewCertificate:
		return badCommandLine(cmd, fmt.Sprintf("--from goes with --change %s, not with %s", plan.RenewCertificate, f.change()))
	case *f.from == "" || *f.from == "-":
		return &usageError{fmt.Sprintf("--from %q names nothing to renew from", *f.from), fromHint}
	}
	return nil
}

// repeated is what a suggested command needs to be about the same change: "" for the usual one.
func (f changeFlags) repeated() string {
	text := ""
	if f.change() != plan.Integrate {
		text += " --change " + string(f.change())
	}
	if *f.from != "" {
		text += " --from " + quoted(*f.from)
	}
	return text
}
