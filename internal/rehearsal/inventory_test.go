package rehearsal

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/inventory"
	"lyncowa/internal/rehearsal/facts"
)

// readOnly are the commands of the inventory scripts: they read, and format what was read.
var readOnly = []string{
	"Get-CASMailbox", "Get-Command", "Get-CsManagementStoreReplicationStatus", "Get-CsPool", "Get-CsServerVersion", "Get-CsSite",
	"Get-CsTrustedApplication", "Get-CsTrustedApplicationComputer", "Get-CsTrustedApplicationPool", "Get-Date", "Get-ExchangeCertificate",
	"Get-ExchangeDiagnosticInfo", "Get-ExchangeServer", "Get-ItemProperty", "Get-OwaMailboxPolicy", "Get-OwaVirtualDirectory", "Get-Service",
	"Get-SettingOverride", "Get-UMCallRouterSettings", "Get-UMDialPlan", "Get-UMService", "Get-WebAppPoolState", "Get-WinEvent",
	"ConvertTo-Json", "ForEach-Object", "Group-Object", "Join-Path", "New-Object", "Select-Object", "Set-StrictMode", "Sort-Object",
	"Test-Path", "Where-Object", "Write-Output",
}

// readOnlyClasses are the classes of the inventory scripts: values, texts, certificates, one hash. IO.File is held below.
var readOnlyClasses = []string{
	"bool", "byte", "Collections.ArrayList", "BitConverter", "datetime", "Globalization.CultureInfo", "int", "IO.File", "ordered",
	"Security.Cryptography.SHA256CryptoServiceProvider", "Security.Cryptography.X509Certificates.X509Certificate2", "scriptblock",
	"string", "switch", "Text.Encoding", "void", "xml", "Xml.XmlDocument",
}

// ofProducts are the cmdlets that can be proxies for those of a server. A proxy does not know the script's preferences.
var ofProducts = regexp.MustCompile(`^Get-(Cs|Exchange|Owa|UM|CAS|SettingOverride|WebAppPool)`)

// TestInventoryScriptsOnlyRead: every command and class of the inventory scripts is on the lists above, exists in Windows
// PowerShell 3.0, and they write one file each.
func TestInventoryScriptsOnlyRead(t *testing.T) {
	t.Parallel()
	scripts, err := inventory.Scripts()
	if err != nil {
		t.Fatal(err)
	}
	texts := tree{}
	for _, s := range scripts {
		texts[s.Name] = string(s.Text)
	}
	lists := list(t, texts)
	newest := map[string]bool{} // the unified messaging cmdlets are gone in 2019: the scripts ask for them first
	for _, target := range []facts.Target{of2013, of2016, of2019} {
		for _, p := range facts.Check(lists, facts.Limits{Target: target, Allowed: readOnly, Classes: readOnlyClasses}) {
			if target == of2019 && strings.Contains(p.Message, "UM") && strings.Contains(p.Message, "is not in exchange 2019") {
				newest[p.Message] = true
				continue
			}
			t.Errorf("%v: %s:%d:%d: %s", target, p.Script, p.Line, p.Column, p.Message)
		}
	}
	if len(newest) != 3 {
		t.Errorf("%d unified messaging cmdlets, want 3: %v", len(newest), newest)
	}
	for name, script := range lists {
		for _, c := range script.Commands {
			stops := slices.ContainsFunc(c.Elements, func(e facts.Element) bool { return e.Name == "ErrorAction" })
			if ofProducts.MatchString(c.Name) && !stops {
				t.Errorf("%s:%d: in a remote shell an error of %s would look like an empty list", name, c.Line, c.Name)
			}
		}
		var members []string
		for _, c := range script.UsedClasses() {
			if c.Name == "IO.File" {
				members = append(members, c.Member)
			}
		}
		if writes := slices.DeleteFunc(members, func(m string) bool { return m == "ReadAllText" }); !slices.Equal(writes, []string{"WriteAllBytes"}) {
			t.Errorf("%s uses files by %v, want one write", name, writes)
		}
	}
}
