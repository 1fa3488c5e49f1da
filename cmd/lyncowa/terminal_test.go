package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"lyncowa/internal/rehearsal"
)

// hostile is text that would repaint a terminal, or reorder or break a line.
const hostile = "a\x1b[2J\x1b]0;owned\a\u009b31m\u202eb\u2066c\u200e\u061c\u0085\u2028\r\b\x7fd"

// escaped is the same text in the escapes of YAML's double quotes.
const escaped = `a\e[2J\e]0;owned\a\x9b31m\u202eb\u2066c\u200e\u061c\u0085\u2028\r\b\x7fd`

// actsOnTerminal finds the first character that a terminal obeys instead of showing, or that is not UTF-8.
func actsOnTerminal(text string) (rune, bool) {
	for i, r := range text {
		control := r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f
		direction := slices.Contains([]rune("\u061c\u200e\u200f"), r) || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069
		_, size := utf8.DecodeRuneInString(text[i:])
		if control || direction || r == utf8.RuneError && size == 1 {
			return r, true
		}
	}
	return 0, false
}

// hostileTopologies hold hostile text in each value and each key, raw and escaped.
func hostileTopologies(t *testing.T) map[string]string {
	t.Helper()
	litware := readText(t, "../../examples/litware/topology.yaml")
	files := map[string]string{"good.yaml": litware, "noise.yaml": hostile + "\xff\xfe\x00", "comment.yaml": "# " + hostile + "\n" + litware}
	for i, line := range strings.Split(litware, "\n") {
		key, _, found := strings.Cut(line, ": ")
		if !found {
			continue
		}
		margin := strings.Repeat(" ", len(key)-len(strings.TrimLeft(key, " -")))
		for form, value := range map[string]string{"raw": "'" + hostile + "'", "escaped": `"` + escaped + `"`} {
			files[fmt.Sprintf("value-%d-%s.yaml", i, form)] = strings.Replace(litware, line, key+": "+value, 1)
			files[fmt.Sprintf("key-%d-%s.yaml", i, form)] = strings.Replace(litware, line, line+"\n"+margin+value+": x", 1)
		}
	}
	for _, field := range []string{"title", "reason", "owner", "windowStart", hostile} {
		files["change-"+fmt.Sprintf("%x", field)+".yaml"] = litware + "change:\n  \"" + field + "\": \"" + escaped + "\"\n"
	}
	return files
}

// No foreign text reaches the terminal raw: no value, key, file name, argument, or file of a bundle.
func TestNothingActsOnTheTerminal(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows refuses such file names")
	}
	topologies := hostileTopologies(t)
	t.Chdir(t.TempDir())
	for name, text := range topologies {
		if err := os.WriteFile(hostile+name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	writeHostileBundles(t)
	for _, args := range hostileRuns(slices.Sorted(maps.Keys(topologies))) {
		var out, stderr bytes.Buffer
		code := run(args, strings.NewReader(hostile), &out, &stderr)
		for stream, text := range map[string]string{"stdout": out.String(), "stderr": stderr.String()} {
			if r, found := actsOnTerminal(text); found {
				t.Errorf("%q (exit code %d): %s holds %U: %q", args, code, stream, r, lineWith(text, r))
			}
		}
	}
}

// What scripts print reaches the terminal through the report of a rehearsal.
func TestRehearsalDoesNotActOnTheTerminal(t *testing.T) {
	failed := rehearsal.Case{Name: hostile, Result: rehearsal.Failed, Detail: hostile + "\n" + hostile, Script: hostile, Mutations: []string{hostile}}
	report := &rehearsal.Report{Bundle: hostile, Digest: hostile, Engine: hostile, Parts: []rehearsal.Part{{Title: hostile, Cases: []rehearsal.Case{failed}}}}
	var table strings.Builder
	if err := writeRehearsal(&table, hostile, report); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{table.String(), string(report.JSON())} {
		if r, found := actsOnTerminal(text); found {
			t.Errorf("%U in %q", r, lineWith(text, r))
		}
	}
}

// The names of a good topology and of a damaged bundle among the hostile ones.
const (
	hostileGood   = hostile + "good.yaml"
	hostileBundle = "bundle" + hostile
)

// writeHostileBundles writes bundles into the current folder: one that is whole, other; one that is damaged; and one,
// added, that holds a file too many.
func writeHostileBundles(t *testing.T) {
	t.Helper()
	for _, dir := range []string{hostileBundle, "other", "added"} {
		if code := run([]string{"render", hostileGood, "-o", dir}, strings.NewReader(""), new(bytes.Buffer), new(bytes.Buffer)); code != 0 {
			t.Fatalf("%q: exit code %d", dir, code)
		}
	}
	damaged := []string{filepath.Join("added", "scripts", hostile)}
	for _, path := range []string{"plan.json", "scripts/" + hostile, hostile, "topology.yaml", "SHA256SUMS"} {
		damaged = append(damaged, filepath.Join(hostileBundle, path))
	}
	for _, path := range damaged {
		if err := os.WriteFile(path, []byte(hostile), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// hostileRuns are command lines with hostile text, and about files with hostile text: each topology in every format.
func hostileRuns(topologies []string) [][]string {
	runs := [][]string{
		{hostile},
		{"--" + hostile},
		{"help", hostile},
		{"version", hostile},
		{"explain", hostile},
		{"explain"},
		{"completion", hostile},
		{"init", hostileGood},
		{"init", filepath.Join(hostile, hostile)},
		{"schema"},
		{"schema", hostile},
		{"rehearse", hostileBundle, "--engine", hostile},
		{"verify", hostileBundle},
		{"verify", hostileBundle, "--format", "json"},
		{"verify", "added"},
		{"verify", "added", "--format", "json"},
		{"diff", "added", "other", "--format", "json"},
		{"verify", hostile},
		{"verify", "other", "--approved-digest", hostile},
		{"diff", hostileBundle, "other"},
		{"diff", "other", hostileBundle},
		{"diff", hostileGood, hostile},
		{"plan", hostileGood, "--change", hostile},
		{"plan", hostileGood, "--format", hostile},
		{"render", hostileGood, "-o", hostileBundle},
		{"render", hostileGood, "-o", hostileBundle, "--check"},
		{"render", hostileGood, "-o", filepath.Join(hostile, "x")},
		{"render", hostileGood, "--change", "renew-certificate", "--from", hostileBundle},
	}
	for _, name := range topologies {
		name = hostile + name
		runs = append(runs, []string{"diff", hostileGood, name}, []string{"render", name, "-o", "new" + hostile})
		for _, format := range []string{"text", "json", "github"} {
			runs = append(runs, []string{"validate", name, "--format", format})
		}
		for _, format := range []string{"table", "json", "markdown"} {
			runs = append(runs, []string{"plan", name, "--format", format})
		}
	}
	return runs
}

// lineWith is the line of a text that holds a character.
func lineWith(text string, r rune) string {
	for line := range strings.Lines(text) {
		if strings.ContainsRune(line, r) {
			return line
		}
	}
	return ""
}

func TestActsOnTerminal(t *testing.T) {
	for _, text := range []string{"\x1b", "\r", "\x7f", "\u009b", "\u202e", "\u2066", "\u200f", "\xff", hostile} {
		if _, found := actsOnTerminal(text); !found {
			t.Errorf("%q is taken for harmless", text)
		}
	}
	if r, found := actsOnTerminal("Zürich\n\t<U+202E> \ufffd"); found {
		t.Error(errors.New("harmless text is refused"), r)
	}
}
