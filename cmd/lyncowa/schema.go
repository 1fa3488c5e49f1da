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

// schemaName is the file that the first line of the sample names.
const schemaName = "topology.schema.json"

func newSchema() *cobra.Command {
	return &cobra.Command{
		Use:   "schema [FILE]",
		Short: "Write the JSON Schema of a topology, for editors",
		Long: `Write the JSON Schema (draft 2020-12) of a topology to standard output, or to FILE.
schema overwrites only an earlier schema of lyncowa and keeps the mode of the file.
It does not follow links.

An editor that supports YAML schemas, such as Visual Studio Code with the YAML
extension, then completes the fields, describes them and underlines mistakes. The
first line of the topology names the schema:

  # yaml-language-server: $schema=./topology.schema.json

For other editors: lyncowa help editors
validate finds every mistake that the schema finds, and more.`,
		Example:           "  lyncowa schema topology.schema.json\n  lyncowa schema",
		Args:              operands(0, 1, "schema takes the name of one file to write", ""),
		ValidArgsFunction: onlyFirst(cobra.FixedCompletions([]string{schemaName}, cobra.ShellCompDirectiveDefault)),
		RunE: func(cmd *cobra.Command, args []string) error {
			out := cmd.OutOrStdout()
			if len(args) == 0 || args[0] == "-" {
				_, err := out.Write(topology.Schema())
				return err
			}
			if err := writeSchema(args[0]); err != nil {
				return err
			}
			fmt.Fprintf(out, "wrote %s\n", printable(args[0]))
			next(out, "begin each topology in that folder with this line:")
			fmt.Fprintf(out, "  # yaml-language-server: $schema=./%s\n", printable(filepath.Base(args[0])))
			return nil
		},
	}
}

// writeSchema writes a file that does not exist yet, or replaces an earlier schema of lyncowa.
func writeSchema(name string) error {
	info, err := os.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return writeNew(name, topology.Schema())
	case err != nil:
		return fmt.Errorf("cannot write %q: %w", name, cause(err))
	case info.Mode()&fs.ModeSymlink != 0:
		return &hintedError{error: fmt.Errorf("%q is a symbolic link, and lyncowa does not follow links", name), hint: "name the target of the link"}
	}
	var text []byte
	if info.Mode().IsRegular() { // a pipe would block
		if text, err = os.ReadFile(name); err != nil {
			return fmt.Errorf("cannot read %q: %w", name, cause(err))
		}
	}
	switch {
	case bytes.Contains(text, []byte(`"$id": "`+topology.SchemaID+`"`)):
		return replaceFile(name, topology.Schema(), info.Mode().Perm())
	case info.IsDir() || info.Size() == 0:
		return exists(name)
	default:
		return fmt.Errorf("%w: it is not a schema of lyncowa", exists(name))
	}
}
