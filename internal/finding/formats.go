package finding

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf16"
)

// FormatVersion is the version of the shape that WriteJSON writes.
const FormatVersion = 1

// WriteJSON writes {"formatVersion": 1, "findings": [...]} for a program. The array is never null.
func WriteJSON(w io.Writer, l List) error {
	if l == nil {
		l = List{}
	}
	return EncodeJSON(w, struct {
		FormatVersion int  `json:"formatVersion"`
		Findings      List `json:"findings"`
	}{FormatVersion, l})
}

// EncodeJSON writes a value as indented JSON. Characters that a terminal could obey, or that a reader cannot see,
// are written as JSON's own escapes: the meaning is the same, and people can look at the text.
func EncodeJSON(w io.Writer, value any) error {
	var encoded, out bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	for _, r := range encoded.String() {
		if isVisible(r) || r == '\n' {
			out.WriteRune(r)
			continue
		}
		for _, unit := range utf16.AppendRune(nil, r) {
			fmt.Fprintf(&out, `\u%04x`, unit)
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

// A workflow command escapes its text and its properties in two ways.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WriteGitHub writes the findings as workflow commands, which GitHub Actions shows beside the lines of a change:
// ::error file=topology.yaml,line=14,col=9,title=port-range::port 70000 is outside 1-65535. GitHub writes file names
// with slashes. A finding about standard input names its place in the text and no file.
func WriteGitHub(w io.Writer, l List) error {
	out := bufio.NewWriter(w)
	for _, f := range l {
		text := f.Message
		if f.Hint != "" {
			text += "\nhint: " + f.Hint
		}
		place := "file=" + githubProperty.Replace(Visible(filepath.ToSlash(f.File), "\r\n")) + ","
		if f.Line > 0 {
			place += fmt.Sprintf("line=%d,col=%d,", f.Line, f.Column)
		}
		if f.File == Stdin {
			place, text = "", location(f)+": "+text
		}
		fmt.Fprintf(out, "::%s %stitle=%s::%s\n", f.Severity, place, githubProperty.Replace(f.ID), githubText.Replace(Visible(text, "\r\n")))
	}
	return out.Flush()
}
