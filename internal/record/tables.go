package record

import (
	"fmt"
	"strings"

	"github.com/yuin/goldmark/ast"
	table "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// tables renders tables for people who do not see them too: each header says what it is the header of, and a table that
// is wider than the screen can be moved by keyboard.
type tables struct{}

func (t tables) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(table.KindTable, t.table)
	reg.Register(table.KindTableCell, t.cell)
	reg.Register(ast.KindCodeSpan, t.code)
}

// code keeps each word with a hyphen on one line, if it is not too long for a narrow screen.
func (tables) code(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	var text []byte
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		text = append(text, child.(*ast.Text).Segment.Value(source)...)
	}
	words := strings.Split(string(util.EscapeHTML(text)), " ")
	for i, word := range words {
		if strings.Contains(word, "-") && len(word) < 32 {
			words[i] = "<span>" + word + "</span>"
		}
	}
	_, err := fmt.Fprintf(w, "<code>%s</code>", strings.Join(words, " "))
	return ast.WalkSkipChildren, err
}

func (tables) table(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		columns := node.FirstChild().ChildCount()
		fmt.Fprintf(w, "<div class=\"table\" tabindex=\"0\">\n<table class=\"columns-%d\">\n", columns)
		return ast.WalkContinue, nil
	}
	_, err := w.WriteString("</table>\n</div>\n")
	return ast.WalkContinue, err
}

func (tables) cell(w util.BufWriter, _ []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	name, scope := "td", ""
	switch {
	case node.Parent().Kind() == table.KindTableHeader:
		name, scope = "th", ` scope="col"`
	case node.PreviousSibling() == nil:
		name, scope = "th", ` scope="row"`
	}
	var err error
	if entering {
		_, err = w.WriteString("<" + name + scope + ">")
	} else {
		_, err = w.WriteString("</" + name + ">\n")
	}
	return ast.WalkContinue, err
}
