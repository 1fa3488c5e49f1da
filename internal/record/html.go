package record

import (
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"lyncowa/internal/escape"
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

// markup is HTML of our own wording. Only a constant becomes markup by itself, so no value of a topology can enter a
// page but through text.
type markup string

// page is an HTML page that is being written. A template would write the same bytes, much more slowly where a
// farm is large.
type page struct{ out []byte }

// put adds markup as it is.
func (p *page) put(m markup) { p.out = append(p.out, m...) }

// text adds a value, inert in an element and in a quoted attribute.
func (p *page) text(s string) { p.out = append(p.out, escape.HTML(s)...) }

// element adds an element without attributes around a value.
func (p *page) element(open markup, value string, end markup) {
	p.put(open)
	p.text(value)
	p.put(end)
}

// attribute adds an attribute with its value.
func (p *page) attribute(name markup, value string) {
	p.put(" ")
	p.put(name)
	p.put(`="`)
	p.text(value)
	p.put(`"`)
}

// length adds an attribute whose value is a number.
func (p *page) length(name markup, value int) {
	p.put(" ")
	p.put(name)
	p.put(`="`)
	p.number(value)
	p.put(`"`)
}

func (p *page) number(n int) { p.out = strconv.AppendInt(p.out, int64(n), 10) }

// Lengths of words and their parts, in characters.
const (
	wholeWord  = 24 // a word up to this stays whole
	shortPart  = 8  // a part has at least so many, so that no line holds a mere "com"
	longerPart = 20 // a part has at most so many: half a thumbprint
)

// wordParts are a word in parts between which a line may end, if it is long: after the dots and slashes of names
// where there are any.
func wordParts(word string) iter.Seq[string] {
	return func(yield func(string) bool) {
		rest := utf8.RuneCountInString(word)
		if rest <= wholeWord {
			yield(word)
			return
		}
		start, length, afterMark := 0, 0, false
		for i, r := range word {
			if (afterMark && length >= shortPart || length >= longerPart) && rest >= shortPart {
				if !yield(word[start:i]) {
					return
				}
				start, length = i, 0
			}
			length++
			rest--
			afterMark = r == '.' || r == '/' || r == '\\' || r == '@'
		}
		yield(word[start:])
	}
}
