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
		Long: `Write a commented sample topology to FILE, topology.yaml if left out, or to
standard output for '-'. A file that exists is never overwritten.
The fields are listed by: lyncowa help topology`,
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
			fmt.Fprintf(out, "wrote %s: fill in your own names\n", printable(name))
			schema := filepath.Join(filepath.Dir(name), schemaName)
			fmt.Fprintf(out, "for an editor that completes and checks it: lyncowa schema %s\n", quoted(schema))
			next(out, "lyncowa validate "+quoted(name))
			return nil
		},
	}
}

// afterInit adds the next command to the error of a topology that exists already.
func afterInit(name string, err error) error {
	if hinted := (*hintedError)(nil); errors.Is(err, errExists) && errors.As(err, &hinted) && !isFolder(name) && !isEmptyFile(name) {
		hinted.next = "lyncowa validate " + quoted(name)
	}
	return err
}
