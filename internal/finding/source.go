package finding

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// sourceLines are the lines of a file as its findings count them: at LF, CR LF and CR, without a byte order
// mark. UTF-16 is read by its mark; anything else is taken for UTF-8, bad bytes shown as U+FFFD.
func sourceLines(data []byte) [][]rune {
	if data == nil {
		return nil
	}
	text := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(sourceText(data))
	split := strings.Split(text, "\n")
	lines := make([][]rune, len(split))
	for i, s := range split {
		lines[i] = []rune(s)
	}
	return lines
}

func sourceText(data []byte) string {
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}):
		return utf16Text(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		return utf16Text(data[2:], binary.BigEndian)
	}
	return strings.ToValidUTF8(string(bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})), "\uFFFD")
}

func utf16Text(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}
