package topology

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reader reads on from a line that is no YAML and stops at the first thing that explains it.
type reader struct {
	lines [][]rune
	at    place
}

// diagnose says which rule the text breaks, reading from the given line on, and where.
func (l *loader) diagnose(line int) (id string, p place) {
	r := &reader{lines: l.runes(), at: place{min(line, len(l.lines)), 1}}
	for r.rest(); isBlank(r.peek()); r.at.column++ {
		if r.peek() == '\t' {
			return "yaml-tab", r.at
		}
	}
	if id, p := r.value(false); id != "" {
		return id, p
	}
	return r.neighbours(line)
}

func (r *reader) rest() []rune {
	line := r.lines[r.at.line-1]
	return line[min(r.at.column-1, len(line)):]
}

// peek is the character here, 0 at the end of the line.
func (r *reader) peek() rune {
	if rest := r.rest(); len(rest) > 0 {
		return rest[0]
	}
	return 0
}

func (r *reader) skipBlanks() {
	for isBlank(r.peek()) {
		r.at.column++
	}
}

// endsWord tells whether the character after this one is a blank or the end of the line.
func (r *reader) endsWord() bool {
	rest := r.rest()
	return len(rest) < 2 || isBlank(rest[1])
}

// value reads what stands at the beginning of a line, or behind a key.
func (r *reader) value(behindKey bool) (id string, p place) {
	r.skipBlanks()
	start := r.at
	switch c := r.peek(); {
	case c == 0 || c == '#':
		return "", start
	case c == '|' || c == '>':
		return r.blockHeader()
	case (c == '-' || c == '?') && r.endsWord():
		if behindKey {
			return "yaml-indentation", start
		}
		r.at.column++
		return r.value(false)
	case c == '&' || c == '!':
		return r.property(behindKey)
	case c == '"' || c == '\'':
		return r.quoted(behindKey)
	case c == '[' || c == '{':
		return r.brackets()
	case strings.ContainsRune("@`%,]}", c):
		return "yaml-reserved", start
	}
	return r.plain(behindKey)
}

// property steps over an anchor or a tag; there can be one of each.
func (r *reader) property(behindKey bool) (id string, p place) {
	first := r.peek()
	r.skipWord()
	r.skipBlanks()
	if r.peek() == first {
		return "yaml-syntax", r.at
	}
	return r.value(behindKey)
}

// blockHeader reads what stands behind | and >: an indentation, + or -, and nothing else.
func (r *reader) blockHeader() (id string, p place) {
	start := r.at
	r.at.column++
	for strings.ContainsRune("123456789+-", r.peek()) {
		r.at.column++
	}
	r.skipBlanks()
	if c := r.peek(); c != 0 && c != '#' {
		return "yaml-syntax", start
	}
	return "", start
}

func (r *reader) skipWord() {
	for c := r.peek(); c != 0 && !isBlank(c); c = r.peek() {
		r.at.column++
	}
}

// plain reads a text without quotes up to its colon. Behind a key there must be none.
func (r *reader) plain(behindKey bool) (id string, p place) {
	for c := r.peek(); c != 0; c = r.peek() {
		colon := r.at
		switch {
		case c == '#' && r.at.column > 1 && isBlank(r.lines[r.at.line-1][r.at.column-2]):
			return "", place{}
		case c == ':' && r.endsWord() && behindKey:
			return "yaml-colon", colon
		case c == ':' && r.endsWord():
			r.at.column++
			return r.value(true)
		}
		r.at.column++
	}
	return "", place{}
}

// quoted reads a text in quotes and what follows it on its last line.
func (r *reader) quoted(behindKey bool) (id string, p place) {
	open := r.at
	if id, p := r.skipQuoted(); id != "" {
		return id, p
	}
	r.skipBlanks()
	switch c := r.peek(); {
	case c == 0 || c == '#':
		return "", place{}
	case r.at.line != open.line:
		return "yaml-unclosed-quote", open
	case c == ':' && r.endsWord() && !behindKey:
		r.at.column++
		return r.value(true)
	case c == ':' && r.endsWord():
		return "yaml-colon", r.at
	}
	return "yaml-after-quote", r.at
}

// skipQuoted steps over a text in quotes, which may go on over several lines.
func (r *reader) skipQuoted() (id string, p place) {
	open, quote := r.at, r.peek()
	r.at.column++
	for {
		rest := r.rest()
		switch {
		case len(rest) == 0 && r.at.line == len(r.lines):
			return "yaml-unclosed-quote", open
		case len(rest) == 0:
			r.at = place{r.at.line + 1, 1}
		case quote == '"' && rest[0] == '\\' && !isEscape(rest):
			return "yaml-escape", r.at
		case quote == '"' && rest[0] == '\\':
			r.at.column += escapeLength(rest)
		case quote == '\'' && len(rest) > 1 && rest[0] == '\'' && rest[1] == '\'':
			r.at.column += 2
		case rest[0] == quote:
			r.at.column++
			return "", place{}
		default:
			r.at.column++
		}
	}
}

// isEscape tells whether an escape that YAML knows begins here.
func isEscape(rest []rune) bool {
	if len(rest) == 1 {
		return true // the line end is escaped
	}
	if !strings.ContainsRune("0abt\tnvfre \"/\\'N_LPxuU", rest[1]) {
		return false
	}
	length := escapeLength(rest)
	if len(rest) < length {
		return false
	}
	if length == 2 {
		return true
	}
	code, err := strconv.ParseUint(string(rest[2:length]), 16, 32)
	return err == nil && code <= unicode.MaxRune && utf8.ValidRune(rune(code))
}

// brackets reads a list or mapping in brackets, which may go on over several lines.
func (r *reader) brackets() (id string, p place) {
	var open []place
	first := r.at
	for {
		c := r.peek()
		switch {
		case c == 0 && (r.at.line == len(r.lines) || r.endsBrackets(first)):
			return "yaml-unclosed-bracket", open[len(open)-1]
		case c == 0:
			r.at = place{r.at.line + 1, 1}
			continue
		case c == '#' && (r.at.column == 1 || isBlank(r.lines[r.at.line-1][r.at.column-2])):
			r.at.column = len(r.lines[r.at.line-1]) + 1
			continue
		case (c == '"' || c == '\'') && r.beginsToken():
			quote := r.at
			if id, p := r.skipQuoted(); id != "" {
				return id, p
			}
			if r.at.line != quote.line {
				return "yaml-unclosed-quote", quote
			}
			continue
		case c == '[' || c == '{':
			open = append(open, r.at)
		case c == ']' || c == '}':
			top := open[len(open)-1]
			if (r.lines[top.line-1][top.column-1] == '[') != (c == ']') {
				return "yaml-unclosed-bracket", top
			}
			open = open[:len(open)-1]
		}
		r.at.column++
		if len(open) == 0 {
			return r.afterBrackets(first)
		}
	}
}

// afterBrackets reads what follows brackets that are closed: nothing may. If nothing does, what stands in them
// may still be wrong.
func (r *reader) afterBrackets(open place) (id string, p place) {
	var within strings.Builder
	for line := open.line; line <= r.at.line; line++ {
		text := r.lines[line-1]
		if line == r.at.line {
			text = text[:r.at.column-1]
		}
		if line == open.line {
			text = text[open.column-1:]
		}
		within.WriteString(string(text) + "\n")
	}
	if _, _, err := documents(within.String()); err != nil {
		return "yaml-syntax", open
	}
	r.skipBlanks()
	if c := r.peek(); c != 0 && c != '#' {
		return "yaml-syntax", r.at
	}
	return "", open
}

// beginsToken tells whether a quote here can open a text: after a letter it is an apostrophe.
func (r *reader) beginsToken() bool {
	line := r.lines[r.at.line-1]
	for i := r.at.column - 2; i >= 0; i-- {
		if !isBlank(line[i]) {
			return strings.ContainsRune("[{,:", line[i])
		}
	}
	return true
}

// endsBrackets tells whether the next line is a key of the block around the brackets.
func (r *reader) endsBrackets(open place) bool {
	next := string(r.lines[r.at.line])
	text := strings.TrimLeft(next, " ")
	key, _, found := strings.Cut(text, ":")
	if !found || key == "" || strings.ContainsAny(key, "\"'[]{},# ") {
		return false
	}
	around := string(r.lines[open.line-1])
	return len(next)-len(text) <= len(around)-len(strings.TrimLeft(around, " -"))
}

// neighbours decides what no single line shows: whether the line, or the one before it, lacks its colon, or
// whether the line is at the wrong column.
func (r *reader) neighbours(line int) (id string, p place) {
	line = min(line, len(r.lines))
	start := place{line, 1 + indentOf(r.lines[line-1], " ")}
	if !hasKey(r.lines[line-1]) {
		return "yaml-missing-colon", start
	}
	before := line - 1
	for before >= 1 && isBlankOrComment(r.lines[before-1]) {
		before--
	}
	isEntry := r.lines[line-1][start.column-1] == '-'
	if before >= 1 && !isEntry && !hasKey(r.lines[before-1]) {
		// The line before can only lack its colon if it was meant to be a field beside this one.
		if key := (place{before, 1 + indentOf(r.lines[before-1], "- ")}); key.column == start.column {
			return "yaml-missing-colon", key
		}
	}
	return "yaml-indentation", start
}

// indentOf counts the given characters at the beginning of a line.
func indentOf(line []rune, characters string) int {
	return len(line) - len([]rune(strings.TrimLeft(string(line), characters)))
}

func isBlankOrComment(line []rune) bool {
	text := strings.TrimSpace(string(line))
	return text == "" || text[0] == '#'
}

// hasKey tells whether a line has a key with its colon, or is an entry of a list.
func hasKey(line []rune) bool {
	text := strings.TrimSpace(string(line))
	return strings.Contains(text, ": ") || strings.HasSuffix(text, ":") || strings.Contains(text, ": #") || strings.Contains(text, ":\t")
}
