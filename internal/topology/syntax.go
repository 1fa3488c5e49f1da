package topology

import (
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// The YAML parser says that a text is no YAML. For many faults it gives no line, or another line than the one to mend:
// it finds an unclosed quote at the end of the file. So its line is not used. The line to mend follows the longest
// beginning of the file that is a topology so far. Reading on from there finds the fault.

// syntaxRules are the sentences for each fault of syntax.
var syntaxRules = map[string]struct{ message, hint string }{
	"yaml-tab":              {"a tab indents this line", "YAML indents with blanks only"},
	"yaml-unclosed-quote":   {"this quote is not closed", "close it on the same line; a quote inside double quotes is written \\\", inside single quotes ''"},
	"yaml-unclosed-bracket": {"this bracket is not closed", "close it, or write the list with a dash and a blank before each entry"},
	"yaml-after-quote":      {"text follows the closing quote", "put the whole value in quotes; a single quote inside single quotes is doubled"},
	"yaml-escape":           {"this backslash begins no escape that YAML knows", "use single quotes: a backslash is an ordinary character there"},
	"yaml-colon":            {"a second colon in one line", "put the value in quotes, or each key on a line of its own"},
	"yaml-missing-colon":    {"this line has no key with a colon and a blank after it", "write it as key: value"},
	"yaml-indentation":      {"this line is indented unlike the lines it belongs to", "align the fields of one block to the same column; look at the line above as well"},
	"yaml-reserved":         {"a value cannot begin with this character", "put the value in quotes"},
	"yaml-syntax":           {"this is not valid YAML", "compare the line with the sample that `lyncowa init` writes"},
}

// reportSyntax reports why the text is no YAML, where it is to be mended.
func (l *loader) reportSyntax(err error) {
	if strings.Contains(err.Error(), "exceeded max depth") {
		l.report("yaml-depth", l.deepPlace(), "a topology needs no more than five levels",
			"lists and mappings are nested deeper than %d", maxDepth)
		return
	}
	line := min(l.troubleLine(), len(l.lines))
	id, offset := l.fault(l.lines[line-1])
	if id == "" {
		id, offset = l.faultBetweenLines(line)
	}
	l.report(id, l.within(l.place(offset)), syntaxRules[id].hint, "%s", syntaxRules[id].message)
}

// The search for the line parses beginnings of the file. It tries them line by line, in a large file only after
// halving the file several times.
const (
	smallFile = 200 // lines
	fewLines  = 24
	textLines = 8 // that a text of several lines may have: halving sees past a beginning that ends inside one
)

// troubleLine is the line after the longest beginning of the file that is a topology so far.
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

// longestBeginning is the most lines, more than low and up to high, that are a YAML mapping so far or nothing yet; 0 if
// none are.
func (l *loader) longestBeginning(low, high int) int {
	for n := high; n > low; n-- {
		first, _, err := documents(string(l.characters[:l.end(n)]) + "\n")
		if errors.Is(err, io.EOF) || err == nil && (isNothing(first) || first.Content[0].Kind != yaml.ScalarNode) {
			return n
		}
	}
	return 0
}

// deepPlace is where the nesting goes too deep, in a text that the parser itself refuses for its depth: it has that
// many brackets, or dashes in one line.
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

// fault reads on from the beginning of a line and says which rule is broken first, and where; "" if none is.
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

// faultOfBlock reads what follows | or >: an indentation, + or -, and nothing else.
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

// quoted is the end of a text in quotes, which may have several lines; or the rule that is broken, and where.
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

// beginsText reports whether a quote in brackets opens a text. After a letter it is an apostrophe.
func (s source) beginsText(i int) bool {
	for i--; isBlank(s.at(i)); i-- {
	}
	return strings.ContainsRune("[{,:\n", s.at(i))
}

// plainKey is a key at the beginning of a line.
var plainKey = regexp.MustCompile(`^( *)[^"'\[\]{},# :]+:`)

// isKeyBeside reports whether a line is a key of the block around the brackets that begin at open.
func (s source) isKeyBeside(line, open int) bool {
	key := plainKey.FindStringSubmatch(s.textOf(s.place(line).line))
	around := s.textOf(s.place(open).line)
	return key != nil && len(key[1]) <= indentOf(around, " -")
}

func (s source) textOf(line int) string { return string(s.characters[s.lines[line-1]:s.end(line)]) }

// faultBetweenLines decides what no single line shows: whether the line, or the one before it, lacks its colon, or
// whether the line is at the wrong column.
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
	// The line before can only lack its colon if it was meant to be a field beside this one.
	if before >= 1 && text[indent] != '-' && !hasKey(s.textOf(before)) && indentOf(s.textOf(before), "- ") == indent {
		return "yaml-missing-colon", s.lines[before-1] + indent
	}
	return "yaml-indentation", start
}

// indentOf counts the given characters at the beginning of a line.
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
