package record

import (
	"fmt"
	"strings"
	"unicode"
)

// prose is running text in spans.
type prose []span

// span is a piece of text that is shown in one way. Its text holds nothing that a reader cannot see.
type span struct {
	Kind spanKind
	Text string
}

type spanKind int

const (
	spanText spanKind = iota
	spanCode
	spanStrong
	spanBlank // to be filled in by a person
)

// blankLine is what a person writes on.
const blankLine = "____"

// say makes prose of our own wording, in which `code` and **strong** have the marks of Markdown, and of values.
// Each %s takes the next value as it is: marks in a value mean nothing.
func say(format string, values ...string) prose {
	var p prose
	for i, part := range strings.Split(format, "`") {
		if i%2 == 1 {
			p = p.add(spanCode, part, &values)
			continue
		}
		for j, piece := range strings.Split(part, "**") {
			p = p.add([]spanKind{spanText, spanStrong}[j%2], piece, &values)
		}
	}
	return p
}

// add appends a span of wording with its values filled in.
func (p prose) add(kind spanKind, wording string, values *[]string) prose {
	var text strings.Builder
	for i, part := range strings.Split(wording, "%s") {
		if i > 0 && len(*values) > 0 {
			text.WriteString((*values)[0])
			*values = (*values)[1:]
		}
		text.WriteString(part)
	}
	if text.Len() == 0 {
		return p
	}
	return append(p, span{kind, visible(text.String())})
}

// plain makes prose of foreign text. The word that warns of a wide scope is strong.
func plain(text string) prose {
	text = strings.TrimSpace(text)
	before, after, found := strings.Cut(text, "WARNING:")
	if !found {
		return say("%s", text)
	}
	return append(say("%s**WARNING:**", before), say("%s", after)...)
}

// orBlank is foreign text, or a blank to fill in where there is none.
func orBlank(text string) prose {
	if strings.TrimSpace(text) == "" {
		return blank()
	}
	return plain(text)
}

func blank() prose { return prose{{spanBlank, blankLine}} }

// empty is a cell that people sign or write in.
func empty() prose { return prose{} }

// paragraphs makes one paragraph of each line of foreign text, or a labelled blank.
func paragraphs(label, text string) []block {
	if strings.TrimSpace(text) == "" {
		return []block{paragraph(append(say("**%s:** ", label), blank()...))}
	}
	var blocks []block
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		p := plain(line)
		if len(blocks) == 0 {
			p = append(say("**%s:** ", label), p...)
		}
		blocks = append(blocks, paragraph(p))
	}
	return blocks
}

// join makes one prose of several.
func join(parts ...prose) prose {
	var p prose
	for _, part := range parts {
		p = append(p, part...)
	}
	return p
}

// visible replaces line ends and tabs by blanks and other characters that leave no mark on the page, such as
// direction overrides, by their code point: in the ticket and on the page the text is what it looks like.
func visible(s string) string {
	if isPrintableASCII(s) {
		return s
	}
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			out.WriteByte(' ')
		case unicode.IsPrint(r):
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, "U+%04X", r)
		}
	}
	return out.String()
}

func isPrintableASCII(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// count writes a number with its noun: "1 server", "3 servers".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
