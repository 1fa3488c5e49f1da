package bundle

import (
	"slices"
	"testing"
)

func TestReformatted(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	for _, c := range []struct{ was, is, want string }{
		{"a\nb\n", "a\nb\n", ""},
		{"a\nb\n", "a\nc\n", ""},
		{"a\nb\n", "a\r\nc\r\n", ""},
		{"a\nb\n", "a\r\nb\r\n", "LF turned into CRLF"},
		{"a\r\nb\r\n", "a\nb\n", "CRLF turned into LF"},
		{"a\r\nb\r\n", "a\r\nb\n", "CRLF turned into mixed line ends"},
		{"a\r\nb\n", "a\nb\r\n", "some line ends changed"},
		{"a\n", mark + "a\n", "UTF-8 turned into UTF-8 with byte order mark"},
		{"a\n", mark + "a\r\n", "UTF-8 turned into UTF-8 with byte order mark, LF turned into CRLF"},
		{"a\n", "\xff\xfea\x00\r\x00\n\x00", "UTF-8 turned into UTF-16, LF turned into CRLF"},
		{"a\n", "\xfe\xff\x00a\x00\n", "UTF-8 turned into UTF-16"},
	} {
		if got := Reformatted([]byte(c.was), []byte(c.is)); got != c.want {
			t.Errorf("Reformatted(%q, %q) = %q, want %q", c.was, c.is, got, c.want)
		}
	}
}

// The original file is among the forms of the file that an editor saved.
func TestFormsHoldTheFileAsItWas(t *testing.T) {
	for _, was := range []string{"a\nb", "a\r\nb\r\n"} {
		text := Text([]byte(was))
		for _, is := range []string{text, "\xef\xbb\xbf" + text, was} {
			found := slices.ContainsFunc(forms([]byte(is)), func(form []byte) bool { return string(form) == was })
			if !found {
				t.Errorf("%q is not among the forms of %q", was, is)
			}
		}
	}
}

func TestFirstLine(t *testing.T) {
	for _, c := range []struct {
		was, is string
		want    int
	}{
		{"", "a", 1},
		{"a\nb\n", "x\nb\n", 1},
		{"a\nb\n", "a\nx\n", 2},
		{"a\nb\n", "a\n", 2},
		{"a\nb", "a\nb\nc", 2},
		{"a\n", "a\r\n", 1},
	} {
		if got := firstLine([]byte(c.was), []byte(c.is)); got != c.want {
			t.Errorf("firstLine(%q, %q) = %d, want %d", c.was, c.is, got, c.want)
		}
	}
}

func TestLineCount(t *testing.T) {
	for text, want := range map[string]int{"": 0, "a": 1, "a\n": 1, "a\nb": 2, "\n\n": 2} {
		if got := lineCount([]byte(text)); got != want {
			t.Errorf("lineCount(%q) = %d, want %d", text, got, want)
		}
	}
}
