package topology

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fieldNames are the names of fields and of those below them.
func fieldNames(fields []Field) []string {
	var names []string
	for _, f := range fields {
		names = append(append(names, f.Name), fieldNames(f.Below)...)
	}
	return names
}

// Every row has a description, and every part of a Topology has a row: the topology that has all fields fills it.
func TestEveryFieldHasARow(t *testing.T) {
	var check func([]Field)
	check = func(fields []Field) {
		for _, f := range fields {
			if len(f.Description) < 15 {
				t.Errorf("%s is not described", f.Name)
			}
			check(f.Below)
		}
	}
	check(Fields())

	top, list := Load("t.yaml", whole())
	if len(list) > 0 {
		t.Fatal(list)
	}
	filled := map[string]bool{}
	fill(reflect.ValueOf(*top), "Topology", filled)
	for part, isFilled := range filled {
		if !isFilled {
			t.Errorf("no row of fields.go reads %s, or the sample lacks it", part)
		}
	}
}

// fill notes for every part of a value, by its type and name, whether it is filled.
func fill(v reflect.Value, part string, filled map[string]bool) {
	switch {
	case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[Selection]():
		for i := range v.NumField() {
			fill(v.Field(i), part+"."+v.Type().Field(i).Name, filled)
		}
	case v.Kind() == reflect.Slice:
		filled[part] = filled[part] || v.Len() > 0
		for i := range v.Len() {
			fill(v.Index(i), part+"[]", filled)
		}
	default:
		filled[part] = filled[part] || !v.IsZero()
	}
}

// A topology that leaves a field out is the topology that gives its default.
func TestDefaultsOfRows(t *testing.T) {
	want, _ := Load("t.yaml", []byte(litware))
	defaults := checkDefaults(t, want, topologyFields, litware+"%s: %s\n")
	defaults += checkDefaults(t, want, versionFields, litware+"versions: {%s: %s}\n")
	defaults += checkDefaults(t, want, poolFields, litware+"    %s: %s\n")
	if defaults != 4 {
		t.Errorf("checked %d defaults", defaults)
	}
}

func checkDefaults[T any](t *testing.T, want *Topology, m mapping[T], text string) (checked int) {
	t.Helper()
	for _, r := range m.rows {
		if r.standard == nil {
			continue
		}
		checked++
		value, err := json.Marshal(r.standard)
		if err != nil {
			t.Fatal(err)
		}
		got, list := Load("t.yaml", fmt.Appendf(nil, text, r.key, value))
		if diff := cmp.Diff(want, got); diff != "" || len(list) > 0 {
			t.Errorf("%s: %v%s", r.key, list, diff)
		}
	}
	return checked
}

// whole is the sample with every field that it shows as a comment, and with a colocated pool. That pool has the setting
// override, because the sample's mailboxServers have two certificates.
func whole() []byte {
	_, text, _ := strings.Cut(string(Sample()), "\n")    // the first line is for editors
	text = strings.Replace(text, "# all:", "## all:", 1) // a sentence that looks like a field
	text = commentedField.ReplaceAllString(text, "$1$2")
	text, override, _ := strings.Cut(text, "    settingOverride:")
	override, rest, _ := strings.Cut(override, "\n")
	text = strings.Replace(text+rest, "exchange: 2013\n  lync: 2013", "exchange: 2016\n  lync: 2015", 1)
	return []byte(strings.Replace(text, "owaPools:\n", `owaPools:
  - fqdn: um.litwareinc.com
    registrar: atl-cs-001.litwareinc.com
    certificateThumbprint: EA5A332496CC05DA69B75B66111C0F78A110D22D
    umColocated: true
    trustedComputers: [t.litwareinc.com]
    sipDialPlans: all
    settingOverride:`+override+"\n", 1))
}

// commentedField is a line of the sample with a key, or with an entry of a list, in a comment.
var commentedField = regexp.MustCompile(`(?m)^( *)# ((?: *- | *[A-Za-z]+:(?: |$)).*)$`)

// The sample shows every field, and is correct with all of them.
func TestSampleShowsEveryField(t *testing.T) {
	text := string(whole())
	for _, name := range fieldNames(Fields()) {
		if !regexp.MustCompile(`(?m)^[ -]*` + name + `:`).MatchString(text) {
			t.Errorf("the sample has no %s", name)
		}
	}
	if _, list := Load("t.yaml", []byte(text)); len(list) > 0 {
		t.Errorf("%+v\n%s", list, text)
	}
}
