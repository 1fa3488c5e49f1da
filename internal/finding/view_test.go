package finding

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Above the line of the port stands a tab, so that the caret has to be as wide.
const source = "name: x\nport:\t70000\nsite: 東京 \u202E!\n"

func portRange(line, column int) Finding {
	return Finding{ID: "port-range", Severity: Error, File: "t.yaml", Line: line, Column: column, Message: "port 70000 is outside 1-65535", Hint: "choose another"}
}

func TestWriteText(t *testing.T) {
	long := strings.Repeat("x", 500)
	tests := map[string]struct {
		finding Finding
		source  string
		color   bool
		want    string
	}{
		"tab":  {portRange(2, 7), source, false, "t.yaml:2:7: error: port 70000 is outside 1-65535 [port-range]\nport:\t70000\n     \t^\nhint: choose another\n"},
		"wide": {portRange(3, 9), source, false, "t.yaml:3:9: error: port 70000 is outside 1-65535 [port-range]\nsite: 東京 <U+202E>!\n          ^\nhint: choose another\n"},
		"behind an escaped character": {portRange(3, 11), source, false, "t.yaml:3:11: error: port 70000 is outside 1-65535 [port-range]\nsite: 東京 <U+202E>!\n" +
			strings.Repeat(" ", 19) + "^\nhint: choose another\n"},
		"CR LF and BOM": {portRange(2, 1), "\uFEFFa\r\nb\r\n", false, "t.yaml:2:1: error: port 70000 is outside 1-65535 [port-range]\nb\n^\nhint: choose another\n"},
		"UTF-16":        {portRange(1, 2), "\xff\xfea\x00b\x00", false, "t.yaml:1:2: error: port 70000 is outside 1-65535 [port-range]\nab\n ^\nhint: choose another\n"},
		"whole file":    {Finding{ID: "file-empty", Severity: Error, File: "t.yaml", Message: "empty"}, "", false, "t.yaml: error: empty [file-empty]\n"},
		"line outside":  {Finding{ID: "i", Severity: Warning, File: "t.yaml", Line: 9, Column: 1, Message: "m"}, "a\n", false, "t.yaml:9:1: warning: m [i]\n"},
		"end of line":   {Finding{ID: "i", Severity: Warning, File: "t.yaml", Line: 1, Column: 3, Message: "m"}, "ab\n", false, "t.yaml:1:3: warning: m [i]\nab\n  ^\n"},
		"long line": {
			Finding{ID: "i", Severity: Error, File: "t.yaml", Line: 1, Column: 201, Message: "m"},
			long, false,
			"t.yaml:1:201: error: m [i]\n..." + strings.Repeat("x", 140) + "...\n" + strings.Repeat(" ", 83) + "^\n",
		},
		"control characters": {
			Finding{ID: "i", Severity: Error, File: "a\x1b[2J.yaml", Message: "b\x07\r\nc\u200E", Hint: "\x9b1m"},
			"", false,
			"a<U+001B>[2J.yaml: error: b<U+0007><U+000D><U+000A>c<U+200E> [i]\nhint: \uFFFD1m\n",
		},
		"colour": {
			Finding{ID: "i", Severity: Warning, File: "t.yaml", Line: 1, Column: 1, Message: "m"},
			"a", true,
			"t.yaml:1:1: \x1b[1;33mwarning\x1b[0m: \x1b[1mm\x1b[0m [i]\na\n\x1b[1;33m^\x1b[0m\n",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			sources := map[string][]byte{"t.yaml": []byte(test.source)}
			if err := WriteText(&b, List{test.finding}, sources, test.color); err != nil {
				t.Fatal(err)
			}
			if b.String() != test.want {
				t.Errorf("got\n%q\nwant\n%q", b.String(), test.want)
			}
		})
	}
}

func TestWriteTextWithoutSource(t *testing.T) {
	var b strings.Builder
	if err := WriteText(&b, List{portRange(2, 7)}, nil, false); err != nil {
		t.Fatal(err)
	}
	if want := "t.yaml:2:7: error: port 70000 is outside 1-65535 [port-range]\nhint: choose another\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestWriteJSON(t *testing.T) {
	for name, l := range map[string]List{"none": nil, "one": {portRange(2, 7)}} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := WriteJSON(&b, l); err != nil {
				t.Fatal(err)
			}
			var got struct {
				FormatVersion int
				Findings      []map[string]any
			}
			if err := json.Unmarshal([]byte(b.String()), &got); err != nil {
				t.Fatal(err)
			}
			if got.FormatVersion != 1 || got.Findings == nil || len(got.Findings) != len(l) {
				t.Errorf("got %s", b.String())
			}
			for _, f := range got.Findings {
				for _, key := range []string{"id", "severity", "file", "line", "column", "message", "hint"} {
					if _, ok := f[key]; !ok {
						t.Errorf("%s is missing in %s", key, b.String())
					}
				}
			}
		})
	}
}

func TestWriteGitHub(t *testing.T) {
	l := List{
		{ID: "i", Severity: Error, File: "a,b:c.yaml", Line: 3, Column: 4, Message: "100% wrong\r\nhere: ::", Hint: "mend, it"},
		{ID: "j", Severity: Warning, File: "d.yaml", Message: "m"},
		{ID: "k", Severity: Error, File: "two sites/new\nline.yaml", Line: 1, Column: 2, Message: "m"},
		{ID: "l", Severity: Error, File: Stdin, Line: 1, Column: 2, Message: "m"},
	}
	want := "::error file=a%2Cb%3Ac.yaml,line=3,col=4,title=i::100%25 wrong%0D%0Ahere: ::%0Ahint: mend, it\n" +
		"::warning file=d.yaml,title=j::m\n" +
		"::error file=two sites/new%0Aline.yaml,line=1,col=2,title=k::m\n" +
		"::error title=l::<stdin>:1:2: m\n"
	var b strings.Builder
	if err := WriteGitHub(&b, l); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// full is a writer with no room.
type full struct{}

var errFull = errors.New("full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestViewsReportTheWriter(t *testing.T) {
	l := List{portRange(1, 1)}
	for name, err := range map[string]error{"text": WriteText(full{}, l, nil, false), "json": WriteJSON(full{}, l), "github": WriteGitHub(full{}, l)} {
		if !errors.Is(err, errFull) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestSort(t *testing.T) {
	l := List{{File: "b", Line: 1}, {File: "a", Line: 2, Column: 1, ID: "z"}, {File: "a", Line: 2, Column: 1, ID: "y"}, {File: "a", Line: 1, Column: 9}}
	l.Sort()
	want := List{{File: "a", Line: 1, Column: 9}, {File: "a", Line: 2, Column: 1, ID: "y"}, {File: "a", Line: 2, Column: 1, ID: "z"}, {File: "b", Line: 1}}
	for i := range want {
		if l[i] != want[i] {
			t.Errorf("place %d: got %+v, want %+v", i, l[i], want[i])
		}
	}
}

// Whatever looks like a blank or like nothing is shown by its code point. A real blank is no secret.
func TestInvisibleCharactersAreShown(t *testing.T) {
	for _, r := range "\u00AD\u034F\u115F\u1160\u17B4\u17B5\u180E\u200B\u200E\u202E\u2060\u2065\u2800\u3164\uFEFF\uFFA0\uFFF0\U0001D159\U000E0020\U000E01F0" {
		if got := Visible(string(r), ""); !Hidden(r) || got != fmt.Sprintf("<U+%04X>", r) {
			t.Errorf("%U: hidden %v, shown as %q", r, Hidden(r), got)
		}
	}
	for _, r := range "a \u00A0\u200C\u200D\u3000\uFE0Fé東\u0600" {
		if Hidden(r) {
			t.Errorf("%U is hidden", r)
		}
	}
}
