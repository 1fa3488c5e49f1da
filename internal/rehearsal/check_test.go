package rehearsal

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	rendered "lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/plan/plantest"
	"lyncowa/internal/rehearsal/facts"
	"lyncowa/internal/topology"
)

var (
	of2013 = facts.Target{Lync: "2013", Exchange: "2013"}
	of2016 = facts.Target{Lync: "2015", Exchange: "2016"}
	of2019 = facts.Target{Lync: "2019", Exchange: "2019"}
)

// sound is text that the facts have nothing against.
var sound = []string{
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
	"& { Get-Date }; function f { param([scriptblock]$Do)\n& $Do }",
	"Get-Service -Name MSExchangeUM -ErrorAction SilentlyContinue -WarningAction Stop -OutVariable x -Verbose",
	"Get-WinEvent -FilterHashtable @{ LogName = 'x' } -MaxEvents 1",
	"Get-ChildItem -LiteralPath x -File -Recurse | Sort-Object -Property Name | Select-Object -First 1 | ForEach-Object { $_ }",
	"function f { param([switch]$A, $B) } f -A -B 1; f -A:$false 1",
	"function f { [CmdletBinding()] param([Parameter(Mandatory=$true)]$X) } f -X 1 -ErrorAction Stop; f 1; f @x",
	"function Get-CsSite { param($Mine) } Get-CsSite -Mine 1",
	"function f { param([Parameter(ValueFromPipeline=$true, Mandatory=$true)]$X) } 1 | f",
	"[string]$a = [Convert]::ToString(1); New-Object -TypeName System.Text.StringBuilder; New-Object Xml.XmlDocument",
}

// planted is text with what is wrong with it.
var planted = []struct {
	name, text string
	target     facts.Target
	want       []string // what the problems say, in order
}{
	{"misspelt cmdlet", "New-CsTrustedAplication -X 1", of2013, []string{"New-CsTrustedAplication is no known cmdlet and no function"}},
	{"misspelt parameter", "New-CsTrustedApplication -ApplicationID x -TrustedApplicationPool y -Port 1", of2013, []string{"-TrustedApplicationPool is the beginning of -TrustedApplicationPoolFqdn"}},
	{"parameter that is none", "Enable-CsTopology -BackupFile x", of2013, []string{"Enable-CsTopology has no parameter -BackupFile"}},
	{"fault in a block in a string", "\"$(& { if ($x) { Get-CsPol } })\"", of2013, []string{"Get-CsPol is no known cmdlet"}},
	{"alias", "Get-CsPool | ? { $_ } | select Name; ls", of2013, []string{"? is an alias of Where-Object", "select is an alias of Select-Object", "ls is an alias of Get-ChildItem"}},
	{"alias of a parameter", "Enable-CsTopology -wi -ea Stop", of2013, []string{"-wi is an alias of -WhatIf", "-ea is an alias of -ErrorAction"}},
	{"ambiguous abbreviation", "Set-OwaVirtualDirectory x -InstantMessaging $true", of2013, []string{"Set-OwaVirtualDirectory has no parameter -InstantMessaging"}},
	{"mandatory parameter", "New-CsTrustedApplication -ApplicationId x -Port 1", of2013, []string{"New-CsTrustedApplication needs -TrustedApplicationPoolFqdn"}},
	{"mandatory parameter without pipeline", "Set-OwaMailboxPolicy -InstantMessagingEnabled $true", of2013, []string{"Set-OwaMailboxPolicy needs -Identity"}},
	{"two sets", "New-CsTrustedApplication -Identity 'a/b' -ApplicationId x -TrustedApplicationPoolFqdn y -Port 1", of2013, []string{"no parameter set of New-CsTrustedApplication takes all of"}},
	{"no argument", "Get-CsPool -Identity -Verbose", of2013, []string{"-Identity of Get-CsPool has no argument"}},
	{"twice", "Get-CsPool -Identity a -Identity b", of2013, []string{"Get-CsPool gets -Identity twice"}},
	{"no -WhatIf", "Get-CsPool -Identity a -WhatIf", of2013, []string{"Get-CsPool has no parameter -WhatIf"}},
	{"cmdlet of a later Exchange", "Get-ClientAccessService", of2013, []string{"Get-ClientAccessService is not in exchange 2013, only in 2016"}},
	{"that later Exchange", "Get-ClientAccessService", of2016, nil},
	{"cmdlet of an earlier Exchange", "Get-UMService x", of2019, []string{"Get-UMService is not in exchange 2019, only in 2013"}},
	{"Exchange 2010 only", "Test-OwaConnectivity", of2013, []string{"Test-OwaConnectivity is not in exchange 2013, only in 2010"}},
	{"parameter of a later Exchange", "Set-OwaVirtualDirectory x -WacEditingEnabled $true", of2013, []string{"-WacEditingEnabled of Set-OwaVirtualDirectory is not in this version, only in 2016"}},
	{"cmdlet of the other shell", "Get-ExchangeServer", facts.Target{Lync: "2013"}, []string{"Get-ExchangeServer is a cmdlet of the exchange shell"}},
	{"cmdlet newer than 3.0", "Get-FileHash x", of2013, []string{"Get-FileHash is newer than Windows PowerShell 3.0: it came with 4.0"}},
	{"parameter newer than 3.0", "Get-Process -IncludeUserName", of2013, []string{"-IncludeUserName of Get-Process is newer than Windows PowerShell 3.0"}},
	{"common parameter newer than 3.0", "Get-Date -InformationAction Ignore; Get-CsPool -PipelineVariable x", of2013, []string{"-InformationAction is newer", "-PipelineVariable is newer"}},
	{"program by name only", "whoami.exe /groups; appcmd list", of2013, []string{"whoami.exe is no known cmdlet", "appcmd is no known cmdlet"}},
	{"program by a relative path", `& '.\x.exe'; C:x.exe; & '\\s\h\x.exe'`, of2013, []string{`.\x.exe is no program by its full path`, "C:x.exe is no known cmdlet", `\\s\h\x.exe is no program by its full path`}},
	{"module-qualified name", `Microsoft.PowerShell.Utility\Get-Date`, of2013, []string{`Microsoft.PowerShell.Utility\Get-Date is no program by its full path`}},
	{"function's parameter", "function f { param($Target) } f -Targt 1; f -Verbose", of2013, []string{"f has no parameter -Targt", "f has no parameter -Verbose"}},
	{"function's mandatory parameter", "function f { param([Parameter(Mandatory=$true)]$X, $Y) } f -Y 1", of2013, []string{"f needs -X"}},
	{"command that only a run could name", "& $x; & \"$a\\b.exe\"", of2013, []string{"calls a command that only a run could name: $x", "calls a command that only a run could name: \"$a\\b.exe\""}},
	{"broken text", "\nif (", of2013, []string{"does not parse"}},
	{"operator newer than 3.0", "Get-Date && Get-Date", of2013, []string{"does not parse in Windows PowerShell 3.0"}},
	{"class newer than 3.0", "class A { }", of2013, []string{"does not parse in Windows PowerShell 3.0"}},
	{"constructor newer than 3.0", "[string]::new('a', 1)", of2013, []string{"[string]::new is newer than Windows PowerShell 3.0"}},
	{"clock", "[DateTime]::UtcNow; [System.DateTime]::Now", of2013, []string{"reads the clock past Get-Date", "reads the clock past Get-Date"}},
}

// TestPlantedFaultsInText: the check finds what an engine would not tell before the script runs, or not at all.
func TestPlantedFaultsInText(t *testing.T) {
	texts := tree{}
	for _, text := range sound {
		texts[fileName(text)] = text
	}
	for _, test := range planted {
		texts[fileName(test.text)] = test.text
	}
	lists := list(t, texts)
	check := func(text string, target facts.Target) []string {
		return messages(facts.Check(map[string]facts.Script{"x.ps1": lists[fileName(text)]}, facts.Limits{Target: target}))
	}
	for _, text := range sound {
		if found := check(text, of2013); len(found) > 0 {
			t.Errorf("%s: %q", text, found)
		}
	}
	for _, test := range planted {
		found := check(test.text, test.target)
		if !slices.EqualFunc(found, test.want, strings.Contains) {
			t.Errorf("%s: %s: %q, want %q", test.name, test.text, found, test.want)
		}
	}
}

// fileName is a name for each text.
func fileName(text string) string { return digestOf(text) + ".ps1" }

func messages(problems []facts.Problem) []string {
	var found []string
	for _, p := range problems {
		found = append(found, p.Message)
	}
	return found
}

// TestPlantedFaultsInBundle: functions of the module are known everywhere, cmdlets only in their product's shell, and
// nothing is called or made that is not on the farm's lists.
func TestPlantedFaultsInBundle(t *testing.T) {
	lists := list(t, tree{
		"scripts/common.psm1":       "function Invoke-Change { param($Target, [scriptblock]$Change)\n& $Change }\nGet-CsSite; Get-ExchangeServer",
		"scripts/40-lync-x.ps1":     "Invoke-Change -Target a -Change {\n  Enable-CsTopology\n  Get-ExchangeServer\n}",
		"scripts/70-exchange-y.ps1": "Enable-CsTopology\n& 'C:\\Windows\\System32\\whoami.exe' /groups\n& 'C:\\Windows\\System32\\shutdown.exe'",
		"back-out/70-exchange-z.ps1": "Restart-Computer; Get-CASMailbox -Identity x; Invoke-Expression '1'; iex '1'\n" +
			"[Net.Dns]::GetHostName(); [Diagnostics.Process]$x = 1; New-Object System.Net.WebClient; New-Object $y",
	})
	limits, err := limitsOf(&plan.Plan{Versions: plan.Versions{Lync: "2013", Exchange: "2013"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range facts.Check(lists, limits) {
		got = append(got, fmt.Sprintf("%s:%d:%d: %s", p.Script, p.Line, p.Column, p.Message))
	}
	want := []string{
		"back-out/70-exchange-z.ps1:1:1: calls Restart-Computer, which is not on the list of allowed commands",
		"back-out/70-exchange-z.ps1:1:47: calls Invoke-Expression, which is not on the list of allowed commands",
		"back-out/70-exchange-z.ps1:1:70: iex is an alias of Invoke-Expression: write the name",
		"back-out/70-exchange-z.ps1:2:1: uses the class Net.Dns, which is not on the list of allowed classes",
		"back-out/70-exchange-z.ps1:2:27: uses the class Diagnostics.Process, which is not on the list of allowed classes",
		"back-out/70-exchange-z.ps1:2:56: uses the class Net.WebClient, which is not on the list of allowed classes",
		"back-out/70-exchange-z.ps1:2:89: uses the class (computed), which is not on the list of allowed classes",
		"scripts/40-lync-x.ps1:3:3: Get-ExchangeServer is a cmdlet of the exchange shell",
		"scripts/70-exchange-y.ps1:1:1: Enable-CsTopology is a cmdlet of the lync shell",
		"scripts/70-exchange-y.ps1:3:1: calls C:\\Windows\\System32\\shutdown.exe, which is not on the list of allowed commands",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// held is a bundle whose scripts, and whose plan's commands, are held against the facts.
type held struct {
	name    string
	plan    *plan.Plan
	scripts tree
}

// everyBundle returns the committed bundles, and those of topologies that between them reach every branch of the
// templates, in each kind of change that makes sense for them.
func everyBundle(t *testing.T) []held {
	t.Helper()
	var all []held
	add := func(name string, p *plan.Plan, files tree) {
		scripts := plannedCommands(p)
		for name, text := range files {
			if ext := path.Ext(name); ext == ".ps1" || ext == ".psm1" {
				scripts[name] = text
			}
		}
		all = append(all, held{name, p, scripts})
	}
	for _, dir := range exampleBundles(t) {
		b, err := readBundle(dir)
		if err != nil {
			t.Fatal(err)
		}
		add(path.Base(dir), &b.plan, b.files)
	}
	shapes, err := txtar.ParseFile("../bundle/testdata/shapes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range shapes.Files {
		top, findings := topology.Load("topology.yaml", shape.Data)
		if top == nil {
			t.Fatalf("%s: %v", shape.Name, findings)
		}
		for _, change := range plan.Changes() {
			p, _ := plan.Build(top, shape.Data, change, plantest.Earlier(top))
			if p == nil {
				continue
			}
			b, err := rendered.Render(p)
			if err != nil {
				t.Fatal(err)
			}
			files := tree{}
			for _, f := range b.Files {
				files[f.Path] = string(f.Data)
			}
			add(shape.Name+", "+string(change), p, files)
		}
	}
	return all
}

// TestBundlesUseWhatIsAllowed: nothing else, and all of it. A stand-in that no script calls would be modelled for
// nothing.
func TestBundlesUseWhatIsAllowed(t *testing.T) {
	t.Parallel()
	bundles := everyBundle(t)
	texts := tree{}
	for _, b := range bundles {
		for _, text := range b.scripts {
			texts[fileName(text)] = text // each text once
		}
	}
	lists := list(t, texts)
	unused := map[string]bool{}
	for _, b := range bundles {
		limits, err := limitsOf(b.plan)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range slices.Concat(limits.Allowed, limits.Classes) {
			unused[strings.ToLower(name)] = true
		}
		scripts := map[string]facts.Script{}
		for name, text := range b.scripts {
			scripts[name] = lists[fileName(text)]
		}
		for _, p := range facts.Check(scripts, limits) {
			t.Errorf("%s: %s:%d: %s", b.name, p.Script, p.Line, p.Message)
		}
		// Where every server is discovered, a manual entry would be the very fault that P2 warns of.
		if len(b.plan.TrustedPools()) == 0 && b.plan.Change != plan.RemoveDuplicate {
			for name, script := range scripts {
				for _, c := range script.Commands {
					if strings.HasPrefix(c.Name, "New-Cs") || c.Name == "Enable-CsTopology" {
						t.Errorf("%s: %s:%d calls %s", b.name, name, c.Line, c.Name)
					}
				}
			}
		}
	}
	for _, script := range lists {
		for _, c := range script.Commands {
			delete(unused, strings.ToLower(c.Name))
		}
		for _, c := range script.UsedClasses() {
			delete(unused, strings.ToLower(c.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unused)) {
		t.Errorf("%s is allowed, but no script uses it", name)
	}
}
