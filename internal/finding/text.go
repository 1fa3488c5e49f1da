package finding

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// The colours of a terminal (ECMA-48).
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	bold   = "\x1b[1m"
	reset  = "\x1b[0m"
)

// WriteText writes the findings for people, in the order of the list:
//
//	topology.yaml:14:9: error: port 70000 is outside 1-65535 [port-range]
//	    port: 70000
//	          ^
//	hint: choose any free port of 1024-65535, for example 5199
//
// sources maps the file names in the findings to the bytes of the files. Without the bytes, or for a finding about a
// whole file, WriteText omits the source line and the caret. The output never contains a character that moves the
// cursor or changes the direction of text.
func WriteText(w io.Writer, l List, sources map[string][]byte, color bool) error {
	out := bufio.NewWriter(w)
	paint := func(code, text string) string {
		if !color {
			return text
		}
		return code + text + reset
	}
	sourceLines := map[string][]string{}
	for _, f := range l {
		accent := red
		if f.Severity == Warning {
			accent = yellow
		}
		fmt.Fprintf(out, "%s: %s: %s [%s]\n", location(f), paint(accent, string(f.Severity)), paint(bold, oneLine(f.Message)), oneLine(f.ID))
		lines, known := sourceLines[f.File]
		if data := sources[f.File]; data != nil && !known {
			lines = Lines(Text(data))
			sourceLines[f.File] = lines
		}
		if f.Line >= 1 && f.Line <= len(lines) {
			text, pad := excerpt([]rune(lines[f.Line-1]), f.Column)
			fmt.Fprintf(out, "%s\n%s%s\n", text, pad, paint(accent, "^"))
		}
		if f.Hint != "" {
			fmt.Fprintf(out, "hint: %s\n", oneLine(f.Hint))
		}
	}
	return out.Flush()
}

func oneLine(s string) string { return Visible(s, ordinary) }

// location is the clickable file:line:col, or the file alone.
func location(f Finding) string {
	if f.Line == 0 {
		return oneLine(f.File)
	}
	return fmt.Sprintf("%s:%d:%d", oneLine(f.File), f.Line, f.Column)
}

// The maximum number of characters shown of a source line: before the caret, and from the caret on.
const (
	shownBefore = 80
	shownAfter  = 60
)

// excerpt returns a safe part of a source line around the given column, and the padding that puts a caret below it.
func excerpt(line []rune, column int) (text, pad string) {
	caret := min(max(column-1, 0), len(line))
	from, to := max(0, caret-shownBefore), min(len(line), caret+shownAfter)
	before := Visible(string(line[from:caret]), ordinary+"\t")
	text = before + Visible(string(line[caret:to]), ordinary+"\t")
	pad = blanks(before)
	if from > 0 {
		text, pad = "..."+text, "   "+pad
	}
	if to < len(line) {
		text += "..."
	}
	return text, pad
}

// blanks is as many spaces as a text is wide on a terminal. A tab stays a tab, to align with the tab above it.
func blanks(text string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case r == '\t':
			out.WriteRune(r)
		case unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200C' || r == '\u200D':
		case isWide(r):
			out.WriteString("  ")
		default:
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// isWide reports, approximately, whether terminals show a character in two cells (UAX 11).
func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) ||
		r >= 0xFF01 && r <= 0xFF60 || r >= 0x1F300 && r <= 0x1FAFF || r >= 0x3000 && r <= 0x303E
}
