// Package record writes the change record: the page on which a change board finds every answer of its form, in
// Markdown for the ticket and in HTML for the screen and the printer.
//
// Both are views of one document, and the document is a view of the plan: what is to be done and why has been
// decided there. What stands here is wording only.
package record

import (
	"strings"
	"sync"

	"lyncowa/internal/markdown"
	"lyncowa/internal/plan"
)

// Paths of the two views in a bundle.
const (
	MarkdownPath = "change-record.md"
	HTMLPath     = "change-record.html"
)

// Views are the change record twice, UTF-8 with LF: as a Markdown page, and as a self-contained HTML page that is
// well-formed XML, without script and without anything to load from elsewhere. The same plan gives the same bytes.
func Views(p *plan.Plan) (markdown, html []byte) {
	d := newDocument(p)
	var both sync.WaitGroup
	both.Go(func() { markdown = inMarkdown(d, room(p, 64<<10, 10)) })
	both.Go(func() { html = inHTML(d, room(p, 128<<10, 40)) })
	both.Wait()
	return markdown, html
}

// room is an empty page that has seldom to grow, with so many bytes for each byte of the topology: one of a large
// farm would be copied a dozen times on its way.
func room(p *plan.Plan, fixed, perByte int) []byte {
	return make([]byte, 0, fixed+perByte*len(p.Source))
}

// newDocument arranges the whole record.
func newDocument(p *plan.Plan) document {
	r := subject{p}
	return document{
		Title:    "Change record: " + markdown.Visible(firstOf(p.Topology.Change.Title, p.Name)),
		Subtitle: say("%s, %s, %s", p.BundleName(), string(p.Change), r.products()),
		Sections: number([]section{
			r.summary(),
			r.identification(),
			r.whatAndWhy(),
			r.affected(),
			r.decision(),
			r.risk(),
			r.prerequisites(),
			r.questions(),
			r.steps(),
			r.backOut(),
			r.verification(),
			r.compatibility(),
			r.sources(),
			r.approvals(),
		}),
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}
