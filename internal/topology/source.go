package topology

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// runeLines splits a text into lines as YAML does: at LF, CR LF and CR. There is always at least one.
func runeLines(text string) [][]rune {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	split := strings.Split(text, "\n")
	lines := make([][]rune, len(split))
	for i, s := range split {
		lines[i] = []rune(s)
	}
	return lines
}

const shownLength = 60 // characters of a value that a message quotes

// quote shows a value in a message: on one line, with control characters escaped, shortened if long.
func quote(s string) string { return strconv.Quote(shorten(s)) }

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= shownLength {
		return s
	}
	return string([]rune(s)[:shownLength]) + "..."
}
