package finding

import (
	"fmt"
	"strings"
	"unicode"
)

// Joiners and the no-break space belong to ordinary text of some languages. A terminal shows them harmlessly.
const ordinary = "\u200C\u200D\u00A0"

// Visible replaces every character that a reader cannot see, or that a terminal could obey, by its code point:
// <U+202E>. Blanks stay, and so do the characters of keep.
func Visible(s, keep string) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) || strings.ContainsRune(keep, r) {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "<U+%04X>", r)
		}
	}
	return out.String()
}

// Hidden reports whether a character cannot be seen or changes how the text around it is seen: control, format and
// private-use characters, noncharacters and line separators. Joiners and number signs are not hidden: some scripts
// need them. Other blanks are not hidden either.
func Hidden(r rune) bool {
	if unicode.IsPrint(r) || r == '\u200C' || r == '\u200D' || unicode.Is(unicode.Prepended_Concatenation_Mark, r) {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp, unicode.Noncharacter_Code_Point)
}
