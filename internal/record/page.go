package record

import (
	"strconv"

	"lyncowa/internal/escape"
)

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
