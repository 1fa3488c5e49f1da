package markdown

import "bytes"

// Page is a Markdown page that is being written.
type Page struct{ text []byte }

// NewPage is an empty page that has room for so many bytes before it has to grow.
func NewPage(room int) Page { return Page{make([]byte, 0, room)} }

// Add adds texts that are Markdown already.
func (p *Page) Add(texts ...string) {
	for _, text := range texts {
		p.text = append(p.text, text...)
	}
}

// Bytes are the page, with one line end at its end.
func (p *Page) Bytes() []byte { return append(bytes.TrimRight(p.text, "\n"), '\n') }
