package main

// This file writes every message about a run except its result. A message is one sentence in lower case without a full
// stop. "error:" says what is wrong, "warning:" does not stop the command, "hint:" says what to do. "more:" is a command
// that shows more. "next:" is the usual next command, on one line to paste. Messages show control characters in names as
// code points, so that a file name cannot control the terminal.

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

// printable replaces terminal controls and invisible characters by their code points.
func printable(s string) string { return finding.Visible(s, "") }

// quoted is a file name, quoted for the usual shell of this system.
func quoted(path string) string {
	if strings.HasPrefix(path, "-") && path != "-" {
		path = "." + string(os.PathSeparator) + path
	}
	return inShell(path)
}

// inShell is a word, such as a flag, quoted for the usual shell of this system.
func inShell(word string) string {
	if strings.Trim(word, plainInShell) == "" && word != "" {
		return word
	}
	if runtime.GOOS == "windows" {
		return `"` + word + `"`
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// plainInShell are the characters without a special meaning in any shell.
var plainInShell = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:+" + windowsPlain[runtime.GOOS]

// windowsPlain adds the path separator of Windows, which is an escape character in other shells.
var windowsPlain = map[string]string{"windows": `\`}

// stickyWriter remembers the first failed write. Commands do not check each line that they print, but a full disk must
// not look like success.
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

// The numbers of the terminal colours.
const (
	red    = 31
	green  = 32
	yellow = 33
	cyan   = 36
)

// paint colours text on a terminal, but not with NO_COLOR and not on a dumb terminal.
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
