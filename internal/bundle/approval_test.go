package bundle_test

import (
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
)

func example(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/" + name + "/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The run sheet names every script of a bundle, and none that is not there.
func TestRunSheetNamesEveryScript(t *testing.T) {
	script := regexp.MustCompile("`" + `\.\\((?:(?:scripts|back-out)\\[^ ]+|run)\.ps1) `)
	for _, name := range []string{"litware", "litware-colocated", "contoso-two-sites", "contoso-pilots"} {
		files := asMap(render(t, example(t, name)))
		named := map[string]bool{}
		for _, m := range script.FindAllStringSubmatch(files["approval.md"], -1) {
			named[strings.ReplaceAll(m[1], `\`, "/")] = true
		}
		for path := range files {
			if strings.HasSuffix(path, ".ps1") && !named[path] {
				t.Errorf("%s: approval.md does not name %s", name, path)
			}
			delete(named, path)
		}
		for path := range named {
			t.Errorf("%s: approval.md names %s, which does not exist", name, path)
		}
	}
}

// The digest covers every file. No file can hold it, and none shows it inside a command.
func TestDigestIsOfEveryFile(t *testing.T) {
	b := render(t, litware(t))
	sums := asMap(b)["SHA256SUMS"]
	if got := len(strings.Split(strings.TrimSpace(sums), "\n")); got != len(b.Files)-1 || strings.Contains(sums, bundle.SumsPath) {
		t.Errorf("%d sums for %d files", got, len(b.Files))
	}
	withDigest := regexp.MustCompile(`(?i)-ApprovedDigest +'?[0-9a-f]{64}`)
	for path, text := range asMap(b) {
		if strings.Contains(text, b.Digest) || withDigest.MatchString(text) {
			t.Errorf("%s shows a digest in a command", path)
		}
	}
}

// certutil stands in for the tool of Windows: a header, the digest with blanks as older versions print it, a footer.
const certutil = `
function certutil.exe {
    $path = Join-Path -Path (Get-Location).Path -ChildPath $args[1]
    if (-not (Test-Path -LiteralPath $path)) { 'CertUtil: -hashfile command FAILED'; return }
    $hash = [BitConverter]::ToString([Security.Cryptography.SHA256]::Create().ComputeHash([IO.File]::ReadAllBytes($path)))
    "SHA256 hash of $($args[1]):"; $hash.Replace('-', ' ').ToLower(); 'CertUtil: -hashfile command completed successfully.'
}
`

// The lines with which the approval has a folder checked find an edited file, a missing file and another bundle.
func TestCheckOfTheApproval(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no PowerShell engine (pwsh) on PATH, or Windows with a certutil of its own")
	}
	block := regexp.MustCompile("(?s)```powershell\n(\\$d = .*?)```").FindStringSubmatch(litwareOnDisk(t).read("approval.md"))
	if block == nil {
		t.Fatal("approval.md has no lines to check the folder with")
	}
	for _, c := range []struct {
		name, want string
		do         func(onDisk)
	}{
		{"whole", "True", func(onDisk) {}},
		{"edited", "True\nEDITED OR MISSING: " + otherScript, func(d onDisk) { d.append(otherScript, "#") }},
		{"missing", "True\nEDITED OR MISSING: plan.json", func(d onDisk) { d.remove("plan.json") }},
		{"sums made anew", "False", func(d onDisk) { d.edit("topology.yaml", "5199", "5198"); d.forgeSum("topology.yaml") }},
	} {
		d := litwareOnDisk(t)
		script := certutil + strings.Replace(block[1], "<digest from the ticket>", strings.ToUpper(d.digest(sumsFile)), 1)
		c.do(d)
		run := exec.Command(engine, "-NoProfile", "-NonInteractive", "-Command", script)
		run.Dir = d.dir
		out, err := run.CombinedOutput()
		if got := strings.TrimSpace(strings.ReplaceAll(string(out), "\r", "")); err != nil || got != c.want {
			t.Errorf("%s: %v\n%s", c.name, err, got)
		}
	}
}
