package topology

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// utf16Bytes is a text in UTF-16 without a byte order mark.
func utf16Bytes(s string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// The topology and the places do not depend on the encoding and the line ends that an editor chose.
func TestEncodings(t *testing.T) {
	text := and("mailboxPolicies: [Ärzte, 東京, 😀]\npilotUsers: [5]")
	crlf := strings.ReplaceAll(text, "\n", "\r\n")
	tests := map[string]string{
		"UTF-8":                     text,
		"UTF-8 with mark":           "\xef\xbb\xbf" + text,
		"CR LF":                     crlf,
		"CR":                        strings.ReplaceAll(text, "\n", "\r"),
		"UTF-8 with mark and CR LF": "\xef\xbb\xbf" + crlf,
		"UTF-16 little endian":      "\xff\xfe" + utf16Bytes(crlf, binary.LittleEndian),
		"UTF-16 big endian":         "\xfe\xff" + utf16Bytes(text, binary.BigEndian),
	}
	want, none := Load("t.yaml", []byte(strings.Replace(text, "[5]", "[a@b.c]", 1)))
	if len(none) > 0 {
		t.Fatalf("got %+v", none)
	}
	for name, data := range tests {
		t.Run(name, func(t *testing.T) {
			top, list := Load("t.yaml", []byte(data))
			if got := strings.Join(places(list), ", "); got != "11:14 wrong-type" {
				t.Errorf("got %s", got)
			}
			checkPromises(t, []byte(data), top, list)
		})
		t.Run(name+", right", func(t *testing.T) {
			right := strings.NewReplacer("[5]", "[a@b.c]", utf16Bytes("[5]", binary.LittleEndian), utf16Bytes("[a@b.c]", binary.LittleEndian)).Replace(data)
			if strings.HasPrefix(data, "\xfe\xff") {
				right = strings.Replace(data, utf16Bytes("[5]", binary.BigEndian), utf16Bytes("[a@b.c]", binary.BigEndian), 1)
			}
			got, list := Load("t.yaml", []byte(right))
			if len(list) > 0 {
				t.Errorf("got %+v", list)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefusedEncodings(t *testing.T) {
	tests := []struct{ name, data, want string }{
		{"UTF-16 little endian without mark", utf16Bytes(litware, binary.LittleEndian), "0:0 file-encoding"},
		{"UTF-16 big endian without mark", utf16Bytes(litware, binary.BigEndian), "0:0 file-encoding"},
		{"UTF-32", "\xff\xfe\x00\x00a\x00\x00\x00", "0:0 file-encoding"},
		{"half a UTF-16 character at the end", "\xff\xfe" + utf16Bytes(litware, binary.LittleEndian) + "a", "0:0 file-encoding"},
		{"half a surrogate pair", "\xff\xfe" + utf16Bytes(litware+"# ", binary.LittleEndian) + "\x00\xd8", "10:3 file-encoding"},
		{"Windows-1252", with(lineSite, "    siteId: Z\xfcrich"), "6:14 file-encoding"},
		{"Windows-1252 and a wrong port", strings.Replace(with(lineSite, "    siteId: Z\xfcrich"), "5199", "0", 1), "6:14 file-encoding, 7:11 port-range"},
		{"NUL", with(lineName, "name: a\x00b"), "2:7 name-form, 2:8 hidden-character"},
		{"a program", "MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8\x00\x00\x00" + litware, "0:0 file-binary"},
		{"an archive", "PK\x03\x04\x14\x00\x08\x08\x08\x00" + strings.Repeat("\x91\x02ab", 100), "0:0 file-binary"},
		{"a few control characters", strings.Replace(litware, "\n", "\n#\x01\x02\x03\x04\n", 1), "2:2 hidden-character, 2:3 hidden-character, 2:4 hidden-character, 2:5 hidden-character"},
		{"only a NUL", "\x00", "1:1 hidden-character, 1:1 wrong-type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			top, list := Load("t.yaml", []byte(test.data))
			if got := strings.Join(places(list), ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			checkPromises(t, []byte(test.data), top, list)
		})
	}
}
