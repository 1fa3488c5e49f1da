package escape

import (
	"fmt"
	"strings"
	"unicode"
)

// special holds the ASCII characters that CommonMark or a table extension gives a meaning of their own. Others,
// such as parentheses, mean something only after one of these; unescaped they keep the page readable as text.
const special = "\\`*_[]<>#|~&"

// Markdown escapes s for running text and for table cells, so that viewers of every make show exactly that text.
// Line ends become blanks, other invisible characters become their code point.
func Markdown(s string) string {
	var out strings.Builder
	for _, r := range Visible(s) {
		if strings.ContainsRune(special, r) {
			out.WriteByte('\\')
		}
		out.WriteRune(r)
	}
	return out.String()
}

// Code returns an inline code span of s, for running text. Its fence is longer than any run of backticks in s.
func Code(s string) string {
	s = Visible(s)
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s == "" {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// CodeCell returns inline code for a table cell. A cell cannot hold a bar, not even in a code span of every
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

// Visible replaces line ends and tabs by blanks, and other invisible characters, such as direction overrides, by
// their code point.
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

// Fence returns a fenced code block of text, which may hold fences of its own. language may be "".
func Fence(language, text string) string {
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	return fence + language + "\n" + text + "\n" + fence + "\n"
}

// HTML escapes s for an element and for a quoted attribute, also for readers that guess the encoding.
func HTML(s string) string { return htmlEntities.Replace(s) }

var htmlEntities = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")
