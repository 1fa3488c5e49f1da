package record

import (
	"fmt"
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
