package textdiff

import (
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// Unified is the difference of two texts in the unified format, or "" for equal ones. Line ends and encodings are
// none: Reformatted is about those.
func Unified(oldLabel, newLabel string, was, is []byte) string {
	return udiff.Unified(oldLabel, newLabel, Text(was), Text(is))
}

// IsText reports whether a file can be shown line by line.
func IsText(data []byte) bool {
	text := Text(data)
	return utf8.ValidString(text) && !strings.Contains(text, "\x00")
}
