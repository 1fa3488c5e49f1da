// Package record makes the pages that people read: the change record for the board, the approval with its run sheet for
// those who sign and those who work by it, and the implementation report that closes the change.
//
// Their words are in templates/record and templates/report. Here are the facts that the words ask of a plan, and the layout of the picture.
// What is to be done and why has been decided in the plan.
package record

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"text/template"

	"github.com/Masterminds/sprig/v3"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// Paths of the pages in a bundle, each in two formats of the same text.
var (
	ApprovalPaths = []string{"approval.html", "approval.md"}
	Paths         = append([]string{"change-record.html", "change-record.md"}, ApprovalPaths...)
)

// File is one page in one format: UTF-8, LF. HTML is self-contained, well-formed XML, without script and without
// anything to load from elsewhere.
type File struct {
	Path string
	Data []byte
}

// Pages makes the change record and the approval of a plan, each in Markdown and in HTML with the same text. The same
// plan gives the same bytes.
func Pages(p *plan.Plan) ([]File, error) {
	var files []File
	for _, name := range []string{"approval", "change-record"} {
		f := facts{p}
		text, html, err := render(f, name, f)
		if err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
		files = append(files, File{name + ".html", html}, File{name + ".md", text})
	}
	return files, nil
}

// Report makes the implementation report of a plan from the facts of its evidence, in Markdown and in HTML with the same
// text.
func Report(p *plan.Plan, evidence any) (text, html []byte, err error) {
	f := facts{p}
	return render(f, "implementation-report", struct {
		facts
		Evidence any
	}{f, evidence})
}

// render executes the template of a page with its data, and makes HTML of the Markdown that comes out.
func render(f facts, name string, data any) (text, page []byte, err error) {
	var out, body, html bytes.Buffer
	if err := pages().ExecuteTemplate(&out, name+".md.tmpl", data); err != nil {
		return nil, nil, err
	}
	text = blankLines.ReplaceAll(append(bytes.TrimSpace(out.Bytes()), '\n'), []byte("\n\n"))
	if err := markdown.Convert(text, &body); err != nil {
		return nil, nil, err
	}
	title := heading.FindStringSubmatch(body.String())[1]
	frame := layout{facts: f, Name: name, Title: tag.ReplaceAllString(title, ""), Body: listed.ReplaceAllStringFunc(body.String(), brokenUp)}
	err = pages().ExecuteTemplate(&html, "page.html.tmpl", frame)
	return text, html.Bytes(), err
}

// brokenUp gives each item of a numbered or ticked cell a line of its own, which Markdown cannot.
func brokenUp(cell string) string { return item.ReplaceAllString(cell, " <br/>$1") }

// layout is what the frame of an HTML page holds. Title and Body are HTML.
type layout struct {
	facts
	Name, Title, Body string
}

var (
	blankLines = regexp.MustCompile(`\n{3,}`)
	heading    = regexp.MustCompile(`<h1[^>]*>(.*)</h1>`)
	tag        = regexp.MustCompile(`<[^>]*>`)
	listed     = regexp.MustCompile(`<td>(1\. |☐ ).*</td>`)
	item       = regexp.MustCompile(` ([2-9]\. |☐ )`)
	lineEnd    = regexp.MustCompile(`\s*\n\s*`)
)

// pages are the templates of templates/record and templates/report. Every value that they print is escaped for the format of their file,
// unless it comes from one of the functions in raw.
var pages = sync.OnceValue(func() *template.Template {
	set := template.New("")
	include := func(name string, data any) (string, error) {
		var text strings.Builder
		err := set.ExecuteTemplate(&text, name, data)
		return lineEnd.ReplaceAllString(strings.TrimSpace(text.String()), " "), err
	}
	set.Funcs(template.FuncMap{
		"md": func(v any) string { return escape.Markdown(fmt.Sprint(v)) }, "code": escape.CodeCell, "codeLine": escape.Code, "include": include,
		"markup": func(html string) string { return html },
		"names":  plan.Names, "fqdns": plan.FQDNs, "step": plan.Number, "join": sprig.TxtFuncMap()["join"],
		"add": func(a, b int) int { return a + b }, "sub": func(a, b int) int { return a - b }, "line": newLine, "cut": cut,
		"hours": func(minutes int) int { return minutes / 60 }, "rest": func(minutes int) int { return minutes % 60 },
	})
	template.Must(set.ParseFS(templates.Files, "record/*", "report/*"))
	raw := []string{"md", "code", "codeLine", "include", "markup"}
	for _, t := range set.Templates() {
		if strings.Contains(t.ParseName, ".md") {
			escape.Values(t.Root, "md", raw...)
		} else {
			escape.Values(t.Root, "html", raw...)
		}
	}
	return set
})

// markdown turns a page into HTML. Raw HTML in it stays text.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table),
	goldmark.WithParserOptions(parser.WithAutoHeadingID()),
	goldmark.WithRendererOptions(html.WithXHTML(), renderer.WithNodeRenderers(util.Prioritized(tables{}, 100))),
)
