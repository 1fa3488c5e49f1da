package topology

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"lyncowa/internal/finding"
)

// Some characters do not reach the YAML parser. A private-use character takes the place of each, and is replaced by
// the original afterwards, so that columns stay right. This is for
//   - hidden characters: the parser stops at some without a place and takes others for line ends;
//   - the asterisk: an alias is a finding of ours with a place, and is never resolved (no alias bombs).
const (
	maskBase   = 0xF0000 // plane 15 holds private-use characters only, and those are hidden themselves
	maskedStar = maskBase + '*'
)

// hiddenCharacter is the rule for hidden characters anywhere in the file.
const hiddenCharacter = "hidden-character"

// mask reports every hidden character of the source, comments included, and masks it.
func (l *loader) mask() {
	for i, r := range l.characters {
		isHidden := r != '\t' && r != '\n' && finding.Hidden(r)
		if isHidden {
			l.reportHidden(l.place(i), r)
		}
		if isHidden || r == '*' {
			l.characters[i] = maskBase + r&0xFFFF
		}
	}
	// An escape that would be unmasked to another character than it says.
	for _, escape := range []string{`\U000F`, `\U000f`} {
		if before, _, found := strings.Cut(string(l.characters), escape); found {
			l.report(hiddenCharacter, l.place(utf8.RuneCountInString(before)), "leave it out", "the escape of a private-use character is not allowed here")
		}
	}
}

func unmask(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= maskBase && r <= maskBase+0xFFFF {
			return r - maskBase
		}
		return r
	}, s)
}

func (l *loader) reportHidden(at place, r rune) {
	l.report(hiddenCharacter, at, "delete it and type the text again instead of pasting it",
		"%s is not allowed here: it cannot be seen", codePoint(r))
}

// characterNames are those of the characters that people paste without knowing.
var characterNames = map[rune]string{
	0x00: "NUL", 0x09: "tab", 0x0A: "line feed", 0x0D: "carriage return", 0x1B: "escape", 0x20: "blank", 0x7F: "delete",
	0x85: "next line", 0xA0: "no-break space", 0xAD: "soft hyphen", 0x200B: "zero width space", 0x200E: "left-to-right mark",
	0x200F: "right-to-left mark", 0x061C: "Arabic letter mark", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "pop directional formatting",
	0x202D: "left-to-right override", 0x202E: "right-to-left override", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate",
	0x2069: "pop directional isolate", 0xFEFF: "byte order mark", 0xFFFD: "replacement character",
}

// codePoint writes a character so that it can be recognised although it cannot be seen: `U+200E (left-to-right
// mark)`, `U+00E4 "ä"`.
func codePoint(r rune) string {
	if name, ok := characterNames[r]; ok {
		return fmt.Sprintf("U+%04X (%s)", r, name)
	}
	if unicode.IsGraphic(r) && !finding.Hidden(r) && !unicode.IsSpace(r) {
		return fmt.Sprintf("U+%04X \"%c\"", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}

const shownLength = 60 // characters of a value that a message quotes

// quote shows a value in a message: on one line, with control characters escaped, shortened if it is long.
func quote(s string) string { return strconv.Quote(shorten(s)) }

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= shownLength {
		return s
	}
	return string([]rune(s)[:shownLength]) + "..."
}
