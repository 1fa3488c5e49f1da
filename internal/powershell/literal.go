// Package powershell is the only door through which text enters a script: literals and comments.
//
// Its output is pure ASCII, because Windows PowerShell reads a file without byte order mark in the ANSI code
// page, where the bytes of UTF-8 can turn into quotes and dashes. What a step does is never decided here.
package powershell

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Quote returns a PowerShell expression whose value is exactly s: a single-quoted literal, or, where s holds
// anything but printable ASCII, a parenthesised sum of literals and [char] codes. It is safe as an argument
// and inside an expression.
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

// Bool returns $true or $false.
func Bool(b bool) string {
	if b {
		return "$true"
	}
	return "$false"
}

// Comment makes s fit for the inside of a block comment: one line, ASCII, unable to end or to open a comment.
// Characters outside printable ASCII are shown by code point.
func Comment(s string) string {
	if isPrintableASCII(s) && !strings.Contains(s, "<#") && !strings.Contains(s, "#>") {
		return s
	}
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
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}
