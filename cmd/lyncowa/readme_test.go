package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"lyncowa/internal/rehearsal"
)

const readme = "../../README.md"

// fence is one fenced block of the README: its language and the lines between the fences.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// TestReadme runs what the README shows, in its order and in one folder, and compares. A yaml block is a file,
// named by its first line. A line "..." in an output stands for any lines. -update rewrites every output
// without such a line.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "windows" {
		t.Skip("the README shows paths with slashes")
	}
	work := t.TempDir()
	copyExamples(t, work)
	d := document{work: work, replayShell: runFirstCommand}
	got := d.replayAll(t, string(text))
	if got == string(text) {
		return
	}
	if !*update {
		t.Fatalf("README.md does not show what the commands print; run the test with -update, and read what has changed. It should be:\n%s", got)
	}
	if err := os.WriteFile(readme, []byte(got), 0o644); err != nil {
		t.Fatal(err)
	}
}

// document is a text whose fenced blocks are run: in their order, in one folder.
type document struct {
	work        string
	digest      string                                      // of the last bundle that was rendered or verified
	hideDigest  bool                                        // true: DIGEST stands for it in commands and outputs
	replayShell func(*testing.T, string)                    // what to do with the first block for the system's shell; nil: there must be none
	others      func(*testing.T, *document, string, string) // what to do with blocks of other languages; may be nil
}

// replayAll returns the text with what the commands print.
func (d *document) replayAll(t *testing.T, text string) string {
	t.Helper()
	if blocks := fence.FindAllString(text, -1); strings.Count(text, "```") != 2*len(blocks) {
		t.Error("a block without a language would not be run")
	}
	ranFirst := false
	return fence.ReplaceAllStringFunc(text, func(block string) string {
		parts := fence.FindStringSubmatch(block)
		language, body := parts[1], parts[2]
		switch {
		case language == "yaml":
			name, _, _ := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
			if err := os.WriteFile(filepath.Join(d.work, name), []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
		case language == "sh" && d.replayShell != nil:
			if !ranFirst {
				ranFirst = true
				d.replayShell(t, body)
			}
		case language == "console":
			return "```console\n" + d.replay(t, body) + "```"
		case d.others != nil:
			d.others(t, d, language, body)
		}
		return block
	})
}

// runFirstCommand runs the command that sets up and does the main job, as in a fresh clone.
func runFirstCommand(t *testing.T, line string) {
	t.Helper()
	clone := t.TempDir()
	copyExamples(t, clone)
	program, found := strings.CutPrefix(line, "go run ./cmd/lyncowa ")
	if !found {
		t.Fatalf("the first command is %q", line)
	}
	d := document{work: clone}
	printed := d.replay(t, "lyncowa "+program)
	for _, want := range []string{"\nwrote litware-owa-im-integrate: ", "\ndigest: ", "\nnext: "} {
		if !strings.Contains(printed, want) {
			t.Errorf("the first command does not print %q but\n%s", want, printed)
		}
	}
}

func copyExamples(t *testing.T, work string) {
	t.Helper()
	topologies, err := filepath.Glob("../../examples/*/topology.yaml")
	if err != nil || len(topologies) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range topologies {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(work, "examples", filepath.Base(filepath.Dir(name)))
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, "topology.yaml"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// replay runs the commands of a console block, lines that begin with "$ ", and returns the block with what they
// print. An output that is shown in part, and fits, stays as it is.
func (d *document) replay(t *testing.T, block string) string {
	t.Helper()
	var out strings.Builder
	for _, part := range strings.Split(strings.TrimPrefix(block, "$ "), "\n$ ") {
		line, shown, _ := strings.Cut(part, "\n")
		output := d.run(t, line)
		if fits(shown, output) {
			output = shown
		}
		out.WriteString("$ " + line + "\n" + strings.TrimSuffix(output, "\n") + "\n")
	}
	return out.String()
}

// printedDigest is how commands name the digest of a bundle.
var printedDigest = regexp.MustCompile(`(?m)^digest: ([0-9a-f]{64})`)

// run runs one command and returns what it prints. A rehearsal takes too long; its pages come from a committed one.
func (d *document) run(t *testing.T, line string) (output string) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) == 3 && words[1] == "rehearse" {
		return rehearsed(t, words[2])
	}
	for i, word := range words {
		if word == "DIGEST" {
			words[i] = d.digest
		}
	}
	command := exec.Command(words[0], words[1:]...)
	command.Dir = d.work
	printed, err := command.CombinedOutput()
	if code := exitOf(err); len(code) != 1 {
		t.Fatalf("%s: %v", line, err)
	}
	output = strings.ReplaceAll(string(printed), "\r\n", "\n")
	if digest := printedDigest.FindStringSubmatch(output); digest != nil {
		d.digest = digest[1]
	}
	if d.hideDigest && d.digest != "" {
		output = strings.ReplaceAll(output, d.digest, "DIGEST")
	}
	return output
}

// rehearsed is what rehearse prints about a bundle that integrates: the committed rehearsal of such a bundle, which
// TestExamplesAreRehearsed keeps true. The parts of a rehearsal are the same for every such bundle.
func rehearsed(t *testing.T, dir string) string {
	t.Helper()
	var report rehearsal.Report
	if err := json.Unmarshal([]byte(readText(t, "../../examples/litware/litware-owa-im-integrate.rehearsal.json")), &report); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := writeRehearsal(&out, dir, &report); err != nil || report.Result != rehearsal.Passed {
		t.Fatalf("the committed rehearsal %s, %v", report.Result, err)
	}
	return out.String()
}

// fits reports whether an output shown in part is the output: what stands between "..." lines occurs in it in
// this order, the first part at its beginning and the last at its end.
func fits(shown, output string) bool {
	if !strings.Contains("\n"+shown, "\n...\n") {
		return false
	}
	parts := strings.Split("\n"+strings.TrimSuffix(shown, "\n")+"\n", "\n...\n")
	output = "\n" + output
	for i, part := range parts {
		before, after, found := strings.Cut(output, part)
		if !found || i == 0 && before != "" || i == len(parts)-1 && part != "" && after != "" {
			return false
		}
		output = after
		if i < len(parts)-1 {
			output = "\n" + after
		}
	}
	return true
}
