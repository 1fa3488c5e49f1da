package finding

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// shown writes what a terminal could obey, and what a reader cannot see, as its code point: <U+202E>. Line ends
// stay.
func shown(s string) string {
	var out strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) || r == '\n' || r == '\r' {
			out.WriteRune(r)
		} else {
			fmt.Fprintf(&out, "<U+%04X>", r)
		}
	}
	return out.String()
}

// EncodeJSON writes a value as indented JSON, with every character that a terminal could obey as JSON's own escape:
// it means the same to a program and can be looked at.
func EncodeJSON(w io.Writer, value any) error {
	var encoded, out bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	for _, r := range encoded.String() {
		if unicode.IsPrint(r) || r == '\n' {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}
