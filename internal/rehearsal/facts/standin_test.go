package facts

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const farm = "../farm"

func modelled(t *testing.T) []string {
	t.Helper()
	names, err := Modelled(os.DirFS(farm))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestCommittedStandInsAreCurrent(t *testing.T) {
	for _, v := range StandInVersions {
		committed, err := os.ReadFile(filepath.Join(farm, "stand-ins", StandInFile(v.Product, v.Version)))
		if err != nil {
			t.Fatal(err)
		}
		if string(committed) != string(StandIns(v.Product, v.Version, modelled(t))) {
			t.Errorf("%s is not what the facts give: run `make stand-ins`", StandInFile(v.Product, v.Version))
		}
	}
}

// A cmdlet that no version has would be modelled for nothing, under a name that may be misspelt.
func TestEveryModelledCmdletExists(t *testing.T) {
	for _, name := range modelled(t) {
		found := false
		for _, v := range StandInVersions {
			found = found || strings.Contains(string(StandIns(v.Product, v.Version, []string{name})), "function "+name+" {")
		}
		if !found {
			t.Errorf("no product version has %s", name)
		}
	}
}

func TestStandInIsAsStrictAsTheCmdlet(t *testing.T) {
	for _, c := range []struct {
		product Product
		version string
		name    string
		wants   []string
		not     []string
	}{
		{
			Lync, "2013", "New-CsTrustedApplicationPool",
			[]string{"SupportsShouldProcess = $true", "[Parameter(Mandatory = $true)]\n        [string]$Identity", "[bool]$RequiresReplication", "PositionalBinding = $false"},
			[]string{"$WhatIf", "$Confirm"},
		},
		{
			Lync, "2013", "New-CsTrustedApplication",
			[]string{"ParameterSetName = 'AppIdAndPoolFqdn', Mandatory = $true", "[int]$Port", "[switch]$EnableTcp"},
			nil,
		},
		{
			Lync, "2013", "Remove-CsTrustedApplicationPool",
			[]string{"ConfirmImpact = 'High'", "ValueFromPipelineByPropertyName = $true"},
			nil,
		},
		{
			Exchange, "2013", "Set-OwaVirtualDirectory",
			[]string{"[ValidateSet('None', 'Ocs')]\n        [string]$InstantMessagingType", "[bool]$InstantMessagingEnabled", "ValueFromPipeline = $true"},
			[]string{"$BoxAttachmentsEnabled"}, // from 2016 on
		},
		{Exchange, "2013", "Get-OwaVirtualDirectory", []string{"[switch]$ShowMailboxVirtualDirectories"}, []string{"SupportsShouldProcess"}},
	} {
		text := string(StandIns(c.product, c.version, []string{c.name}))
		for _, want := range c.wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q", c.name, want)
			}
		}
		for _, not := range c.not {
			if strings.Contains(text, not) {
				t.Errorf("%s has %q", c.name, not)
			}
		}
	}
}
