package bundle_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// guidedDriver asks the module what run.ps1 would do next, for evidence that stands in request.json.
const guidedDriver = `
param([string]$Module, [string]$Request, [string]$Answer)
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
Import-Module -Name $Module -DisableNameChecking
$answers = @{}
foreach ($story in @(Get-Content -Raw -LiteralPath $Request | ConvertFrom-Json)) {
    $answers[$story.Name] = & (Get-Module -Name common) {
        param($Story)
        function New-Row {
            param([int]$Order, [string]$Kind = 'change', [string]$Undo = "back-out/$Order", [string[]]$Hosts = @(), [string]$SignOff = '')
            @{ Order = $Order; Id = 'x'; Kind = $Kind; Title = "T$Order"; Script = "scripts/$Order"; BackOut = $(if ($Undo -eq "back-out/$Order") { $Undo } else { '' }); Undo = $Undo
                Hosts = $Hosts; Command = 'Get-Date'; Place = 'any computer'; SignOff = $SignOff; Reason = '' }
        }
        $rows = @(
            New-Row -Order 10 -Kind 'check' -Undo '' -Hosts 'a', 'b'
            New-Row -Order 40
            New-Row -Order 50 -Undo 'back-out/40'
            New-Row -Order 70 -Hosts 'a'
            New-Row -Order 91 -Kind 'manual' -Undo '' -SignOff 'Canary?'
            New-Row -Order 70 -Hosts 'b'
        )
        $script:Step.Evidence = $script:Step.Kept = $Story.Folder
        $script:Step.Host, $script:Step.Digest, $script:Step.Kind, $script:Step.Bundle = $Story.Here, 'd', 'run', 'mine'
        $script:Step.Typed = "D:\it's"
        $found = Read-RunEvidence
        $items = @(Get-RunItem -Row $rows -Evidence $found)
        $task = Get-RunTask -Item $items
        $name = if ($null -eq $task.Item) { 'nothing' } else { "$($task.Name) ($($task.Item.State))" }
        @{
            Next = "$name after $(@($task.Before | ForEach-Object { $_.Name }) -join ', ')"
            Back = $(try { (Get-BackOutTask -Item $items -Evidence $found).Name } catch { $_.Exception.Message })
            Line = @(Complete-Run -Task $task -Result @{ Code = 3; Done = $false }) -join ' '
            Owner = $(try { Assert-EvidenceOwner; '' } catch { $_.Exception.Message })
        }
    } $story
}
[IO.File]::WriteAllText($Answer, (ConvertTo-Json -InputObject $answers))
`

// The evidence of a story is one run a line: host, script, how it ended (an exit code, ATTEMPT for one that changed something
// and ended with 0, or a question that it left), or an answer that run.ps1 noted on a host.
var guidedStories = []struct {
	name, here, evidence string
	before               string // a file of before-states of host a, with its content
	next, back, owner    string // what the answers contain
}{
	{"nothing has run", "a", "", "", "step 10 on a (none) after ", "", ""},
	{"a question is open", "a", "a 10 firewall?", "", "step 10 on a (unanswered)", "", ""},
	{"an answer that is no go, although it begins so", "a", "a 10 firewall?\na answer firewall? -> got no answer", "", "step 10 on a (unanswered)", "", ""},
	{"an answer in capitals", "a", "a 10 firewall?\na answer firewall? -> Go, seen\nb 10 0", "", "step 40 on any computer (none) after ", "", ""},
	{"a refused run changes nothing", "a", "a 10 0\nb 10 0\na 10 2", "", "step 40 on any computer (none)", "", ""},
	{"the topology is enabled where it was changed", "b", "a 10 0\nb 10 0\na 40 ATTEMPT", "", `the question "Canary?" (none) after step 50 on a`, "", ""},
	{"also when the other computer has looked at it again", "b", "a 10 0\nb 10 0\na 40 ATTEMPT\na 40 0\nb 40 0", "", `the question "Canary?" (none) after step 50 on a`, "", ""},
	{"a half back-out, then a refused one", "a", "a 10 0\nb 10 0\na 40 ATTEMPT\na 50 0\na 70 ATTEMPT\na back-out/70 3\na back-out/70 2", "70-x.before.json {}", "step 70 on a (half backed out)", "its before-state is not in", ""},
	{"the before-state is somewhere else", "a", "a 10 0\nb 10 0\na 40 ATTEMPT", "", "step 50 on any computer (none)", "its before-state is not in", ""},
	{"the before-state is here", "a", "a 10 0\nb 10 0\na 40 ATTEMPT", "40-x.before.json {}", "step 50 on any computer (none)", "step 40 on any computer", ""},
	{"the canary is signed off", "b", "a 10 0\nb 10 0\na 40 ATTEMPT\na 50 0\na 70 ATTEMPT\nb answer Canary? -> yes (after the run 6)\nb answer Step 70 is done on a. -> yes", "", "step 70 on b (none) after \n", "", ""},
	{"the canary has run again since", "b", "a 10 0\nb 10 0\na 40 ATTEMPT\na 50 0\na 70 ATTEMPT\nb answer Canary? -> yes (after the run 6)\na back-out/70 0\na 70 ATTEMPT", "", `the question "Canary?" (none) after ` + "\n", "", ""},
	{"a before-state of another change", "a", "", `70-x.before.json {"Bundle":"other"}`, "step 10 on a", "", "before-state of another change, other"},
	{"a before-state of this change", "a", "", `70-x.before.json {"Bundle":"mine"}`, "step 10 on a", "", ""},
}

func TestGuidedRunGoesByTheEvidence(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell engine (pwsh) on PATH: run.ps1 was not asked")
	}
	d := onDisk{t, t.TempDir()}
	type request struct{ Name, Here, Folder string }
	var requests []request
	for n, story := range guidedStories {
		folder := fmt.Sprintf("evidence-%d", n)
		texts := map[string]string{}
		for i, line := range strings.Split(story.evidence, "\n") {
			if host, rest, found := strings.Cut(line, " "); found {
				texts[host] += storyLines(fmt.Sprint(i+2), host, rest)
			}
		}
		for host, text := range texts {
			d.must(os.MkdirAll(d.path(folder+"/"+host), 0o755))
			d.write(folder+"/"+host+"/events.jsonl", text)
		}
		if name, text, found := strings.Cut(story.before, " "); found {
			d.must(os.MkdirAll(d.path(folder+"/a"), 0o755))
			d.write(folder+"/a/"+name, text)
		}
		requests = append(requests, request{story.name, story.here, d.path(folder)})
	}
	text, err := json.Marshal(requests)
	d.must(err)
	d.write("request.json", string(text))
	d.write("driver.ps1", guidedDriver)
	module := litwareOnDisk(t).path("scripts/common.psm1")
	run := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", d.path("driver.ps1"), module, d.path("request.json"), d.path("answer.json"))
	if out, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	answer, err := os.ReadFile(filepath.Join(d.dir, "answer.json"))
	d.must(err)
	var answers map[string]struct{ Next, Back, Line, Owner string }
	d.must(json.Unmarshal(answer, &answers))
	for _, story := range guidedStories {
		got := answers[story.name]
		if !strings.Contains(got.Next+"\n", story.next) || !strings.Contains(got.Back, story.back) || !strings.Contains(got.Owner, story.owner) || (story.owner == "") != (got.Owner == "") {
			t.Errorf("%s: %+v", story.name, got)
		}
		if want := `.\run.ps1 -ApprovedDigest $d -EvidencePath 'D:\it''s' -BackOut`; !strings.Contains(got.Line, want) {
			t.Errorf("%s: %q does not say %s", story.name, got.Line, want)
		}
	}
}

// storyLines are the event lines of a line of a story.
func storyLines(id, host, rest string) string {
	var lines strings.Builder
	event := func(script, status, text, code string) {
		// The keys that run.ps1 reads. Go's quotes are those of JSON for these texts.
		fmt.Fprintf(&lines, `{"run":%q,"host":%q,"digest":"d","script":%q,"status":%q,"text":%q,"exitCode":%s}`+"\r\n", id, host, script, status, text, code)
	}
	script, end, _ := strings.Cut(rest, " ")
	if script == "answer" {
		question, said, _ := strings.Cut(end, " -> ")
		if strings.HasPrefix(question, "Step 70") {
			question += " Does OWA work there, and may b be next?"
		}
		event("run.ps1", "ANSWER", question+" -> "+said, "null")
		return lines.String()
	}
	if !strings.HasPrefix(script, "back-out/") {
		script = "scripts/" + script
	}
	code := "0"
	event(script, "START", "", "null")
	switch {
	case end == "ATTEMPT":
		event(script, "ATTEMPT", "something", "null")
	case len(end) == 1:
		code = end
	default:
		event(script, "NOT SEEN", end, "null")
	}
	if code == "0" {
		event(script, "DONE", "", "null")
	}
	event(script, "END", "", code)
	return lines.String()
}
