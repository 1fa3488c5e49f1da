// Package textdiff says how one text became another: in its form alone, from which line on, or line by line.
//
// It knows bytes and lines. What a file means to a bundle is not its business.
package textdiff

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// The marks that editors put in front of a text.
var (
	markUTF8    = []byte{0xEF, 0xBB, 0xBF}
	markUTF16LE = []byte{0xFF, 0xFE}
	markUTF16BE = []byte{0xFE, 0xFF}
)

// Text is what a person reads in a file: UTF-8 without byte order mark, with LF. UTF-16 is told by its mark.
func Text(data []byte) string {
	text, _ := decode(data)
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// Reformatted says how a file was saved otherwise while nobody wrote anything, for example "LF turned into CRLF".
// It is "" for equal files and for files that read differently.
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
		return "line ends changed places"
	}
	return strings.Join(how, ", ")
}

// Forms are the ways in which a file may have been saved before an editor saved it otherwise.
func Forms(data []byte) [][]byte {
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
