package topology

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"lyncowa/internal/finding"
)

// The limits of a topology file. They are far above any real farm and far below what could hurt the machine.
const (
	maxBytes    = 1 << 20 // of the file, in whatever encoding
	maxDepth    = 32      // nested lists and mappings
	maxFindings = 50      // shown of one file
	maxKept     = 10_000
)

// Load reads one topology file. The findings quote the file name; nothing else is done with it.
//
// The topology is nil exactly if the list holds at least one error. All findings come in one run, sorted.
// Each lies inside the file, or has line and column 0 when it is about the file as a whole.
func Load(file string, data []byte) (*Topology, finding.List) {
	t, _, findings := LoadWithPlaces(file, data)
	return t, findings
}

// LoadWithPlaces is Load, and says where the file has its values.
func LoadWithPlaces(file string, data []byte) (*Topology, Places, finding.List) {
	l := &loader{file: file, places: map[string]valuePlace{}}
	return l.run(data), Places{l.places}, l.findings
}

// LoadForRequest is Load for a topology whose certificates do not exist yet: it does not read certificateThumbprint.
func LoadForRequest(file string, data []byte) (*Topology, finding.List) {
	l := &loader{file: file, unread: thumbprintKey, places: map[string]valuePlace{}}
	return l.run(data), l.findings
}

// run is Load, into the loader.
func (l *loader) run(data []byte) *Topology {
	t := l.load(data)
	l.settle()
	if l.findings.HasErrors() {
		return nil
	}
	return t
}

// Places is where a file has its values.
type Places struct{ values map[string]valuePlace }

// Of returns the line and column of a value by its path, such as "owaPools[0].mailboxServers[1].fqdn", or of the nearest
// value around it that the file has; 1 and 1 without one.
func (p Places) Of(path string) (line, column int) {
	for path != "" {
		if at, given := p.values[path]; given {
			return at.line, at.column
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return 1, 1
}

// Has reports whether the file gives the value itself.
func (p Places) Has(path string) bool { _, given := p.values[path]; return given }

// loader is one run of Load: the source, and what was found so far.
type loader struct {
	file     string
	unread   string // a key whose values are neither wanted nor read; mostly ""
	source          // as the parser reads it
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

func (l *loader) placeAt(path string) place { return l.places[path].place }
func (l *loader) isRight(path string) bool  { return l.places[path].right }
func (l *loader) isWrong(path string) bool  { return l.isGiven(path) && !l.isRight(path) }
func (l *loader) isGiven(path string) bool  { _, given := l.places[path]; return given }

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

// cut keeps the first findings, errors before warnings, and says how many more there are. Many warnings are a warning:
// they must not stop the work.
func (l *loader) cut() {
	all := len(l.findings) + l.dropped
	if all <= maxFindings {
		return
	}
	refused := l.dropped > 0 || l.findings.HasErrors()
	if l.findings.HasErrors() {
		l.findings = slices.DeleteFunc(l.findings, func(f finding.Finding) bool { return f.Severity != finding.Error })
	}
	l.findings, l.dropped = l.findings[:min(maxFindings, len(l.findings))], 0
	last := l.findings[len(l.findings)-1]
	at, more := place{last.Line, last.Column}, all-len(l.findings)
	if refused {
		l.report("too-many-findings", at, "mend the first ones and validate again", "%d more findings are not shown", more)
	} else {
		l.report("too-many-warnings", at, "look at the first ones and validate again", "%d more warnings are not shown", more)
	}
}

// Read returns the bytes of a topology file; path "-" is standard input.
//
// It reads at most one byte more than a topology may have, so that Load reports a file that is too large. Its errors
// are about the file, and no findings. errors.Is finds their cause.
func Read(path string, stdin io.Reader) ([]byte, error) {
	if path == "-" {
		return readAll("standard input", stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%q is a directory, not a topology file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	return readAll(path, f)
}

func readAll(name string, r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, fmt.Errorf("cannot read %q: there is no input", name)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	return data, nil
}

// unreadable says first what a person can act on. The operating system's own words follow only where they add
// something.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &fileError{fmt.Sprintf("there is no file %q", path), err}
	case errors.Is(err, os.ErrPermission):
		return &fileError{fmt.Sprintf("no permission to read %q", path), err}
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("cannot read %q: %w", path, err)
}

// fileError has words of its own for its cause.
type fileError struct {
	message string
	cause   error
}

func (e *fileError) Error() string { return e.message }
func (e *fileError) Unwrap() error { return e.cause }

const encodingHint = "save the file as UTF-8 (in Notepad: Save as, Encoding UTF-8)"

// isBinary recognises a file that is no text: it has more control characters than slips explain.
func isBinary(text string) bool {
	count := 0
	for _, r := range text {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) {
			count++
		}
	}
	return count > 4 && count*50 > utf8.RuneCountInString(text)
}

// decode turns the bytes of the file into text: UTF-8 with or without a byte order mark, or UTF-16 with one. It is
// false when the text cannot be known at all. Single bad bytes are reported and replaced.
func (l *loader) decode(data []byte) (string, bool) {
	unknown := func(what string) (string, bool) {
		l.report("file-encoding", place{}, encodingHint, "the file %s", what)
		return "", false
	}
	text := finding.Text(data)
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF}):
		return unknown("is UTF-32")
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		if len(data)%2 != 0 {
			return unknown("is UTF-16 and ends in half a character")
		}
		l.reportHalfCharacter(text, data)
	case len(data) >= 2 && (data[0] == 0) != (data[1] == 0): // YAML begins with an ASCII character, and NUL is no text
		return unknown("looks like UTF-16 without a byte order mark")
	default:
		if isBinary(text) {
			l.report("file-binary", place{}, "give the topology file itself: YAML, saved as UTF-8", "the file is not a text file")
			return "", false
		}
		l.reportBadByte(bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF}))
	}
	return text, true
}

// reportBadByte reports the first byte that is not UTF-8.
func (l *loader) reportBadByte(data []byte) {
	for i, r := range string(data) {
		if _, size := utf8.DecodeRune(data[i:]); r == utf8.RuneError && size == 1 {
			l.report("file-encoding", endOf(string(data[:i])), encodingHint, "the byte 0x%02X is not UTF-8", data[i])
			return
		}
	}
}

// reportHalfCharacter reports the first unit of UTF-16 that is half a character: it was read as another character.
func (l *loader) reportHalfCharacter(text string, data []byte) {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 0xFE {
		order = binary.BigEndian
	}
	units := utf16.Encode([]rune(text))
	for i, u := range units {
		if given := order.Uint16(data[2+2*i:]); given != u {
			l.report("file-encoding", endOf(string(utf16.Decode(units[:i]))), encodingHint, "0x%04X is half a UTF-16 character", given)
			return
		}
	}
}

// endOf is the place right behind a text that starts the file.
func endOf(text string) place {
	s := newSource(text)
	return s.place(len(s.characters))
}
