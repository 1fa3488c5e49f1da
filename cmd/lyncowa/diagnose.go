package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"lyncowa/internal/explain"
	"lyncowa/internal/inventory"
)

func newDiagnose() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "diagnose FILE --inventory PATH",
		Short: "Find in an inventory why the presence icon stays blank",
		Long: `Go through the causes of a blank presence icon, from the files of the inventory
scripts: each is seen, excluded, or not visible where no inventory tells. What is
seen comes first, the likeliest on top. Exit code 1 if a cause is seen.
All causes, without an inventory: lyncowa explain blank-presence`,
		Example:           "  lyncowa diagnose topology.yaml --inventory lyncowa-inventory",
		Args:              topologies(1, 1),
		ValidArgsFunction: completeTopologies,
	}
	inventories := addInventory(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(*inventories) == 0 {
			return badCommandLine(cmd, "diagnose looks at facts: it needs --inventory")
		}
		return diagnose(cmd, args[0], *inventories)
	}
	return cmd
}

func diagnose(cmd *cobra.Command, path string, inventories []string) error {
	r := newReading(cmd)
	name, err := r.read(path)
	if err != nil {
		return suggestFile(cmd, path, err)
	}
	top := r.load(name) // without facts: the diagnosis names what they say
	farm, err := r.farm(inventories)
	if err != nil {
		return err
	}
	if err := r.show([]string{path}); err != nil {
		return err
	}
	causes := farm.Diagnose(r.texts[name], top)
	out := cmd.OutOrStdout()
	for _, c := range causes {
		writeCause(out, c)
	}
	more(out, "lyncowa explain "+explain.BlankPresence)
	if causes[0].Verdict == inventory.Seen {
		return errFindings
	}
	return nil
}

// shownFacts is how many facts of a cause are listed: a large farm has thousands.
const shownFacts = 5

func writeCause(out io.Writer, c inventory.Cause) {
	fmt.Fprintf(out, "%-12s  %s\n", c.Verdict, c.Name)
	for i, fact := range c.Facts {
		if i == shownFacts {
			fmt.Fprintf(out, "    and %d more\n", len(c.Facts)-shownFacts)
			break
		}
		fmt.Fprintf(out, "    %s\n", printable(fact))
	}
	if c.Verdict == inventory.Seen {
		fmt.Fprintf(out, "    %s\n", printable("way out: "+c.WayOut))
	}
}
