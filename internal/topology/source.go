package topology

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// source is the text that the parser reads, line by line, without line ends.
type source struct {
	lines  []string
	widths []int           // of the lines, in characters
	runes  func() [][]rune // the lines as characters, made when the first fault in one is to be placed
}

func newSource(text string) source {
	s := source{lines: splitLines(text)}
	s.widths = make([]int, len(s.lines))
	for i, line := range s.lines {
		s.widths[i] = utf8.RuneCountInString(line)
	}
	s.runes = sync.OnceValue(func() [][]rune {
		lines := make([][]rune, len(s.lines))
		for i, line := range s.lines {
			lines[i] = []rune(line)
		}
		return lines
	})
	return s
}

// splitLines splits a text into lines as YAML does: at LF, CR LF and CR. There is always at least one.
func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	return strings.Split(text, "\n")
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
