package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"lyncowa/internal/bundle"
	"lyncowa/internal/rehearsal"
)

func newRehearse() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rehearse DIR",
		Short: "Run a bundle's scripts on a simulated farm and write the result",
		Long: `Run the bundle's own, unmodified scripts in a real PowerShell engine, on a
simulated Lync and Exchange farm. It is built from the bundle's inventories, and
from its topology where they do not tell.
rehearse checks that -WhatIf changes nothing, that the scripts do exactly what the
plan says, that they can run again, and that the back-outs restore everything. It
also checks that an interrupted change can be finished or backed out, and that the
scripts refuse faults. It writes the result to DIR.rehearsal.json.

rehearse needs pwsh 6.0 or later, or powershell 3.0 or later. Except for the result,
it writes only to a temporary folder. It refuses a computer with real Lync or
Exchange tools.`,
		Example: `  lyncowa rehearse litware-owa-im-integrate
  lyncowa rehearse litware-owa-im-integrate --engine /opt/powershell/pwsh`,
		Args:              operands(1, 1, "rehearse needs the folder of one bundle", ""),
		ValidArgsFunction: onlyFirst(completeFolders),
	}
	engine := addText(cmd, "engine", "", "PATH", "PATH of the PowerShell engine (default: pwsh or powershell on PATH)", completeAny)
	format := addChoice(cmd, "format", "how to show the result", "table", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return rehearse(cmd, args[0], *engine, *format) }
	return cmd
}

func rehearse(cmd *cobra.Command, dir, engine, format string) error {
	if err := mustBeBundle(dir); err != nil {
		return err
	}
	progress, done := progressOn(cmd.ErrOrStderr())
	report, err := rehearsal.Run(cmd.Context(), dir, rehearsal.Options{Engine: engine, Progress: progress})
	done()
	if err != nil {
		return err
	}
	if err := report.Save(dir); err != nil {
		return fmt.Errorf("cannot write the result, %q: %w", rehearsal.ReportPath(dir), cause(err))
	}
	if format == "json" {
		_, err = cmd.OutOrStdout().Write(report.JSON())
	} else {
		err = writeRehearsal(cmd.OutOrStdout(), dir, report)
	}
	if err == nil && report.FirstFailure() != nil {
		return errFindings
	}
	return err
}

// writeRehearsal writes the result of a rehearsal for people.
func writeRehearsal(w io.Writer, dir string, report *rehearsal.Report) error {
	if err := report.WriteTable(w); err != nil {
		return err
	}
	fmt.Fprintf(w, "wrote %s, for the approver\n", printable(rehearsal.ReportPath(dir)))
	if report.FirstFailure() == nil {
		next(w, "lyncowa verify "+quoted(dir))
	}
	return nil
}

// mustBeBundle refuses a folder that does not have the files of every bundle.
func mustBeBundle(dir string) error {
	missing := func(problem string) error {
		return &bundle.TargetError{Dir: dir, Problem: problem, Hint: "give the folder that 'lyncowa render' wrote"}
	}
	if !isFolder(dir) {
		return missing("is not the folder of a bundle")
	}
	for _, name := range []string{bundle.SumsPath, bundle.PlanPath, bundle.TopologyPath} {
		if _, err := os.Stat(filepath.Join(dir, name)); errors.Is(err, fs.ErrNotExist) {
			return missing("is not a bundle: " + name + " is missing")
		}
	}
	return nil
}

// progressOn shows the progress of a rehearsal in one line of a terminal. Without a terminal it shows nothing.
func progressOn(stderr io.Writer) (progress func(string), done func()) {
	terminal, isFile := stderr.(*os.File)
	if !isFile || !term.IsTerminal(int(terminal.Fd())) {
		return nil, func() {}
	}
	const clear = "\r\x1b[K"
	width, _, err := term.GetSize(int(terminal.Fd()))
	if err != nil || width == 0 { // a terminal without a window has no width
		width = 80
	}
	show := func(line string) {
		characters := []rune(printable(line))
		fmt.Fprint(terminal, clear, string(characters[:min(len(characters), width-1)]))
	}
	return show, func() { fmt.Fprint(terminal, clear) }
}
