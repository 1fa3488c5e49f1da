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
// Line ends become blanks, other invisible characters become their code point. A word that a viewer could turn into a
// link, such as an address, becomes inline code: no escape stops GitHub from linking it.
func Markdown(s string) string {
	s = Visible(s)
	if !strings.ContainsAny(s, "@:/.") {
		return escaped(s)
	}
	words := strings.Split(s, " ")
	for i, word := range words {
		words[i] = escaped(word)
		if isLink(word) {
			link := strings.TrimRight(word, ".,;:!?)")
			words[i] = betweenBars(link) + escaped(word[len(link):])
		}
	}
	return strings.Join(words, " ")
}

// betweenBars is inline code that means the same in and outside of a table: its bars stand between code spans.
func betweenBars(s string) string {
	parts := strings.Split(s, "|")
	for i, part := range parts {
		if part != "" {
			parts[i] = Code(part)
		}
	}
	return strings.Join(parts, `\|`)
}

// isLink reports whether the autolinks of GitHub or of other viewers could find a link in a word.
func isLink(word string) bool {
	lower := strings.ToLower(word)
	return strings.Contains(lower, "@") || strings.Contains(lower, "www.") || strings.Contains(lower, "://") ||
		strings.Contains(lower, "mailto:") || strings.Contains(lower, "xmpp:")
}

func escaped(s string) string {
	if !strings.ContainsAny(s, special) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
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
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || strings.TrimSpace(s) == "" {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// CodeCell returns inline code for a table cell, where a bar is escaped even in a code span. A bar behind a backslash
// stands between two code spans.
func CodeCell(s string) string {
	parts := strings.Split(s, `\|`)
	for i, part := range parts {
		if i < len(parts)-1 {
			part += `\`
		}
		parts[i] = strings.ReplaceAll(Code(part), "|", `\|`)
	}
	return strings.Join(parts, `\|`)
}

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
