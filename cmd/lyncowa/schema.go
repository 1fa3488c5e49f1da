package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lyncowa/internal/topology"
)

// schemaName is what the first line of the sample calls the schema.
const schemaName = "topology.schema.json"

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [FILE]",
		Short: "Write the JSON Schema of a topology, for editors",
		Long: `Write the JSON Schema (draft 2020-12) of a topology to standard output, or to FILE.
Only an earlier schema of lyncowa is ever overwritten.

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
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return []string{schemaName}, cobra.ShellCompDirectiveDefault
		},
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

// writeSchema writes a file that does not exist yet, or that is a schema of ours.
func writeSchema(name string) error {
	old, err := os.ReadFile(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeNew(name, topology.Schema())
	case err != nil:
		return err
	case !bytes.Contains(old, []byte(`"$id": "`+topology.SchemaID+`"`)):
		return fmt.Errorf("%w: it is no schema of lyncowa", &existsError{name})
	}
	return replaceFile(name, topology.Schema())
}

// replaceFile puts a file in the place of an older one, whole or not at all. What a killed run left is written again.
func replaceFile(name string, text []byte) error {
	part := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+".lyncowa-part")
	err := os.WriteFile(part, text, 0o644)
	if err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("cannot write %q: %w", name, cause(err)), removeIfThere(part))
	}
	return nil
}

func removeIfThere(name string) error {
	if err := os.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
