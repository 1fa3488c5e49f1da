package finding

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// The colours of a terminal (ECMA-48).
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// WriteText shows the findings to a person, in the order of the list:
//
//	topology.yaml:14:9: error: port 70000 is outside 1-65535 [port-range]
//	    port: 70000
//	          ^
//	hint: choose any free port of 1024-65535, for example 5199
//
// sources are the bytes of each file by the name that the findings give it; without them, and for a finding
// about a whole file, the two source lines are left out. Nothing reaches the terminal that could move its
// cursor or turn its text around.
func WriteText(w io.Writer, l List, sources map[string][]byte, color bool) error {
	out := bufio.NewWriter(w)
	split := map[string][][]rune{}
	for _, f := range l {
		fmt.Fprintf(out, "%s: %s: %s [%s]\n", location(f), paint(color, severityColor(f.Severity), string(f.Severity)), paint(color, bold, visible(f.Message)), visible(f.ID))
		lines, known := split[f.File]
		if !known {
			lines = sourceLines(sources[f.File])
			split[f.File] = lines
		}
		if f.Line >= 1 && f.Line <= len(lines) {
			text, caret := excerpt(lines[f.Line-1], f.Column)
			fmt.Fprintf(out, "%s\n%s\n", text, paintCaret(color, f.Severity, caret))
		}
		if f.Hint != "" {
			fmt.Fprintf(out, "hint: %s\n", visible(f.Hint))
		}
	}
	return out.Flush()
}

// location is the clickable file:line:col, or the file alone.
func location(f Finding) string {
	if f.Line == 0 {
		return visible(f.File)
	}
	return fmt.Sprintf("%s:%d:%d", visible(f.File), f.Line, f.Column)
}

func severityColor(s Severity) string {
	if s == Warning {
		return yellow
	}
	return red
}

func paint(color bool, code, text string) string {
	if !color {
		return text
	}
	return code + text + reset
}

func paintCaret(color bool, s Severity, line string) string {
	pad, found := strings.CutSuffix(line, "^")
	if !found {
		return line
	}
	return pad + paint(color, severityColor(s), "^")
}
