package topology

import (
	"errors"
	"io"
	"strings"

	"gopkg.in/yaml.v3"
)

// The YAML parser says that a text is no YAML, but for many faults it gives no line, or another than the one
// to mend: an unclosed quote is "found" at the end of the file. So its line is not used. The line to mend is
// the one after the longest beginning of the file that is a topology so far; what is wrong there is found by
// reading on from that line (tokens.go).

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
		l.report("yaml-depth", l.deepPlace(), "a topology needs no more than five levels", "lists and mappings are nested deeper than %d", maxDepth)
		return
	}
	id, p := l.diagnose(l.troubleLine())
	rule := syntaxRules[id]
	l.report(id, l.within(p), rule.hint, "%s", rule.message)
}

// The search for the line parses beginnings of the file. Files of a common size are searched line by line; in
// larger ones the search halves the file first.
const (
	exactSpan = 200 // lines that are searched line by line in any case
	largeSpan = 24  // the same, for a file that was halved
	window    = 8   // lines that a text of several lines may have, for the halving to see past it
)

// troubleLine is the line after the longest beginning of the file that is a topology so far.
func (l *loader) troubleLine() int {
	good, bad := 0, len(l.lines)
	for len(l.lines) > exactSpan && bad-good > largeSpan {
		// A beginning may end inside a text of several lines: then a slightly shorter one tells.
		middle := (good + bad) / 2
		if longest, found := l.longestGood(middle, max(good, middle-window)); found {
			good = longest
		} else {
			bad = middle
		}
	}
	if longest, found := l.longestGood(bad, good); found {
		good = longest
	}
	return good + 1
}

// longestGood is the longest good beginning of at most high lines and more than low.
func (l *loader) longestGood(high, low int) (int, bool) {
	for n := high; n > low; n-- {
		if l.isTopologySoFar(n) {
			return n, true
		}
	}
	return 0, false
}

// isTopologySoFar tells whether the first n lines are a YAML mapping, or nothing yet.
func (l *loader) isTopologySoFar(n int) bool {
	var b strings.Builder
	for _, line := range l.lines[:n] {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	first, _, err := documents(b.String())
	if errors.Is(err, io.EOF) {
		return true
	}
	return err == nil && (isNothing(first) || first.Content[0].Kind != yaml.ScalarNode)
}

// deepPlace is where the nesting goes too deep, for texts that the parser itself refuses: they have that many
// brackets or dashes in a row.
func (l *loader) deepPlace() place {
	depth := 0
	for i, line := range l.runes() {
		dashes := 0
		for j, r := range line {
			switch r {
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			case '-', '?':
				dashes++
			}
			if depth+dashes > maxDepth {
				return place{i + 1, j + 1}
			}
		}
	}
	return place{}
}
