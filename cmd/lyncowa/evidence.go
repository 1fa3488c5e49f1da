package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/evidence"
	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/record"
)

func newEvidence() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "evidence BUNDLE [EVIDENCE-DIR...]",
		Short: "Judge what the scripts wrote while they ran, and write the implementation report",
		Long: `Compare the evidence of all hosts with the plan of their bundle: which step was done
on which host, what failed, and what does not fit together.

EVIDENCE-DIR is a folder with the folders of hosts, or the folder of one host. The
default is the folder evidence in the bundle. Copies of one file may stand in several
of them.

Exit code 0: complete and verified. 1: something is missing or failed. 2: the evidence
is inconsistent, or the bundle was edited. Without --digest, gaps, reordered lines,
another bundle and unknown scripts are found. With --digest, every later edit and every
removed line is found too: store the evidence digest in the ticket.`,
		Example: `  lyncowa evidence litware-owa-im-integrate
  lyncowa evidence litware-owa-im-integrate evidence-ex1 evidence-ex2 --digest DIGEST
  lyncowa evidence litware-owa-im-integrate --format html -o implementation-report.html`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 || slices.Contains(args, "") || slices.Contains(args, "-") {
				return badCommandLine(cmd, "evidence needs the folder of one bundle, then folders with its evidence")
			}
			return nil
		},
		ValidArgsFunction: completeFolders,
	}
	const usage = "the DIGEST of the evidence from the ticket, 64 hex digits"
	ticket := addText(cmd, "digest", "", "DIGEST", usage, cobra.NoFileCompletions)
	format := addChoice(cmd, "format", "how to show the result", "table", "json", "markdown", "html")
	output := addText(cmd, "output", "o", "FILE", "write into FILE, which must not exist yet", completeAny)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		digest := ""
		if cmd.Flags().Changed("digest") {
			var err error
			if digest, err = bundle.ParseDigest(*ticket); err != nil {
				return badCommandLine(cmd, "--digest: "+err.Error())
			}
		}
		if cmd.Flags().Changed("output") && (*output == "" || *output == "-") {
			return badCommandLine(cmd, "-o needs the name of a file; without it the report goes to standard output")
		}
		return judge(cmd, args[0], args[1:], digest, *format, *output)
	}
	return cmd
}

func judge(cmd *cobra.Command, dir string, folders []string, ticket, format, output string) error {
	p, v, err := bundle.PlanOf(dir)
	switch {
	case err != nil:
		return aboutFolder("read", dir, err)
	case p == nil:
		return edited(cmd, dir, v)
	case len(folders) == 0:
		folders = []string{filepath.Join(dir, bundle.EvidencePath)}
	}
	if ticket == v.Digest {
		return &hintedError{error: errors.New("--digest is the digest of the bundle"), hint: "give the evidence digest, which this command printed when the evidence was filed"}
	}
	if err := mustKeepSeal(dir, output); err != nil {
		return err
	}
	e, err := evidence.Load(folders...)
	if err != nil {
		return &hintedError{error: fmt.Errorf("cannot read the evidence: %w", err), hint: "name the folders that hold the folders of the hosts"}
	}
	r := evidence.Judge(p, v.Digest, e, ticket)
	out := cmd.OutOrStdout()
	var text bytes.Buffer
	if err := writeReport(&text, format, p, r, wantsColour(out) && output == ""); err != nil {
		return err
	}
	if output == "" {
		_, err = out.Write(text.Bytes())
	} else if err = writeNew(output, text.Bytes()); err == nil {
		fmt.Fprintf(out, "wrote %s: %s\nevidence digest: %s\n", printable(output), resultWords[r.Result], r.EvidenceDigest)
	}
	if err != nil {
		return err
	}
	if format == "table" {
		next(out, afterEvidence(cmd, p, r))
	}
	return map[evidence.Result]error{evidence.Incomplete: errFindings, evidence.Inconsistent: errDifferences}[r.Result]
}

// mustKeepSeal refuses to write a report into the bundle: any file there that is not sealed breaks its seal, but for evidence.
func mustKeepSeal(dir, output string) error {
	if output == "" {
		return nil
	}
	folder := parentOf(output)
	inBundle, err := bundle.Holds(dir, folder)
	inEvidence, _ := bundle.Holds(filepath.Join(dir, bundle.EvidencePath), folder)
	if err != nil || !inBundle || inEvidence {
		return nil // writeNew says what is wrong with the folder
	}
	return &hintedError{error: fmt.Errorf("%q is in the bundle, and a file there breaks its seal", output), hint: "write the report into another folder"}
}

// edited shows how a bundle differs from its sums. Evidence proves nothing about it.
func edited(cmd *cobra.Command, dir string, v *bundle.Verification) error {
	for _, d := range v.Differences {
		fmt.Fprintln(cmd.OutOrStdout(), differenceLine(dir, d))
	}
	next(cmd.ErrOrStderr(), "lyncowa verify "+quoted(dir))
	return errDifferences
}

func writeReport(w io.Writer, format string, p *plan.Plan, r *evidence.Report, colour bool) error {
	if format == "json" {
		return finding.EncodeJSON(w, r)
	}
	if format == "table" {
		return writeEvidenceTable(w, r, colour)
	}
	text, html, err := record.Report(p, r)
	if format == "html" {
		text = html
	}
	if err == nil {
		_, err = w.Write(text)
	}
	return err
}

// The columns of the table of steps and hosts.
const evidenceRow = "%-3s %-24s %-32s %-11s %-19s %s\n"

// writeEvidenceTable shows a report to a person: the steps on each host, the findings, and the result.
func writeEvidenceTable(w io.Writer, r *evidence.Report, colour bool) error {
	fmt.Fprintf(w, "%s: digest %s\n\n", printable(r.Bundle), r.Digest)
	fmt.Fprintf(w, evidenceRow, "NO", "STEP", "HOST", "STATE", "STARTED (UTC)", "ACCOUNT")
	for _, s := range r.Steps {
		for _, on := range s.On {
			started, account := "", ""
			if on.Run != nil {
				started, account = on.Run.Start.String(), on.Run.Account
			}
			row := fmt.Sprintf(evidenceRow, fmt.Sprint(s.Order), s.ID, cmp.Or(on.Host, "-"), on.State, started, account)
			fmt.Fprintln(w, printable(strings.TrimRight(row, " \n")))
		}
	}
	fmt.Fprintln(w)
	if err := finding.WriteText(w, r.Findings, nil, colour); err != nil {
		return err
	}
	if r.Unlisted > 0 {
		fmt.Fprintf(w, "%d more findings are not listed\n", r.Unlisted)
	}
	fmt.Fprintf(w, "result: %s\nevidence digest: %s%s\n", resultWords[r.Result], r.EvidenceDigest, ticketWords(r))
	return nil
}

var resultWords = map[evidence.Result]string{
	evidence.Complete:     "complete and verified",
	evidence.Incomplete:   "not complete",
	evidence.Inconsistent: "inconsistent: find out why before you rely on any line of it",
}

func ticketWords(r *evidence.Report) string {
	switch r.Ticket {
	case "":
		return ""
	case r.EvidenceDigest:
		return " (the digest from the ticket)"
	}
	return " (not the digest from the ticket)"
}

// afterEvidence is the next action: the line of the first script that has yet to succeed, or the report for the ticket.
func afterEvidence(cmd *cobra.Command, p *plan.Plan, r *evidence.Report) string {
	report := again(cmd, cmd.Flags().Args(), "format", "output") + " --format html -o implementation-report.html"
	switch {
	case r.Result == evidence.Complete && r.Ticket == "":
		return "store the evidence digest in the ticket, then " + report
	case r.Result != evidence.Incomplete:
		return report
	}
	for _, s := range r.Steps {
		step, _ := p.Step(s.ID)
		for _, on := range s.On {
			lines := step.RunLines()
			if on.Run != nil && on.Run.BackOut {
				lines = step.BackOutLines()
			}
			// After a back-out a person decides which way to go, but a back-out that broke off has to end.
			isOpen := on.State != evidence.Done && on.State != evidence.BackedOut && (!r.BackOutUsed || on.Run != nil && on.Run.BackOut)
			if isOpen && len(lines) > 0 && len(r.Files) > 0 {
				return fmt.Sprintf("on %s: %s", cmp.Or(on.Host, strings.Join(step.RunOn, ", ")), lines[len(lines)-1])
			}
		}
	}
	return report
}
