package compare

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

const base = `apiVersion: lyncowa/v1
name: two
owaPools:
  - fqdn: owa.contoso.com
    registrar: lync.contoso.com
    siteId: Dublin
    port: 5199
    certificateThumbprint: 3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2
    umColocated: false
`

func planOf(t *testing.T, yaml string, change plan.Change) *plan.Plan {
	t.Helper()
	top, findings := topology.Load("topology.yaml", []byte(yaml))
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, []byte(yaml), change)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return p
}

// brief is a step difference in a line.
func brief(all []StepDifference) []string {
	var lines []string
	for _, s := range all {
		lines = append(lines, fmt.Sprintf("%d %s %s", s.Order, s.ID, s.Kind))
	}
	return lines
}

func TestStepsOfOnePlanAreTheSame(t *testing.T) {
	for _, change := range plan.Changes() {
		if change == plan.RemoveDuplicate || change == plan.AddServer {
			continue // makes no sense for this topology alone
		}
		p := planOf(t, base, change)
		if c := Sides(Topology("a", p), Topology("b", p)); c.Different() {
			t.Errorf("%s: got %+v", change, c)
		}
	}
}

func TestStepsOfAnotherKindOfChangeAreAddedAndRemoved(t *testing.T) {
	c := Sides(Topology("a", planOf(t, base, plan.Integrate)), Topology("b", planOf(t, base, plan.Reapply)))
	if want := []Value{{Field: "change", Old: "integrate", New: "reapply"}}; !cmp.Equal(c.Plan, want) {
		t.Errorf("got %v", c.Plan)
	}
	got := brief(c.Steps)
	if !slices.Contains(got, "40 trusted-application removed") {
		t.Errorf("got %q", got)
	}
	back := Sides(Topology("b", planOf(t, base, plan.Reapply)), Topology("a", planOf(t, base, plan.Integrate)))
	if got := brief(back.Steps); !slices.Contains(got, "40 trusted-application added") {
		t.Errorf("got %q", got)
	}
	orders := func(s StepDifference) int { return s.Order }
	if !slices.IsSortedFunc(back.Steps, func(a, b StepDifference) int { return orders(a) - orders(b) }) {
		t.Errorf("not in order: %q", brief(back.Steps))
	}
}

func TestListsAreComparedEntryByEntry(t *testing.T) {
	on := func(host string, texts ...string) (all []entry) {
		for _, text := range texts {
			all = append(all, entry{host, text})
		}
		return all
	}
	for _, c := range []struct {
		name     string
		old, new []entry
		want     values
	}{
		{"equal", on("h", "a", "b"), on("h", "a", "b"), nil},
		{"changed", on("h", "a", "b", "c"), on("h", "a", "x", "c"), values{{"f", "h", "b", "x"}}},
		{"added in front", on("h", "a"), on("h", "x", "a"), values{{"f", "h", "", "x"}}},
		{"removed at the end", on("h", "a", "b"), on("h", "a"), values{{"f", "h", "b", ""}}},
		{"exchanged", on("h", "a", "b"), on("h", "b", "a"), values{{"f", "h", "", "b"}, {"f", "h", "b", ""}}},
		{"another host", on("h", "a"), on("i", "a"), values{{"f", "h", "a", ""}, {"f", "i", "", "a"}}},
		{"two hosts in one gap", slices.Concat(on("h", "a"), on("i", "b")), slices.Concat(on("i", "y"), on("h", "x")), values{{"f", "h", "a", "x"}, {"f", "i", "b", "y"}}},
	} {
		var got values
		got.list("f", c.old, c.new)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// A large organisation changes many entries at once: the others are still found.
func TestLongListsAreComparedEntryByEntry(t *testing.T) {
	var old, new []entry
	var want values
	new = append(new, entry{"h", "first"})
	want = append(want, Value{"f", "h", "", "first"})
	for i := range 3000 {
		text := fmt.Sprint("entry ", i)
		old = append(old, entry{"h", text})
		if i%10 == 5 {
			want = append(want, Value{"f", "h", text, "changed " + text})
			text = "changed " + text
		}
		new = append(new, entry{"h", text})
	}
	var got values
	got.list("f", old, new)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestFiles(t *testing.T) {
	file := func(path, text string) File { return File{path, "x/" + path, []byte(text)} }
	old := []File{file("topology.yaml", "a\n"), file("SHA256SUMS", "1\n"), file("crlf", "a\n"), file("gone", "g\n"), file("same", "s"), file("binary", "\x00")}
	new := []File{file("topology.yaml", "b\n"), file("SHA256SUMS", "2\n"), file("crlf", "a\r\n"), file("come", "c\n"), file("same", "s"), file("binary", "\x00\x00")}
	got := files(old, new)
	want := []FileDifference{
		{"topology.yaml", Changed, "", "--- x/topology.yaml\n+++ x/topology.yaml\n@@ -1 +1 @@\n-a\n+b\n"},
		{"binary", Changed, "not text", ""},
		{"come", Added, "", "--- /dev/null\n+++ x/come\n@@ -0,0 +1 @@\n+c\n"},
		{"crlf", Changed, "LF turned into CRLF", ""},
		{"gone", Removed, "", "--- x/gone\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\n"},
		{"SHA256SUMS", Changed, "", "--- x/SHA256SUMS\n+++ x/SHA256SUMS\n@@ -1 +1 @@\n-1\n+2\n"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
