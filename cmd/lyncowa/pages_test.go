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

// docs are the pages in docs/.
func docs(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	return pages
}

// TestPages runs what the README and the pages of docs/ show, each page in a folder of its own. A console block is
// commands with their output, in which a line "..." stands for any lines. A yaml block is a file that its first line
// names. A powershell block is lines of a run sheet. -update rewrites the output, but no output with a line "...".
func TestPages(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the pages show paths with slashes")
	}
	for _, path := range append(docs(t), readme) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			p := newPage(t, path)
			text := readText(t, path)
			got := p.replay(text)
			if filepath.Base(path) == "inside.md" {
				got = withPicture(t, got)
			}
			if got == text {
				return
			}
			if !*update {
				t.Fatalf("%s is not what it describes; run the test with -update, and read what has changed. It should be:\n%s", path, got)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// page is a text whose blocks are run in one folder.
type page struct {
	*testing.T
	folder     string
	isReadme   bool   // the README shows digests; for other pages DIGEST stands for them
	digest     string // of the last bundle that was rendered or verified
	firstShown bool   // whether the command for a fresh clone has been run
}

// newPage prepares a folder with the topologies and inventories of the examples.
func newPage(t *testing.T, path string) *page {
	t.Helper()
	p := &page{T: t, folder: t.TempDir(), isReadme: path == readme}
	topologies, err := filepath.Glob("../../examples/*/topology.yaml")
	if err != nil || len(topologies) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, name := range topologies {
		p.write(filepath.Join("examples", filepath.Base(filepath.Dir(name)), "topology.yaml"), readText(t, name))
	}
	inventories, err := filepath.Glob("../../examples/*/inventory/*.json")
	if err != nil || len(inventories) == 0 {
		t.Fatalf("no inventories: %v", err)
	}
	for _, name := range inventories {
		p.write(strings.TrimPrefix(filepath.ToSlash(name), "../../"), readText(t, name))
	}
	return p
}

func (p *page) write(name, text string) {
	p.Helper()
	name = filepath.Join(p.folder, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		p.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		p.Fatal(err)
	}
}

// fence is a fenced block: its language and its lines.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// replay returns the text with what the commands print.
func (p *page) replay(text string) string {
	p.Helper()
	if blocks := fence.FindAllString(text, -1); strings.Count(text, "```") != 2*len(blocks) {
		p.Error("a block without a language would not be run")
	}
	return fence.ReplaceAllStringFunc(text, func(block string) string {
		parts := fence.FindStringSubmatch(block)
		switch language, body := parts[1], parts[2]; language {
		case "yaml":
			name, _, _ := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
			p.write(name, body)
		case "console":
			return "```console\n" + p.console(body) + "```"
		case "powershell":
			p.runSheet(body)
		case "sh":
			p.firstCommand(body)
		case "text":
		default:
			p.Errorf("a block of %s cannot be checked", language)
		}
		return block
	})
}

// firstCommand runs the README's first command, which does the main job in a fresh clone.
func (p *page) firstCommand(line string) {
	p.Helper()
	if p.firstShown {
		return
	}
	p.firstShown = true
	arguments, found := strings.CutPrefix(line, "go run ./cmd/lyncowa ")
	if !found {
		p.Fatalf("the first command is %q", line)
	}
	printed := newPage(p.T, readme).console("lyncowa " + arguments)
	for _, want := range []string{"\nwrote litware-owa-im-integrate: ", "\ndigest: ", "\nnext: "} {
		if !strings.Contains(printed, want) {
			p.Errorf("the first command does not print %q but\n%s", want, printed)
		}
	}
}

// runSheet compares lines with the approval page of the bundle that was rendered.
func (p *page) runSheet(body string) {
	p.Helper()
	approvals, err := filepath.Glob(filepath.Join(p.folder, "*", "approval.md"))
	if err != nil || len(approvals) != 1 {
		p.Fatalf("approval pages: %v, %v", approvals, err)
	}
	approval := readText(p.T, approvals[0])
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		if line != "" && !strings.Contains(approval, "`"+line+"`") && !strings.Contains(approval, "\n"+line+"\n") {
			p.Errorf("the approval page does not have the line\n%s", line)
		}
	}
}

// console runs the commands of a block, lines that begin with "$ ", and returns the block with what they print. Output
// that is shown in part, and fits, stays as it is.
func (p *page) console(block string) string {
	p.Helper()
	var out strings.Builder
	for _, part := range strings.Split(strings.TrimPrefix(block, "$ "), "\n$ ") {
		line, shown, _ := strings.Cut(part, "\n")
		output := p.run(line)
		if fits(shown, output) {
			output = shown
		}
		out.WriteString("$ " + line + "\n" + strings.TrimSuffix(output, "\n") + "\n")
	}
	return out.String()
}

// printedDigest is how commands name the digest of a bundle.
var printedDigest = regexp.MustCompile(`(?m)^digest: ([0-9a-f]{64})`)

// run runs a command and returns what it prints.
func (p *page) run(line string) string {
	p.Helper()
	words := strings.Fields(strings.ReplaceAll(line, "DIGEST", p.digest))
	if len(words) == 3 && words[1] == "rehearse" {
		return rehearsed(p.T, words[2])
	}
	command := exec.Command(words[0], words[1:]...)
	command.Dir = p.folder
	printed, err := command.CombinedOutput()
	if code := exitOf(err); len(code) != 1 {
		p.Fatalf("%s: %v", line, err)
	}
	output := strings.ReplaceAll(string(printed), "\r\n", "\n")
	if digest := printedDigest.FindStringSubmatch(output); digest != nil {
		p.digest = digest[1]
	}
	if !p.isReadme && p.digest != "" {
		output = strings.ReplaceAll(output, p.digest, "DIGEST")
	}
	return output
}

// rehearsed is what rehearse prints about a bundle that integrates, from the committed rehearsal of such a bundle:
// running one takes too long. The parts of a rehearsal are the same for every such bundle.
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

// fits reports whether the parts between lines "..." occur in an output in their order, the first one at its beginning
// and the last one at its end.
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
