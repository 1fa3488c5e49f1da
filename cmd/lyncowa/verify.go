package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

func newVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check that a bundle is what was approved, and name every file that is not",
		Long: `Compare a bundle with its own sums and with a rendering of its own topology.yaml,
byte for byte, and say what happened to which file. With --approved-digest the
digest must be the one that stands in the ticket.

No difference are: the folder evidence; detached signatures (*.sig, *.p7s, *.asc)
beside SHA256SUMS; Authenticode blocks at the end of scripts; what people write
into approval.md. A bundle of another version of lyncowa cannot be rendered: then
the sums alone are compared, and verify says so.

Who checks what, and when: lyncowa help approval`,
		Example: "  lyncowa verify litware-owa-im-integrate\n  lyncowa verify litware-owa-im-integrate --approved-digest DIGEST",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" || args[0] == "-" {
				return badCommandLine(cmd, "verify needs the folder of one bundle")
			}
			return nil
		},
		ValidArgsFunction: completeBundle,
	}
	approved := addNamed(cmd, "approved-digest", "", "DIGEST", "the DIGEST from the ticket: the SHA-256 of SHA256SUMS, 64 hex digits")
	mustComplete(cmd, "approved-digest", cobra.NoFileCompletions) // it comes from the ticket, never from a file beside
	format := addChoice(cmd, "format", "how to show the result", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		digest := ""
		if cmd.Flags().Changed("approved-digest") {
			var err error
			if digest, err = bundle.ParseDigest(*approved); err != nil {
				return badCommandLine(cmd, "--approved-digest: "+err.Error())
			}
		}
		return verifyBundle(cmd, args[0], digest, format.value)
	}
	return cmd
}

func verifyBundle(cmd *cobra.Command, dir, approved, format string) error {
	v, err := bundle.Verify(dir, approved)
	if target := (*bundle.TargetError)(nil); err != nil && !errors.As(err, &target) {
		return fmt.Errorf("cannot read %q: %w", dir, err)
	}
	if err != nil {
		return err
	}
	if format == "json" {
		err = writeVerificationJSON(cmd.OutOrStdout(), v, approved)
	} else {
		err = writeVerification(cmd, dir, v, approved)
	}
	switch {
	case err != nil:
		return err
	case len(v.Differences) > 0:
		return errDifferences
	case v.Findings.HasErrors():
		return errFindings
	}
	return nil
}

// writeVerification shows a verification to a person: a line a file, then what was compared, then the digest.
func writeVerification(cmd *cobra.Command, dir string, v *bundle.Verification, approved string) error {
	out, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	for _, d := range v.Differences {
		fmt.Fprintln(out, paintDifference(out, d, discrepancyLine(dir, d)))
	}
	sources := map[string][]byte{bundle.TopologyPath: v.Topology}
	if err := finding.WriteText(out, v.Findings, sources, wantsColour(out)); err != nil {
		return err
	}
	if v.SumsOnly != "" {
		fmt.Fprintf(out, "only the sums were compared: %s; files and sums forged together would not be noticed\n", printable(v.SumsOnly))
	}
	if !v.Whole() {
		next(stderr, "run nothing from this folder, and copy the approved bundle again")
		return nil
	}
	fmt.Fprintf(out, "%s is whole: %d files, %s\n", printable(dir), v.Files, comparedWith(v))
	fmt.Fprintf(out, "digest: %s%s\n", v.Digest, approvedNote(approved))
	next(out, afterVerify(dir, v, approved))
	return nil
}

// discrepancyLine is one file in one line: path, line, what happened to it, and what else is known.
func discrepancyLine(dir string, d bundle.Discrepancy) string {
	text := filepath.Join(dir, filepath.FromSlash(d.Path))
	if d.Line > 0 {
		text += fmt.Sprintf(":%d", d.Line)
	}
	text += ": " + string(d.Kind)
	if d.Kind == bundle.Renamed {
		text += " to " + d.Other
	}
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	return printable(text)
}

func paintDifference(w io.Writer, d bundle.Discrepancy, line string) string {
	if d.Kind == bundle.Added {
		return paint(w, cyan, line)
	}
	return paint(w, red, line)
}

func comparedWith(v *bundle.Verification) string {
	if v.Plan == nil {
		return "as SHA256SUMS lists them"
	}
	return fmt.Sprintf("as %s %s renders them from its topology.yaml", plan.ToolName, plan.ToolVersion)
}

func approvedNote(approved string) string {
	if approved == "" {
		return ""
	}
	return " (the approved one)"
}

// afterVerify is what usually follows: comparing with the ticket, and after that the first line to run.
func afterVerify(dir string, v *bundle.Verification, approved string) string {
	switch {
	case approved == "":
		return fmt.Sprintf("lyncowa verify %s --approved-digest DIGEST, with the DIGEST from the ticket", quoted(dir))
	case v.Plan == nil:
		return "the run sheets in " + quoted(filepath.Join(dir, bundle.ApprovalPath))
	default:
		return bundle.FirstLine(v.Plan, v.Digest)
	}
}

// writeVerificationJSON shows a verification to a program.
func writeVerificationJSON(w io.Writer, v *bundle.Verification, approved string) error {
	return finding.EncodeJSON(w, struct {
		FormatVersion  int                  `json:"formatVersion"`
		Whole          bool                 `json:"whole"`
		Digest         string               `json:"digest"`
		ApprovedDigest string               `json:"approvedDigest"` // "" when none was given
		Rendered       bool                 `json:"rendered"`       // false: the sums alone were compared
		SumsOnly       string               `json:"sumsOnly"`       // why
		Files          int                  `json:"files"`
		Differences    []bundle.Discrepancy `json:"differences"`
		Findings       finding.List         `json:"findings"`
	}{
		FormatVersion: 1, Whole: v.Whole(), Digest: v.Digest, ApprovedDigest: approved, Rendered: v.SumsOnly == "", SumsOnly: v.SumsOnly,
		Files: v.Files, Differences: append([]bundle.Discrepancy{}, v.Differences...), Findings: append(finding.List{}, v.Findings...),
	})
}
