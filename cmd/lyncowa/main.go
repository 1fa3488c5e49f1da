// Command lyncowa turns a topology of Lync and Exchange servers into a change bundle for their integration.
//
// Each command has a file: it reads flags, makes one call and shows the result. What several commands need is in
// flags.go, load.go, files.go, output.go and suggestions.go. What is right for a farm is decided in the packages below
// internal, never here.
package main

import (
	"cmp"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	for _, name := range completionVariables {
		_ = os.Unsetenv(name) // no system refuses one of these names
	}
	// A reader that closes the output is an error like a full disk. The signal would end the program without a word.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// completionVariables change what cobra prints for a shell; one of them names a file that cobra then writes. Only the
// command line decides what lyncowa does, so they are removed.
var completionVariables = []string{
	"BASH_COMP_DEBUG_FILE",
	"COBRA_ACTIVE_HELP", "LYNCOWA_ACTIVE_HELP",
	"COBRA_COMPLETION_DESCRIPTIONS", "LYNCOWA_COMPLETION_DESCRIPTIONS",
}

// run is the whole program. It returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &stickyWriter{Writer: stdout}
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	return report(stderr, args, cmp.Or(root.Execute(), out.err))
}
