// Command lyncowa turns a topology of Lync and Exchange servers into a change bundle for their integration.
//
// This folder holds one file a command: flags in, one call, a view out. What is right for a farm is decided in
// the packages below internal, never here.
package main

import (
	"cmp"
	"io"
	"os"
)

func main() {
	forgetCompletion()
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is the whole program. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &answer{Writer: stdout}
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	return report(stderr, args, cmp.Or(root.Execute(), out.err))
}
