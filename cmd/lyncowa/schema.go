package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/topology"
)

// schemaName is what the first line of the sample calls the schema.
const schemaName = "topology.schema.json"

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [FILE]",
		Short: "Write the JSON Schema of a topology, for editors",
		Long: `Write the JSON Schema (draft 2020-12) of a topology to standard output, or to FILE.
Only an earlier schema of lyncowa is ever overwritten, and it keeps its mode. Links
are not followed.

An editor that knows YAML schemas, such as Visual Studio Code with the YAML
extension, then completes fields, shows what each one is for and underlines what
is wrong. It finds the schema by the first line of the topology:

  # yaml-language-server: $schema=./topology.schema.json

For other editors: lyncowa help editors
What the schema refuses, validate refuses too; validate finds more.`,
		Example: "  lyncowa schema topology.schema.json\n  lyncowa schema",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && args[0] == "" {
				return badCommandLine(cmd, "schema takes the name of one file to write")
			}
			return nil
		},
		ValidArgsFunction: completeSchema,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || args[0] == "-" {
				_, err := cmd.OutOrStdout().Write(topology.Schema())
				return err
			}
			if err := writeSchema(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "wrote %s\n", printable(args[0]))
			next(cmd.OutOrStdout(), "begin each topology in that folder with the line:")
			fmt.Fprintf(cmd.OutOrStdout(), "  # yaml-language-server: $schema=./%s\n", printable(filepath.Base(args[0])))
			return nil
		},
	}
}

// completeSchema makes shells offer the usual name, once.
func completeSchema(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return []string{schemaName}, cobra.ShellCompDirectiveDefault
}

// writeSchema writes a file that does not exist yet, or that is a schema of ours.
func writeSchema(name string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeNew(name, topology.Schema())
	case err != nil:
		return fmt.Errorf("cannot write %q: %w", name, cause(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return &stoppedError{error: fmt.Errorf("%q is a symbolic link, and links are not followed", name), hint: "name the file that it points to"}
	}
	ours, err := isSchema(name, info)
	switch {
	case err != nil:
		return fmt.Errorf("cannot read %q: %w", name, cause(err))
	case !ours && (info.IsDir() || info.Size() == 0):
		return &existsError{name}
	case !ours:
		return fmt.Errorf("%w: it is no schema of lyncowa", &existsError{name})
	}
	return replaceFile(name, topology.Schema(), info.Mode().Perm())
}

// isSchema reports whether a file is a schema that lyncowa has written. What is no file is never read: a pipe would
// keep its reader waiting.
func isSchema(name string, info fs.FileInfo) (bool, error) {
	if !info.Mode().IsRegular() {
		return false, nil
	}
	text, err := os.ReadFile(name)
	return bytes.Contains(text, []byte(`"$id": "`+topology.SchemaID+`"`)), err
}

// replaceFile puts a file in the place of an older one, whole or not at all. It is written beside it, under a name that
// nobody can foresee and that no other run has.
func replaceFile(name string, text []byte, mode fs.FileMode) error {
	part, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".lyncowa-*")
	if err != nil {
		return fileNotWritten(name, err)
	}
	_, err = part.Write(text)
	if err = errors.Join(err, part.Chmod(mode), part.Sync(), part.Close()); err == nil {
		err = os.Rename(part.Name(), name)
	}
	if err != nil {
		return errors.Join(fileNotWritten(name, err), os.Remove(part.Name()))
	}
	return bundle.SyncFolder(filepath.Dir(name))
}
