// Package markdown is the only door through which foreign text enters a Markdown page: prose, table cells and code.
//
// The pages are read in tickets and viewers of many makes, so everything that any of them could take for
// markup, HTML or a link is neutralised; what a person reads stays the same text.
package markdown

import (
	"fmt"
	"strings"
	"unicode"
)

// special holds the ASCII characters that CommonMark or a table extension gives a meaning of their own. Others,
// such as parentheses, mean something only after one of these; left alone they keep the page readable as text.
const special = "\\`*_[]<>#|~&"

// Text escapes s for running text and for table cells. Line ends become blanks, other characters that a reader
// cannot see become their code point.
func Text(s string) string {
	if isPlain(s) {
		return s
	}
	var out strings.Builder
	for _, r := range Visible(s) {
		if strings.ContainsRune(special, r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// plain are the characters that stand for themselves in running text. A table, because every value of a farm is
// looked at.
var plain = func() (table [256]bool) {
	for c := byte(' '); c <= '~'; c++ {
		table[c] = strings.IndexByte(special, c) < 0
	}
	return table
}()

func isPlain(s string) bool {
	for i := range len(s) {
		if !plain[s[i]] {
			return false
		}
	}
	return true
}

// Code makes an inline code span of s, for running text. Its fence is longer than any run of backticks in s.
func Code(s string) string {
	s = Visible(s)
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s == "" {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// CodeCell makes inline code for a table cell. A cell cannot hold a bar, not even in a code span of every
// viewer, so text with one becomes an HTML code element.
func CodeCell(s string) string {
	if !strings.Contains(s, "|") {
		return Code(s)
	}
	return "<code>" + cellEntities.Replace(Visible(s)) + "</code>"
}

// cellEntities writes as entities what HTML or Markdown would take for markup inside a code element.
var cellEntities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "|", "&#124;", "`", "&#96;",
	"*", "&#42;", "_", "&#95;", "~", "&#126;", "[", "&#91;", "]", "&#93;", "\\", "&#92;", "$", "&#36;", "@", "&#64;")

// Visible replaces line ends and tabs by blanks and other characters that leave no mark on the page, such as
// direction overrides, by their code point: on every page the text is what it looks like.
func Visible(s string) string {
	if isPrintableASCII(s) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			out.WriteByte(' ')
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, "U+%04X", r)
		}
	}
	return out.String()
}

func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func longestRun(s string, of rune) int {
	longest, run := 0, 0
	for _, r := range s {
		if r != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// Fence makes a fenced code block of text, which may hold fences of its own.
func Fence(language, text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	return fence + language + "\n" + text + "\n" + fence + "\n"
}
