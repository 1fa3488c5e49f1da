package topology

import "gopkg.in/yaml.v3"

// placeOf is where the given character of a node's value stands in the source. Quoted and plain texts are
// followed character by character, escapes and folded lines included; for block texts, and wherever the
// source is not as expected, it is the place of the node.
func (l *loader) placeOf(n *yaml.Node, index int) place {
	if n.Anchor != "" || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return at(n)
	}
	w := walker{lines: l.runes()}
	w.enter(n.Line, n.Column)
	w.open(n)
	for range index {
		if !w.next() {
			return at(n)
		}
	}
	w.skipBreak()
	if w.breaks == 0 && w.column > w.end {
		return at(n)
	}
	return place{w.line, w.column}
}

// walker goes through the source of one text, one character of its value at a time.
type walker struct {
	lines        [][]rune
	line, column int
	end          int  // columns of the line without the blanks at its end
	quote        rune // 0 for a plain text
	breaks       int  // characters of a fold that are still to be counted
}

func (w *walker) enter(line, column int) {
	w.line, w.column = line, column
	w.end = len(w.lines[line-1])
	for w.end > 0 && isBlank(w.lines[line-1][w.end-1]) {
		w.end--
	}
}

// open steps over the opening quote.
func (w *walker) open(n *yaml.Node) {
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		w.quote = '"'
	case n.Style&yaml.SingleQuotedStyle != 0:
		w.quote = '\''
	default:
		return
	}
	w.column++
}

// next steps over what makes one character of the value.
func (w *walker) next() bool {
	w.skipBreak()
	if w.breaks > 0 {
		w.breaks--
		return true
	}
	if w.column > w.end {
		return false
	}
	rest := w.lines[w.line-1][w.column-1:]
	switch {
	case w.quote == '"' && rest[0] == '\\':
		w.column += escapeLength(rest)
	case w.quote == '\'' && rest[0] == '\'':
		w.column += 2
	default:
		w.column++
	}
	return true
}

// skipBreak steps over a line end, the blanks around it and the empty lines after it. One line end is one
// character of the value, several are one less than they are, an escaped one is none.
func (w *walker) skipBreak() {
	escaped := w.quote == '"' && w.column == w.end && w.lines[w.line-1][w.end-1] == '\\'
	if w.breaks > 0 || w.column <= w.end && !escaped {
		return
	}
	count := 0
	for w.line < len(w.lines) && (count == 0 || w.end == 0) {
		w.enter(w.line+1, 1)
		count++
	}
	for w.column <= w.end && isBlank(w.lines[w.line-1][w.column-1]) {
		w.column++
	}
	switch {
	case count == 0:
	case escaped:
		w.breaks = count - 1
	default:
		w.breaks = max(1, count-1)
	}
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

// escapeLength is how many characters of the source an escape in double quotes takes.
func escapeLength(rest []rune) int {
	if len(rest) < 2 {
		return 1
	}
	switch rest[1] {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	}
	return 2
}
