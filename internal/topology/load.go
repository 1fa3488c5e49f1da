package topology

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
)

// The limits of a topology file. They are far above any real farm and far below what could hurt the machine.
const (
	maxBytes    = 1 << 20 // of the file, in whatever encoding
	maxDepth    = 32      // nested lists and mappings
	maxFindings = 500     // shown of one run
	maxKept     = 20 * maxFindings
)

// Load reads one topology file. The findings quote the file name; nothing else is done with it.
//
// The topology is nil exactly if the list holds at least one error. All findings come in one run, sorted.
// Each lies inside the file, or has line and column 0 when it is about the file as a whole.
func Load(file string, data []byte) (*Topology, finding.List) {
	l := &loader{file: file, places: map[string]valuePlace{}}
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
	source   // as the parser reads it
	places   map[string]valuePlace
	findings finding.List
	dropped  int // findings beyond maxKept, only counted
}

// valuePlace is where the file has a value, and whether the value is right. Values are known by their path in the
// topology, such as "owaPools[0].port".
type valuePlace struct {
	place
	right bool
}

func (l *loader) placed(path string) place { return l.places[path].place }
func (l *loader) isRight(path string) bool { return l.places[path].right }
func (l *loader) isWrong(path string) bool { return l.isGiven(path) && !l.isRight(path) }
func (l *loader) isGiven(path string) bool { _, given := l.places[path]; return given }

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
	root := l.parse(text)
	if root == nil {
		return nil
	}
	t, ok := topologyFields.read(l, entry{name: topologyFields.name, at: at(root), value: root})
	if !ok {
		return nil
	}
	l.crossCheck(&t)
	return &t
}

// report adds one finding with the severity of its rule.
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

// settle sorts the findings and removes repetitions. A rule of a field that names a character says more about it than
// the general rule for hidden characters.
func (l *loader) settle() {
	l.findings.Sort()
	named := map[place]bool{}
	for _, f := range l.findings {
		if f.ID != hiddenCharacter && strings.HasSuffix(f.ID, "-character") {
			named[place{f.Line, f.Column}] = true
		}
	}
	l.findings = slices.DeleteFunc(slices.Compact(l.findings), func(f finding.Finding) bool {
		return f.ID == hiddenCharacter && named[place{f.Line, f.Column}]
	})
	l.cut()
}

// cut keeps the first findings and says how many more there are. It keeps all of them if they are only warnings:
// many warnings must not stop the work.
func (l *loader) cut() {
	more := len(l.findings) + l.dropped - maxFindings
	if more <= 0 || len(l.findings) < maxFindings || l.dropped == 0 && !l.findings.HasErrors() {
		return
	}
	last := l.findings[maxFindings-1]
	l.findings, l.dropped = l.findings[:maxFindings], 0
	l.report("too-many-findings", place{last.Line, last.Column}, "mend the first ones and validate again", "%d more findings are not shown", more)
}
