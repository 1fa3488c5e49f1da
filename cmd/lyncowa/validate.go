package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"lyncowa/internal/finding"
)

func newValidate() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "validate FILE...",
		Short: "Check topologies and show each finding with its place and what to do",
		Long: `Check topology files and show all findings, each with file, line and column.
'-' is standard input. validate expands patterns that the shell has not expanded.
The exit code is 1 for an error, and with --strict also for a warning.
For pipelines: lyncowa help pipelines

With --inventory, validate compares each value with the facts of the farm. The findings
named inventory-... give the right value. validate checks certificates at the end of
the change window, or at the time of the inventory, never by the clock.`,
		Example: `  lyncowa validate topology.yaml
  lyncowa validate --format github sites/*.yaml
  lyncowa validate topology.yaml --inventory lyncowa-inventory`,
		Args:              topologies(1, 0),
		ValidArgsFunction: completeTopologies,
	}
	format := addChoice(cmd, "format", "how to show the findings", "text", "json", "github")
	strict := cmd.Flags().Bool("strict", false, "fail on warnings too")
	inventories := addInventory(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return validate(cmd, args, *format, *strict, *inventories)
	}
	return cmd
}

func validate(cmd *cobra.Command, args []string, format string, strict bool, inventories []string) error {
	paths, unmatched := expandPatterns(args)
	r := newReading(cmd)
	if err := r.readFacts(inventories); err != nil {
		return err
	}
	unreadable := errors.Join(unmatched, r.loadAll(paths))
	out := cmd.OutOrStdout()
	if err := r.write(out, format); err != nil {
		return err
	}
	refused := r.findings.HasErrors() || strict && len(r.findings) > 0
	switch {
	case unreadable != nil:
		return unreadable
	case refused && format == "text":
		suggestCorrection(out, cmd, args, r.findings)
	case format == "text":
		for _, path := range r.samples {
			hint(cmd.ErrOrStderr(), fmt.Sprintf("%s still has the servers of the sample: replace them with your own", path))
		}
		fmt.Fprintln(out, validated(len(paths), len(r.findings)))
		if paths[0] != "-" {
			next(out, "lyncowa plan "+quoted(paths[0])+withInventories(inventories))
		}
	}
	if refused {
		return errFindings
	}
	return nil
}

// loadAll checks every file, so that an unreadable file does not hide the findings of the others.
func (r *reading) loadAll(paths []string) (unreadable error) {
	for _, path := range paths {
		name, err := r.read(path)
		if err == nil {
			if top := r.load(name); top != nil && top.IsSample() {
				r.samples = append(r.samples, name)
			}
		} else if r.cmd.Flags().NArg() == 1 && len(paths) == 1 {
			unreadable = suggestFile(r.cmd, path, err)
		} else {
			unreadable = errors.Join(unreadable, err)
		}
	}
	return unreadable
}

// write writes the findings in one of the formats.
func (r *reading) write(w io.Writer, format string) error {
	switch format {
	case "json":
		return finding.WriteJSON(w, r.findings)
	case "github":
		return finding.WriteGitHub(w, r.findings)
	default:
		return finding.WriteText(w, r.findings, r.texts, wantsColour(w))
	}
}

// validated is for example "1 topology is valid, 2 warnings".
func validated(files, warnings int) string {
	text := "1 topology is valid"
	if files > 1 {
		text = fmt.Sprintf("%d topologies are valid", files)
	}
	switch warnings {
	case 0:
		return text
	case 1:
		return text + ", 1 warning"
	default:
		return fmt.Sprintf("%s, %d warnings", text, warnings)
	}
}
