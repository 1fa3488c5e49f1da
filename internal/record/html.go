package record

import (
	"html/template"
	"strings"
)

// The bulk of a large record is prose and listings, which templates write slowly: these two write themselves. What
// they write is escaped here and nowhere else, with the escapes of html/template.

// escaped makes text inert in an element of HTML.
var escaped = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// marks are what stands around a span of each kind.
var marks = map[spanKind][2]string{
	spanText:   {"", ""},
	spanCode:   {"<code>", "</code>"},
	spanStrong: {"<strong>", "</strong>"},
	spanBlank:  {`<span class="blank">`, "</span>"},
}

// HTML is the prose as markup; a line may end between the parts of its long words.
func (p prose) HTML() template.HTML {
	var out strings.Builder
	for _, s := range p {
		out.WriteString(marks[s.Kind][0])
		for i, part := range s.Parts() {
			if i > 0 {
				out.WriteString("<wbr/>")
			}
			out.WriteString(escaped.Replace(part))
		}
		out.WriteString(marks[s.Kind][1])
	}
	return template.HTML(out.String())
}

// HTML is the listing's lines as markup; a line may be broken between its words.
func (l *listing) HTML() template.HTML {
	var out strings.Builder
	for line := range strings.SplitSeq(l.Text, "\n") {
		out.WriteString(`<span class="line">`)
		for i, word := range strings.Split(line, " ") {
			if i > 0 {
				out.WriteByte(' ')
			}
			out.WriteString(`<span class="word">` + escaped.Replace(word) + `</span>`)
		}
		out.WriteString("\n</span>")
	}
	return template.HTML(out.String())
}
