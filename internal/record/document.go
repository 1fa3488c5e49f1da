package record

import (
	"fmt"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
)

// document is the change record before it is Markdown or HTML.
type document struct {
	Title    string
	Subtitle prose
	Sections []section
}

// section is a heading and what stands below it.
type section struct {
	ID       string // anchor, unique in the document
	Title    string
	Blocks   []block
	Sections []section
}

// block is exactly one of its fields.
type block struct {
	Paragraph prose
	Note      *note
	List      *list
	Table     *table
	Listing   *listing
	Picture   *picture
}

// note is a paragraph that nobody may overlook.
type note struct {
	Heading string
	Text    prose
}

// list is a list of paragraphs.
type list struct {
	Ordered bool
	Items   []prose
}

// table has a header row, and the first cell of each row is that row's header. A quiet table has its caption for
// those who hear the page: for those who see it, the heading above says the same.
type table struct {
	Caption string
	Quiet   bool
	Columns []string
	Rows    [][]prose
}

// listing is text to be taken character by character, such as commands.
type listing struct {
	Caption  prose
	Language string // as Markdown fences name it
	Text     string // lines, the last without a line end
}

func paragraph(p prose) block               { return block{Paragraph: p} }
func warning(heading string, p prose) block { return block{Note: &note{heading, p}} }
func bullets(items ...prose) block          { return block{List: &list{Items: items}} }
func ordered(items ...prose) block          { return block{List: &list{Ordered: true, Items: items}} }

func newTable(caption string, columns ...string) *table {
	return &table{Caption: caption, Columns: columns}
}

func newQuietTable(caption string, columns ...string) *table {
	return &table{Caption: caption, Quiet: true, Columns: columns}
}

// row adds a row.
func (t *table) row(cells ...prose) { t.Rows = append(t.Rows, cells) }

// rowIf adds a row that is true for some topologies only.
func (t *table) rowIf(applies bool, cells ...prose) {
	if applies {
		t.row(cells...)
	}
}

func (t *table) block() block { return block{Table: t} }

// number puts their number before the headings of the first level, so that people can name a section.
func number(sections []section) []section {
	for i := range sections {
		sections[i].Title = fmt.Sprintf("%d. %s", i+1, sections[i].Title)
	}
	return sections
}

// prose is running text in spans.
type prose []span

// span is a piece of text that is shown in one way. Its text holds nothing that a reader cannot see.
type span struct {
	Kind spanKind
	Text string
}

type spanKind int

const (
	spanText spanKind = iota
	spanCode
	spanStrong
	spanBlank // to be filled in by a person
)

// blankLine is what a person writes on.
const blankLine = "____"

// say makes prose of our own wording, in which `code` and **strong** have the marks of Markdown, and of values.
// Each %s takes the next value as it is: marks in a value mean nothing.
func say(format string, values ...string) prose {
	p := make(prose, 0, 1+strings.Count(format, "`")+strings.Count(format, "**"))
	code := false
	for part := range strings.SplitSeq(format, "`") {
		if code {
			p, values = p.add(spanCode, part, values)
		} else {
			p, values = p.addText(part, values)
		}
		code = !code
	}
	return p
}

// addText appends wording without code, of which every second piece is strong.
func (p prose) addText(wording string, values []string) (longer prose, rest []string) {
	strong := false
	for piece := range strings.SplitSeq(wording, "**") {
		kind := spanText
		if strong {
			kind = spanStrong
		}
		p, values = p.add(kind, piece, values)
		strong = !strong
	}
	return p, values
}

// add appends a span of wording with its values filled in, and returns the values that are left.
func (p prose) add(kind spanKind, wording string, values []string) (longer prose, rest []string) {
	text := ""
	for {
		before, after, found := strings.Cut(wording, "%s")
		text += before
		if !found {
			break
		}
		if len(values) > 0 {
			text, values = text+values[0], values[1:]
		}
		wording = after
	}
	if text != "" {
		p = append(p, span{kind, escape.Visible(text)})
	}
	return p, values
}

// plain makes prose of foreign text.
func plain(text string) prose { return say("%s", strings.TrimSpace(text)) }

// impact says who notices a step. The word before the warnings is strong.
func impact(i plan.Impact) prose {
	if len(i.Warnings) == 0 {
		return plain(i.Text)
	}
	before := i.Text
	if before != "" {
		before += " "
	}
	return join(say("%s**WARNING:**", before), say(" %s", strings.Join(i.Warnings, " WARNING: ")))
}

// orBlank is foreign text, or a blank to fill in where there is none.
func orBlank(text string) prose {
	if strings.TrimSpace(text) == "" {
		return blank()
	}
	return plain(text)
}

func blank() prose { return prose{{spanBlank, blankLine}} }

// empty is a cell that people sign or write in.
func empty() prose { return prose{} }

// paragraphs makes one paragraph of each line of foreign text, or a labelled blank.
func paragraphs(label, text string) []block {
	if strings.TrimSpace(text) == "" {
		return []block{paragraph(append(say("**%s:** ", label), blank()...))}
	}
	var blocks []block
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		p := plain(line)
		if len(blocks) == 0 {
			p = append(say("**%s:** ", label), p...)
		}
		blocks = append(blocks, paragraph(p))
	}
	return blocks
}

// join makes one prose of several.
func join(parts ...prose) prose {
	var p prose
	for _, part := range parts {
		p = append(p, part...)
	}
	return p
}

// count writes a number with its noun: "1 server", "3 servers".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
