package facts

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// end stands for the end of the text where a character is expected.
const end rune = -1

// decode returns the characters of UTF-8 text without its BOM.
func decode(script []byte) ([]rune, error) {
	script = bytes.TrimPrefix(script, []byte("\ufeff"))
	if !utf8.Valid(script) {
		return nil, &SyntaxError{Line: 1, Column: 1, Message: "the text is not UTF-8"}
	}
	return []rune(string(script)), nil
}

// The tokenizer of PowerShell takes typographic quotes and dashes for the plain ones.

func isSingleQuote(c rune) bool { return strings.ContainsRune("'\u2018\u2019\u201a\u201b", c) }

func isDoubleQuote(c rune) bool { return strings.ContainsRune("\"\u201c\u201d\u201e", c) }

func isDash(c rune) bool { return strings.ContainsRune("-\u2013\u2014\u2015", c) }

func isNewline(c rune) bool { return c == '\n' || c == '\r' }

// isBlank is white space that does not end a line.
func isBlank(c rune) bool {
	return strings.ContainsRune("\t\v\f \u0085\u00a0", c) || c > 0x100 && unicode.In(c, unicode.Z)
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func isNameStart(c rune) bool { return c == '_' || unicode.IsLetter(c) }

// isName is a character of a variable's, member's or keyword's name.
func isName(c rune) bool {
	return isNameStart(c) || unicode.In(c, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc)
}

// endsWord is a character that ends a bare word and starts a new token.
func endsWord(c rune) bool {
	return c == end || c == 0 || isBlank(c) || isNewline(c) || strings.ContainsRune("&(),;{|}", c)
}
