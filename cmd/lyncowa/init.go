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
				if errors.Is(err, fs.ErrExist) && !isFolder(name) {
					err = &stoppedError{error: err, next: "lyncowa validate " + quoted(name)}
				}
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s: fill in your own names\n", printable(name))
			fmt.Fprintf(cmd.OutOrStdout(), "for an editor that completes and checks it: lyncowa schema %s\n", quoted(filepath.Join(filepath.Dir(name), schemaName)))
			next(cmd.OutOrStdout(), "lyncowa validate "+quoted(name))
			return nil
		},
	}
}

// existsError is a file that would have to be overwritten.
type existsError struct{ name string }

func (e *existsError) Error() string { return fmt.Sprintf("%q exists and is not overwritten", e.name) }
func (e *existsError) Unwrap() error { return fs.ErrExist }

// writeNew writes a file that does not exist yet.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return &existsError{name}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return &stoppedError{error: fmt.Errorf("%q has no parent folder", name), hint: fmt.Sprintf("make %q first", filepath.Dir(name))}
	}
	if err != nil {
		return fmt.Errorf("cannot write %q: %w", name, cause(err))
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
