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

// The limits of a topology file. Every real farm is far below them, and they keep memory and time small.
const (
	maxBytes    = 1 << 20 // of the file, in any encoding
	maxDepth    = 32      // nested lists and mappings
	maxFindings = 50      // shown for one file
	maxKept     = 10_000  // kept before Load only counts
)

// Load parses the bytes of one topology file. It uses the file name only in findings.
//
// The topology is nil exactly if the list contains at least one error. One run returns all findings, sorted.
// Each has a place inside the file, or line and column 0 if it concerns the whole file.
func Load(file string, data []byte) (*Topology, finding.List) {
	t, _, findings := LoadWithPlaces(file, data)
	return t, findings
}

// LoadWithPlaces is like Load and also returns the places of the values.
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

// Places are the places of the values in a file.
type Places struct{ values map[string]valuePlace }

// Of returns the line and column of the value at a path, such as "owaPools[0].mailboxServers[1].fqdn". If the file does
// not have that value, it returns the place of the nearest enclosing value, or 1 and 1.
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

// loader is one run of Load: the source and the findings so far.
type loader struct {
	file     string
	unread   string // a key whose values are neither wanted nor read; mostly ""
	source          // as the parser reads it
	places   map[string]valuePlace
	findings finding.List
	dropped  int // number of findings beyond maxKept
}

// valuePlace is the place of a value in the file, and whether the value is valid. The key is the path of the value in
// the topology, such as "owaPools[0].port".
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
		l.report("file-too-large", place{}, "check whether this is the topology file; split a very large topology by site",
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

// settle sorts the findings and removes duplicates. Where a rule of a field already reports a character, it removes the
// general finding for hidden characters.
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

// cut keeps the first findings, errors before warnings, and reports how many it left out. Too many warnings are only a
// warning, so they do not stop the work.
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
		l.report("too-many-findings", at, "correct the first ones and validate again", "%d more findings are not shown", more)
	} else {
		l.report("too-many-warnings", at, "check the first ones and validate again", "%d more warnings are not shown", more)
	}
}

// Read returns the bytes of a topology file. The path "-" means standard input.
//
// It reads at most one byte more than the limit, so that Load reports a file that is too large. Its errors concern
// reading the file. errors.Is finds their cause.
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

// unreadable names common causes in plain words. For other causes it adds the operating system's message.
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

// fileError replaces the message of its cause.
type fileError struct {
	message string
	cause   error
}

func (e *fileError) Error() string { return e.message }
func (e *fileError) Unwrap() error { return e.cause }

const encodingHint = "save the file as UTF-8 (in Notepad: Save as, Encoding UTF-8)"

// isBinary reports whether a file is not text: it has too many control characters to be typing mistakes.
func isBinary(text string) bool {
	count := 0
	for _, r := range text {
		if unicode.IsControl(r) && !strings.ContainsRune("\t\n\r", r) {
			count++
		}
	}
	return count > 4 && count*50 > utf8.RuneCountInString(text)
}

// decode turns the bytes of the file into text: UTF-8 with or without a byte order mark, or UTF-16 with one. It returns
// false if the encoding is unknown. It reports and replaces single bad bytes.
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
	case len(data) >= 2 && (data[0] == 0) != (data[1] == 0): // YAML starts with an ASCII character, and NUL is not text
		return unknown("looks like UTF-16 without a byte order mark")
	default:
		if isBinary(text) {
			l.report("file-binary", place{}, "give a topology file: YAML text, saved as UTF-8", "the file is not a text file")
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

// reportHalfCharacter reports the first unpaired surrogate of a UTF-16 text. The decoder replaced it.
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

// endOf is the place just after a text at the start of the file.
func endOf(text string) place {
	s := newSource(text)
	return s.place(len(s.characters))
}
