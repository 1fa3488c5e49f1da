// Package record writes the change record: the page on which a change board finds every answer of its form, in
// Markdown for the ticket and in HTML for the screen and the printer.
//
// Both are views of one document, and the document is a view of the plan: what is to be done and why has been
// decided there. What stands here is wording only.
package record

import (
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
)

// Paths of the two views in a bundle.
const (
	MarkdownPath = "change-record.md"
	HTMLPath     = "change-record.html"
)

// Record is the change record of a plan. Its two pages are made of one document. The same plan gives the same bytes.
type Record struct{ document document }

// New returns the record of a plan.
func New(p *plan.Plan) Record { return Record{newDocument(p)} }

// Markdown is the record as a Markdown page: UTF-8, LF.
func (r Record) Markdown() []byte { return inMarkdown(r.document) }

// HTML is the record as one self-contained page: UTF-8, LF, well-formed XML, without script and without anything to
// load from elsewhere.
func (r Record) HTML() []byte { return inHTML(r.document) }

// newDocument arranges the whole record.
func newDocument(p *plan.Plan) document {
	r := subject{p}
	return document{
		Title:    "Change record: " + escape.Visible(firstOf(p.Topology.Change.Title, p.Name)),
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
