package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"lyncowa/internal/topology"
)

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented sample topology to start from",
		Long: `Write a commented sample topology to FILE. The default is topology.yaml; '-' is
standard output. init never overwrites a file.
To list the fields: lyncowa help topology`,
		Example:           "  lyncowa init\n  lyncowa init dublin.yaml",
		Args:              topologies(0, 1),
		ValidArgsFunction: completeTopologies,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "topology.yaml"
			if len(args) > 0 {
				name = args[0]
			}
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
		},
	}
}

// afterInit adds the next command to the error of an existing topology.
func afterInit(name string, err error) error {
	if hinted := (*hintedError)(nil); errors.Is(err, errExists) && errors.As(err, &hinted) && !isFolder(name) && !isEmptyFile(name) {
		hinted.next = "lyncowa validate " + quoted(name)
	}
	return err
}
