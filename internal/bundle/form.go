package bundle

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// The byte order marks that editors write at the start of a text.
var (
	markUTF8    = []byte{0xEF, 0xBB, 0xBF}
	markUTF16LE = []byte{0xFF, 0xFE}
	markUTF16BE = []byte{0xFE, 0xFF}
)

// Text is the text of a file as UTF-8 with LF, without a byte order mark. Text reads UTF-16 only with a byte order mark.
func Text(data []byte) string {
	text, _ := decode(data)
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// Reformatted describes how an editor changed the form but not the text of a file, for example "LF turned into CRLF".
// It is "" for equal files and for files with different texts.
func Reformatted(was, is []byte) string {
	if bytes.Equal(was, is) || Text(was) != Text(is) {
		return ""
	}
	oldText, oldEncoding := decode(was)
	newText, newEncoding := decode(is)
	var how []string
	if oldEncoding != newEncoding {
		how = append(how, oldEncoding+" turned into "+newEncoding)
	}
	if oldEnds, newEnds := lineEnds(oldText), lineEnds(newText); oldEnds != newEnds {
		how = append(how, oldEnds+" turned into "+newEnds)
	}
	if how == nil {
		return "some line ends changed"
	}
	return strings.Join(how, ", ")
}

// forms are the forms that a file may have had before an editor changed it.
func forms(data []byte) [][]byte {
	lf := Text(data)
	return [][]byte{data, []byte(lf), []byte(strings.ReplaceAll(lf, "\n", "\r\n"))}
}

func decode(data []byte) (text, encoding string) {
	switch {
	case bytes.HasPrefix(data, markUTF16LE):
		return decodeUTF16(data[2:], binary.LittleEndian), "UTF-16"
	case bytes.HasPrefix(data, markUTF16BE):
		return decodeUTF16(data[2:], binary.BigEndian), "UTF-16"
	case bytes.HasPrefix(data, markUTF8):
		return string(data[3:]), "UTF-8 with byte order mark"
	}
	return string(data), "UTF-8"
}

func decodeUTF16(data []byte, order binary.ByteOrder) string {
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units))
}

// lineEnds names the line ends of a text.
func lineEnds(text string) string {
	all, windows := strings.Count(text, "\n"), strings.Count(text, "\r\n")
	switch windows {
	case 0:
		return "LF"
	case all:
		return "CRLF"
	default:
		return "mixed line ends"
	}
}

// firstLine is the line, 1-based, at which two files begin to differ. For equal files it is the last one.
func firstLine(was, is []byte) int {
	n := min(len(was), len(is))
	i := 0
	for i < n && was[i] == is[i] {
		i++
	}
	return 1 + bytes.Count(is[:i], []byte("\n"))
}

// lineCount counts the lines of a file. Text after the last line end is one more line.
func lineCount(data []byte) int {
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		n++
	}
	return n
}
