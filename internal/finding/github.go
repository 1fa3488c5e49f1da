package finding

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"
)

// Escapes of a workflow command: of its text, and of its properties.
var (
	githubText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// WriteGitHub writes the findings as workflow commands, which GitHub Actions shows beside the lines of a
// change: ::error file=topology.yaml,line=14,col=9,title=port-range::port 70000 is outside 1-65535. GitHub knows files
// by slashes. What came from standard input is shown in the log, with its place, and beside no file.
func WriteGitHub(w io.Writer, l List) error {
	out := bufio.NewWriter(w)
	for _, f := range l {
		text := f.Message
		if f.Hint != "" {
			text += "\nhint: " + f.Hint
		}
		place := "file=" + githubProperty.Replace(shown(filepath.ToSlash(f.File))) + ","
		if f.Line > 0 {
			place += fmt.Sprintf("line=%d,col=%d,", f.Line, f.Column)
		}
		if f.File == Stdin {
			place, text = "", location(f)+": "+text
		}
		fmt.Fprintf(out, "::%s %stitle=%s::%s\n", f.Severity, place, githubProperty.Replace(f.ID), githubText.Replace(shown(text)))
	}
	return out.Flush()
}
