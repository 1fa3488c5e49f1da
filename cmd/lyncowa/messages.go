package main

// Everything that lyncowa says about a run, rather than as its answer, goes through this file. The rules:
// lower case, one sentence, no full stop; "error:" says what is wrong, "warning:" what does not stop the work,
// "hint:" the way out, "more:" the command that tells more, "next:" the command that usually follows: on a line
// of its own, to be pasted. Control characters in names are written as escapes, so that no file name can
// repaint a terminal.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"lyncowa/internal/bundle"
)

// report shows why a command failed, unless that has been shown, and returns the exit code. The arguments are those that
// it was called with.
func report(stderr io.Writer, args []string, err error) int {
	code := exitCode(err)
	if code == 0 || errors.Is(err, errFindings) || errors.Is(err, errDifferences) {
		return code
	}
	for _, one := range separate(err) {
		reportOne(stderr, args, one)
	}
	return code
}

// separate are the errors that were joined, as of several files that cannot be read.
func separate(err error) []error {
	joined, several := err.(interface{ Unwrap() []error })
	if !several || errors.Join(joined.Unwrap()...).Error() != err.Error() { // or one error with several causes
		return []error{err}
	}
	var all []error
	for _, one := range joined.Unwrap() {
		all = append(all, separate(one)...)
	}
	return all
}

func reportOne(stderr io.Writer, args []string, err error) {
	fmt.Fprintf(stderr, "%s %s\n", paint(stderr, red, "error:"), printable(err.Error()))
	if text := hintFor(err); text != "" {
		hint(stderr, text)
	}
	if stopped := (*stoppedError)(nil); errors.As(err, &stopped) && stopped.next != "" {
		next(stderr, stopped.next)
	}
	if mistyped := (*mistypedError)(nil); errors.As(err, &mistyped) {
		next(stderr, mistyped.mended(args))
	}
}

// stoppedError is an error with its way out: in words, as the command that usually follows, or both.
type stoppedError struct {
	error
	hint, next string
}

func (e *stoppedError) Unwrap() error { return e.error }

// hintFor is the way out that an error knows, or "".
func hintFor(err error) string {
	var usage *usageError
	var target *bundle.TargetError
	var exists *existsError
	var stopped *stoppedError
	switch {
	case errors.As(err, &usage):
		return usage.hint
	case errors.As(err, &target):
		return target.Hint
	case errors.As(err, &stopped) && stopped.hint != "":
		return stopped.hint
	case errors.As(err, &exists):
		return exists.wayOut()
	case slices.ContainsFunc(noRoom, func(full error) bool { return errors.Is(err, full) }):
		return "make room on that disk, or write to another one"
	default:
		return ""
	}
}

// noRoom are the errors of a disk that is full, or of one's share of it; Windows has a number of its own.
var noRoom = append([]error{syscall.ENOSPC, syscall.EDQUOT}, windowsNoRoom[runtime.GOOS]...)

var windowsNoRoom = map[string][]error{"windows": {syscall.Errno(112)}} // ERROR_DISK_FULL

// next suggests what usually follows.
func next(w io.Writer, suggestion string) {
	fmt.Fprintf(w, "%s %s\n", paint(w, cyan, "next:"), printable(suggestion))
}

// more suggests what tells more.
func more(w io.Writer, suggestion string) {
	fmt.Fprintf(w, "%s %s\n", paint(w, cyan, "more:"), printable(suggestion))
}

func hint(w io.Writer, text string) {
	fmt.Fprintf(w, "%s %s\n", paint(w, cyan, "hint:"), printable(text))
}

func warn(w io.Writer, text string) {
	fmt.Fprintf(w, "%s %s\n", paint(w, yellow, "warning:"), printable(text))
}

// again is the command that is running, as it can be typed once more, but for the flags that are left out.
func again(cmd *cobra.Command, args []string, without ...string) string {
	words := []string{cmd.CommandPath()}
	for _, arg := range args {
		words = append(words, quoted(arg))
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case slices.Contains(without, f.Name):
		case f.Value.Type() == "bool" && f.Value.String() == "true":
			words = append(words, "--"+f.Name)
		case f.Value.Type() == "bool":
			words = append(words, "--"+f.Name+"=false") // what follows a bool after a space is no value of it
		default:
			words = append(words, "--"+f.Name, quoted(f.Value.String()))
		}
	})
	return strings.Join(words, " ")
}

// printable writes what a terminal could take for a command, and what a reader cannot see, as its code point.
func printable(s string) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "<U+%04X>", r)
		}
	}
	return out.String()
}

// quoted is a file name as it has to be typed in this system's usual shell.
func quoted(path string) string {
	if strings.HasPrefix(path, "-") && path != "-" {
		path = "." + string(os.PathSeparator) + path
	}
	return inShell(path)
}

// inShell is a word, such as a flag, as it has to be typed in this system's usual shell.
func inShell(word string) string {
	if strings.Trim(word, plainInShell) == "" && word != "" {
		return word
	}
	if runtime.GOOS == "windows" {
		return `"` + word + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// plainInShell are the characters that no shell gives a meaning inside a word.
var plainInShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:+" + windowsPlain[runtime.GOOS]

// windowsPlain adds the separator of Windows, which escapes elsewhere.
var windowsPlain = map[string]string{"windows": `\`}

// answer is standard output. It remembers the first failed write, so that a full disk is not taken for success.
type answer struct {
	io.Writer
	err error
}

func (a *answer) Write(text []byte) (int, error) {
	n, err := a.Writer.Write(text)
	if a.err == nil {
		a.err = err
	}
	return n, err
}

// The colours, as terminals number them.
const (
	red    = 31
	yellow = 33
	cyan   = 36
)

// paint colours text on a terminal, never with NO_COLOR and never on a dumb one.
func paint(w io.Writer, colour int, text string) string {
	if !wantsColour(w) {
		return text
	}
	return fmt.Sprintf("\x1b[%dm%s\x1b[0m", colour, text)
}

func wantsColour(w io.Writer) bool {
	if a, isAnswer := w.(*answer); isAnswer {
		w = a.Writer
	}
	f, isFile := w.(*os.File)
	return isFile && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
