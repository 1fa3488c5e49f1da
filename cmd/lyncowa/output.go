package main

// Every message about a run, other than its result, is written here. The rules: lower case, one sentence, no full stop.
// "error:" says what is wrong, "warning:" what does not stop the work, "hint:" the way out. "more:" is a command that
// tells more and "next:" the command that usually follows, on a line of its own, to be pasted. Control characters in
// names are shown as code points, so that no file name can repaint a terminal.

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"

	"lyncowa/internal/finding"

	"golang.org/x/term"
)

func next(w io.Writer, suggestion string) { message(w, cyan, "next:", suggestion) }
func more(w io.Writer, suggestion string) { message(w, cyan, "more:", suggestion) }
func hint(w io.Writer, text string)       { message(w, cyan, "hint:", text) }
func warn(w io.Writer, text string)       { message(w, yellow, "warning:", text) }

func message(w io.Writer, colour int, kind, text string) {
	fmt.Fprintf(w, "%s %s\n", paint(w, colour, kind), printable(text))
}

// printable shows what a terminal could obey, and what a reader cannot see, as its code point.
func printable(s string) string { return finding.Visible(s, "") }

// quoted is a file name as a user types it in the usual shell of this system.
func quoted(path string) string {
	if strings.HasPrefix(path, "-") && path != "-" {
		path = "." + string(os.PathSeparator) + path
	}
	return inShell(path)
}

// inShell is a word, such as a flag, as a user types it in the usual shell of this system.
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

// stickyWriter remembers the first failed write. Nobody checks each line that is printed, and a full disk is no success.
type stickyWriter struct {
	io.Writer
	err error
}

func (w *stickyWriter) Write(text []byte) (int, error) {
	n, err := w.Writer.Write(text)
	if err != nil {
		err = fmt.Errorf("cannot write the output: %w", cause(err))
	}
	if w.err == nil {
		w.err = err
	}
	return n, err
}

// The colours, as terminals number them.
const (
	red    = 31
	green  = 32
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
	if sticky, isSticky := w.(*stickyWriter); isSticky {
		w = sticky.Writer
	}
	f, isFile := w.(*os.File)
	return isFile && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}
