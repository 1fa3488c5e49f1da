package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
)

func newRender() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "render FILE [-o DIR]",
		Short: "Write the change bundle: scripts, back-outs and the approval page",
		Long: `Write the change bundle of a topology into DIR, ./<name>-<change> if left out.

The folder is written whole or not at all. A folder that lyncowa did not write is
never replaced, nor one that holds evidence of a run, a filled-in approval or
files of somebody else. The same topology gives the same bytes everywhere.`,
		Example:           "  lyncowa render topology.yaml\n  lyncowa render topology.yaml -o changes/CHG-10482 --check\n  lyncowa render topology.yaml --change renew-certificate --from litware-owa-im-integrate",
		Args:              files(1, 1),
		ValidArgsFunction: completeTopologies,
	}
	change := addChange(cmd)
	dir := addNamed(cmd, "output", "o", "DIR", "folder DIR to write; its parent must exist")
	mustComplete(cmd, "output", completeFolders)
	check := cmd.Flags().Bool("check", false, "write nothing; exit code 2 if DIR is not what would be written")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case cmd.Flags().Changed("output") && (*dir == "" || *dir == "-"):
			return badCommandLine(cmd, fmt.Sprintf("a bundle is a folder and %q is none", *dir))
		case strings.HasPrefix(*dir, "-"):
			return &usageError{fmt.Sprintf("-o needs a folder, but got %q", *dir), "for a folder of that name: -o " + quoted(*dir)}
		}
		return render(cmd, args, *dir, *check, change)
	}
	return cmd
}

// render writes the bundle of a topology into dir, "" for the folder that the bundle is called after; with check it
// only compares.
func render(cmd *cobra.Command, args []string, dir string, check bool, change changeFlags) error {
	p, err := makePlan(cmd, args[0], change)
	if err != nil {
		return err
	}
	b, err := bundle.Render(p)
	if err != nil {
		return err
	}
	if dir == "" {
		dir = b.Name
	}
	if isSameFile(dir, args[0]) {
		return elsewhere(cmd, args, dir, b.Name, &bundle.TargetError{Dir: dir, Problem: "is the topology file itself", Hint: "name a folder for the bundle with -o, or leave -o out"})
	}
	if check {
		return checkBundle(cmd, dir, b, fmt.Sprintf("lyncowa render %s -o %s%s", quoted(args[0]), quoted(dir), change.repeated()))
	}
	return elsewhere(cmd, args, dir, b.Name, writeBundle(cmd, args[0], dir, b, p))
}

// checkBundle names what in a folder is not as the topology says, and suggests the command that mends it.
func checkBundle(cmd *cobra.Command, dir string, b *bundle.Bundle, mend string) error {
	differences, err := bundle.Check(dir, b)
	if target := (*bundle.TargetError)(nil); err != nil && !errors.As(err, &target) {
		return fmt.Errorf("cannot compare %q: %w", dir, err)
	}
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if len(differences) == 0 {
		fmt.Fprintf(out, "%s is up to date\ndigest: %s\n", printable(dir), b.Digest)
		return nil
	}
	for _, d := range differences {
		fmt.Fprintf(out, "%s: %s\n", printable(filepath.Join(dir, filepath.FromSlash(d.Path))), d.Kind)
	}
	next(cmd.ErrOrStderr(), mend)
	return errDifferences
}

func writeBundle(cmd *cobra.Command, path, dir string, b *bundle.Bundle, p *plan.Plan) error {
	if err := mustNotHoldSource(dir, path); err != nil {
		return notWritten(dir, err)
	}
	differences, err := bundle.Check(dir, b)
	if err == nil {
		var locked []string
		uninterrupted(func() { locked, err = bundle.Write(dir, b) })
		warnOfLocked(cmd.ErrOrStderr(), locked)
	}
	if err != nil {
		return notWritten(dir, err)
	}
	out := cmd.OutOrStdout()
	if len(differences) == 0 {
		fmt.Fprintf(out, "%s is already up to date\n", printable(dir))
	} else {
		fmt.Fprintf(out, "wrote %s: %d files\n", printable(dir), len(b.Files))
	}
	fmt.Fprintf(out, "digest: %s\n", b.Digest)
	more(out, "lyncowa rehearse "+quoted(dir))
	next(out, fmt.Sprintf("have %s signed with this digest in the ticket, copy the folder to each host, and begin there with its run sheet:", quoted(filepath.Join(dir, bundle.ApprovalPath))))
	fmt.Fprintf(out, "  %s\n", bundle.FirstLine(p, b.Digest))
	return nil
}

// notWritten says why a bundle could not be written, with the way out where there is one.
func notWritten(dir string, err error) error {
	if target := (*bundle.TargetError)(nil); errors.As(err, &target) {
		return err
	}
	if errors.Is(err, bundle.ErrOvertaken) {
		return &stoppedError{error: fmt.Errorf("cannot write %q: %w", dir, err), hint: "wait for that run, then run the same command again"}
	}
	if errors.Is(err, fs.ErrPermission) {
		way := fmt.Sprintf("you need the right to make, rename and remove folders in %q; or name another folder with -o", filepath.Dir(dir))
		return &stoppedError{error: fmt.Errorf("cannot write %q: %w", dir, cause(err)), hint: way}
	}
	return fmt.Errorf("cannot write %q: %w", dir, cause(err))
}

// elsewhere suggests the same command with a folder that is free, where the one that was named is in the way: one beside
// it, or the usual one where a folder beside it is not what anybody means.
func elsewhere(cmd *cobra.Command, args []string, dir, usual string, err error) error {
	if target := (*bundle.TargetError)(nil); !errors.As(err, &target) || args[0] == "-" {
		return err
	}
	command := again(cmd, args, "output")
	if isSameFile(dir, args[0]) || !mayHaveNeighbours(dir) {
		if _, statErr := os.Lstat(usual); !errors.Is(statErr, fs.ErrNotExist) {
			return err
		}
		return &stoppedError{error: err, next: command}
	}
	free, found := freeFolder(dir)
	if !found || free == filepath.Clean(dir) { // a free name that is refused is so for its place
		return err
	}
	return &stoppedError{error: err, next: command + " -o " + quoted(free)}
}

func isSameFile(a, b string) bool {
	first, errA := os.Stat(a)
	second, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(first, second)
}

// mayHaveNeighbours tells a folder or file that has a name of its own among others. The root of a disk and what lies in
// it, a device, "." and ".." have none.
func mayHaveNeighbours(dir string) bool {
	clean := filepath.Clean(dir)
	parent := filepath.Dir(clean)
	if filepath.IsAbs(clean) && filepath.Dir(parent) == parent || slices.Contains([]string{".", ".."}, filepath.Base(clean)) {
		return false
	}
	info, err := os.Stat(clean)
	return err != nil || info.IsDir() || info.Mode().IsRegular()
}

// freeFolder is a name like dir that nothing has, in a folder that exists: dir-2, dir-3 and so on. It is false where
// that name cannot be looked at, as one that is too long.
func freeFolder(dir string) (free string, found bool) {
	dir = filepath.Clean(dir)
	if !isFolder(filepath.Dir(dir)) {
		dir = filepath.Base(dir)
	}
	for free, n := dir, 2; ; n++ {
		if _, err := os.Lstat(free); err != nil {
			return free, errors.Is(err, fs.ErrNotExist)
		}
		free = fmt.Sprintf("%s-%d", dir, n)
	}
}

// warnOfLocked tells of temporary folders that this user may not remove.
func warnOfLocked(stderr io.Writer, locked []string) {
	for _, folder := range locked {
		warn(stderr, fmt.Sprintf("the folder %q is of another run of lyncowa, and you have no right to remove it", folder))
		hint(stderr, "if that run is over, have the folder's owner remove it; the bundle does not need it")
	}
}

// cause is an error of the file system without the temporary path that it happened at.
func cause(err error) error {
	var at *fs.PathError
	var between *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &between):
		return between.Err
	}
	return err
}

// mustNotHoldSource keeps render from replacing the folder that its own topology lies in.
func mustNotHoldSource(dir, path string) error {
	if path == "-" {
		return nil
	}
	holds, err := bundle.Holds(dir, path)
	if err != nil {
		return err
	}
	if holds {
		return &bundle.TargetError{Dir: dir, Problem: fmt.Sprintf("holds the topology %q that it would be written from", path), Hint: "copy the topology to another folder first"}
	}
	return nil
}
