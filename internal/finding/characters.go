package finding

import (
	"fmt"
	"strings"
	"unicode"
)

// Joiners and the no-break space belong to ordinary text of some languages, and two selectors to symbols. A terminal
// shows them harmlessly.
const ordinary = "\u200C\u200D\u00A0\uFE0E\uFE0F"

// Visible replaces every character that a reader cannot see, or that a terminal could obey, by its code point:
// <U+202E>. Blanks stay, and so do the characters of keep.
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

// blankLetters are letters, marks and symbols by their category, and look like a blank or like nothing: fillers of Hangul
// and the like, which Unicode lets a font leave out, and two symbols without ink.
var blankLetters = []*unicode.RangeTable{
	unicode.Other_Default_Ignorable_Code_Point,
	{R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}}, R32: []unicode.Range32{{Lo: 0x1D159, Hi: 0x1D159, Stride: 1}}},
}

// isVisible reports whether a reader sees a character. A blank counts.
func isVisible(r rune) bool {
	return unicode.IsPrint(r) && !unicode.In(r, blankLetters...) && !unicode.Is(unicode.Variation_Selector, r)
}

// Hidden reports whether a character cannot be seen or changes how the text around it is seen: control, format and
// private-use characters, noncharacters, line separators, and letters that look like a blank. Joiners and number signs
// are not hidden: some scripts need them. Other blanks are not hidden either.
func Hidden(r rune) bool {
	if unicode.In(r, blankLetters...) {
		return true
	}
	if unicode.IsPrint(r) || r == '\u200C' || r == '\u200D' || unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}

// characterNames are the names of characters that people paste without knowing.
var characterNames = map[rune]string{
	0x00: "NUL", 0x09: "tab", 0x0A: "line feed", 0x0D: "carriage return", 0x1B: "escape", 0x20: "blank", 0x7F: "delete",
	0x85: "next line", 0xA0: "no-break space", 0xAD: "soft hyphen", 0x200B: "zero width space", 0x200E: "left-to-right mark",
	0x200F: "right-to-left mark", 0x061C: "Arabic letter mark", 0x2028: "line separator", 0x2029: "paragraph separator",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "pop directional formatting",
	0x202D: "left-to-right override", 0x202E: "right-to-left override", 0x2060: "word joiner",
	0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate", 0x2068: "first strong isolate",
	0x2069: "pop directional isolate", 0x034F: "combining grapheme joiner", 0x115F: "Hangul choseong filler",
	0x1160: "Hangul jungseong filler", 0x2800: "Braille pattern blank", 0x3164: "Hangul filler",
	0xFFA0: "halfwidth Hangul filler", 0xFE0F: "variation selector-16", 0xFEFF: "byte order mark", 0xFFFD: "replacement character",
}

// CodePoint names a character that may be invisible: `U+200E (left-to-right mark)`, `U+00E4 "ä"`.
func CodePoint(r rune) string {
	if name, ok := characterNames[r]; ok {
		return fmt.Sprintf("U+%04X (%s)", r, name)
	}
	if unicode.IsGraphic(r) && !Hidden(r) && !unicode.IsSpace(r) {
		return fmt.Sprintf("U+%04X \"%c\"", r, r)
	}
	return fmt.Sprintf("U+%04X", r)
}
