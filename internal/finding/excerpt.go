package finding

import (
	"fmt"
	"strings"
	"unicode"
)

// The characters of a source line that are shown at most, before and from the caret on.
const (
	shownBefore = 80
	shownAfter  = 60
)

// excerpt is a source line as it may be shown, and a line with a caret below the given column. A long line is
// cut around the caret.
func excerpt(line []rune, column int) (text, caret string) {
	at := min(max(column-1, 0), len(line))
	from, to := max(0, at-shownBefore), min(len(line), at+shownAfter)
	var shown, pad strings.Builder
	if from > 0 {
		shown.WriteString("...")
		pad.WriteString("   ")
	}
	for i, r := range line[from:to] {
		cell := visibleRune(r)
		shown.WriteString(cell)
		if from+i < at {
			pad.WriteString(blankLike(cell))
		}
	}
	if to < len(line) {
		shown.WriteString("...")
	}
	return shown.String(), pad.String() + "^"
}

// blankLike is the space that a text takes on a terminal: a tab is as wide as the tab above it.
func blankLike(cell string) string {
	var b strings.Builder
	for _, r := range cell {
		switch {
		case r == '\t':
			b.WriteRune('\t')
		case unicode.In(r, unicode.Mn, unicode.Me) || r == '\u200C' || r == '\u200D':
		case isWide(r):
			b.WriteString("  ")
		default:
			b.WriteRune(' ')
		}
	}
	return b.String()
}

// isWide tells the characters that terminals show in two cells, roughly (UAX 11).
func isWide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) ||
		r >= 0xFF01 && r <= 0xFF60 || r >= 0x1F300 && r <= 0x1FAFF || r >= 0x3000 && r <= 0x303E
}

// visible is a text on one line in which nothing acts on a terminal.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			b.WriteString("<U+0009>")
			continue
		}
		b.WriteString(visibleRune(r))
	}
	return b.String()
}

// visibleRune is a character, or its code point where it cannot be seen or acts on a terminal. A tab stays.
func visibleRune(r rune) string {
	if r == '\t' || unicode.IsPrint(r) || r == '\u00A0' || r == '\u200C' || r == '\u200D' {
		return string(r)
	}
	return fmt.Sprintf("<U+%04X>", r)
}
