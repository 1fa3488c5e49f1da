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

// FormatVersion is the version of the JSON format that WriteJSON writes.
const FormatVersion = 1

// WriteJSON writes {"formatVersion": 1, "findings": [...]} for programs. The array is never null.
func WriteJSON(w io.Writer, l List) error {
	if l == nil {
		l = List{}
	}
	return EncodeJSON(w, struct {
		FormatVersion int  `json:"formatVersion"`
		Findings      List `json:"findings"`
	}{FormatVersion, l})
}

// EncodeJSON writes a value as indented JSON. It writes invisible characters and terminal controls as JSON escapes, so
// that the text is safe to show on a terminal and keeps its meaning.
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

// A workflow command escapes text and properties differently.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WriteGitHub writes the findings as workflow commands, which GitHub Actions shows beside the changed lines:
// ::error file=topology.yaml,line=14,col=9,title=port-range::port 70000 is outside 1-65535. File names have slashes,
// as GitHub expects. A finding about standard input has no file; its text gives the place.
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
