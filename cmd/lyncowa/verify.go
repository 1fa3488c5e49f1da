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
		Short: "Check that a bundle is what was approved, and name every file that is not",
		Long: `Compare a bundle with its own sums and with a rendering of its own topology.yaml,
byte for byte, and say what happened to which file. With --approved-digest the
digest must be the one that stands in the ticket.

No difference are: the folder evidence; detached signatures (*.sig, *.p7s, *.asc)
beside SHA256SUMS; Authenticode blocks at the end of scripts. Keep filled-in copies
of the approval in the ticket or in evidence.

A bundle of another version of lyncowa cannot be rendered again, and sums alone
prove nothing: they may have been made anew. Exit code 2, and 0 only with the
digest from the ticket; the bundle is then approved, not re-rendered.

Who checks what, and when: lyncowa help approval`,
		Example:           "  lyncowa verify litware-owa-im-integrate\n  lyncowa verify litware-owa-im-integrate --approved-digest DIGEST",
		Args:              operands(1, 1, "verify needs the folder of one bundle", "", "-"),
		ValidArgsFunction: onlyFirst(completeFolders),
	}
	// A digest comes from the ticket, never from a file: a shell completes nothing.
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

// writeVerification shows a verification to a person: the differences, then what was compared, then the digest.
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
		fmt.Fprintf(out, "%s, because only a rendering or the approved digest vouches for SHA256SUMS: %s\n",
			paint(out, red, "unverified"), strings.Join(unverified, ", "))
	}
	if len(v.Differences) > 0 {
		next(cmd.ErrOrStderr(), afterDifferences(dir, v, approved))
		return nil
	}
	note := ""
	if approved != "" {
		note = " (the approved one)"
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

// afterDifferences is what follows: where only the version stops the comparison, the digest in the ticket; where only
// rights are missing, another user.
func afterDifferences(dir string, v *bundle.Verification, approved string) string {
	only := func(kind bundle.DifferenceKind) bool {
		return !slices.ContainsFunc(v.Differences, func(d bundle.Difference) bool { return d.Kind != kind && d.Kind != bundle.Unverified })
	}
	switch {
	case only(bundle.OtherVersion) && approved == "":
		return fmt.Sprintf(withDigest, quoted(dir))
	case only(bundle.Unreadable):
		return "verify again as a user who has the right to read every file of this folder"
	}
	return "run nothing from this folder, and copy the approved bundle again"
}

// differenceLine is one file in one line: its path, the line, what happened to it, and what else is known.
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

// afterVerify is what usually follows: the digest in the ticket, and after that the first line to run.
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

// writeVerificationJSON shows a verification to a program. Arrays are never null.
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
		ApprovedDigest string              `json:"approvedDigest"` // "" when none was given
		Rendered       bool                `json:"rendered"`       // false: only the sums were compared
		NotRendered    string              `json:"notRendered"`    // why
		Files          int                 `json:"files"`
		Differences    []bundle.Difference `json:"differences"`
		Findings       finding.List        `json:"findings"`
	}{
		1, v.Whole(), result, v.Digest, approved, v.NotRendered == "", v.NotRendered, v.Files,
		append([]bundle.Difference{}, v.Differences...), append(finding.List{}, v.Findings...),
	})
}
