package facts

import "strings"

// quoted reads a string of any kind. Its value is exact when constant is true; a string with variables or
// expressions in it is not constant.
func (r *reader) quoted() (value string, constant bool) {
	here := r.peek(0) == '@'
	quote := r.peek(0)
	if here {
		quote = r.peek(1)
	}
	switch {
	case here && isSingleQuote(quote):
		return r.hereString(isSingleQuote, false)
	case here:
		return r.hereString(isDoubleQuote, true)
	case isSingleQuote(quote):
		return r.verbatim(), true
	default:
		return r.expandable()
	}
}

// verbatim reads '...'. Any two single quotes in a row stand for the second one.
func (r *reader) verbatim() string {
	start := r.at
	var value strings.Builder
	for r.at++; ; r.at++ {
		c := r.peek(0)
		if c == end {
			r.fail(start, "the string has no end")
			return ""
		}
		if isSingleQuote(c) {
			if !isSingleQuote(r.peek(1)) {
				r.at++
				return value.String()
			}
			r.at++
		}
		value.WriteRune(r.peek(0))
	}
}

// expandable reads "...", and what stands in it.
func (r *reader) expandable() (string, bool) {
	start, constant := r.at, true
	defer r.deeper(1)()
	var value strings.Builder
	for {
		c := r.peek(0)
		switch {
		case c == end:
			r.fail(start, "the string has no end")
			return "", false
		case isDoubleQuote(c) && !isDoubleQuote(r.peek(1)):
			r.at++
			return value.String(), constant
		case isDoubleQuote(c):
			value.WriteRune(r.peek(1))
			r.at += 2
		case !r.expansion(&value):
			constant = false
		}
	}
}

// hereString reads @"..."@ or @'...'@: it ends where a line begins with the quote and an at sign.
func (r *reader) hereString(isQuote func(rune) bool, expands bool) (string, bool) {
	start, constant := r.at, true
	defer r.deeper(2)()
	for isBlank(r.peek(0)) {
		r.at++
	}
	if !isNewline(r.peek(0)) {
		r.failHere("after the head of a here-string")
		return "", false
	}
	var value strings.Builder
	for {
		c := r.peek(0)
		switch {
		case c == end:
			r.fail(start, "the here-string has no end")
			return "", false
		case isQuote(c) && r.peek(1) == '@' && isNewline(r.text[r.at-1]):
			r.at += 2
			return hereValue(value.String()), constant
		case !expands:
			value.WriteRune(c)
			r.at++
		case !r.expansion(&value):
			constant = false
		}
	}
}

// hereValue takes away the line end after the head and the one before the end.
func hereValue(text string) string {
	trimOne := func(s, cut string, trim func(string, string) string) string {
		if t := trim(s, "\r\n"); t != s {
			return t
		}
		return trim(s, cut)
	}
	text = trimOne(text, "\n", strings.TrimPrefix)
	return trimOne(text, "\n", strings.TrimSuffix)
}

// expansion reads one character, escape, variable or $( ) of an expandable string, and reports whether its
// value is known.
func (r *reader) expansion(value *strings.Builder) bool {
	c, next := r.peek(0), r.peek(1)
	switch {
	case c == '`' && next != end:
		value.WriteRune(escaped(next))
		r.at += 2
	case c == '$' && next == '(':
		r.enclosed(2, ')')
		return false
	case c == '$' && (next == '{' || next == '$' || next == '^' || isVariable(next)):
		r.variable()
		return false
	default:
		value.WriteRune(c)
		r.at++
	}
	return true
}

// escapes are the letters that mean a control character after a backtick.
var escapes = map[rune]rune{'0': 0, 'a': 7, 'b': 8, 'f': 12, 'n': '\n', 'r': '\r', 't': '\t', 'v': 11}

func escaped(c rune) rune {
	if control, found := escapes[c]; found {
		return control
	}
	return c
}
