package rehearsal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	webConfigModule  = "../../templates/common/web-config.psm1"
	webConfigSamples = "testdata/webconfig"
)

// webConfigResult is one line of testdata/webconfig/run.ps1: a sample edited, edited again and restored; or a
// trouble with saving; or the time that a large file took. Byte slices travel as Base64.
type webConfigResult struct {
	Name, Culture           string
	Refused                 string
	Untouched               bool
	Edited, Again, Restored []byte

	Trouble, Sentence string
	Kept, Left        bool

	Large, Milliseconds int
}

// The module is included in another template and read by Windows PowerShell 3.0 without a byte order mark.
func TestWebConfigModuleIsPlainASCII(t *testing.T) {
	text := readSample(t, webConfigModule)
	if i := bytes.IndexFunc(text, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' && r != '\r' }); i >= 0 {
		t.Errorf("byte %d is not printable ASCII", i)
	}
	if bytes.Contains(text, []byte("{{")) {
		t.Error("the module holds a template action")
	}
}

// Each sample has one answer beside it, and an accepted one differs from it in nothing but the two keys.
func TestWebConfigSamplesHaveOneAnswer(t *testing.T) {
	names := sampleNames(t)
	if len(names) < 30 {
		t.Fatalf("%d samples, want 30 or more", len(names))
	}
	for _, name := range names {
		expected, refused := hasFile(name+".expected"), hasFile(name+".refused")
		if expected == refused {
			t.Errorf("%s: .expected %t, .refused %t, want exactly one", name, expected, refused)
		}
	}
}

func TestWebConfigIsEditedMinimallyOrRefused(t *testing.T) {
	results := runWebConfigSamples(t)
	seen := map[string]int{}
	for _, r := range results {
		if r.Name == "" {
			continue
		}
		seen[r.Name]++
		t.Run(r.Name+"/"+r.Culture, func(t *testing.T) {
			sample := filepath.Join(webConfigSamples, r.Name)
			if hasFile(sample + ".refused") {
				checkRefused(t, r, strings.TrimSpace(string(readSample(t, sample+".refused"))))
				return
			}
			if r.Refused != "" {
				t.Fatalf("refused: %s", r.Refused)
			}
			want := readSample(t, sample+".expected")
			checkBytes(t, "after the edit", r.Edited, want)
			checkBytes(t, "after a second edit", r.Again, want)
			checkBytes(t, "after the captured values were put back", r.Restored, readSample(t, sample+".config"))
		})
	}
	for _, name := range sampleNames(t) {
		if base := filepath.Base(name); seen[base] != 2 {
			t.Errorf("%s ran %d times, want once in each of two cultures", base, seen[base])
		}
	}
	t.Run("saving", func(t *testing.T) { checkTroubles(t, results) })
	t.Run("large file", func(t *testing.T) { checkLarge(t, results) })
}

func checkRefused(t *testing.T, r webConfigResult, phrase string) {
	t.Helper()
	if !strings.Contains(r.Refused, phrase) {
		t.Errorf("sentence %q does not say %q", r.Refused, phrase)
	}
	if !strings.Contains(r.Refused, r.Name+".config") {
		t.Errorf("sentence %q does not name the file", r.Refused)
	}
	if !r.Untouched {
		t.Error("the refused file was touched")
	}
}

// kept says that the file is as before; none of the troubles may leave the temporary file behind.
var webConfigTroubles = map[string]struct {
	phrase string
	kept   bool
}{
	"missing":            {"not there. Run this on a server", false},
	"missing obstacle":   {"not there. Run this on a server", false},
	"no obstacle":        {"", true},
	"read-only obstacle": {"read-only. Find out why", true},
	"read-only save":     {"read-only. Find out why", true},
	"in use obstacle":    {"in use, or may not be written", true},
	"in use read":        {"in use, or may not be read", true},
	"in use save":        {"in use, or may not be written", true},
	"changed meanwhile":  {"changed by someone else", true},
	"no temporary file":  {"not replaced, still as before", true},
	"left temporary":     {"", false},
	"one key only":       {"", false},
	"not Latin-1":        {"more than the two keys would change; nothing was written", true},
}

func checkTroubles(t *testing.T, results []webConfigResult) {
	seen := 0
	for _, r := range results {
		if r.Trouble == "" {
			continue
		}
		seen++
		want, known := webConfigTroubles[r.Trouble]
		if !known {
			t.Errorf("%s: no expectation", r.Trouble)
		}
		if (want.phrase == "") != (r.Sentence == "") || !strings.Contains(r.Sentence, want.phrase) {
			t.Errorf("%s: sentence %q, want %q", r.Trouble, r.Sentence, want.phrase)
		}
		if r.Kept != want.kept || r.Left {
			t.Errorf("%s: file kept %t, want %t; temporary file left %t", r.Trouble, r.Kept, want.kept, r.Left)
		}
	}
	if seen != len(webConfigTroubles) {
		t.Errorf("%d troubles ran, want %d", seen, len(webConfigTroubles))
	}
}

func checkLarge(t *testing.T, results []webConfigResult) {
	last := results[len(results)-1]
	if last.Large < 200_000 {
		t.Fatalf("the last result is of %d characters, want 200,000 or more", last.Large)
	}
	t.Logf("%d characters: %d ms", last.Large, last.Milliseconds)
	if last.Milliseconds > 20_000 {
		t.Errorf("%d characters took %d ms, want seconds", last.Large, last.Milliseconds)
	}
}

// runWebConfigSamples runs copies of all samples in one engine process; without an engine the test is skipped.
func runWebConfigSamples(t *testing.T) []webConfigResult {
	t.Helper()
	if _, err := findEngine(""); err != nil {
		t.Skipf("no PowerShell engine on PATH: %d web.config samples were not re-run", len(sampleNames(t)))
	}
	folder := t.TempDir()
	for _, name := range sampleNames(t) {
		target := filepath.Join(folder, filepath.Base(name)+".config")
		if err := os.WriteFile(target, readSample(t, name+".config"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return runWebConfigFolder(t, folder)
}

// runWebConfigFolder runs every *.config of a folder in one engine process, which must be there.
func runWebConfigFolder(t *testing.T, folder string) []webConfigResult {
	t.Helper()
	engine, err := findEngine("")
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	run := exec.Command(engine, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass",
		"-File", absolutePath(t, filepath.Join(webConfigSamples, "run.ps1")), "-Module", absolutePath(t, webConfigModule), "-Folder", folder)
	run.Stderr = &stderr
	output, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s\n%s", err, stderr.Bytes(), output)
	}
	return parseWebConfigResults(t, output)
}

func parseWebConfigResults(t *testing.T, output []byte) []webConfigResult {
	t.Helper()
	var results []webConfigResult
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r webConfigResult
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%v in %s", err, lines.Bytes())
		}
		results = append(results, r)
	}
	if err := lines.Err(); err != nil || len(results) == 0 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	return results
}

// sampleNames returns the samples' paths without their extension, sorted.
func sampleNames(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(webConfigSamples, "*.config"))
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		paths[i] = strings.TrimSuffix(path, ".config")
	}
	return paths
}

func hasFile(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func absolutePath(t *testing.T, path string) string {
	t.Helper()
	full, err := filepath.Abs(path)
	if err != nil {
		t.Fatal(err)
	}
	return full
}

func readSample(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func checkBytes(t *testing.T, when string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", when, got, want)
	}
}
