package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/finding"
	"lyncowa/internal/inventory"
	"lyncowa/internal/topology"
)

func newInit() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a topology to start from: a commented sample, or what an inventory says",
		Long: `Write a commented sample topology to FILE. The default is topology.yaml; '-' is
standard output. init never overwrites a file.
To list the fields: lyncowa help topology

With --inventory the topology is derived from the files of the inventory scripts
(lyncowa inventory). Behind each value stands the fact that it follows from. Where
the facts leave a choice, the field stays empty with the candidates below it.`,
		Example:           "  lyncowa init\n  lyncowa init dublin.yaml\n  lyncowa init --inventory lyncowa-inventory",
		Args:              topologies(0, 1),
		ValidArgsFunction: completeTopologies,
	}
	paths := addInventory(cmd)
	pools := addList(cmd, "pool", "FQDN", "with --inventory: describe this OWA pool only; may be repeated", completeAny)
	registrar := addText(cmd, "registrar", "", "FQDN", "with --inventory: the Lync pool where several could be it", completeAny)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "topology.yaml"
		if len(args) > 0 {
			name = args[0]
		}
		if len(*paths) > 0 {
			return initFromInventory(cmd, name, *paths, inventory.Choice{Pools: *pools, Registrar: strings.ToLower(*registrar)})
		}
		for _, flag := range []string{"pool", "registrar"} {
			if cmd.Flags().Changed(flag) {
				return badCommandLine(cmd, "--"+flag+" goes with --inventory")
			}
		}
		return initSample(cmd, name)
	}
	return cmd
}

func initSample(cmd *cobra.Command, name string) error {
	out := cmd.OutOrStdout()
	if name == "-" {
		_, err := out.Write(topology.Sample())
		return err
	}
	if err := writeNew(name, topology.Sample()); err != nil {
		return afterInit(name, err)
	}
	fmt.Fprintf(out, "wrote %s: replace the sample values with your own\n", printable(name))
	schema := filepath.Join(filepath.Dir(name), schemaName)
	fmt.Fprintf(out, "for completion and checks in an editor: lyncowa schema %s\n", quoted(schema))
	next(out, "lyncowa validate "+quoted(name))
	return nil
}

// initFromInventory writes a topology that follows from an inventory, and names the fields that it leaves open.
func initFromInventory(cmd *cobra.Command, name string, paths []string, choice inventory.Choice) error {
	r := newReading(cmd)
	farm, err := r.farm(paths)
	if err != nil {
		return err
	}
	if err := r.show(cmd.Flags().Args()); err != nil {
		return err
	}
	proposal, err := farm.Propose(choice)
	if unoffered := (*inventory.ChoiceError)(nil); errors.As(err, &unoffered) {
		return &usageError{problem: unoffered.Problem, hint: offered(unoffered.Offered)}
	}
	if err != nil {
		return err
	}
	if len(proposal.Pools) == 0 {
		return &hintedError{
			error: errors.New("the inventory holds no OWA virtual directory of Exchange 2013, 2016 or 2019, so no OWA pool follows from it"),
			hint:  "run inventory-exchange.ps1 without -ThisServer on one Exchange server",
		}
	}
	text, err := proposal.YAML()
	if err != nil {
		return err
	}
	if name == "-" {
		_, err := cmd.OutOrStdout().Write(text)
		return err
	}
	if err := writeNew(name, text); err != nil {
		return afterInit(name, err)
	}
	open := inventory.OpenFields(text)
	showProposal(cmd.OutOrStdout(), name, farm, proposal, open)
	if len(open) == 0 { // what the facts have against it, such as an application of somebody else
		checked := newReading(cmd)
		checked.texts[name], checked.facts = text, farm
		checked.load(name)
		stderr := cmd.ErrOrStderr()
		if err := finding.WriteText(stderr, checked.findings, checked.texts, wantsColour(stderr)); err != nil {
			return err
		}
	}
	next(cmd.OutOrStdout(), "lyncowa validate "+quoted(name)+withInventories(paths))
	return nil
}

func showProposal(out io.Writer, name string, farm *inventory.Farm, p *inventory.Proposal, open []inventory.Field) {
	servers := 0
	for _, pool := range p.Pools {
		servers += len(pool.MailboxServers)
	}
	fmt.Fprintf(out, "read %s: %s\n", inventory.Count(len(farm.Files), "inventory"), printable(finding.Few(p.Sources)))
	pools := inventory.Count(len(p.Pools), "OWA pool")
	fmt.Fprintf(out, "wrote %s: %s, %s; %s\n", printable(name), pools, inventory.Count(servers, "Mailbox server"), yours(len(open)))
	for _, field := range open {
		fmt.Fprintf(out, "%s:%d:%d: open: %s: %s\n", printable(name), field.Line, field.Column, field.Key, printable(field.Why))
	}
}

func yours(open int) string {
	switch open {
	case 0:
		return "nothing is left to choose"
	case 1:
		return "1 field is yours to choose"
	}
	return fmt.Sprintf("%d fields are yours to choose", open)
}

// offered is the hint of a choice that the facts do not have.
func offered(names []string) string {
	if len(names) == 0 {
		return "the inventory has none"
	}
	return "the inventory has " + finding.Few(names)
}

// afterInit adds the next command to the error of an existing topology.
func afterInit(name string, err error) error {
	if hinted := (*hintedError)(nil); errors.Is(err, errExists) && errors.As(err, &hinted) && !isFolder(name) && !isEmptyFile(name) {
		hinted.next = "lyncowa validate " + quoted(name)
	}
	return err
}
