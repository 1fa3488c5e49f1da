package main

import (
	"errors"
	"fmt"
	"io/fs"
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
		Args:              files(0, 1),
		ValidArgsFunction: completeTopologies,
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "topology.yaml"
			if len(args) > 0 {
				name = args[0]
			}
			if name == "-" {
				_, err := cmd.OutOrStdout().Write(topology.Sample())
				return err
			}
			if err := writeNew(name, topology.Sample()); err != nil {
				return afterInit(name, err)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: fill in your own names\n", printable(name))
			fmt.Fprintf(cmd.OutOrStdout(), "for an editor that completes and checks it: lyncowa schema %s\n", quoted(filepath.Join(filepath.Dir(name), schemaName)))
			next(cmd.OutOrStdout(), "lyncowa validate "+quoted(name))
			return nil
		},
	}
}

// afterInit adds to an error of writing the sample what follows: with a topology that is there already one goes on.
func afterInit(name string, err error) error {
	if errors.Is(err, fs.ErrExist) && !isFolder(name) && !isEmptyFile(name) {
		return &stoppedError{error: err, next: "lyncowa validate " + quoted(name)}
	}
	return err
}
