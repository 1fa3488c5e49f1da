package topology

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// The byte order marks.
var (
	bomUTF8    = []byte{0xEF, 0xBB, 0xBF}
	bomUTF16LE = []byte{0xFF, 0xFE}
	bomUTF16BE = []byte{0xFE, 0xFF}
	bomUTF32LE = []byte{0xFF, 0xFE, 0, 0}
	bomUTF32BE = []byte{0, 0, 0xFE, 0xFF}
)

const encodingHint = "save the file as UTF-8 (in Notepad: Save as, Encoding UTF-8)"

// decode turns the bytes of the file into text: UTF-8 with or without a byte order mark, or UTF-16 with one.
// It is false when the text cannot be known at all; single bad bytes are reported and replaced.
func (l *loader) decode(data []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(data, bomUTF32LE), bytes.HasPrefix(data, bomUTF32BE):
		l.report("file-encoding", place{}, encodingHint, "the file is UTF-32")
		return "", false
	case bytes.HasPrefix(data, bomUTF16LE):
		return l.decodeUTF16(data[2:], binary.LittleEndian)
	case bytes.HasPrefix(data, bomUTF16BE):
		return l.decodeUTF16(data[2:], binary.BigEndian)
	case looksLikeUTF16(data):
		l.report("file-encoding", place{}, encodingHint, "the file looks like UTF-16 without a byte order mark")
		return "", false
	}
	return l.decodeUTF8(bytes.TrimPrefix(data, bomUTF8)), true
}

// looksLikeUTF16 goes by the first character: YAML begins with an ASCII one, and NUL is never text.
func looksLikeUTF16(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0) != (data[1] == 0)
}

func (l *loader) decodeUTF8(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	valid := 0
	for valid < len(data) {
		r, size := utf8.DecodeRune(data[valid:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		valid += size
	}
	l.report("file-encoding", endOf(string(data[:valid])), encodingHint,
		"the byte 0x%02X is not UTF-8", data[valid])
	return strings.ToValidUTF8(string(data), "\uFFFD")
}

func (l *loader) decodeUTF16(data []byte, order binary.ByteOrder) (string, bool) {
	if len(data)%2 != 0 {
		l.report("file-encoding", place{}, encodingHint, "the file is UTF-16 and ends in half a character")
		return "", false
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	text := string(utf16.Decode(units))
	if i := loneSurrogate(units); i >= 0 {
		l.report("file-encoding", endOf(string(utf16.Decode(units[:i]))), encodingHint,
			"0x%04X is half a UTF-16 character", units[i])
	}
	return text, true
}

// loneSurrogate is the index of the first unit that is half a character, or -1.
func loneSurrogate(units []uint16) int {
	for i := 0; i < len(units); i++ {
		if !utf16.IsSurrogate(rune(units[i])) {
			continue
		}
		if i+1 == len(units) || utf16.DecodeRune(rune(units[i]), rune(units[i+1])) == utf8.RuneError {
			return i
		}
		i++
	}
	return -1
}

// endOf is the place right behind a text that starts the file.
func endOf(text string) place {
	lines := splitLines(text)
	last := len(lines)
	return place{last, utf8.RuneCountInString(lines[last-1]) + 1}
}
