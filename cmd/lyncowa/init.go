package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lyncowa/internal/topology"
)

func newInit() *cobra.Command {
	return &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a commented sample topology to start from",
		Long: `Write a commented sample topology to FILE, topology.yaml if left out, or to
standard output for '-'. A file that exists is never overwritten.`,
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
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: fill in your own names\n", printable(name))
			fmt.Fprintf(cmd.OutOrStdout(), "for an editor that completes and checks it: lyncowa schema %s\n", quoted(filepath.Join(filepath.Dir(name), schemaName)))
			next(cmd.OutOrStdout(), "lyncowa validate "+quoted(name))
			return nil
		},
	}
}

// writeNew writes a file that does not exist yet.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%q exists and is not overwritten: name another file", name)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
