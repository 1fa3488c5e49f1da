package inventory

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"lyncowa/internal/finding"
	"lyncowa/internal/topology"
)

// The limits of a file. They are far above any real farm and far below what could hurt the machine.
const (
	MaxBytes    = 64 << 20
	maxDepth    = 8
	maxText     = 1024  // characters of a value
	maxFreeText = 40000 // of an event's text
	maxFindings = 50    // of one file
)

// Load reads one file. The findings quote its name; a place is a line and a column, and the message names the field
// by its path, such as objects.servers[3].name. The file is nil exactly if there is an error.
func Load(name string, data []byte) (*File, finding.List) {
	f := File{Name: name, Data: data}
	data = bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF})
	l := &loader{name: name, data: data, line: 1, tokens: json.NewDecoder(bytes.NewReader(data)), fields: map[reflect.Type][]field{}}
	l.tokens.UseNumber()
	switch {
	case len(data) > MaxBytes:
		l.refuse("the file is larger than %d MiB", MaxBytes>>20)
	case !utf8.Valid(data):
		l.refuse("the file is not UTF-8")
	default:
		l.load(&f)
	}
	if l.findings.HasErrors() {
		return nil, l.findings
	}
	f.Time, _ = time.Parse(time.RFC3339, f.TakenAt) // the rule of the field has seen it
	return &f, l.findings
}

// loader is one run of Load. Values are read one after the other into the fields of the same name.
type loader struct {
	name     string
	data     []byte
	tokens   *json.Decoder
	fields   map[reflect.Type][]field
	findings finding.List
	line     int // of the offset from
	from     int
}

// errStop ends a run after a finding behind which nothing can be read.
var errStop = errors.New("stop")

const fileHint = "run the inventory script again and take its file as it is"

func (l *loader) load(f *File) {
	err := l.value(reflect.ValueOf(f).Elem(), "", "")
	if err == nil {
		if _, err = l.tokens.Token(); errors.Is(err, io.EOF) {
			l.checkFile(f)
			return
		}
		l.refuse("something follows the end of the JSON text")
		return
	}
	if errors.Is(err, errStop) {
		return
	}
	if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) {
		l.refuse("this is not JSON: %s", syntax)
	} else {
		l.refuse("this is not JSON: the text ends too early")
	}
}

func (l *loader) checkFile(f *File) {
	if f.FormatVersion != FormatVersion {
		l.report("inventory-file", 1, 1, "use the scripts that `lyncowa inventory` of this version writes",
			"formatVersion %d is not %d", f.FormatVersion, FormatVersion)
	}
}

// refuse reports that the file cannot be read from here on.
func (l *loader) refuse(format string, values ...any) {
	line, column := l.place()
	l.report("inventory-file", line, column, fileHint, format, values...)
}

// fault reports a value by its path.
func (l *loader) fault(id, path, format string, values ...any) error {
	line, column := l.place()
	l.report(id, line, column, fileHint, "%s", strings.TrimPrefix(path, ".")+": "+fmt.Sprintf(format, values...))
	if len(l.findings) >= maxFindings {
		return errStop
	}
	return nil
}

func (l *loader) report(id string, line, column int, hint, format string, values ...any) {
	l.findings = append(l.findings, finding.Finding{
		ID: id, Severity: finding.Error, File: l.name, Line: line, Column: column, Message: fmt.Sprintf(format, values...), Hint: hint,
	})
}

// place is where the newest token ends. Places only go forward, so that lines are counted once.
func (l *loader) place() (line, column int) {
	offset := min(int(l.tokens.InputOffset()), len(l.data))
	l.line += bytes.Count(l.data[l.from:offset], []byte{'\n'})
	l.from = offset
	start := bytes.LastIndexByte(l.data[:offset], '\n') + 1
	return l.line, max(1, utf8.RuneCount(l.data[start:offset]))
}

// value reads the next value into v.
func (l *loader) value(v reflect.Value, path, rule string) error {
	token, err := l.tokens.Token()
	if err != nil {
		return err
	}
	return l.read(token, v, path, rule)
}

func (l *loader) read(token json.Token, v reflect.Value, path, rule string) error {
	if token == nil { // null: unknown, or empty
		if rule != "" && rule != "free" {
			return l.fault("inventory-file", path, "null stands where a value belongs")
		}
		return nil
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	switch t := token.(type) {
	case json.Delim:
		switch {
		case t == '{' && v.Kind() == reflect.Struct:
			return l.object(v, path)
		case t == '[' && v.Kind() == reflect.Slice:
			return l.list(v, path)
		}
		if err := l.fault("inventory-file", path, "%s stands where %s belongs", nouns[reflect.TypeOf(t).Kind()], nouns[v.Kind()]); err != nil {
			return err
		}
		return l.skip(1, path)
	case string:
		if v.Kind() == reflect.String {
			v.SetString(t)
			return l.text(t, path, rule)
		}
	case json.Number:
		if n, err := strconv.Atoi(t.String()); err == nil && n >= 0 && v.Kind() == reflect.Int {
			v.SetInt(int64(n))
			return nil
		}
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(t)
			return nil
		}
	}
	noun := nouns[reflect.TypeOf(token).Kind()]
	if _, isNumber := token.(json.Number); isNumber {
		noun = "a number"
	}
	return l.fault("inventory-file", path, "%s stands where %s belongs", noun, nouns[v.Kind()])
}

var nouns = map[reflect.Kind]string{
	reflect.Int32: "a list or an object", reflect.String: "a text", reflect.Bool: "true or false", reflect.Int: "a whole number",
	reflect.Struct: "an object", reflect.Slice: "a list",
}

// field is a field of an object: its key and its rule.
type field struct{ key, rule string }

func (f field) isNeeded() bool { return f.rule != "" && f.rule != "free" }

// fieldsOf are the fields of a type, in their order. Parsing the tags for each of a million values would take longer than
// reading them.
func (l *loader) fieldsOf(t reflect.Type) []field {
	if known := l.fields[t]; known != nil {
		return known
	}
	fields := make([]field, t.NumField())
	for i := range fields {
		fields[i] = field{t.Field(i).Tag.Get("json"), t.Field(i).Tag.Get("rule")}
	}
	l.fields[t] = fields
	return fields
}

// object reads the fields of an object that has begun. Keys differ by case, unlike in package json.
func (l *loader) object(v reflect.Value, path string) error {
	fields := l.fieldsOf(v.Type())
	given := make([]bool, len(fields))
	for l.tokens.More() {
		token, err := l.tokens.Token()
		if err != nil {
			return err
		}
		key := token.(string) // the decoder lets nothing else be a key
		i := slices.IndexFunc(fields, func(f field) bool { return f.key == key && key != "-" })
		switch {
		case i < 0:
			err = errors.Join(l.fault("inventory-file", path, "there is no field %s", quote(key)), l.skip(0, path))
		case given[i]:
			err = errors.Join(l.fault("inventory-file", path+"."+key, "the field stands here a second time"), l.skip(0, path))
		default:
			given[i] = true
			err = l.value(v.Field(i), path+"."+key, fields[i].rule)
		}
		if err != nil {
			return err
		}
	}
	if _, err := l.tokens.Token(); err != nil {
		return err
	}
	for i, f := range fields {
		if !given[i] && f.isNeeded() {
			if err := l.fault("inventory-file", path, "the field %s is missing", f.key); err != nil {
				return err
			}
		}
	}
	return nil
}

// list reads the values of a list that has begun.
func (l *loader) list(v reflect.Value, path string) error {
	v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	for l.tokens.More() {
		item := reflect.New(v.Type().Elem()).Elem()
		if err := l.value(item, path+"["+strconv.Itoa(v.Len())+"]", ""); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
	}
	_, err := l.tokens.Token()
	return err
}

// skip reads past a value that is reported, or, from depth 1 on, past the rest of one.
func (l *loader) skip(depth int, path string) error {
	for first := depth == 0; first || depth > 0; first = false {
		token, err := l.tokens.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth > maxDepth {
			return errors.Join(l.fault("inventory-file", path, "the values are nested deeper than %d", maxDepth), errStop)
		}
	}
	return nil
}

var valueRules = map[string]func(string) string{
	"needed": func(s string) string {
		if strings.TrimSpace(s) == "" {
			return "is empty"
		}
		return ""
	},
	"host": func(s string) string {
		if !isHostName(s) {
			return "is no host name in lower case"
		}
		return ""
	},
	"time": func(s string) string {
		if _, err := time.Parse("2006-01-02T15:04:05Z", s); err != nil {
			return "is no time in UTC, such as 2026-03-02T09:14:00Z"
		}
		return ""
	},
	"thumbprint": func(s string) string {
		if t, err := topology.ParseThumbprint(s); err != nil || t != s {
			return "is no thumbprint of 40 hexadecimal digits in capitals"
		}
		return ""
	},
	"kind":  oneOf(Exchange, Lync),
	"scope": oneOf("organisation", "server"),
}

// isHostName reports whether a text is a name that a computer can have, in lower case. It need not be a full one. A bundle
// names files by hosts, so that the longest names of DNS do not fit.
func isHostName(s string) bool {
	return s != "" && len(s) <= 230 && !strings.ContainsFunc(s, func(r rune) bool { return !isHostCharacter(r) }) && strings.Trim(s, "-.") == s
}

func isHostCharacter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' || r == '-' || r == '.'
}

func oneOf(allowed ...string) func(string) string {
	return func(s string) string {
		for _, a := range allowed {
			if s == a {
				return ""
			}
		}
		return "is not " + strings.Join(allowed, " or ")
	}
}

// text holds a text against the limits and the rule of its field.
func (l *loader) text(s, path, rule string) error {
	limit := maxText
	if rule == "free" {
		limit = maxFreeText
	}
	if utf8.RuneCountInString(s) > limit {
		return l.fault("inventory-value", path, "the text has %d characters, more than %d", utf8.RuneCountInString(s), limit)
	}
	if i := strings.IndexFunc(s, finding.Hidden); i >= 0 && rule != "free" {
		r, _ := utf8.DecodeRuneInString(s[i:])
		return l.fault("inventory-value", path, "the text holds U+%04X, which cannot be seen", r)
	}
	if check := valueRules[rule]; check != nil {
		if why := check(s); why != "" {
			return l.fault("inventory-value", path, "%s %s", quote(s), why)
		}
	}
	return nil
}

// quote shows a value in a message, shortened if it is long.
func quote(s string) string { return strconv.Quote(shortened(s, 60)) }

func shortened(s string, most int) string {
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "..."
	}
	return s
}
