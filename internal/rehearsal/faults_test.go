package rehearsal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	rendered "lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// litware is the smallest complete topology.
const litware = `apiVersion: lyncowa/v1
name: litware-owa-im
owaPools:
  - fqdn: atl-owa-001.litwareinc.com
    registrar: atl-cs-001.litwareinc.com
    siteId: Redmond
    port: 5199
    certificateThumbprint: EA5A332496CC05DA69B75B66111C0F78A110D22D
    umColocated: false
`

// fault is something wrong in a bundle, put into it before its sums are made.
type fault struct {
	name  string
	file  string
	was   string // a regular expression that occurs in the file
	is    string // what stands there instead; $1 as in the package regexp
	parts []int  // the parts to play; the last one has to catch it
	catch string // of the complaint

	example string      // "" for litware
	change  plan.Change // "" for integrate
}

var faults = []fault{
	{
		name: "misspelt parameter", file: "scripts/40-lync-trusted-application.ps1",
		was: `-RequiresReplication \$false -Force -Confirm`, is: "-RequireReplication $$false -Force -Confirm",
		parts: []int{0}, catch: "RequireReplication",
	},
	{
		name: "value that a parameter does not take", file: "scripts/40-lync-trusted-application.ps1",
		was: `-RequiresReplication \$false -Force -Confirm`, is: "-RequiresReplication 'never' -Force -Confirm",
		parts: []int{0, 2}, catch: "RequiresReplication",
	},
	{
		name: "unknown command", file: "scripts/60-exchange-owa-virtual-directories.ps1",
		was: `(?m)^    Complete-Step`, is: "    Restart-Computer\r\n    Complete-Step",
		parts: []int{0}, catch: "Restart-Computer",
	},
	{
		name: "mutation outside ShouldProcess", file: "scripts/60-exchange-owa-virtual-directories.ps1",
		was: `(?m)^    Complete-Step`, is: "    Set-OwaMailboxPolicy -Identity 'Default' -InstantMessagingType OCS -Confirm:$$false\r\n    Complete-Step",
		parts: []int{0, 1}, catch: "it made a change: Set-OwaMailboxPolicy Default",
	},
	{
		name: "call that may ask", file: "scripts/60-exchange-owa-virtual-directories.ps1",
		was: `-InstantMessagingType OCS -Confirm:\$false`, is: "-InstantMessagingType OCS",
		parts: []int{0, 2}, catch: "may ask for confirmation",
	},
	{
		name: "step that is not idempotent", file: "scripts/80-exchange-mailbox-policies.ps1",
		was:   `Test-Messaging [^\r]*(\r\n\s*\} -Change \{)`,
		is:    "(Test-Path -Path Variable:Tried)$1\r\n            $$global:Tried = 1",
		parts: []int{0, 2, 3}, catch: "it made a change: Set-OwaMailboxPolicy Default",
	},
	{
		name: "back-out that forgets one key", file: "back-out/70-exchange-im-settings.ps1",
		was: `-Setting \$setting`, is: "-Setting @{ IMCertificateThumbprint = $$setting.IMCertificateThumbprint }",
		parts: []int{0, 2, 4}, catch: "web.config is not what it was",
	},
	{
		name: "command that the plan does not list", file: "scripts/80-exchange-mailbox-policies.ps1",
		was: `(?m)^    Complete-Step`, is: "    if (-not $$WhatIfPreference) { Set-OwaMailboxPolicy -Identity 'Farm bystanders' -InstantMessagingType OCS -Confirm:$$false }\r\n    Complete-Step",
		parts: []int{0, 1, 2}, catch: "the plan does not list Set-OwaMailboxPolicy Farm bystanders",
	},
	{
		name: "parameter that the plan does not list", file: "scripts/60-exchange-owa-virtual-directories.ps1",
		was: `-InstantMessagingType OCS -Confirm`, is: "-InstantMessagingType OCS -IRMEnabled $$false -Confirm",
		parts: []int{0, 2}, catch: "IRMEnabled",
	},
	{
		name: "plan command that is never executed", file: "plan.json",
		was: `("text": "Set-OwaMailboxPolicy -Identity )'Default'([^"]*")`, is: "${1}'Default'$2}, {\"kind\": \"cmdlet\", \"on\": \"\", ${1}'Farm bystanders'$2",
		parts: []int{0, 2}, catch: "the plan's command was not executed: Set-OwaMailboxPolicy -Identity 'Farm bystanders'",
	},
	{
		name: "web.config that loses its line ends", file: "scripts/common.psm1",
		was: `\$stream\.Write\(\$Byte, 0, \$Byte\.Length\)`, is: "$$Byte = [byte[]]@($$Byte | Where-Object { $$_ -ne 13 }); $$stream.Write($$Byte, 0, $$Byte.Length)",
		parts: []int{0, 2}, catch: "it changed web.config beyond the two keys",
	},
	{
		name: "web.config that gains a byte order mark", file: "scripts/common.psm1",
		was: `\$stream\.Write\(\$Byte, 0, \$Byte\.Length\)`, is: "$$Byte = [byte[]](@(239, 187, 191) + $$Byte); $$stream.Write($$Byte, 0, $$Byte.Length)",
		parts: []int{0, 2}, catch: "it changed web.config beyond the two keys",
	},
	{
		name: "back-out that removes a foreign application", file: "back-out/40-lync-trusted-application.ps1",
		was: `(?m)^.*Test-PoolRemoval.*$`, is: "",
		parts: []int{0, 2, 6}, catch: "exit 0 instead of 2",
	},
	{
		name: "script that swallows an error", file: "scripts/80-exchange-mailbox-policies.ps1",
		was: `Write-Failure -ErrorRecord \$_`, is: "Complete-Step",
		parts: []int{0, 2, 5}, catch: "exit 0 instead of 3",
	},
	{
		name: "recycle mark that goes stale after a back-out", file: "back-out/70-exchange-im-settings.ps1",
		was: ` -Mark 'owa-recycle'`, is: "",
		parts: []int{0, 2, 4}, catch: "appPool",
	},
	{
		name: "enable mark that goes stale after a back-out", file: "back-out/40-lync-trusted-application.ps1",
		was: ` -Mark 'enable-topology' -Test`, is: " -Test",
		parts: []int{0, 2, 4}, catch: "lync/enabled",
	},
	{
		name: "server that is not looked at for its role", file: "scripts/10-exchange-preflight-exchange.ps1",
		was: `(?m)^ *Test-MailboxRole [^\r]*\r\n`, is: "",
		parts: []int{0, 2, 6}, catch: "exit 0 instead of",
	},
	{
		name: "port that nobody tries", file: "scripts/10-exchange-preflight-exchange.ps1",
		was: `(?m)^ *Test-RegistrarPort [^\r]*\r\n`, is: "",
		parts: []int{0, 2, 6}, catch: "exit 0 instead of",
	},
	{
		name: "pilot policy that somebody else has", file: "scripts/common.psm1",
		was: `-Passed \(\[int\]\$count\[\$Name\] -eq 0\)`, is: "-Passed $$true",
		parts: []int{0, 2, 6}, catch: "exit 0 instead of 2", example: "contoso-pilots",
	},
	{
		name: "pilot user who keeps the policy", file: "back-out/65-exchange-pilot-policy.ps1",
		was: `if \(-not \(Test-Attempt -Target \$target\)\) \{ continue \}`, is: "continue",
		parts: []int{0, 2, 4}, catch: "exchange/", example: "contoso-pilots",
	},
	{
		name: "canary whose override is for all servers", file: "scripts/70-exchange-im-settings.ps1",
		was: `\{ \$override = \$alone \}`, is: "{ }",
		parts: []int{0, 2}, catch: "plan", example: "contoso-pilots",
	},
	{
		name: "retirement that does not look for others", file: "scripts/85-lync-trusted-application.ps1",
		was: `Test-RemovablePool -State \$lync -Pool \$pool`, is: "",
		parts: []int{0, 2, 6}, catch: "exit 0 instead of 2", change: plan.Retire,
	},
	{
		name: "retirement that leaves OWA running", file: "scripts/70-exchange-im-settings.ps1",
		was: `(?m)^ *Invoke-OwaRecycle\r\n`, is: "",
		parts: []int{0, 2}, catch: "recycle", change: plan.Retire,
	},
	{
		name: "retirement that cannot bring back an application", file: "back-out/85-lync-trusted-application.ps1",
		was: `-Port \$application\.Port -Force`, is: "-Port 5061 -Force",
		parts: []int{0, 2, 4}, catch: "lync/", change: plan.Retire,
	},
}

func TestPlantedFaultIsCaught(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			source, kind := litware, cmp.Or(f.change, plan.Integrate)
			if f.example != "" {
				source = exampleTopology(t, f.example)
			}
			dir := writeChange(t, source, kind, f.plant)
			report, err := rehearse(context.Background(), dir, Options{}, chosen(f.parts))
			if err != nil {
				t.Fatal(err)
			}
			failure := report.FirstFailure()
			if failure == nil {
				t.Fatal("not caught")
			}
			last := report.Parts[len(report.Parts)-1]
			if want := f.parts[len(f.parts)-1]; last.Number != want {
				t.Errorf("caught in part %d, want %d", last.Number, want)
			}
			if !strings.Contains(failure.Detail, f.catch) {
				t.Errorf("complaint %q does not say %q", failure.Detail, f.catch)
			}
			if failure.Script == "" && len(failure.Mutations) == 0 && f.file != "plan.json" {
				t.Error("the failed case names neither a script nor mutations")
			}
		})
	}
}

// plant puts the fault into the files of a bundle.
func (f fault) plant(files map[string]string) error {
	was := regexp.MustCompile(f.was)
	if !was.MatchString(files[f.file]) {
		return fmt.Errorf("%s has no %s: the fault could not be planted", f.file, f.was)
	}
	files[f.file] = was.ReplaceAllString(files[f.file], f.is)
	return nil
}

func chosen(numbers []int) []part {
	return slices.DeleteFunc(slices.Clone(parts), func(p part) bool { return !slices.Contains(numbers, p.number) })
}

// engineFound reports whether there is an engine to rehearse with.
func engineFound(t *testing.T) bool {
	t.Helper()
	if _, err := findEngine(""); err != nil {
		t.Log("not rehearsed live:", err)
		return false
	}
	return true
}

// writeBundle renders a topology's bundle into a folder of its own, with change made to its files before the sums
// are. It returns the folder.
func writeBundle(t *testing.T, source string, change func(map[string]string) error) string {
	t.Helper()
	return writeChange(t, source, plan.Integrate, change)
}

// writeChange is the same for any kind of change.
func writeChange(t *testing.T, source string, kind plan.Change, change func(map[string]string) error) string {
	t.Helper()
	top, findings := topology.Load("topology.yaml", []byte(source))
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, []byte(source), kind)
	if p == nil {
		t.Fatal(findings)
	}
	return writePlan(t, p, change)
}

// writePlan renders a plan's bundle, changes its files, and returns its folder.
func writePlan(t *testing.T, p *plan.Plan, change func(map[string]string) error) string {
	t.Helper()
	made, err := rendered.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range made.Files {
		files[f.Path] = string(f.Data)
	}
	if err := change(files); err != nil {
		t.Fatal(err)
	}
	if !json.Valid([]byte(files["plan.json"])) {
		t.Fatal("plan.json is no longer JSON")
	}
	files[rendered.SumsPath] = sums(files)
	dir := filepath.Join(t.TempDir(), made.Name)
	if err := tree(files).write(dir, tree{}); err != nil {
		t.Fatal(err)
	}
	return dir
}

func unchanged(map[string]string) error { return nil }

// sums is SHA256SUMS of the files.
func sums(files map[string]string) string {
	var out strings.Builder
	for _, name := range tree(files).names() {
		if name != rendered.SumsPath && name != rendered.ApprovalPath {
			fmt.Fprintf(&out, "%s  %s\n", digestOf(files[name]), name)
		}
	}
	return out.String()
}
