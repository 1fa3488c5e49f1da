package facts

import "fmt"

// deepest is how many brackets, blocks and statements may stand in one another.
const deepest = 250

// reader walks through a script once. After the first error it stands at the end of the text, so that every
// loop ends.
type reader struct {
	text   []rune
	at     int
	depth  int
	script Script
	err    *SyntaxError
	errAt  int
}

// peek returns the character n places ahead.
func (r *reader) peek(n int) rune {
	if r.at+n >= len(r.text) {
		return end
	}
	return r.text[r.at+n]
}

// source returns the text from an offset to here.
func (r *reader) source(from int) string { return string(r.text[min(from, r.at):r.at]) }

func (r *reader) fail(at int, format string, args ...any) {
	if r.err == nil {
		r.err, r.errAt = &SyntaxError{Message: fmt.Sprintf(format, args...)}, at
	}
	r.at = len(r.text)
}

func (r *reader) failHere(after string) {
	if r.peek(0) == end {
		r.fail(r.at, "the text ends %s", after)
		return
	}
	r.fail(r.at, "%q is not expected %s", r.peek(0), after)
}

// expect consumes one character, or fails.
func (r *reader) expect(c rune, where string) {
	if r.peek(0) != c {
		r.failHere(fmt.Sprintf("%s: %q is missing", where, c))
		return
	}
	r.at++
}

// deeper counts nesting and passes the n characters that open it; the caller defers what it returns. Where it is too
// deep nothing is passed: a reader that has failed stands at the end of the text, never beyond.
func (r *reader) deeper(n int) func() {
	r.depth++
	if r.depth > deepest {
		r.fail(r.at, "more than %d levels of nesting", deepest)
	} else {
		r.at += n
	}
	return func() { r.depth-- }
}

// skip passes blanks, comments and continued lines; line ends too where the grammar allows them.
func (r *reader) skip(newlines bool) {
	for {
		c := r.peek(0)
		switch {
		case isBlank(c), newlines && isNewline(c):
			r.at++
		case c == '`' && isNewline(r.peek(1)):
			r.at += 2
			if r.text[r.at-1] == '\r' && r.peek(0) == '\n' {
				r.at++
			}
		case c == '#':
			for r.peek(0) != end && !isNewline(r.peek(0)) {
				r.at++
			}
		case c == '<' && r.peek(1) == '#':
			r.blockComment()
		default:
			return
		}
	}
}

func (r *reader) blockComment() {
	start := r.at
	for r.at += 2; r.peek(0) != '#' || r.peek(1) != '>'; r.at++ {
		if r.peek(0) == end {
			r.fail(start, "the block comment has no end")
			return
		}
	}
	r.at += 2
}

// word returns the name that starts here, if a bare word of a command line would end with it.
func (r *reader) word() string {
	n := 0
	for isName(r.peek(n)) {
		n++
	}
	if !endsWord(r.peek(n)) {
		return ""
	}
	return string(r.text[r.at : r.at+n])
}
