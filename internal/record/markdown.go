package record

import (
	"strconv"
	"strings"

	"lyncowa/internal/markdown"
)

// inMarkdown writes the document as Markdown with tables, for the ticket. It takes about as many bytes as room.
func inMarkdown(d document, room int) []byte {
	t := ticket{markdown.NewPage(room)}
	t.Add("# ", markdown.Text(d.Title), "\n\n", ownLine(d.Subtitle), "\n\n")
	t.sections(d.Sections, "##")
	return t.Bytes()
}

// ticket is the page for the ticket.
type ticket struct{ markdown.Page }

// sections have their headings on the level of the marks, and the sections in them on the next one.
func (t *ticket) sections(sections []section, marks string) {
	for _, s := range sections {
		t.Add(marks, " ", markdown.Text(s.Title), "\n\n")
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
		t.Add("> **", markdown.Text(b.Note.Heading), ".** ", ownLine(b.Note.Text), "\n")
	case b.List != nil:
		t.list(b.List)
	case b.Table != nil:
		t.table(b.Table)
	case b.Listing != nil:
		t.listing(b.Listing)
	case b.Picture != nil:
		t.Add("Picture (drawn in `change-record.html`). ", markdown.Text(b.Picture.Caption), "\n")
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
		t.Add("**", markdown.Text(table.Caption), "**\n\n")
	}
	t.Add("|")
	for _, column := range table.Columns {
		t.Add(" ", markdown.Text(column), " |")
	}
	t.Add("\n|", strings.Repeat("---|", len(table.Columns)), "\n")
	for _, row := range table.Rows {
		t.Add("|")
		for _, cell := range row {
			t.Add(" ", spans(cell, markdown.CodeCell), " |")
		}
		t.Add("\n")
	}
}

func (t *ticket) listing(l *listing) {
	t.Add(ownLine(l.Caption), ":\n\n", markdown.Fence(l.Language, l.Text))
}

// ownLine is prose that stands on a line of its own.
func ownLine(p prose) string { return atLineStart(spans(p, markdown.Code)) }

// spans is prose; code says how to write a code span where it stands.
func spans(p prose, code func(string) string) string {
	text := ""
	for _, s := range p {
		switch s.Kind {
		case spanCode:
			text += code(s.Text)
		case spanStrong:
			text += "**" + markdown.Text(s.Text) + "**"
		case spanBlank:
			text += s.Text
		default:
			text += markdown.Text(s.Text)
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
