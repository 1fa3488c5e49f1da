package topology

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"gopkg.in/yaml.v3"
)

var update = flag.Bool("update", false, "rewrite the committed schema")

// resolved is the schema in the form that a validator uses.
var resolved = sync.OnceValues(func() (*jsonschema.Resolved, error) {
	var s jsonschema.Schema
	if err := json.Unmarshal(Schema(), &s); err != nil {
		return nil, err
	}
	return s.Resolve(nil)
})

// schemaError is the violation of the schema that a validator finds in a file.
func schemaError(t testing.TB, data []byte) error {
	t.Helper()
	validator, err := resolved()
	if err != nil {
		t.Fatal(err)
	}
	l := &loader{}
	text, _ := l.decode(data)
	root := l.parse(text)
	if root == nil {
		return fmt.Errorf("no YAML")
	}
	return validator.Validate(asJSON(root))
}

// asJSON is a node in the form that an editor gives to a validator.
func asJSON(n *yaml.Node) any {
	switch {
	case n.Kind == yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = asJSON(n.Content[i+1])
		}
		return object
	case n.Kind == yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, asJSON(c))
		}
		return list
	case n.Tag == "!!str" || n.Tag == "!!timestamp":
		return n.Value
	}
	var value any
	if err := n.Decode(&value); err != nil {
		return n.Value
	}
	return value
}

// checkSchema checks that the schema refuses nothing that Load accepts.
func checkSchema(t testing.TB, data []byte, top *Topology) {
	t.Helper()
	if top == nil {
		return
	}
	if err := schemaError(t, data); err != nil {
		t.Errorf("Load has no error, but the schema has: %v\n%.999s", err, data)
	}
}

// The committed schema is the one that `lyncowa schema` writes.
func TestCommittedSchema(t *testing.T) {
	const path = "../../examples/topology.schema.json"
	if *update {
		if err := os.WriteFile(path, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(Schema()) {
		t.Error("examples/topology.schema.json is not the schema; run the test with -update")
	}
}

func TestSchemaOfExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/topology.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	topologies := [][]byte{Sample(), whole()}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		topologies = append(topologies, data)
	}
	for _, data := range topologies {
		if _, list := Load("t.yaml", data); len(list) > 0 {
			t.Errorf("%+v\n%s", list, data)
		}
		if err := schemaError(t, data); err != nil {
			t.Errorf("%v\n%s", err, data)
		}
	}
}

// wrongValues replace every value in turn.
var wrongValues = []any{
	nil, true, false, 0, 1, -1, 5.5, 1023, 65536, 2010, 2016, 2019, "", " ", "all", "All", "x", "x y", "x.y", "x..y", "-x.y", "x.1", "10.0.0.1", "*.x.y", "x_y.z", "x.y.", "https://x.y",
	"site:X", "X*", "\u200eX", "a\nb", "a\tb", "5199", "2013", "2019", "SE", "true", "Ünïcode", "x@y", "x@y.z", "sip:x@y.z", "2026-05-02", "2026-05-02T22:00:00Z", "2026-05-02T2:00:00Z", "2026-13-02T22:00:00Z", "2026-05-32T22:00:00Z", "2026-05-02T24:00:00Z", "2026-05-02T22:60:00Z", "2026-05-02T22:00:60Z", "2026-02-30T22:00:00Z",
	strings.Repeat("a", 40), strings.Repeat("g", 40), strings.Repeat("a", 41), strings.Repeat("a", 64), strings.Repeat("a", 64) + ".x", strings.Repeat("a.", 127) + "x",
	[]any{},
	[]any{""},
	[]any{1},
	[]any{"x"},
	[]any{"x.y"},
	[]any{"x.y", "x.y"},
	[]any{"x.y", "X.Y"},
	[]any{[]any{"x.y"}},
	[]any{map[string]any{"fqdn": "x.y"}},
	map[string]any{},
	map[string]any{"fqdn": "x.y"},
	map[string]any{"x": "y"},
}

// Every value of a topology with all fields is changed in many ways. Whatever the schema refuses, Load refuses too. The
// schema refuses at least one wrong value of every field.
func TestSchemaViolationsAreFindings(t *testing.T) {
	l := &loader{}
	top := asJSON(l.parse(string(whole())))
	tried, refused := 0, map[string]int{}
	try := func(path string, value any) {
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		tried++
		violation := schemaError(t, data)
		loaded, list := Load("t.yaml", data)
		if violation != nil {
			refused[path]++
		}
		if violation != nil && loaded != nil {
			t.Errorf("%s: the schema refuses what Load lets pass: %v\n%s\n%+v", path, violation, data, list)
		}
	}
	mutations(top, "", func(v any) any { return v }, try)
	for _, key := range fieldNames(Fields()) {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(refused)), func(path string) bool { return strings.HasSuffix(path, "."+key) }) {
			t.Errorf("no wrong value of %s is refused", key)
		}
	}
	if tried < 2000 {
		t.Errorf("only %d mutations", tried)
	}
}

// mutations tries changes of every value in v: it leaves the value out, replaces it, or changes its key. in puts v back in
// its place.
func mutations(v any, path string, in func(any) any, try func(string, any)) {
	for _, wrong := range wrongValues {
		try(path, in(wrong))
	}
	switch v := v.(type) {
	case map[string]any:
		try(path, in(withKey(v, "unknown", "x")))
		for key, child := range v {
			try(path+"."+key, in(withoutKey(v, key)))
			try(path+"."+key, in(withKey(withoutKey(v, key), key+"s", child)))
			mutations(child, path+"."+key, func(c any) any { return in(withKey(v, key, c)) }, try)
		}
	case []any:
		for i, child := range v {
			try(path, in(slices.Concat(v, []any{child})))
			try(path, in(slices.Delete(slices.Clone(v), i, i+1)))
			mutations(child, fmt.Sprintf("%s[%d]", path, i), func(c any) any {
				changed := slices.Clone(v)
				changed[i] = c
				return in(changed)
			}, try)
		}
	}
}

func withKey(object map[string]any, key string, value any) map[string]any {
	changed := withoutKey(object, key)
	changed[key] = value
	return changed
}

func withoutKey(object map[string]any, key string) map[string]any {
	changed := map[string]any{}
	for k, v := range object {
		if k != key {
			changed[k] = v
		}
	}
	return changed
}

// Go and ECMAScript read the patterns alike: no pattern uses what only one of them knows.
func TestSchemaPatterns(t *testing.T) {
	patterns := regexp.MustCompile(`"pattern": "((?:[^"\\]|\\.)*)"`).FindAllStringSubmatch(string(Schema()), -1)
	if len(patterns) < 20 {
		t.Fatalf("only %d patterns", len(patterns))
	}
	for _, p := range patterns {
		if regexp.MustCompile(`\(\?|\\\\[wWdDsSbBpPAzQEkx](?:\{)|\\\\[sSdDwWpPAzQE]`).MatchString(p[1]) {
			t.Errorf("%s is not read alike everywhere", p[1])
		}
	}
}

func TestSchemaIsASCII(t *testing.T) {
	for i, b := range Schema() {
		if b >= 0x80 || b < ' ' && b != '\n' {
			t.Fatalf("byte %#x at %d", b, i)
		}
	}
}
