package topology

import (
	"fmt"
	"strings"
	"unicode"

	"lyncowa/internal/finding"
)

// Some characters do not reach the YAML parser as themselves but as a private-use stand-in, and come back
// afterwards. Every character is still one character, so that places stay right. This is for
//   - hidden characters: the parser stops at some without a place and takes others for line ends;
//   - the asterisk: an alias is a finding of ours with a place, and never resolved (no alias bombs).
const (
	maskBase   = 0xF0000 // plane 15 holds private-use characters only, and those are hidden themselves
	maskedStar = maskBase + '*'
	maskByte   = 0xF3 // the first byte of every stand-in in UTF-8
)

// hiddenCharacter is the rule for hidden characters anywhere in the file.
const hiddenCharacter = "hidden-character"

func mask(r rune) rune { return maskBase + r&0xFFFF }

func unmask(s string) string {
	if strings.IndexByte(s, maskByte) < 0 { // nearly always
		return s
	}
	return strings.Map(func(r rune) rune {
		if isMask(r) {
			return r - maskBase
		}
		return r
	}, s)
}

func isMask(r rune) bool { return r >= maskBase && r <= maskBase+0xFFFF }

// maskHidden reports every hidden character of the source, comments included, and returns the masked text.
func (l *loader) maskHidden(text string) string {
	l.reportMaskEscape(text)
	if needsNoMask(text) {
		return text
	}
	next, previous := place{1, 1}, rune(0)
	return strings.Map(func(r rune) rune {
		at := next
		next, previous = after(at, previous, r), r
		switch {
		case r == '*':
			return maskedStar
		case r == '\t' || r == '\n' || r == '\r' || !finding.Hidden(r):
			return r
		}
		l.reportHidden(at, r)
		return mask(r)
	}, text)
}

// needsNoMask tells a text of nothing but visible ASCII and line ends, without asterisk. Most files are such a text.
func needsNoMask(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 0x7F || c == '*' || c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}

// after is the place that follows the character r at the place at; CR LF is one line end.
func after(at place, previous, r rune) place {
	switch {
	case r == '\n' && previous == '\r':
		return at
	case r == '\n' || r == '\r':
		return place{at.line + 1, 1}
	}
	return place{at.line, at.column + 1}
}

func (l *loader) reportHidden(at place, r rune) {
	l.report(hiddenCharacter, at, "delete it and type the text again instead of pasting it",
		"%s is not allowed here: it cannot be seen", codePoint(r))
}

// reportMaskEscape refuses an escape that would come back as another character than it says.
func (l *loader) reportMaskEscape(text string) {
	for _, escape := range []string{`\U000F`, `\U000f`} {
		if i := strings.Index(text, escape); i >= 0 {
			l.report(hiddenCharacter, endOf(text[:i]), "leave it out", "the escape of a private-use character is not allowed here")
		}
	}
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
