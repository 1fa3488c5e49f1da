package evidence

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"lyncowa/internal/finding"
)

// Moment is a time in UTC; zero for one that is not known.
type Moment struct{ time.Time }

const timeForm = "2006-01-02T15:04:05.000Z"

// String is the time as people read it; "" for the zero time.
func (m Moment) String() string { return m.format("2006-01-02 15:04:05") }

// MarshalJSON is the time as programs read it; "" for the zero time.
func (m Moment) MarshalJSON() ([]byte, error) { return json.Marshal(m.format(timeForm)) }

// UnmarshalJSON reads a time in that form, and no other.
func (m *Moment) UnmarshalJSON(text []byte) (err error) {
	m.Time, err = time.Parse(`"`+timeForm+`"`, string(text))
	return err
}

// orOpen is the time as people read it, or "open".
func (m Moment) orOpen() string { return cmp.Or(m.String(), "open") }

func (m Moment) format(layout string) string {
	if m.IsZero() {
		return ""
	}
	return m.UTC().Format(layout)
}

// Event is one line of events.jsonl, or one of an old log.
type Event struct {
	Run     string `json:"run"`
	Line    int    `json:"line"` // within the run
	Time    Moment `json:"time"`
	Host    string `json:"host"`
	Account string `json:"account"`
	Digest  string `json:"digest"`
	Script  string `json:"script"`
	Status  string `json:"status"`
	Text    string `json:"text"`
	Exit    *int   `json:"exitCode"` // of END only

	at int // line of the file
}

func (e Event) mutates() bool { return e.Status == "ATTEMPT" || e.Status == "CHANGED" }

// keys are the keys of a line, in their order.
var keys = []string{"run", "line", "time", "host", "account", "digest", "script", "status", "text", "exitCode"}

// maxLine is a number of bytes that no line reaches, and maxBadLines how many lines of a file may be no events: a file
// with more is something else.
const (
	maxLine     = 1 << 20
	maxBadLines = 20
)

// readEvents reads the lines of a file. A line that is no event is a finding.
func readEvents(f File) (events []Event, findings finding.List) {
	for _, mark := range []string{"\xff\xfe", "\xfe\xff", "\xef\xbb\xbf"} {
		if bytes.HasPrefix(f.data, []byte(mark)) {
			return nil, finding.List{found("evidence-line", place{f.path(), 1}, "the file begins with a byte order mark, so another program has saved it again, perhaps as UTF-16")}
		}
	}
	n := 0
	for line := range bytes.Lines(f.data) {
		n++
		event, err := parseEvent(bytes.TrimRight(line, "\r\n"))
		if event.at = n; err == nil {
			events = append(events, event)
			continue
		}
		if isCut(line) {
			findings = append(findings, found("evidence-cut", place{f.path(), n}))
		} else {
			findings = append(findings, found("evidence-line", place{f.path(), n}, err))
		}
		if len(findings) == maxBadLines {
			findings = append(findings, found("evidence-file", place{f.path(), n}, "too many lines are no events; the rest of the file was not read"))
			break
		}
	}
	return events, findings
}

// isCut reports whether a line is the beginning of an event. The scripts begin a new line after one that a crash cut off.
func isCut(line []byte) bool {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) > 0 && len(bytes.Trim(line, "\x00")) == 0 { // NTFS can leave these after a loss of power
		return true
	}
	end := (*json.SyntaxError)(nil)
	return len(line) <= maxLine && bytes.HasPrefix(line, []byte(`{"run":"`)) && errors.As(json.Unmarshal(line, new(Event)), &end) && end.Offset == int64(len(line))
}

// parseEvent reads one line: exactly the known keys, in their order, with plain values.
func parseEvent(line []byte) (e Event, err error) {
	switch {
	case len(line) > maxLine:
		return e, fmt.Errorf("it is longer than %d MiB", maxLine>>20)
	case !utf8.Valid(line):
		return e, errors.New("it is not UTF-8")
	}
	if err := checkKeys(line); err != nil {
		return e, err
	}
	if err := json.Unmarshal(line, &e); err != nil {
		kind := (*json.UnmarshalTypeError)(nil)
		if errors.As(err, &kind) {
			return e, fmt.Errorf("no script writes such a value of %q", kind.Field)
		}
		return e, errors.New("no script writes such a value of \"time\"")
	}
	for _, value := range []struct {
		key     string
		isRight bool
	}{
		{"run", runForm.MatchString(e.Run)},
		{"line", e.Line > 0},
		{"digest", digestForm.MatchString(e.Digest)},
		{"status", statusForm.MatchString(e.Status)},
		{"exitCode", (e.Exit != nil) == (e.Status == "END")},
	} {
		if !value.isRight {
			return e, fmt.Errorf("no script writes such a value of %q", value.key)
		}
	}
	return e, nil
}

// The forms of values that the scripts write.
var (
	runForm    = regexp.MustCompile(`^(\d{8}T\d{6}Z)-[0-9a-f]{8}$`)
	digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)
	statusForm = regexp.MustCompile(`^[A-Z/ -]{0,20}$`)
)

// checkKeys reports whether a line is an object with these keys and no other.
func checkKeys(line []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return errors.New("it is not a JSON object")
	}
	for _, key := range keys {
		if token, err := decoder.Token(); err != nil || token != key {
			return fmt.Errorf("the key %q is not in its place", key)
		}
		token, err := decoder.Token()
		if _, isList := token.(json.Delim); err != nil || isList || token == nil && key != "exitCode" {
			return fmt.Errorf("%q has no plain value", key)
		}
	}
	if token, err := decoder.Token(); err != nil || token != json.Delim('}') {
		return errors.New("it has more than the known keys")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

// tolerance is how far a time service may set a clock back without a word.
const tolerance = 2 * time.Second

// clockJumps are the places where the time of a host goes back, and runs that are named after another time.
func clockJumps(f File, events []Event) (findings finding.List) {
	before := Moment{}
	for _, e := range events {
		named, _ := time.Parse("20060102T150405Z", runForm.FindStringSubmatch(e.Run)[1])
		switch {
		case before.Sub(e.Time.Time) > tolerance:
			findings = append(findings, found("evidence-clock", place{f.path(), e.at}, before, e.Time))
		case e.Line == 1 && named.Sub(e.Time.Time).Abs() > time.Minute:
			findings = append(findings, found("evidence-clock", place{f.path(), e.at}, Moment{named}, e.Time))
		}
		before = e.Time
	}
	return findings
}

// The parts of a log of an older version: a heading, then the lines that a script printed.
var (
	logName = regexp.MustCompile(`^(\d+-[a-z-]+)\.log$`)
	heading = regexp.MustCompile(`^---- (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d) (check|change|verify|back-out) exit ([0-3])$`)
)

// statusWidth is how many characters the word that begins a printed line takes.
const statusWidth = 14

// readLog reads the runs of a log. It tells the time of their end only, and no run that broke off.
func readLog(f File) (runs []*Run, findings finding.List) {
	name := logName.FindStringSubmatch(f.Name)
	if name == nil || !utf8.Valid(f.data) {
		return nil, finding.List{found("evidence-file", place{f.path(), 0}, "this is no log of a script")}
	}
	n := 0
	for line := range strings.Lines(string(f.data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		begin := heading.FindStringSubmatch(line)
		switch {
		case begin != nil:
			end, _ := time.Parse("2006-01-02T15:04:05", begin[1])
			exit := int(begin[3][0] - '0')
			runs = append(runs, &Run{Host: f.Host, Start: Moment{end}, End: Moment{end}, Exit: &exit, at: place{f.path(), n}, old: begin[2] + " " + name[1]})
		case len(runs) == 0:
			return nil, finding.List{found("evidence-line", place{f.path(), n}, "no heading of a run stands before it")}
		default:
			r := runs[len(runs)-1]
			status, text := line[:min(len(line), statusWidth)], line[min(len(line), statusWidth):]
			r.Lines = append(r.Lines, Event{Time: r.End, Host: f.Host, Status: strings.TrimSpace(status), Text: text, at: n})
		}
	}
	if len(runs) > 0 {
		findings = finding.List{found("evidence-old", place{f.path(), 0})}
	}
	return runs, findings
}
