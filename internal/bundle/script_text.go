package bundle

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"unicode/utf8"
)

// scriptText is a script as its template writes it, with the line ends of Windows. It takes nothing but ASCII: in a
// script without byte order mark, other bytes can turn into quotes.
type scriptText struct {
	name string // of the script, for errors
	out  []byte
}

// Write adds text of whole characters.
func (t *scriptText) Write(text []byte) (int, error) {
	if i := firstForeign(text); i >= 0 {
		r, _ := utf8.DecodeRune(text[i:])
		return 0, fmt.Errorf("%s: character %q at byte %d is not ASCII", t.name, r, len(t.out)+i+bytes.Count(text[:i], lineEnd))
	}
	rest := text
	for {
		line, after, ends := bytes.Cut(rest, lineEnd)
		t.out = append(t.out, line...)
		if !ends {
			return len(text), nil
		}
		t.out = append(t.out, "\r\n"...)
		rest = after
	}
}

var lineEnd = []byte("\n")

// firstForeign is where a character begins that no script may hold; -1 for none. DEL is one of them.
func firstForeign(text []byte) int {
	// Eight at a time, as long as none has its highest bit set and none is DEL, whose successor would have it.
	const one, highest = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(text); i += 8 {
		if eight := binary.LittleEndian.Uint64(text[i:]); (eight|(eight+one))&highest != 0 {
			break
		}
	}
	for ; i < len(text); i++ {
		if text[i] > 0x7e {
			return i
		}
	}
	return -1
}

// bytes is the text with one line end at its end.
func (t *scriptText) bytes() []byte {
	return append(bytes.TrimRight(t.out, "\r\n"), "\r\n"...)
}
