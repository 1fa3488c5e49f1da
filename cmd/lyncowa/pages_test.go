package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/rehearsal"
)

const readme = "../../README.md"

// docs returns the pages in docs/.
func docs(t *testing.T) []string {
	t.Helper()
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	return pages
}

// TestPages runs the commands in the README and in docs/, each page in its own folder. A console block has commands and
// their output, in which a line "..." replaces any lines. A yaml block is a file; its first line is the name. A
// powershell block has lines of a run sheet. -update rewrites the output and keeps shortened output shortened.
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

// page runs the blocks of a text in one folder.
type page struct {
	*testing.T
	folder     string
	isReadme   bool   // the README shows digests; other pages show DIGEST instead
	digest     string // of the last rendered or verified bundle
	firstShown bool   // whether the command for a fresh clone has run
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

// fence matches a fenced block: its language and its lines.
var fence = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// replay returns the text with the present output of its commands.
func (p *page) replay(text string) string {
	p.Helper()
	if blocks := fence.FindAllString(text, -1); strings.Count(text, "```") != 2*len(blocks) {
		p.Error("a block has no language, so the test would not run it")
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

// firstCommand runs the README's first command, which renders a bundle in a fresh clone.
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

// runSheet compares lines with the approval page of the rendered bundle.
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

// console runs the commands of a block, which are the lines that start with "$ ". It returns the block with their output.
// Shortened output stays shortened.
func (p *page) console(block string) string {
	p.Helper()
	var out strings.Builder
	for _, part := range strings.Split(strings.TrimPrefix(block, "$ "), "\n$ ") {
		line, shown, _ := strings.Cut(part, "\n")
		output := p.run(line)
		if strings.Contains("\n"+shown, "\n...\n") {
			output = shortened(shown, output)
		}
		out.WriteString("$ " + line + "\n" + strings.TrimSuffix(output, "\n") + "\n")
	}
	return out.String()
}

// printedDigest matches the line in which a command prints the digest of a bundle.
var printedDigest = regexp.MustCompile(`(?m)^digest: ([0-9a-f]{64})`)

// run runs a command and returns its output.
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

// rehearsed is the output of rehearse for an integrate bundle, made from the committed rehearsal of such a bundle. A
// real run would take too long. The parts of a rehearsal are the same for every integrate bundle.
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

// shortened returns the output with the same parts as shown, in which a line "..." replaces the lines between two parts.
// Each part becomes the lines of the output that resemble it most: the first part the lines at the start, the last part
// the lines at the end.
func shortened(shown, output string) string {
	model := strings.Split(strings.TrimSuffix(shown, "\n"), "\n")
	rest := strings.Split(strings.TrimSuffix(output, "\n"), "\n")
	var lines []string
	for first, last := true, false; !last; first = false {
		end := slices.Index(model, "...")
		if last = end < 0; last {
			end = len(model)
		}
		low, high := 0, len(rest)-end
		switch {
		case high < 0:
			return output
		case first:
			high = 0
		case last:
			low = high
		}
		best := low
		for at := low; at <= high; at++ {
			if resemblance(model[:end], rest[at:]) > resemblance(model[:end], rest[best:]) {
				best = at
			}
		}
		lines, rest = append(lines, rest[best:best+end]...), rest[best+end:]
		if !last {
			lines, model = append(lines, "..."), model[end+1:]
		}
	}
	return strings.Join(lines, "\n")
}

// resemblance counts the characters at the start of each line that are the same. An equal line counts one more.
func resemblance(part, lines []string) int {
	count := 0
	for i, line := range part {
		same := 0
		for same < min(len(line), len(lines[i])) && line[same] == lines[i][same] {
			same++
		}
		count += same
		if line == lines[i] {
			count++
		}
	}
	return count
}

func TestShortened(t *testing.T) {
	const output = "wrote a\n1. first part\n  ok\n2. second part: as planned\n  ok\nnext: b\n"
	for _, c := range []struct{ name, shown, want string }{
		{"present", "wrote a\n...\n2. second part: as planned\n...\nnext: b\n", "wrote a\n...\n2. second part: as planned\n...\nnext: b"},
		{"outdated", "wrote x\n...\n2. second part, then\n...\nnext: x\n", "wrote a\n...\n2. second part: as planned\n...\nnext: b"},
		{"without start and end", "...\n1. first\n  okay\n...\n", "...\n1. first part\n  ok\n..."},
		{"longer than the output", strings.Repeat("wrote a\n", 9) + "...\nnext: b\n", output},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shortened(c.shown, output); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
