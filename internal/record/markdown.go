package record

import (
	"bytes"
	"strconv"
	"strings"

	"lyncowa/internal/markdown"
)

// inMarkdown writes the document as Markdown with tables, for the ticket, into room.
func inMarkdown(d document, room []byte) []byte {
	t := ticket{room}
	t.add("# ", markdown.Text(d.Title), "\n\n", ownLine(d.Subtitle), "\n\n")
	t.sections(d.Sections, "##")
	return append(bytes.TrimRight(t.out, "\n"), '\n')
}

// ticket is a Markdown page that is being written. What it adds is Markdown already.
type ticket struct{ out []byte }

func (t *ticket) add(texts ...string) {
	for _, text := range texts {
		t.out = append(t.out, text...)
	}
}

// sections have their headings on the level of the marks, and the sections in them on the next one.
func (t *ticket) sections(sections []section, marks string) {
	for _, s := range sections {
		t.add(marks, " ", markdown.Text(s.Title), "\n\n")
		for _, b := range s.Blocks {
			t.block(b)
			t.add("\n")
		}
		t.sections(s.Sections, marks+"#")
	}
}

func (t *ticket) block(b block) {
	switch {
	case b.Note != nil:
		t.add("> **", markdown.Text(b.Note.Heading), ".** ", ownLine(b.Note.Text), "\n")
	case b.List != nil:
		t.list(b.List)
	case b.Table != nil:
		t.table(b.Table)
	case b.Listing != nil:
		t.listing(b.Listing)
	case b.Picture != nil:
		t.add("Picture (drawn in `change-record.html`). ", markdown.Text(b.Picture.Caption), "\n")
	default:
		t.add(ownLine(b.Paragraph), "\n")
	}
}

func (t *ticket) list(l *list) {
	for i, item := range l.Items {
		mark := "-"
		if l.Ordered {
			mark = strconv.Itoa(i+1) + "."
		}
		t.add(mark, " ", ownLine(item), "\n")
	}
}

func (t *ticket) table(table *table) {
	if !table.Quiet {
		t.add("**", markdown.Text(table.Caption), "**\n\n")
	}
	t.add("|")
	for _, column := range table.Columns {
		t.add(" ", markdown.Text(column), " |")
	}
	t.add("\n|", strings.Repeat("---|", len(table.Columns)), "\n")
	for _, row := range table.Rows {
		t.add("|")
		for _, cell := range row {
			t.add(" ", spans(cell, markdown.CodeCell), " |")
		}
		t.add("\n")
	}
}

func (t *ticket) listing(l *listing) {
	fence := fence(l.Text)
	t.add(ownLine(l.Caption), ":\n\n", fence, l.Language, "\n", l.Text, "\n", fence, "\n")
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

// fence is a fence that a text cannot close.
func fence(text string) string {
	marks := "```"
	for strings.Contains(text, marks) {
		marks += "`"
	}
	return marks
}
