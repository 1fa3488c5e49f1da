package bundle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// guardDriver starts ranScript of each tampered bundle, and writes its output and its exit code. A script that passes
// the seal is refused further on, because this is not Windows. So the sentence tells which one refused, not the exit code.
const guardDriver = `
$answers = @{}
foreach ($case in Get-Content -LiteralPath $args[0] | ConvertFrom-Json) {
    $global:LASTEXITCODE = -1
    $text = try { & (Join-Path $case.dir $case.script) -ApprovedDigest $case.digest -WhatIf *>&1 | Out-String -Width 500 } catch { "BROKEN $_" }
    $answers[$case.name] = @{ text = $text; code = $global:LASTEXITCODE }
}
$answers | ConvertTo-Json -Depth 3 | Set-Content -LiteralPath $args[1] -Encoding utf8
`

type guardCase struct {
	Name   string `json:"name"`
	Dir    string `json:"dir"`
	Script string `json:"script"`
	Digest string `json:"digest"`
}

type guardAnswer struct {
	Text string `json:"text"`
	Code int    `json:"code"`
}

// sealSentences are the sentences with which the seal refuses.
var sealSentences = []string{wrongDigest, wrongModule, wrongFile, writtenOn, cannotRead, "SHA256SUMS holds a line that is not a sum"}

func TestGuardRefusesTamperedBundles(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows what comes through the seal may meet real tools: the guard of the scripts is not tried")
	}
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell engine (pwsh) on PATH: the guard of the scripts is not tried")
	}
	var cases []guardCase
	for i, c := range tamperings {
		d := litwareOnDisk(t)
		digest := d.digest(sumsFile)
		c.do(d)
		cases = append(cases, guardCase{fmt.Sprint(i), d.dir, ranScript, digest})
	}
	answers := askGuard(t, engine, cases)
	for i, c := range tamperings {
		t.Run(c.name, func(t *testing.T) { checkGuard(t, c.guard, answers[fmt.Sprint(i)]) })
	}
}

func checkGuard(t *testing.T, want string, got guardAnswer) {
	t.Helper()
	text := strings.Join(strings.Fields(got.Text), " ")
	if got.Code != 2 || !strings.Contains(text, "REFUSED") || !strings.Contains(text, "nothing was changed") {
		t.Errorf("exit code %d, want a refusal with 2: %s", got.Code, text)
	}
	if !strings.Contains(text, want) {
		t.Errorf("%q does not say %q", text, want)
	}
	if want != passes {
		return
	}
	for _, sentence := range sealSentences {
		if strings.Contains(text, sentence) {
			t.Errorf("the seal refuses: %s", text)
		}
	}
}

// askGuard runs all cases in one engine: starting it takes longer than all of them.
func askGuard(t *testing.T, engine string, cases []guardCase) map[string]guardAnswer {
	t.Helper()
	d := onDisk{t, t.TempDir()}
	request, err := json.Marshal(cases)
	d.must(err)
	d.write("request.json", string(request))
	d.write("driver.ps1", guardDriver)
	run := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", d.path("driver.ps1"), d.path("request.json"), d.path("answer.json"))
	run.Dir = d.dir
	run.Env = append(os.Environ(), "POWERSHELL_TELEMETRY_OPTOUT=1", "POWERSHELL_UPDATECHECK=Off")
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answer, err := os.ReadFile(filepath.Join(d.dir, "answer.json"))
	d.must(err)
	var answers map[string]guardAnswer
	d.must(json.Unmarshal(answer, &answers))
	return answers
}

// Import-Module expands wildcards in its path: for the folder b[12] it would load the unchecked module of a folder b1.
// So the guard refuses such a path.
func TestGuardRefusesWildcardsInItsPath(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Log("no pwsh on PATH: the guard was not tried")
		return
	}
	b := render(t, litware(t))
	dir := filepath.Join(t.TempDir(), "b[12]")
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(dir, "scripts", "60-exchange-owa-virtual-directories.ps1")
	out, err := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", script, "-ApprovedDigest", b.Digest).CombinedOutput()
	exit, ok := err.(*exec.ExitError)
	if !ok || exit.ExitCode() != 2 || !strings.Contains(string(out), "[ ] * ?") {
		t.Errorf("%v: %s", err, out)
	}
}

// The lines of a file are not the answers of a person.
func TestGuidedRunRefusesRedirectedAnswers(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell engine (pwsh) on PATH: no question was asked")
	}
	module := litwareOnDisk(t).path("scripts/common.psm1")
	run := exec.Command(engine, "-NoProfile", "-Command", "Import-Module '"+module+"' -DisableNameChecking; & (Get-Module common) { Read-Answer -Prompt 'Go on?' }")
	run.Stdin = strings.NewReader("yes\n")
	out, err := run.CombinedOutput()
	if err == nil || !strings.Contains(strings.Join(strings.Fields(string(out)), " "), "come from a file or a program") {
		t.Errorf("%v: %s", err, out)
	}
}

// analyzer asks PSScriptAnalyzer for every rule that it has, and for what Windows PowerShell 3.0 lacks.
const analyzer = `
$ErrorActionPreference = 'Stop'
if (-not (Get-Module -ListAvailable PSScriptAnalyzer)) { 'no PSScriptAnalyzer'; exit 0 }
Import-Module PSScriptAnalyzer
$settings = @{ IncludeDefaultRules = $true; Rules = @{
    PSUseCompatibleSyntax = @{ Enable = $true; TargetVersions = @('3.0', '4.0', '5.1') }
    PSUseCompatibleCmdlets = @{ compatibility = @('desktop-3.0-windows', 'desktop-5.1.14393.206-windows') } } }
'analysed'
Invoke-ScriptAnalyzer -Path $args[0] -Recurse -Settings $settings | ForEach-Object { '{0}:{1}: {2} {3}' -f $_.ScriptPath, $_.Line, $_.RuleName, $_.Message }
`

func TestScriptAnalyzerIsSilent(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Log("no pwsh on PATH: PSScriptAnalyzer was not run")
		return
	}
	folder := t.TempDir()
	for _, c := range []struct {
		shape  string
		change plan.Change
	}{
		{"dial plans", plan.Integrate},
		{"dial plans", plan.Disable},
		{"mixed", plan.RemoveDuplicate},
		{"2016", plan.Integrate},
	} {
		yaml := []byte(shapes(t)[c.shape])
		top, _ := topology.Load("topology.yaml", yaml)
		p, findings := plan.Build(top, yaml, c.change)
		if p == nil {
			t.Fatal(findings)
		}
		b, err := bundle.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := bundle.Write(filepath.Join(folder, fmt.Sprintf("%.4s-%s", c.shape, c.change)), b); err != nil {
			t.Fatal(err)
		}
	}
	scripts, err := inventory.Scripts()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		if err := os.WriteFile(filepath.Join(folder, s.Name), s.Text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	script := filepath.Join(t.TempDir(), "analyse.ps1")
	if err := os.WriteFile(script, []byte(analyzer), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", script, folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	answer, rest, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if answer == "no PSScriptAnalyzer" {
		t.Log("pwsh has no PSScriptAnalyzer: it was not run")
		return
	}
	if rest != "" {
		t.Errorf("PSScriptAnalyzer says:\n%s", rest)
	}
}
