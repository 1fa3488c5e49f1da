package finding

import (
	"fmt"
	"strings"
	"unicode"
)

// Some languages use joiners and the no-break space in ordinary text, and symbols use two of the selectors. A terminal
// shows all of them harmlessly.
const ordinary = "\u200C\u200D\u00A0\uFE0E\uFE0F"

// Visible replaces every invisible character and every terminal control by its code point, such as <U+202E>. It keeps
// spaces and the characters in keep.
func Visible(s, keep string) string {
	var out strings.Builder
	for _, r := range s {
		if isVisible(r) || strings.ContainsRune(keep, r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "<U+%04X>", r)
		}
	}
	return out.String()
}

// blankLetters are letters, marks and symbols by category that look like a space or are invisible: fillers such as those
// of Hangul, which a font may leave out, and two empty symbols.
var blankLetters = []*unicode.RangeTable{
	unicode.Other_Default_Ignorable_Code_Point,
	{R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}}, R32: []unicode.Range32{{Lo: 0x1D159, Hi: 0x1D159, Stride: 1}}},
}

// isPlain is the quick answer for what most of a large farm's text is: visible ASCII, and the space.
func isPlain(r rune) bool { return ' ' <= r && r <= '~' }

// isVisible reports whether a character is visible. Spaces count as visible.
func isVisible(r rune) bool {
	return isPlain(r) || unicode.IsPrint(r) && !unicode.In(r, blankLetters...) && !unicode.Is(unicode.Variation_Selector, r)
}

// Hidden reports whether a character is invisible or changes how the text around it looks: control, format and
// private-use characters, noncharacters, line separators, and letters that look like a space. It is false for joiners
// and number signs, which some writing systems need, and for spaces.
func Hidden(r rune) bool {
	switch {
	case isPlain(r):
		return false
	case unicode.In(r, blankLetters...):
		return true
	case unicode.IsPrint(r) || r == '\u200C' || r == '\u200D' || unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}

// characterNames are the names of characters that people paste by accident.
var characterNames = map[rune]string{
	0x00: "NUL", 0x09: "tab", 0x0A: "line feed", 0x0D: "carriage return", 0x1B: "escape", 0x20: "space", 0x7F: "delete",
	0x85: "next line", 0xA0: "no-break space", 0xAD: "soft hyphen", 0x200B: "zero width space", 0x200E: "left-to-right mark",
	0x200F: "right-to-left mark", 0x061C: "Arabic letter mark", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "pop directional formatting",
	0x202D: "left-to-right override", 0x202E: "right-to-left override", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate",
	0x2069: "pop directional isolate", 0x034F: "combining grapheme joiner", 0x115F: "Hangul choseong filler",
	0x1160: "Hangul jungseong filler", 0x2800: "Braille pattern blank", 0x3164: "Hangul filler",
	0xFFA0: "halfwidth Hangul filler", 0xFE0F: "variation selector-16", 0xFEFF: "byte order mark", 0xFFFD: "replacement character",
}

// CodePoint describes a character, visible or not: `U+200E (left-to-right mark)`, `U+00E4 "ä"`.
func CodePoint(r rune) string {
	if name, ok := characterNames[r]; ok {
		return fmt.Sprintf("U+%04X (%s)", r, name)
	}
	if unicode.IsGraphic(r) && !Hidden(r) && !unicode.IsSpace(r) {
		return fmt.Sprintf("U+%04X \"%c\"", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}
