package topology

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
)

// The limits of a topology file. Far above any real farm, far below what could hurt the machine.
const (
	maxBytes    = 1 << 20 // of the file, in whatever encoding
	maxDepth    = 32      // nested lists and mappings
	maxFindings = 500     // shown of one run; nobody reads more
	maxKept     = 20 * maxFindings
)

// Load reads one topology file. The file name is only quoted in the findings.
//
// The topology is nil exactly if the list holds at least one error. All findings come in one run, sorted;
// each lies inside the file, or has line and column 0 when it is about the file as a whole.
func Load(file string, data []byte) (*Topology, finding.List) {
	l := &loader{file: file}
	t := l.load(data)
	l.settle()
	if l.findings.HasErrors() {
		return nil, l.findings
	}
	return t, l.findings
}

// loader is one run of Load: the source, and what was found so far.
type loader struct {
	file     string
	source   // masked
	findings finding.List
	dropped  int // findings beyond maxKept, only counted
}

// place is a line and a column, both 1-based, the column in characters; the zero place is the whole file.
type place struct{ line, column int }

func (l *loader) load(data []byte) *Topology {
	if len(data) > maxBytes {
		l.report("file-too-large", place{}, "a topology is a description, not an inventory: split it by site or take out what does not belong",
			"the file is larger than 1 MiB")
		return nil
	}
	text, ok := l.decode(data)
	if !ok {
		return nil
	}
	masked := l.maskHidden(text)
	l.source = newSource(masked)
	root := l.parse(masked)
	if root == nil {
		return nil
	}
	return l.topology(root)
}

// report adds one finding. The severity is the rule's own.
func (l *loader) report(id string, at place, hint, format string, args ...any) {
	if len(l.findings) == maxKept {
		l.dropped++
		return
	}
	l.findings = append(l.findings, finding.Finding{
		ID:       id,
		Severity: severityOf(id),
		File:     l.file,
		Line:     at.line,
		Column:   at.column,
		Message:  fmt.Sprintf(format, args...),
		Hint:     hint,
	})
}

// settle sorts the findings and takes out what says the same thing twice: the rule of a field that names a
// character has more to say about it than the general rule for hidden ones.
func (l *loader) settle() {
	l.findings.Sort()
	named := map[place]bool{}
	for _, f := range l.findings {
		if f.ID != hiddenCharacter && strings.HasSuffix(f.ID, "-character") {
			named[place{f.Line, f.Column}] = true
		}
	}
	kept := l.findings[:0]
	for _, f := range l.findings {
		repeated := len(kept) > 0 && kept[len(kept)-1] == f
		general := f.ID == hiddenCharacter && named[place{f.Line, f.Column}]
		if !repeated && !general {
			kept = append(kept, f)
		}
	}
	l.findings = slices.Clip(kept)
	l.cut()
}

// cut leaves the first findings only, and says how many there are besides. Warnings alone stay: their number
// must not stop the work.
func (l *loader) cut() {
	more := len(l.findings) + l.dropped - maxFindings
	if more <= 0 || len(l.findings) < maxFindings || l.dropped == 0 && !l.findings.HasErrors() {
		return
	}
	last := l.findings[maxFindings-1]
	l.findings, l.dropped = slices.Clip(l.findings[:maxFindings]), 0
	l.report("too-many-findings", place{last.Line, last.Column}, "mend the first ones and validate again", "%d more findings are not shown", more)
}
