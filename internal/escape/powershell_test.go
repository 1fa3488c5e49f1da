package escape

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestQuote(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"empty", "", "''"},
		{"plain", "Default", "'Default'"},
		{"apostrophe", "O'Neill", "'O''Neill'"},
		{"expansion stays text", "$(exit) `n \"x\" #>", "'$(exit) `n \"x\" #>'"},
		{"umlaut", "Büro", "('B' + [char]0x00FC + 'ro')"},
		{"starts with a letter outside ASCII", "Ö", "('' + [char]0x00D6)"},
		{"two in a row", "ÖÄ", "('' + [char]0x00D6 + [char]0x00C4)"},
		{"typographic quotes", "a\u2018b\u2019", "('a' + [char]0x2018 + 'b' + [char]0x2019)"},
		{"outside the BMP", "x\U0001F600", "('x' + [char]0xD83D + [char]0xDE00)"},
		{"line end", "a\r\nb", "('a' + [char]0x000D + [char]0x000A + 'b')"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Quote(tt.in); got != tt.want {
				t.Errorf("Quote(%q) = %s, want %s", tt.in, got, tt.want)
			}
		})
	}
}

func TestList(t *testing.T) {
	if got, want := List([]string{"a", "b'c"}), "'a', 'b''c'"; got != want {
		t.Errorf("List = %s, want %s", got, want)
	}
	if got, want := Array(nil), "@()"; got != want {
		t.Errorf("Array(nil) = %s, want %s", got, want)
	}
}

func TestComment(t *testing.T) {
	for in, want := range map[string]string{
		"plain":      "plain",
		"a#>b<#c":    "a# >b< #c",
		"a\r\nb":     "a{U+000D}{U+000A}b",
		"\u202Eabc":  "{U+202E}abc",
		"#\u200B>":   "#{U+200B}>",
		"<##>":       "< ## >",
		"##>#>":      "## ># >",
		"<#>":        "< # >",
		"unbalanced": "unbalanced",
	} {
		got := Comment(in)
		if got != want {
			t.Errorf("Comment(%q) = %q, want %q", in, got, want)
		}
		if strings.Contains(got, "#>") || strings.Contains(got, "<#") {
			t.Errorf("Comment(%q) = %q can end or open a comment", in, got)
		}
	}
}

// FuzzQuote reads the literal back by the tokenizer's rules: the value must end where the literal ends, and
// must be the value that went in.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", "a", "'", "''", "\u2019", "$(x)", "`", "\"", "#>", "\r\n", "\u202E", "\u2028", "\U0001F600", "'; exit; '"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		quoted := Quote(s)
		for i := range len(quoted) {
			if quoted[i] < 0x20 || quoted[i] > 0x7e {
				t.Fatalf("Quote(%q) = %q is not printable ASCII", s, quoted)
			}
		}
		value, err := evaluate(quoted)
		if err != nil {
			t.Fatalf("Quote(%q) = %s: %v", s, quoted, err)
		}
		if value != s {
			t.Fatalf("Quote(%q) = %s is the value %q", s, quoted, value)
		}
	})
}

// evaluate is an independent reading of what Quote may emit: 'text' with doubled quotes, [char]0xNNNN, and
// sums of them in parentheses.
func evaluate(expression string) (string, error) {
	if inner, ok := strings.CutPrefix(expression, "("); ok {
		expression, ok = strings.CutSuffix(inner, ")")
		if !ok {
			return "", fmt.Errorf("unclosed parenthesis")
		}
	}
	var units []uint16
	for first := true; ; first = false {
		switch {
		case strings.HasPrefix(expression, "'"):
			rest := expression[1:]
			for {
				text, after, ok := strings.Cut(rest, "'")
				if !ok {
					return "", fmt.Errorf("unclosed literal")
				}
				units = append(units, utf16.Encode([]rune(text))...)
				rest = after
				if !strings.HasPrefix(rest, "'") {
					break
				}
				units = append(units, '\'')
				rest = rest[1:]
			}
			expression = rest
		case strings.HasPrefix(expression, "[char]0x") && !first && len(expression) >= 12:
			code, err := strconv.ParseUint(expression[8:12], 16, 16)
			if err != nil {
				return "", err
			}
			units = append(units, uint16(code))
			expression = expression[12:]
		default:
			return "", fmt.Errorf("unexpected %q", expression)
		}
		if expression == "" {
			return string(utf16.Decode(units)), nil
		}
		var ok bool
		if expression, ok = strings.CutPrefix(expression, " + "); !ok {
			return "", fmt.Errorf("text behind the literal: %q", expression)
		}
	}
}
