package topology

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// The YAML parser reports that a text is not valid YAML. For many errors it gives no line or a wrong line: for example,
// it reports an unclosed quote at the end of the file. So this file ignores the parser's line. It finds the longest
// start of the file that parses as a mapping. The error is in the line after it.

// syntaxRules are the messages and hints for each syntax error.
var syntaxRules = map[string]struct{ message, hint string }{
	"yaml-tab":              {"a tab indents this line", "indent with spaces; YAML does not allow tabs"},
	"yaml-unclosed-quote":   {"this quote is not closed", "close it on the same line; write a quote as \\\" inside double quotes, and as '' inside single quotes"},
	"yaml-unclosed-bracket": {"this bracket is not closed", "close it, or write the list with a dash and a space before each entry"},
	"yaml-after-quote":      {"text follows the closing quote", "put the whole value in quotes; double a single quote inside single quotes"},
	"yaml-escape":           {"this backslash does not start an escape that YAML knows", "use single quotes: a backslash is an ordinary character there"},
	"yaml-colon":            {"this line contains a second colon", "put the value in quotes, or put each key on its own line"},
	"yaml-missing-colon":    {"this line has no key followed by a colon and a space", "write it as key: value"},
	"yaml-indentation":      {"the indentation of this line does not match its block", "align the fields of one block; check the line above too"},
	"yaml-reserved":         {"a value cannot start with this character", "put the value in quotes"},
	"yaml-syntax":           {"this is not valid YAML", "compare the line with the sample that `lyncowa init` writes"},
}

// reportSyntax reports why the text is not valid YAML, at the place to correct.
func (l *loader) reportSyntax(err error) {
	if strings.Contains(err.Error(), "exceeded max depth") {
		l.report("yaml-depth", l.deepPlace(), "a topology needs at most five levels",
			"lists and mappings are nested more than %d levels deep", maxDepth)
		return
	}
	line := min(l.troubleLine(), len(l.lines))
	id, offset := l.fault(l.lines[line-1])
	if id == "" {
		id, offset = l.faultBetweenLines(line)
	}
	l.report(id, l.within(l.place(offset)), syntaxRules[id].hint, "%s", syntaxRules[id].message)
}

// The search parses the start of the file, shorter by one line each time. In a large file it first narrows the range by
// bisection.
const (
	smallFile = 200 // lines
	fewLines  = 24
	textLines = 8 // lines to look back, because a cut inside a value of several lines does not parse
)

// troubleLine is the line after the longest start of the file that parses as a mapping.
func (l *loader) troubleLine() int {
	good, bad := 0, len(l.lines)
	for len(l.lines) > smallFile && bad-good > fewLines {
		middle := (good + bad) / 2
		if n := l.longestBeginning(max(good, middle-textLines), middle); n > 0 {
			good = n
		} else {
			bad = middle
		}
	}
	return max(good, l.longestBeginning(good, bad)) + 1
}

// longestBeginning is the largest number of lines in (low, high] that parse as a YAML mapping or as nothing, or 0 if
// there is no such number.
func (l *loader) longestBeginning(low, high int) int {
	for n := high; n > low; n-- {
		first, _, err := documents(string(l.characters[:l.end(n)]) + "\n")
		if errors.Is(err, io.EOF) || err == nil && (isNothing(first) || first.Content[0].Kind != yaml.ScalarNode) {
			return n
		}
	}
	return 0
}

// deepPlace is where the nesting gets too deep in a text that the parser refuses for its depth. Such a text has that
// many open brackets, or that many dashes in one line.
func (s source) deepPlace() place {
	depth, dashes := 0, 0
	for i, r := range s.characters {
		switch r {
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '-', '?':
			dashes++
		case '\n':
			dashes = 0
		}
		if depth+dashes > maxDepth {
			return s.place(i)
		}
	}
	return place{}
}

// endsWord reports whether the character at i is followed by a blank or a line end.
func (s source) endsWord(i int) bool { return isBlank(s.at(i+1)) || s.at(i+1) == '\n' }

// endsLine reports whether a line end or a comment follows.
func (s source) endsLine(i int) bool { return s.at(i) == '\n' || s.at(i) == '#' }

// fault reads from the start of a line and returns the first broken rule and its place, or "" if there is none.
func (s source) fault(i int) (id string, at int) {
	for ; isBlank(s.at(i)); i++ {
		if s.at(i) == '\t' {
			return "yaml-tab", i
		}
	}
	for behindKey := false; ; i = s.skipBlanks(i) {
		c := s.at(i)
		switch {
		case s.endsLine(i):
			return "", i
		case c == '|' || c == '>':
			return s.faultOfBlock(i)
		case c == '[' || c == '{':
			return s.faultOfBrackets(i)
		case (c == '-' || c == '?') && s.endsWord(i):
			if behindKey {
				return "yaml-indentation", i
			}
			i++
		case c == '&' || c == '!':
			for !isBlank(s.at(i)) && s.at(i) != '\n' {
				i++
			}
			if i = s.skipBlanks(i); s.at(i) == c {
				return "yaml-syntax", i
			}
		case c == '"' || c == '\'':
			end, id := s.quoted(i)
			if id != "" {
				return id, end
			}
			next := s.skipBlanks(end)
			switch isKey := s.at(next) == ':' && s.endsWord(next); {
			case s.endsLine(next):
				return "", next
			case slices.Contains(s.characters[i:end], '\n'):
				return "yaml-unclosed-quote", i
			case !isKey:
				return "yaml-after-quote", next
			case behindKey:
				return "yaml-colon", next
			}
			behindKey, i = true, next+1
		case strings.ContainsRune("@`%,]}", c):
			return "yaml-reserved", i
		default:
			for ; s.at(i) != ':' || !s.endsWord(i); i++ {
				if s.at(i) == '\n' || s.at(i) == '#' && isBlank(s.at(i-1)) {
					return "", i
				}
			}
			if behindKey {
				return "yaml-colon", i
			}
			behindKey = true
			i++
		}
	}
}

// faultOfBlock reads the header after | or >, which may contain only an indentation, + or -.
func (s source) faultOfBlock(start int) (id string, at int) {
	i := start + 1
	for strings.ContainsRune("123456789+-", s.at(i)) {
		i++
	}
	if !s.endsLine(s.skipBlanks(i)) {
		return "yaml-syntax", start
	}
	return "", start
}

// quoted is the end of a text in quotes, which may have several lines, or the broken rule and its place.
func (s source) quoted(start int) (end int, id string) {
	quote := s.characters[start]
	for i := start + 1; i < len(s.characters); i++ {
		switch c := s.characters[i]; {
		case c == '\\' && quote == '"' && s.at(i+1) != '\n':
			length := escapeLength(s.at(i + 1))
			escape := string(s.characters[i:min(i+length, len(s.characters))])
			if _, _, err := documents(`"` + escape + "\"\n"); err != nil {
				return i, "yaml-escape"
			}
			i += length - 1
		case c == quote && quote == '\'' && s.at(i+1) == quote:
			i++
		case c == quote:
			return i + 1, ""
		}
	}
	return start, "yaml-unclosed-quote"
}

// faultOfBrackets reads a list or mapping in brackets, which may have several lines.
func (s source) faultOfBrackets(start int) (id string, at int) {
	var open []int
	for i := start; i < len(s.characters); i++ {
		switch c := s.characters[i]; {
		case c == '\n' && s.isKeyBeside(i+1, start):
			return "yaml-unclosed-bracket", open[len(open)-1]
		case c == '#' && (isBlank(s.at(i-1)) || s.at(i-1) == '\n'):
			i = s.end(s.place(i).line) - 1
		case (c == '"' || c == '\'') && s.beginsText(i):
			end, id := s.quoted(i)
			if id != "" {
				return id, end
			}
			if slices.Contains(s.characters[i:end], '\n') {
				return "yaml-unclosed-quote", i
			}
			i = end - 1
		case c == '[' || c == '{':
			open = append(open, i)
		case c == ']' || c == '}':
			last := open[len(open)-1]
			if (s.characters[last] == '[') != (c == ']') {
				return "yaml-unclosed-bracket", last
			}
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			continue
		}
		if _, _, err := documents(string(s.characters[start:i+1]) + "\n"); err != nil {
			return "yaml-syntax", start
		}
		if next := s.skipBlanks(i + 1); !s.endsLine(next) {
			return "yaml-syntax", next
		}
		return "", start
	}
	return "yaml-unclosed-bracket", open[len(open)-1]
}

// beginsText reports whether a quote inside brackets opens a text. After a letter it is an apostrophe.
func (s source) beginsText(i int) bool {
	for i--; isBlank(s.at(i)); i-- {
	}
	return strings.ContainsRune("[{,:\n", s.at(i))
}

// plainKey matches a key at the start of a line.
var plainKey = regexp.MustCompile(`^( *)[^"'\[\]{},# :]+:`)

// isKeyBeside reports whether a line is a key of the block that contains the bracket at open.
func (s source) isKeyBeside(line, open int) bool {
	key := plainKey.FindStringSubmatch(s.textOf(s.place(line).line))
	around := s.textOf(s.place(open).line)
	return key != nil && len(key[1]) <= indentOf(around, " -")
}

func (s source) textOf(line int) string { return string(s.characters[s.lines[line-1]:s.end(line)]) }

// faultBetweenLines finds errors that need two lines: this line or the one before it has no colon, or this line starts
// at the wrong column.
func (s source) faultBetweenLines(line int) (id string, at int) {
	text := s.textOf(line)
	indent := indentOf(text, " ")
	start := s.lines[line-1] + indent
	if !hasKey(text) {
		return "yaml-missing-colon", start
	}
	before := line - 1
	for before >= 1 && isBlankOrComment(s.textOf(before)) {
		before--
	}
	// The line before can lack its colon only if it was meant as a field of the same block.
	if before >= 1 && text[indent] != '-' && !hasKey(s.textOf(before)) && indentOf(s.textOf(before), "- ") == indent {
		return "yaml-missing-colon", s.lines[before-1] + indent
	}
	return "yaml-indentation", start
}

// indentOf counts the given characters at the start of a line.
func indentOf(line, characters string) int {
	return len(line) - len(strings.TrimLeft(line, characters))
}

func isBlankOrComment(line string) bool {
	text := strings.TrimSpace(line)
	return text == "" || text[0] == '#'
}

// hasKey reports whether a line has a key with its colon.
func hasKey(line string) bool {
	return strings.HasSuffix(strings.TrimSpace(line), ":") || strings.Contains(line, ": ") || strings.Contains(line, ":\t")
}
