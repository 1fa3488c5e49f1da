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
)

// guardDriver starts ranScript of one spoilt bundle after the other and writes what each printed and its exit code.
// Anything that comes through the seal is refused further on, because there is no Windows around it: so the exit
// code tells nothing, and the sentence does.
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

// sealSentences are all refusals of the seal.
var sealSentences = []string{wrongDigest, wrongModule, wrongFile, cannotRead, "SHA256SUMS holds a line that is not a sum"}

func TestGuardOfTheScriptsRefusesWhatVerifyNames(t *testing.T) {
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
