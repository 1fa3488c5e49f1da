package bundle

import (
	"bytes"
	"io"
	"testing"
)

func TestScriptTextHasTheLineEndsOfWindowsAndOneAtItsEnd(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{"a\n", "b"}, "a\r\nb\r\n"},
		{[]string{"a", "\n\nb\n", "\n"}, "a\r\n\r\nb\r\n"},
		{[]string{"~ \t!"}, "~ \t!\r\n"},
		{nil, "\r\n"},
	} {
		var text scriptText
		for _, part := range c.parts {
			if _, err := io.WriteString(&text, part); err != nil {
				t.Fatal(err)
			}
		}
		if got := string(text.bytes()); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.parts, got, c.want)
		}
	}
}

func TestScriptTextRefusesWhatIsNotASCII(t *testing.T) {
	for part, want := range map[string]string{
		"b\nc\u2019":   `x.tmpl: character '’' at byte 6 is not ASCII`,
		"\x7f":         `x.tmpl: character '\x7f' at byte 2 is not ASCII`,
		"'\xff broken": `x.tmpl: character '�' at byte 3 is not ASCII`,
	} {
		text := scriptText{name: "x.tmpl"}
		_, before := io.WriteString(&text, "a ")
		_, err := io.WriteString(&text, part)
		if before != nil || err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", part, err, want)
		}
	}
}

// Bytes are looked at eight at a time: each is found at every place among them.
func TestFirstForeignByteIsFoundEverywhere(t *testing.T) {
	for length := range 26 {
		plain := []byte("~ \t\r\n!abcdefghijklmnopqrst")[:length]
		if i := firstForeign(plain); i != -1 {
			t.Errorf("%q: %d", plain, i)
		}
		for at := range length {
			for _, c := range []byte{0x7f, 0x80, 0xc3, 0xff} {
				text := bytes.Clone(plain)
				text[at] = c
				if i := firstForeign(text); i != at {
					t.Errorf("%q: %d, want %d", text, i, at)
				}
			}
		}
	}
}
