package record

import (
	"strings"
	texttemplate "text/template"

	"lyncowa/internal/markdown"
)

// markdownFuncs are the functions of the Markdown template.
var markdownFuncs = texttemplate.FuncMap{
	"text":    markdown.Text,
	"prose":   func(p prose) string { return atLineStart(inMarkdown(p, markdown.Code)) },
	"cell":    func(p prose) string { return inMarkdown(p, markdown.CodeCell) },
	"fence":   fence,
	"ordinal": func(i int) int { return i + 1 },
	"deeper":  deeper,
}

// headed is a section with the marks of its heading.
type headed struct {
	Marks string
	section
}

// deeper puts the marks of their level before sections.
func deeper(level int, sections []section) []headed {
	below := make([]headed, len(sections))
	for i, s := range sections {
		below[i] = headed{strings.Repeat("#", level), s}
	}
	return below
}

// inMarkdown writes prose; code says how to write a code span there.
func inMarkdown(p prose, code func(string) string) string {
	var out strings.Builder
	for _, s := range p {
		switch s.Kind {
		case spanCode:
			out.WriteString(code(s.Text))
		case spanStrong:
			out.WriteString("**" + markdown.Text(s.Text) + "**")
		case spanBlank:
			out.WriteString(s.Text)
		default:
			out.WriteString(markdown.Text(s.Text))
		}
	}
	return strings.TrimSpace(out.String())
}

// atLineStart keeps text from becoming a list, a rule or an underline where a line begins with it: "- a", "1. a",
// "---", "===".
func atLineStart(text string) string {
	digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
	rest := text[digits:]
	if rest == "" || !strings.ContainsRune("-+=.)", rune(rest[0])) || (digits == 0) != strings.ContainsRune("-+=", rune(rest[0])) {
		return text
	}
	return text[:digits] + `\` + rest
}

// fence is a fence that a text cannot close.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks
}
