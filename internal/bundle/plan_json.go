package bundle

import (
	"bytes"
	"encoding/json"
	"strconv"

	"lyncowa/internal/plan"
)

// EncodePlan makes plan.json: what encoding/json makes of the plan, indented for people, with < > & as they are.
//
// It is written field by field into one piece of memory: encoding/json writes a large plan several times over, into a
// growing buffer, indented, and out again.
func EncodePlan(p *plan.Plan) ([]byte, error) {
	w := jsonWriter{text: make([]byte, 0, planSize(p))}
	w.plan(p)
	return append(w.text, '\n'), w.err
}

// planSize is about how many bytes plan.json has. Nearly all of them are the commands.
func planSize(p *plan.Plan) int {
	const around = 100 // of a command: names of its fields, blanks, escaped quotes
	size := 32 << 10
	for _, s := range p.Steps {
		for _, host := range s.RunOn {
			size += around/4 + len(host)
		}
		for _, c := range s.Commands {
			size += around + len(c.On) + len(c.Text)
		}
	}
	return size
}

func (w *jsonWriter) plan(p *plan.Plan) {
	w.open("", '{')
	w.number("formatVersion", p.FormatVersion)
	w.open("tool", '{')
	w.string("name", p.Tool.Name)
	w.string("version", p.Tool.Version)
	w.close('}')
	w.string("name", p.Name)
	w.string("change", string(p.Change))
	w.open("versions", '{')
	w.string("exchange", p.Versions.Exchange)
	w.string("lync", p.Versions.Lync)
	w.close('}')
	w.string("topologyDigest", p.TopologyDigest)
	w.open("steps", '[')
	for _, s := range p.Steps {
		w.step(s)
	}
	w.close(']')
	w.replaced(p.Replaces)
	w.close('}')
}

func (w *jsonWriter) step(s plan.Step) {
	w.open("", '{')
	w.number("order", s.Order)
	w.string("id", s.ID)
	w.string("title", s.Title)
	w.string("kind", string(s.Kind))
	w.string("shell", string(s.Shell))
	w.string("status", string(s.Status))
	w.string("reason", s.Reason)
	w.strings("runOn", s.RunOn)
	w.bool("perServer", s.PerServer)
	w.string("script", s.Script)
	w.string("backOut", s.BackOut)
	w.open("commands", '[')
	for _, c := range s.Commands {
		w.open("", '{')
		w.string("kind", string(c.Kind))
		w.string("on", c.On)
		w.string("text", c.Text)
		w.close('}')
	}
	w.close(']')
	w.string("impact", s.Impact)
	w.string("rights", s.Rights)
	w.string("undo", s.Undo)
	w.strings("sources", s.Sources)
	w.close('}')
}

func (w *jsonWriter) replaced(replaces []plan.Replaced) {
	if len(replaces) == 0 {
		return
	}
	w.open("replaces", '[')
	for _, r := range replaces {
		w.open("", '{')
		w.string("server", r.Server)
		w.string("old", r.Old)
		w.string("new", r.New)
		w.close('}')
	}
	w.close(']')
}

// jsonWriter writes JSON with each value on a line of its own, two blanks deeper for each level. The key of a value
// is empty for the whole and in a list.
type jsonWriter struct {
	text  []byte
	depth int
	err   error // the first one
}

// open begins an object or a list.
func (w *jsonWriter) open(key string, bracket byte) {
	w.key(key)
	w.text = append(w.text, bracket)
	w.depth++
}

// close ends an object or a list. One that holds nothing stays on its line.
func (w *jsonWriter) close(bracket byte) {
	w.depth--
	if !w.isFirst() {
		w.line()
	}
	w.text = append(w.text, bracket)
}

func (w *jsonWriter) strings(key string, values []string) {
	w.open(key, '[')
	for _, value := range values {
		w.string("", value)
	}
	w.close(']')
}

func (w *jsonWriter) number(key string, value int) {
	w.key(key)
	w.text = strconv.AppendInt(w.text, int64(value), 10)
}

func (w *jsonWriter) bool(key string, value bool) {
	w.key(key)
	w.text = strconv.AppendBool(w.text, value)
}

func (w *jsonWriter) string(key, value string) {
	w.key(key)
	w.quote(value)
}

// key goes to where the next value begins and writes its key.
func (w *jsonWriter) key(key string) {
	if w.depth == 0 {
		return
	}
	if !w.isFirst() {
		w.text = append(w.text, ',')
	}
	w.line()
	if key != "" {
		w.text = append(w.text, '"')
		w.text = append(w.text, key...)
		w.text = append(w.text, `": `...)
	}
}

// isFirst tells whether nothing stands in the innermost object or list so far.
func (w *jsonWriter) isFirst() bool {
	last := w.text[len(w.text)-1]
	return last == '{' || last == '['
}

// line begins a line.
func (w *jsonWriter) line() {
	w.text = append(w.text, '\n')
	for range w.depth {
		w.text = append(w.text, "  "...)
	}
}

// plain are the characters that stand for themselves in a JSON text. A table: a plan has millions of them.
var plain = func() (table [256]bool) {
	for c := byte(' '); c <= '~'; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// quote writes a text in quotes. Whatever needs more than a backslash before it is left to encoding/json.
func (w *jsonWriter) quote(value string) {
	text := append(w.text, '"')
	copied := 0
	for i := range len(value) {
		c := value[i]
		if plain[c] {
			continue
		}
		if c != '"' && c != '\\' {
			w.encode(value)
			return
		}
		text = append(text, value[copied:i]...)
		text = append(text, '\\')
		copied = i
	}
	text = append(text, value[copied:]...)
	w.text = append(text, '"')
}

func (w *jsonWriter) encode(value string) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil && w.err == nil {
		w.err = err
	}
	w.text = append(w.text, bytes.TrimSuffix(out.Bytes(), []byte("\n"))...)
}
