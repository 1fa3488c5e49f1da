package facts

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var of2013 = Target{Lync: "2013", Exchange: "2013"}

// faults returns the rules that a text breaks, each with the command it is about.
func faults(t *testing.T, text string, target Target) []string {
	t.Helper()
	script, err := Read([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var found []string
	for _, p := range Check(script.Commands, Scope{Target: target, Functions: script.Functions}) {
		found = append(found, string(p.Rule)+" "+p.Command)
	}
	return found
}

func TestCheckAccepts(t *testing.T) {
	tests := []string{
		"New-CsTrustedApplicationPool -Identity 'a.b' -Registrar 'c.d' -Site 'Redmond' -RequiresReplication $false",
		"New-CsTrustedApplication -ApplicationId 'OutlookWebApp' -TrustedApplicationPoolFqdn 'a.b' -Port 5199 -Confirm:$false -ErrorAction Stop",
		"New-CsTrustedApplication -Identity 'a/b' -Port 5199",
		"New-CsTrustedApplicationComputer -Identity 'a.b' -Pool 'c.d' -WhatIf",
		"Enable-CsTopology",
		"Get-CsTopology -AsXml | Out-File -FilePath 'x' -Encoding ascii",
		"Export-CsConfiguration -FileName 'x.zip'",
		"Get-OwaVirtualDirectory -Server 'a.b' | Set-OwaVirtualDirectory -InstantMessagingEnabled $true -InstantMessagingType OCS",
		"Get-OwaVirtualDirectory | Set-OwaVirtualDirectory -InstantMessagingEnabled $False",
		"Set-OwaMailboxPolicy 'Default' -InstantMessagingEnabled $true",
		"Set-UMService -Identity $x -DialPlans @{Add='y'} -Confirm:$false",
		"Get-ExchangeCertificate -Server $x -Thumbprint $y",
		"Set-OwaMailboxPolicy @p -Confirm:$false",
		`& 'C:\Windows\System32\Inetsrv\Appcmd.exe' recycle apppool '/apppool.name:MSExchangeOWAAppPool'`,
		"& $x; & { Get-Date }; & \"$a\\b.exe\"",
		"Get-Service -Name MSExchangeUM -ErrorAction SilentlyContinue -WarningAction Stop -OutVariable x -Verbose",
		"Get-WinEvent -FilterHashtable @{ LogName = 'x' } -MaxEvents 1",
		"Get-ChildItem -LiteralPath x -File -Recurse | Sort-Object -Property Name | Select-Object -First 1 | ForEach-Object { $_ }",
		"function f { param([switch]$A, $B) } f -A -B 1; f -A:$false 1",
		"function f { [CmdletBinding()] param([Parameter(Mandatory=$true)]$X) } f -X 1 -ErrorAction Stop; f 1; f @x",
		"function Get-CsSite { param($Mine) } Get-CsSite -Mine 1",
		"function f { param([Parameter(ValueFromPipeline=$true, Mandatory=$true)]$X) } 1 | f",
	}
	for _, text := range tests {
		if found := faults(t, text, of2013); len(found) > 0 {
			t.Errorf("%s: %v", text, found)
		}
	}
}

func TestCheckFindsPlantedFaults(t *testing.T) {
	of2016, of2019 := Target{Lync: "2015", Exchange: "2016"}, Target{Lync: "2019", Exchange: "2019"}
	tests := []struct {
		name, text string
		target     Target
		want       []string
	}{
		{"misspelt cmdlet", "New-CsTrustedAplication -X 1", of2013, []string{"unknown-command New-CsTrustedAplication"}},
		{"misspelt parameter", "New-CsTrustedApplication -ApplicationID x -TrustedApplicationPool y -Port 1", of2013, []string{"abbreviated-name New-CsTrustedApplication"}},
		{"parameter that is none", "Enable-CsTopology -BackupFile x", of2013, []string{"unknown-parameter Enable-CsTopology"}},
		{"fault in a block in a string", "\"$(& { if ($x) { Get-CsPol } })\"", of2013, []string{"unknown-command Get-CsPol"}},
		{"alias", "Get-CsPool | ? { $_ } | select Name; ls", of2013, []string{"alias ?", "alias select", "alias ls"}},
		{"alias of a parameter", "Enable-CsTopology -wi -ea Stop", of2013, []string{"abbreviated-name Enable-CsTopology", "abbreviated-name Enable-CsTopology"}},
		{"ambiguous abbreviation", "Set-OwaVirtualDirectory x -InstantMessaging $true", of2013, []string{"unknown-parameter Set-OwaVirtualDirectory"}},
		{"mandatory parameter", "New-CsTrustedApplication -ApplicationId x -Port 1", of2013, []string{"missing-parameter New-CsTrustedApplication"}},
		{"mandatory parameter without pipeline", "Set-OwaMailboxPolicy -InstantMessagingEnabled $true", of2013, []string{"missing-parameter Set-OwaMailboxPolicy"}},
		{"two sets", "New-CsTrustedApplication -Identity 'a/b' -ApplicationId x -TrustedApplicationPoolFqdn y -Port 1", of2013, []string{"conflicting-sets New-CsTrustedApplication"}},
		{"no argument", "Get-CsPool -Identity -Verbose", of2013, []string{"missing-argument Get-CsPool"}},
		{"twice", "Get-CsPool -Identity a -Identity b", of2013, []string{"repeated-parameter Get-CsPool"}},
		{"no -WhatIf", "Get-CsPool -Identity a -WhatIf", of2013, []string{"unknown-parameter Get-CsPool"}},
		{"cmdlet of a later Exchange", "Get-ClientAccessService", of2013, []string{"wrong-version Get-ClientAccessService"}},
		{"that later Exchange", "Get-ClientAccessService", of2016, nil},
		{"cmdlet of an earlier Exchange", "Get-UMService x", of2019, []string{"wrong-version Get-UMService"}},
		{"Exchange 2010 only", "Test-OwaConnectivity", of2013, []string{"wrong-version Test-OwaConnectivity"}},
		{"parameter of a later Exchange", "Set-OwaVirtualDirectory x -WacEditingEnabled $true", of2013, []string{"wrong-version Set-OwaVirtualDirectory"}},
		{"cmdlet of the other shell", "Get-ExchangeServer", Target{Lync: "2013"}, []string{"wrong-shell Get-ExchangeServer"}},
		{"cmdlet newer than 3.0", "Get-FileHash x", of2013, []string{"too-new Get-FileHash"}},
		{"parameter newer than 3.0", "Get-Process -IncludeUserName", of2013, []string{"too-new Get-Process"}},
		{"common parameter newer than 3.0", "Get-Date -InformationAction Ignore; Get-CsPool -PipelineVariable x", of2013, []string{"too-new Get-Date", "too-new Get-CsPool"}},
		{"program by name only", "whoami.exe /groups; appcmd list", of2013, []string{"unknown-command whoami.exe", "unknown-command appcmd"}},
		{"program by a relative path", `& '.\x.exe'; C:x.exe; & '\\s\h\x.exe'`, of2013, []string{`unresolvable-program .\x.exe`, "unknown-command C:x.exe", `unresolvable-program \\s\h\x.exe`}},
		{"module-qualified name", `Microsoft.PowerShell.Utility\Get-Date`, of2013, []string{`unresolvable-program Microsoft.PowerShell.Utility\Get-Date`}},
		{"function's parameter", "function f { param($Target) } f -Targt 1; f -Verbose", of2013, []string{"unknown-parameter f", "unknown-parameter f"}},
		{"function's mandatory parameter", "function f { param([Parameter(Mandatory=$true)]$X, $Y) } f -Y 1", of2013, []string{"missing-parameter f"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, faults(t, test.text, test.target)); diff != "" {
				t.Errorf("faults of %s (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestCheckScripts(t *testing.T) {
	files := map[string][]byte{
		"scripts/common.psm1":             []byte("function Invoke-Change { param($Target, $Change) & $Change }\nGet-CsSite; Get-ExchangeServer"),
		"scripts/40-lync-x.ps1":           []byte("Invoke-Change -Target a -Change {\n  Enable-CsTopology\n  Get-ExchangeServer\n}"),
		"scripts/70-exchange-y.ps1":       []byte("Enable-CsTopology"),
		"back-out/70-exchange-broken.ps1": []byte("\nif ("),
		"plan.json":                       []byte("{"),
	}
	var got []string
	for _, p := range CheckScripts(files, of2013) {
		got = append(got, p.String())
	}
	want := []string{
		"back-out/70-exchange-broken.ps1:2:5: the text ends where a command or an expression must start [syntax]",
		"scripts/40-lync-x.ps1:3:3: Get-ExchangeServer is a cmdlet of the exchange shell [wrong-shell]",
		"scripts/70-exchange-y.ps1:1:1: Enable-CsTopology is a cmdlet of the lync shell [wrong-shell]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// TestAliases compares the table with an engine's own aliases; those of Windows only are not in every engine.
func TestAliases(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell engine on PATH: the aliases were not compared")
	}
	command := exec.Command(engine, "-NoProfile", "-NonInteractive", "-Command", "Get-Alias | ForEach-Object { $_.Name + ' ' + $_.Definition }")
	command.Env = append(os.Environ(), "NO_COLOR=1")
	answer, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(answer)) {
		name, full, _ := strings.Cut(strings.TrimSpace(line), " ")
		if ours, found := aliases()[name]; found && ours != full {
			t.Errorf("%s stands for %s, not for %s", name, full, ours)
		}
	}
}
