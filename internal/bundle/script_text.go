package bundle

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"
)

// scriptText is a script as its template writes it, with the line ends of Windows. It takes nothing but ASCII: in a
// script without byte order mark, other bytes can turn into quotes.
type scriptText struct {
	name string // of the template, for errors
	out  []byte
}

// Write adds text of whole characters.
func (t *scriptText) Write(text []byte) (int, error) {
	t.out = slices.Grow(t.out, len(text)+bytes.Count(text, []byte("\n")))
	start := 0
	for i, c := range text {
		switch {
		case c == '\n':
			t.out = append(t.out, text[start:i]...)
			t.out = append(t.out, "\r\n"...)
			start = i + 1
		case c > 0x7e:
			r, _ := utf8.DecodeRune(text[i:])
			return 0, fmt.Errorf("%s: character %q at byte %d is not ASCII", t.name, r, len(t.out)+i-start)
		}
	}
	t.out = append(t.out, text[start:]...)
	return len(text), nil
}

// bytes is the text with one line end at its end.
func (t *scriptText) bytes() []byte {
	return append(bytes.TrimRight(t.out, "\r\n"), "\r\n"...)
}
