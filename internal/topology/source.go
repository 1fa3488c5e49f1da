package topology

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"lyncowa/internal/finding"
)

// source is the text of a file, in characters, and the offsets of its lines. Offsets count from 0.
type source struct {
	characters []rune // with LF for every line end
	lines      []int
}

func newSource(text string) source {
	s := source{[]rune(strings.Join(finding.Lines(text), "\n")), []int{0}}
	for i, r := range s.characters {
		if r == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// place is a line and a column, both 1-based, the column in characters. The zero place is the whole file.
type place struct{ line, column int }

// at is where a node begins.
func at(n *yaml.Node) place { return place{n.Line, n.Column} }

func (s source) place(offset int) place {
	line, isStart := slices.BinarySearch(s.lines, offset)
	if isStart {
		line++
	}
	return place{line, offset - s.lines[line-1] + 1}
}

func (s source) offset(p place) int { return s.lines[p.line-1] + p.column - 1 }

// end is the offset of the end of a line.
func (s source) end(line int) int {
	if line < len(s.lines) {
		return s.lines[line] - 1
	}
	return len(s.characters)
}

// within is the nearest place inside the file. The parser reports some places past the end of a line or file.
func (s source) within(p place) place {
	p.line = min(max(p.line, 1), len(s.lines))
	p.column = min(max(p.column, 1), s.end(p.line)-s.lines[p.line-1]+1)
	return p
}

// at is the character at an offset, LF at the end of the text.
func (s source) at(offset int) rune {
	if offset < len(s.characters) {
		return s.characters[offset]
	}
	return '\n'
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' }

func (s source) skipBlanks(offset int) int {
	for isBlank(s.at(offset)) {
		offset++
	}
	return offset
}

// escapeLength is how many characters an escape in double quotes takes. The kind is the character after the backslash.
func escapeLength(kind rune) int {
	switch kind {
	case 'x':
		return 4
	case 'u':
		return 6
	case 'U':
		return 10
	}
	return 2
}

// placeOf is the place of a character in a node's value. In block texts it is the place of the node.
func (s source) placeOf(n *yaml.Node, character int) place {
	if n.Anchor != "" || n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return at(n)
	}
	offset, quote := s.offset(at(n)), rune(0)
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		quote = s.at(offset)
		offset++
	}
	for offset < len(s.characters) {
		next, length := s.piece(offset, quote)
		if length > character && slices.Contains(s.characters[offset:next], '\n') {
			return s.place(next)
		}
		if length > character {
			return s.place(offset)
		}
		offset, character = next, character-length
	}
	return at(n)
}

// piece reads the source of one character of a value, or a run of line ends with the spaces around them. Such a run
// counts as follows: one line end is one space, n line ends are n-1 characters, an escaped line end is none.
func (s source) piece(offset int, quote rune) (next, length int) {
	next = s.skipBlanks(offset)
	escaped := quote == '"' && s.at(offset) == '\\' && s.at(offset+1) == '\n'
	if escaped {
		next = offset + 1
	}
	ends := 0
	for ; s.at(next) == '\n' && next < len(s.characters); ends++ {
		next = s.skipBlanks(next + 1)
	}
	switch {
	case escaped:
		return next, ends - 1
	case ends > 0:
		return next, max(1, ends-1)
	case quote == '"' && s.at(offset) == '\\':
		return offset + escapeLength(s.at(offset+1)), 1
	case quote == '\'' && s.at(offset) == '\'':
		return offset + 2, 1
	}
	return offset + 1, 1
}
