// Package record writes the change record: the page on which a change board finds every answer of its form, in
// Markdown for the ticket and in HTML for the screen and the printer.
//
// Both are views of one document, and the document is a view of the plan: what is to be done and why has been
// decided there. What stands here is wording only.
package record

import (
	"bytes"
	htmltemplate "html/template"
	"io"
	"strings"
	"sync"
	texttemplate "text/template"

	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// Paths of the two views in a bundle.
const (
	MarkdownPath = "change-record.md"
	HTMLPath     = "change-record.html"
)

// The pages, each parsed once.
var (
	markdownPage = sync.OnceValues(func() (*texttemplate.Template, error) {
		return texttemplate.New("change-record.md.tmpl").Funcs(markdownFuncs).
			ParseFS(templates.Files, "record/change-record.md.tmpl")
	})
	htmlPage = sync.OnceValues(func() (*htmltemplate.Template, error) {
		return htmltemplate.New("change-record.html.tmpl").
			ParseFS(templates.Files, "record/change-record.html.tmpl", "record/change-record.css.tmpl", "record/picture.svg.tmpl")
	})
)

// Markdown is the change record as a Markdown page: UTF-8, LF. The same plan gives the same bytes.
func Markdown(p *plan.Plan) ([]byte, error) {
	page, err := markdownPage()
	if err != nil {
		return nil, err
	}
	return fill(page, p)
}

// HTML is the change record as one self-contained page: UTF-8, LF, well-formed XML, without script and without
// anything to load from elsewhere. The same plan gives the same bytes.
func HTML(p *plan.Plan) ([]byte, error) {
	page, err := htmlPage()
	if err != nil {
		return nil, err
	}
	return fill(page, p)
}

// fill writes the document into a page.
func fill(page interface{ Execute(io.Writer, any) error }, p *plan.Plan) ([]byte, error) {
	var out bytes.Buffer
	if err := page.Execute(&out, newDocument(p)); err != nil {
		return nil, err
	}
	return append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), nil
}

// newDocument arranges the whole record.
func newDocument(p *plan.Plan) document {
	r := subject{p}
	return document{
		Title:    "Change record: " + visible(firstOf(p.Topology.Change.Title, p.Name)),
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
