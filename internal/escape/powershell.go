// Package escape holds the only doors through which foreign text enters an output: PowerShell literals and
// comments, Markdown, and HTML. It knows characters; what a script or a page says is decided elsewhere.
package escape

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Quote returns a PowerShell expression whose value is exactly s: a single-quoted literal, or, where s holds
// anything but printable ASCII, a parenthesised sum of literals and [char] codes. It is safe as an argument
// and inside an expression. The result is pure ASCII: Windows PowerShell reads a file without byte order mark in
// the ANSI code page, where the bytes of UTF-8 can turn into quotes and dashes.
func Quote(s string) string {
	if isPrintableASCII(s) {
		return "'" + strings.ReplaceAll(s, "'", "''") + "'"
	}
	terms := []string{} // the first one is always a string: [char] + [char] would add numbers
	literal := strings.Builder{}
	for _, unit := range utf16.Encode([]rune(s)) {
		switch {
		case unit == '\'':
			literal.WriteString("''")
		case unit >= 0x20 && unit < 0x7f:
			literal.WriteByte(byte(unit))
		default:
			if literal.Len() > 0 || len(terms) == 0 {
				terms = append(terms, "'"+literal.String()+"'")
				literal.Reset()
			}
			terms = append(terms, fmt.Sprintf("[char]0x%04X", unit))
		}
	}
	if literal.Len() > 0 {
		terms = append(terms, "'"+literal.String()+"'")
	}
	return "(" + strings.Join(terms, " + ") + ")"
}

// List returns the values as a comma-separated list of literals, as a parameter takes them.
func List(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = Quote(v)
	}
	return strings.Join(quoted, ", ")
}

// Array returns an array expression, also for no value and for one.
func Array(values []string) string {
	return "@(" + List(values) + ")"
}

// Comment returns s for the inside of a block comment: one line, ASCII, unable to end or to open a comment.
// Characters outside printable ASCII are shown by code point.
func Comment(s string) string {
	var b strings.Builder
	var before rune
	for _, r := range s {
		if before == '<' && r == '#' || before == '#' && r == '>' {
			b.WriteByte(' ')
		}
		if r >= 0x20 && r < 0x7f {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "{U+%04X}", r)
		}
		before = r
	}
	return b.String()
}

func isPrintableASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e })
}
