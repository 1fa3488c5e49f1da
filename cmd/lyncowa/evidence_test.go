package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/evidence"
	"lyncowa/internal/plan"
	"lyncowa/internal/record"
	"lyncowa/internal/topology"
)

const (
	recordedEvidence = "../../internal/evidence/testdata"
	sampleDigest     = "5a3e000000000000000000000000000000000000000000000000000000000000"
)

// recordedReport is the report of the recorded evidence after an edit of its events.
func recordedReport(t *testing.T, edit func(string) string) (*plan.Plan, *evidence.Report) {
	t.Helper()
	source := []byte(readText(t, recordedEvidence+"/topology.yaml"))
	top, _ := topology.Load("topology.yaml", source)
	p, findings := plan.Build(top, source, plan.Integrate)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	dir := t.TempDir()
	files, err := filepath.Glob(recordedEvidence + "/evidence/*/events.jsonl")
	if err != nil || len(files) != 3 {
		t.Fatalf("%q %v", files, err)
	}
	for _, name := range files {
		folder := filepath.Join(dir, filepath.Base(filepath.Dir(name)))
		if err := os.Mkdir(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "events.jsonl"), []byte(edit(readText(t, name))), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	e, err := evidence.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	return p, evidence.Judge(p, sampleDigest, e, "")
}

// broken leaves out a verification, and moves the hours of everything past the window.
func broken(text string) string {
	var kept strings.Builder
	for line := range strings.Lines(text) {
		if !strings.Contains(line, "90-exchange") {
			kept.WriteString(line)
		}
	}
	return strings.NewReplacer("20260704T08", "20260704T12", "2026-07-04T08", "2026-07-04T12").Replace(kept.String())
}

// The views of complete evidence and of evidence with faults are the expected ones. Same evidence, same bytes.
func TestEvidenceViews(t *testing.T) {
	for name, edit := range map[string]func(string) string{"complete": func(s string) string { return s }, "broken": broken} {
		for format, extension := range map[string]string{"table": "txt", "markdown": "md", "json": "json", "html": "html"} {
			t.Run(name+" "+format, func(t *testing.T) {
				var got, again bytes.Buffer
				for _, out := range []*bytes.Buffer{&got, &again} {
					p, r := recordedReport(t, edit)
					if err := writeReport(out, format, p, r, false); err != nil {
						t.Fatal(err)
					}
				}
				if !bytes.Equal(got.Bytes(), again.Bytes()) {
					t.Error("the same evidence has two views")
				}
				golden := filepath.Join("testdata", "evidence", name+"."+extension)
				if *update {
					if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(readText(t, golden), got.String()); diff != "" {
					t.Errorf("%s (+ is new; -update):\n%s", golden, diff)
				}
			})
		}
	}
}

// The guide shows lines of that table, and every state.
func TestEvidenceGuide(t *testing.T) {
	guide, table := readText(t, "../../docs/evidence.md"), readText(t, "testdata/evidence/complete.txt")
	_, shown, found := strings.Cut(guide, "```text\nNO ")
	shown, _, _ = strings.Cut("NO "+shown, "```")
	if !found || !strings.Contains(table, shown) {
		t.Errorf("the guide shows\n%s\nand the table is\n%s", shown, table)
	}
	for _, state := range []evidence.State{
		evidence.Done, evidence.NotRun, evidence.Outdated, evidence.Failed, evidence.Refused, evidence.Interrupted, evidence.BackedOut, evidence.Skipped, evidence.ByHand,
	} {
		if !strings.Contains(guide, "`"+string(state)+"`") {
			t.Errorf("the guide does not explain %q", state)
		}
	}
}

// Text of a server cannot become markup of a page.
func TestEvidenceIsEscaped(t *testing.T) {
	const poison = `<script>alert(1)</script> a|b *bold* [x](javascript:y) \u202e\u001b[2J`
	p, r := recordedReport(t, func(text string) string {
		for _, word := range []string{"is not operational", "with the port 5199", "-> yes", `\\jlindqvist"`, "configuration.zip"} {
			text = strings.ReplaceAll(text, word, strings.TrimSuffix(word, `"`)+poison+strings.Repeat(`"`, strings.Count(word, `"`)))
		}
		return text
	})
	text, html, err := record.Report(p, r)
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"<script", "\u202e", "\x1b", "<strong>bold", "<em>bold", `href="javascript`} {
		if strings.Contains(string(html), raw) {
			t.Errorf("the page holds %q", raw)
		}
	}
	if n := strings.Count(string(html), "&lt;script&gt;alert(1)&lt;/script&gt;"); n < 10 {
		t.Errorf("the text is there %d times", n)
	}
	for line := range strings.Lines(string(text)) {
		if strings.Contains(strings.ReplaceAll(line, `\<script`, ""), "<script") && !strings.Contains(line, "`") {
			t.Errorf("not escaped: %s", line)
		}
	}
	var table bytes.Buffer
	if err := writeReport(&table, "table", p, r, false); err != nil || strings.ContainsAny(table.String(), "\u202e\x1b") {
		t.Errorf("the table reaches a terminal with a control: %v", err)
	}
}
