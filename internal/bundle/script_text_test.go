package bundle

import (
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
