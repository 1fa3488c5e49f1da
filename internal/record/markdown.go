package record

import (
	"bytes"
	"strconv"
	"strings"

	"lyncowa/internal/escape"
)

// inMarkdown writes the document as Markdown with tables, for the ticket.
func inMarkdown(d document) []byte {
	var t ticket
	t.Add("# ", escape.Markdown(d.Title), "\n\n", ownLine(d.Subtitle), "\n\n")
	t.sections(d.Sections, "##")
	return append(bytes.TrimRight(t.Bytes(), "\n"), '\n')
}

// ticket is the page for the ticket.
type ticket struct{ bytes.Buffer }

// Add adds texts that are Markdown already.
func (t *ticket) Add(texts ...string) {
	for _, text := range texts {
		t.WriteString(text)
	}
}

// sections have their headings on the level of the marks, and the sections in them on the next one.
func (t *ticket) sections(sections []section, marks string) {
	for _, s := range sections {
		t.Add(marks, " ", escape.Markdown(s.Title), "\n\n")
		for _, b := range s.Blocks {
			t.block(b)
			t.Add("\n")
		}
		t.sections(s.Sections, marks+"#")
	}
}

func (t *ticket) block(b block) {
	switch {
	case b.Note != nil:
		t.Add("> **", escape.Markdown(b.Note.Heading), ".** ", ownLine(b.Note.Text), "\n")
	case b.List != nil:
		t.list(b.List)
	case b.Table != nil:
		t.table(b.Table)
	case b.Listing != nil:
		t.listing(b.Listing)
	case b.Picture != nil:
		t.Add("Picture (drawn in `change-record.html`). ", escape.Markdown(b.Picture.Caption), "\n")
	default:
		t.Add(ownLine(b.Paragraph), "\n")
	}
}

func (t *ticket) list(l *list) {
	for i, item := range l.Items {
		mark := "-"
		if l.Ordered {
			mark = strconv.Itoa(i+1) + "."
		}
		t.Add(mark, " ", ownLine(item), "\n")
	}
}

func (t *ticket) table(table *table) {
	if !table.Quiet {
		t.Add("**", escape.Markdown(table.Caption), "**\n\n")
	}
	t.Add("|")
	for _, column := range table.Columns {
		t.Add(" ", escape.Markdown(column), " |")
	}
	t.Add("\n|", strings.Repeat("---|", len(table.Columns)), "\n")
	for _, row := range table.Rows {
		t.Add("|")
		for _, cell := range row {
			t.Add(" ", spans(cell, escape.CodeCell), " |")
		}
		t.Add("\n")
	}
}

func (t *ticket) listing(l *listing) {
	t.Add(ownLine(l.Caption), ":\n\n", escape.Fence(l.Language, l.Text))
}

// ownLine is prose that stands on a line of its own.
func ownLine(p prose) string { return atLineStart(spans(p, escape.Code)) }

// spans is prose; code says how to write a code span where it stands.
func spans(p prose, code func(string) string) string {
	text := ""
	for _, s := range p {
		switch s.Kind {
		case spanCode:
			text += code(s.Text)
		case spanStrong:
			text += "**" + escape.Markdown(s.Text) + "**"
		case spanBlank:
			text += s.Text
		default:
			text += escape.Markdown(s.Text)
		}
	}
	return strings.TrimSpace(text)
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
