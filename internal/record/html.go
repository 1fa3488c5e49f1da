package record

import (
	"strings"

	"lyncowa/templates"
)

// inHTML writes the document as one page for the screen and the printer.
func inHTML(d document) []byte {
	var p page
	p.document(d)
	return p.out
}

func (p *page) document(d document) {
	p.put(`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
`)
	p.element("<title>", d.Title, "</title>\n<style>\n")
	p.out = append(p.out, templates.RecordStyle...)
	p.put(`</style>
</head>
<body>
<a class="skip" href="#summary">Skip to the record</a>
<header>
`)
	p.element("<h1>", d.Title, "</h1>\n<p>")
	p.prose(d.Subtitle)
	p.put("</p>\n</header>\n")
	p.contents(d.Sections)
	p.put("<main>\n")
	p.sections(d.Sections, "h2")
	p.put("</main>\n</body>\n</html>\n")
}

// contents links to the sections of the first level.
func (p *page) contents(sections []section) {
	p.put("<nav aria-label=\"Contents\">\n<p class=\"contents\">Contents</p>\n<ul>\n")
	for _, s := range sections {
		p.element(`<li><a href="#`, s.ID, `">`)
		p.element("", s.Title, "</a></li>\n")
	}
	p.put("</ul>\n</nav>\n")
}

// sections have their headings on one level, and the sections in them on the next one.
func (p *page) sections(sections []section, heading markup) {
	for _, s := range sections {
		p.element(`<section id="`, s.ID, "\">\n<")
		p.put(heading)
		p.element(">", s.Title, "</")
		p.put(heading)
		p.put(">\n")
		for _, b := range s.Blocks {
			p.block(b)
		}
		p.sections(s.Sections, "h3")
		p.put("</section>\n")
	}
}

func (p *page) block(b block) {
	switch {
	case b.Note != nil:
		p.element(`<p class="note"><strong>`, b.Note.Heading, ".</strong> ")
		p.prose(b.Note.Text)
		p.put("</p>\n")
	case b.List != nil:
		p.list(b.List)
	case b.Table != nil:
		p.table(b.Table)
	case b.Listing != nil:
		p.listing(b.Listing)
	case b.Picture != nil:
		p.picture(b.Picture)
	default:
		p.put("<p>")
		p.prose(b.Paragraph)
		p.put("</p>\n")
	}
}

func (p *page) list(l *list) {
	open, end := markup("<ul>\n"), markup("</ul>\n")
	if l.Ordered {
		open, end = "<ol>\n", "</ol>\n"
	}
	p.put(open)
	for _, item := range l.Items {
		p.put("<li>")
		p.prose(item)
		p.put("</li>\n")
	}
	p.put(end)
}

// table has its roles by name too: on a narrow page the style takes them from its elements.
func (p *page) table(t *table) {
	p.put(`<table class="columns-`)
	p.number(len(t.Columns))
	p.put("\" role=\"table\">\n<caption")
	if t.Quiet {
		p.put(` class="quiet"`)
	}
	p.element(">", t.Caption, "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">")
	for _, column := range t.Columns {
		p.element(`<th scope="col" role="columnheader">`, column, "</th>")
	}
	p.put("</tr></thead>\n<tbody role=\"rowgroup\">\n")
	for _, row := range t.Rows {
		p.row(row, t.Columns)
	}
	p.put("</tbody>\n</table>\n")
}

func (p *page) row(cells []prose, columns []string) {
	p.put(`<tr role="row"><th scope="row" role="rowheader">`)
	p.prose(cells[0])
	p.put("</th>")
	for i, cell := range cells[1:] {
		p.element(`<td role="cell" data-column="`, columns[i+1], `">`)
		p.prose(cell)
		p.put("</td>")
	}
	p.put("</tr>\n")
}

// listing has each line and each word in an element of its own: a line may be broken between its words.
func (p *page) listing(l *listing) {
	p.put("<figure class=\"listing\">\n<figcaption>")
	p.prose(l.Caption)
	p.put(":</figcaption>\n<pre><code>")
	for line := range strings.SplitSeq(l.Text, "\n") {
		space := markup(`<span class="line">`)
		for word := range strings.SplitSeq(line, " ") {
			p.put(space)
			p.element(`<span class="word">`, word, "</span>")
			space = " "
		}
		p.put("\n</span>")
	}
	p.put("</code></pre>\n</figure>\n")
}

// marks are what stands around a span of each kind.
var marks = [...][2]markup{
	spanText:   {"", ""},
	spanCode:   {"<code>", "</code>"},
	spanStrong: {"<strong>", "</strong>"},
	spanBlank:  {`<span class="blank">`, "</span>"},
}

// prose adds running text; a line may end between the parts of its long words.
func (p *page) prose(text prose) {
	for _, s := range text {
		p.put(marks[s.Kind][0])
		p.words(s.Text)
		p.put(marks[s.Kind][1])
	}
}

func (p *page) words(text string) {
	for word := range strings.SplitAfterSeq(text, " ") {
		p.word(word)
	}
}

func (p *page) word(word string) {
	first := true
	for part := range wordParts(word) {
		if !first {
			p.put("<wbr/>")
		}
		p.text(part)
		first = false
	}
}
