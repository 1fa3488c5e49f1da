package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

func newVerify() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "verify DIR",
		Short: "Check that a bundle is the approved one, and name every file that differs",
		Long: `Compare a bundle with its own sums and with a rendering of its own topology.yaml,
byte for byte. verify names each file that differs, and how it differs. With
--approved-digest, the digest must also be the digest from the ticket.

verify ignores the folder evidence, detached signatures (*.sig, *.p7s, *.asc) beside
SHA256SUMS, and Authenticode blocks at the end of scripts. The approval pages are
sealed: keep filled-in copies in the ticket or in evidence.

Only the same version of lyncowa can render a bundle again, and sums alone prove
nothing, because they can be forged too. For a bundle of another version, the exit
code is 2. With the digest from the ticket it is 0, and the result is "approved, not
re-rendered".

Who checks what, and when: lyncowa help approval`,
		Example:           "  lyncowa verify litware-owa-im-integrate\n  lyncowa verify litware-owa-im-integrate --approved-digest DIGEST",
		Args:              operands(1, 1, "verify needs the folder of one bundle", "", "-"),
		ValidArgsFunction: onlyFirst(completeFolders),
	}
	// The digest comes from the ticket, never from a file, so a shell completes nothing.
	const usage = "the DIGEST from the ticket: the SHA-256 of SHA256SUMS, 64 hex digits"
	approved := addText(cmd, "approved-digest", "", "DIGEST", usage, cobra.NoFileCompletions)
	format := addChoice(cmd, "format", "how to show the result", "text", "json")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		digest := ""
		if cmd.Flags().Changed("approved-digest") {
			var err error
			if digest, err = bundle.ParseDigest(*approved); err != nil {
				return badCommandLine(cmd, "--approved-digest: "+err.Error())
			}
		}
		return verify(cmd, args[0], digest, *format)
	}
	return cmd
}

func verify(cmd *cobra.Command, dir, approved, format string) error {
	v, err := bundle.Verify(dir, approved)
	if err != nil {
		return aboutFolder("read", dir, err)
	}
	if format == "json" {
		err = writeVerificationJSON(cmd.OutOrStdout(), v, approved)
	} else {
		err = writeVerification(cmd, dir, v, approved)
	}
	if err == nil && len(v.Differences) > 0 {
		return errDifferences
	}
	return err
}

// aboutFolder names the folder that an error is about, unless the error does.
func aboutFolder(verb, dir string, err error) error {
	if target := (*bundle.TargetError)(nil); errors.As(err, &target) {
		return err
	}
	return fmt.Errorf("cannot %s %q: %w", verb, dir, err)
}

// writeVerification writes a verification for people: the differences, the result, and the digest.
func writeVerification(cmd *cobra.Command, dir string, v *bundle.Verification, approved string) error {
	out := cmd.OutOrStdout()
	var unverified []string
	for _, d := range v.Differences {
		switch d.Kind {
		case bundle.Unverified:
			unverified = append(unverified, printable(d.Path))
		case bundle.Added:
			fmt.Fprintln(out, paint(out, cyan, differenceLine(dir, d)))
		default:
			fmt.Fprintln(out, paint(out, red, differenceLine(dir, d)))
		}
	}
	sources := map[string][]byte{bundle.TopologyPath: v.Topology}
	if err := finding.WriteText(out, v.Findings, sources, wantsColour(out)); err != nil {
		return err
	}
	if len(unverified) > 0 {
		fmt.Fprintf(out, "%s, because no rendering and no approved digest confirms SHA256SUMS: %s\n",
			paint(out, red, "unverified"), strings.Join(unverified, ", "))
	}
	if len(v.Differences) > 0 {
		next(cmd.ErrOrStderr(), afterDifferences(dir, v, approved))
		return nil
	}
	note := ""
	if approved != "" {
		note = " (the approved digest)"
	}
	if v.Whole() {
		fmt.Fprintf(out, "%s is whole: %d files, as %s %s renders them from its topology.yaml\n",
			printable(dir), v.Files, plan.ToolName, plan.ToolVersion)
	} else {
		fmt.Fprintf(out, "%s is approved, not re-rendered: %d files, as SHA256SUMS lists them; %s\n",
			printable(dir), v.Files, printable(v.NotRendered))
	}
	fmt.Fprintf(out, "digest: %s%s\n", v.Digest, note)
	next(out, afterVerify(dir, v, approved))
	return nil
}

const withDigest = "lyncowa verify %s --approved-digest DIGEST, with the DIGEST from the ticket"

// afterDifferences is the next action. If only the version prevents the comparison, it is verify with the digest from
// the ticket. If only rights are missing, it is verify as another user.
func afterDifferences(dir string, v *bundle.Verification, approved string) string {
	only := func(kind bundle.DifferenceKind) bool {
		return !slices.ContainsFunc(v.Differences, func(d bundle.Difference) bool { return d.Kind != kind && d.Kind != bundle.Unverified })
	}
	switch {
	case only(bundle.OtherVersion) && approved == "":
		return fmt.Sprintf(withDigest, quoted(dir))
	case only(bundle.Unreadable):
		return "verify again as a user with the right to read every file of this folder"
	}
	return "run nothing from this folder, and copy the approved bundle again"
}

// differenceLine describes one difference in one line: path, line, kind and detail.
func differenceLine(dir string, d bundle.Difference) string {
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

// afterVerify is the next action: verify with the digest from the ticket, and then the first line to run.
func afterVerify(dir string, v *bundle.Verification, approved string) string {
	switch {
	case approved == "":
		return fmt.Sprintf(withDigest, quoted(dir))
	case v.Plan == nil:
		return "the run sheet on the approval page in " + quoted(dir)
	default:
		return v.Plan.FirstLine()
	}
}

// writeVerificationJSON writes a verification for programs. Arrays are never null.
func writeVerificationJSON(w io.Writer, v *bundle.Verification, approved string) error {
	result := "different"
	switch {
	case v.Whole():
		result = "whole"
	case len(v.Differences) == 0:
		result = "approved, not re-rendered"
	}
	return finding.EncodeJSON(w, struct {
		FormatVersion  int                 `json:"formatVersion"`
		Whole          bool                `json:"whole"`
		Result         string              `json:"result"`
		Digest         string              `json:"digest"`
		ApprovedDigest string              `json:"approvedDigest"` // "" if none was given
		Rendered       bool                `json:"rendered"`       // false: only the sums were compared
		NotRendered    string              `json:"notRendered"`    // the reason
		Files          int                 `json:"files"`
		Differences    []bundle.Difference `json:"differences"`
		Findings       finding.List        `json:"findings"`
	}{
		1, v.Whole(), result, v.Digest, approved, v.NotRendered == "", v.NotRendered, v.Files,
		append([]bundle.Difference{}, v.Differences...), append(finding.List{}, v.Findings...),
	})
}
