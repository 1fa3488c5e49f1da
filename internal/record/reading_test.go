package record_test

import (
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
)

// reading is what a person reads on a page, in order: heading marks or kind, and the text.
type reading []string

func (r *reading) add(kind, text string) {
	*r = append(*r, kind+": "+strings.Join(strings.Fields(text), " "))
}

// readMarkdown reads a page as CommonMark with tables does, as far as the pages use it. It is written apart from the
// program, which uses a library: what is markup in one of the two only shows as a difference.
func readMarkdown(t *testing.T, page string) reading {
	t.Helper()
	var r reading
	lines := strings.Split(page, "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimPrefix(lines[i], "  ") // of a list item
		switch {
		case line == "" || strings.HasPrefix(line, "|---"):
		case strings.HasPrefix(line, "```"):
			for i++; !strings.HasSuffix(lines[i], "```"); i++ {
				r = append(r, "code: "+strings.TrimPrefix(lines[i], "  "))
			}
		case strings.HasPrefix(line, "#"):
			marks, text, _ := strings.Cut(line, " ")
			r.add(marks, inline(t, text))
		case strings.HasPrefix(line, "|"):
			for _, cell := range cells(line) {
				r.add("cell", inline(t, cell))
			}
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, "- "):
			r.add("text", inline(t, line[2:]))
		case isOrdered(line):
			_, text, _ := strings.Cut(line, ". ")
			r.add("text", inline(t, text))
		default:
			r.add("text", inline(t, line))
		}
	}
	return r
}

func isOrdered(line string) bool {
	number, _, found := strings.Cut(line, ". ")
	return found && strings.Trim(number, "0123456789") == ""
}

// cells splits a table row at its bars. A table takes an escaped bar as text even in code.
func cells(row string) []string {
	row = strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|")
	var out []string
	start := 0
	for i := 0; i < len(row); i++ {
		switch row[i] {
		case '\\':
			i++
		case '|':
			out = append(out, row[start:i])
			start = i + 1
		}
	}
	out = append(out, row[start:])
	for i := range out {
		out[i] = strings.ReplaceAll(out[i], `\|`, "|")
	}
	return out
}

// inline is the text of a line without its marks. Raw markup fails the test, and so does what a viewer could make a
// link of.
func inline(t *testing.T, s string) string {
	t.Helper()
	var out, outside strings.Builder
	for s != "" {
		switch {
		case s[0] == '\\' && len(s) > 1 && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", rune(s[1])):
			out.WriteByte(s[1])
			outside.WriteByte(s[1])
			s = s[2:]
		case s[0] == '`':
			run := s[:len(s)-len(strings.TrimLeft(s, "`"))]
			code, rest, found := strings.Cut(s[len(run):], run)
			if !found {
				t.Fatalf("code span without end: %q", s)
			}
			out.WriteString(code)
			s = rest
		case strings.HasPrefix(s, "**"):
			s = s[2:]
		case s[0] == '*':
			s = s[1:]
		case strings.ContainsRune("<[]~#&", rune(s[0])) || s[0] == '_' && !strings.HasPrefix(s, blank):
			t.Fatalf("raw markup in Markdown: %q", s)
		case s[0] == '_':
			out.WriteString(blank)
			s = s[len(blank):]
		default:
			out.WriteByte(s[0])
			outside.WriteByte(s[0])
			s = s[1:]
		}
	}
	if link := autolink.FindString(outside.String()); link != "" {
		t.Errorf("a viewer makes a link of %q", link)
	}
	return out.String()
}

const blank = "____"

// autolink is what GitHub makes a link of.
var autolink = regexp.MustCompile(`(?i)https?://\S|ftp://\S|www\.\S|\S@\S|mailto:|xmpp:`)

// element is an element of an HTML page, read as strict XML.
type element struct {
	name     string
	attr     map[string]string
	children []*element
	text     string // of a text node; its name is ""
}

// parseHTML reads the page as strict XML: whatever is not well-formed fails the test.
func parseHTML(t *testing.T, page string) *element {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	root := &element{name: "document"}
	stack := []*element{root}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				if _, twice := e.attr[a.Name.Local]; twice {
					t.Fatalf("attribute %s twice in %s", a.Name.Local, e.name)
				}
				e.attr[a.Name.Local] = a.Value
			}
			top.children = append(top.children, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.children = append(top.children, &element{text: string(token)})
		}
	}
	return root
}

// each calls visit for every element below e, e included; children only where visit says so.
func (e *element) each(visit func(*element) bool) {
	if !visit(e) {
		return
	}
	for _, c := range e.children {
		c.each(visit)
	}
}

// all are the elements of a name.
func (e *element) all(name string) []*element {
	var found []*element
	e.each(func(c *element) bool {
		if c.name == name {
			found = append(found, c)
		}
		return true
	})
	return found
}

// content is the text below e.
func (e *element) content() string {
	var out strings.Builder
	e.each(func(c *element) bool { out.WriteString(c.text); return true })
	return out.String()
}

// readHTML reads the main part of a page but its picture, which is a drawing in HTML and a sentence in Markdown.
func readHTML(t *testing.T, page string) reading {
	t.Helper()
	var r reading
	marks := map[string]string{"h1": "#", "h2": "##", "th": "cell", "td": "cell", "p": "text", "li": "text"}
	parseHTML(t, page).each(func(e *element) bool {
		switch {
		case e.name == "head" || e.name == "figure":
			return false
		case e.name == "pre":
			for line := range strings.SplitSeq(strings.TrimSuffix(e.content(), "\n"), "\n") {
				r = append(r, "code: "+line)
			}
			return false
		case e.name == "li" && len(e.all("p")) > 0:
			return true
		case marks[e.name] != "":
			r.add(marks[e.name], e.content())
			return false
		}
		return true
	})
	return r
}
