package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
)

func newRender() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "render FILE [-o DIR]",
		Short: "Write the change bundle: scripts, back-outs and the approval page",
		Long: `Write the change bundle of a topology into DIR. The default is ./<name>-<change>.

render writes the complete folder or nothing. It never replaces a folder that lyncowa
did not write, or that contains evidence of a run, other people's files or an approval
page that was written on. It replaces the bundle of a topology with another name only
with --replace. The same topology gives the same bytes everywhere.

With --inventory, the topology must match the facts, and the record shows the state
before the change: which commands are done and which are still needed. render seals the
files into the folder inventory of the bundle.`,
		Example: `  lyncowa render topology.yaml
  lyncowa render topology.yaml -o changes/CHG-10482 --check
  lyncowa render topology.yaml --inventory lyncowa-inventory
  lyncowa render topology.yaml --change renew-certificate --from litware-owa-im-integrate`,
		Args:              topologies(1, 1),
		ValidArgsFunction: completeTopologies,
	}
	change := addChangeFlags(cmd)
	dir := addText(cmd, "output", "o", "DIR", "folder DIR to write; its parent must exist", completeFolders)
	replace := cmd.Flags().Bool("replace", false, "replace the bundle of a topology with another name")
	check := cmd.Flags().Bool("check", false, "write nothing; exit code 2 if DIR differs from the rendering")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case cmd.Flags().Changed("output") && (*dir == "" || *dir == "-"):
			return badCommandLine(cmd, fmt.Sprintf("a bundle is a folder, and %q is not", *dir))
		case strings.HasPrefix(*dir, "-"):
			return &usageError{problem: fmt.Sprintf("-o needs a folder, but got %q", *dir), hint: "for a folder with that name: -o " + quoted(*dir)}
		}
		return render(cmd, args[0], *dir, *check, *replace, change)
	}
	return cmd
}

// render writes the bundle of a topology into dir, or with check only compares them. Without dir it takes the bundle's
// own name.
func render(cmd *cobra.Command, source, dir string, check, replace bool, change changeFlags) error {
	p, err := makePlan(cmd, source, change)
	if err != nil {
		return err
	}
	if p.Totals != nil && p.Totals.Conflict > 0 {
		next(cmd.ErrOrStderr(), "lyncowa plan "+quoted(source)+change.repeated()+", which names the commands in conflict with the farm")
		return errFindings
	}
	b, err := bundle.Render(p)
	if err != nil {
		return err
	}
	if dir == "" {
		dir = b.Name
	}
	switch {
	case isSameFile(dir, source):
		err = &bundle.TargetError{Dir: dir, Problem: "is the topology file itself", Hint: "name a folder for the bundle with -o, or leave -o out"}
	case check:
		return checkBundle(cmd, dir, b, fmt.Sprintf("lyncowa render %s -o %s%s", quoted(source), quoted(dir), change.repeated()))
	default:
		if err = mustNotHold(dir, source); err == nil && !replace {
			err = mustHaveName(dir, p.Name)
		}
		if err == nil {
			err = writeBundle(cmd, dir, b, p)
		}
	}
	return suggestFolder(cmd, source, dir, b.Name, err)
}

// checkBundle lists the differences between a folder and the bundle, and suggests the command that writes it again.
func checkBundle(cmd *cobra.Command, dir string, b *bundle.Bundle, again string) error {
	differences, err := bundle.Check(dir, b)
	if err != nil {
		return aboutFolder("compare", dir, err)
	}
	out := cmd.OutOrStdout()
	if len(differences) == 0 {
		fmt.Fprintf(out, "%s is up to date\ndigest: %s\n", printable(dir), b.Digest)
		return nil
	}
	for _, d := range differences {
		fmt.Fprintf(out, "%s: %s\n", printable(filepath.Join(dir, filepath.FromSlash(d.Path))), d.Kind)
	}
	next(cmd.ErrOrStderr(), again)
	return errDifferences
}

func writeBundle(cmd *cobra.Command, dir string, b *bundle.Bundle, p *plan.Plan) error {
	differences, err := bundle.Check(dir, b)
	if err != nil {
		return oldBundleNotRead(dir, err)
	}
	// Writing takes a moment. An interrupt would leave a temporary folder.
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	locked, err := bundle.Write(dir, b)
	signal.Reset(os.Interrupt, syscall.SIGTERM)
	for _, folder := range locked {
		warn(cmd.ErrOrStderr(), fmt.Sprintf("the folder %q belongs to another run of lyncowa, and you have no right to remove it", folder))
		hint(cmd.ErrOrStderr(), "after that run has ended, ask the folder's owner to remove it; the bundle does not need it")
	}
	if err != nil {
		return bundleNotWritten(dir, err)
	}
	out := cmd.OutOrStdout()
	if len(differences) == 0 {
		fmt.Fprintf(out, "%s is already up to date\n", printable(dir))
	} else {
		fmt.Fprintf(out, "wrote %s: %d files\n", printable(dir), len(b.Files))
	}
	fmt.Fprintf(out, "digest: %s\n", b.Digest)
	more(out, "lyncowa rehearse "+quoted(dir))
	next(out, fmt.Sprintf("have %s signed with this digest in the ticket, copy the folder to each host, and begin there with its run sheet:",
		quoted(filepath.Join(dir, bundle.ApprovalPath))))
	fmt.Fprintf(out, "  %s\n", p.FirstLine())
	return nil
}

// bundleNotWritten says why a bundle could not be written.
func bundleNotWritten(dir string, err error) error {
	if target := (*bundle.TargetError)(nil); errors.As(err, &target) {
		return err
	}
	if errors.Is(err, bundle.ErrOvertaken) {
		return &hintedError{error: fmt.Errorf("cannot write %q: %w", dir, err), hint: "wait for that run, then run the same command again"}
	}
	right := fmt.Sprintf("get permission to create, rename and remove folders in %q, or name another folder with -o", filepath.Dir(dir))
	return notWritten(dir, right, err)
}

// oldBundleNotRead says why a folder could not be compared with the bundle that would replace it.
func oldBundleNotRead(dir string, err error) error {
	var at *fs.PathError
	if _, statErr := os.Lstat(dir); statErr != nil || !errors.As(err, &at) {
		return bundleNotWritten(dir, err)
	}
	hinted := &hintedError{error: fmt.Errorf("cannot read %q: %w", at.Path, at.Err)}
	if errors.Is(err, fs.ErrPermission) {
		hinted.hint = "render cannot replace a file that you have no right to read; name another folder with -o"
	}
	return hinted
}

// mustHaveName refuses a target with the bundle of a topology with another name, so that its change is not lost.
func mustHaveName(dir, name string) error {
	other, isBundle := bundle.TopologyName(dir)
	if !isBundle || other == name {
		return nil
	}
	problem := fmt.Sprintf("contains the bundle of another topology, %q", other)
	return &bundle.TargetError{Dir: dir, Problem: problem, Hint: "name another folder with -o, or replace that bundle with --replace"}
}

// mustNotHold refuses a target that contains the topology, because render would replace the topology too.
func mustNotHold(dir, source string) error {
	if source == "-" {
		return nil
	}
	holds, err := bundle.Holds(dir, source)
	if err == nil && holds {
		problem := fmt.Sprintf("contains the topology %q, which is the source of the bundle", source)
		return &bundle.TargetError{Dir: dir, Problem: problem, Hint: "copy the topology to another folder first"}
	}
	if err != nil {
		return bundleNotWritten(dir, err)
	}
	return nil
}
