package facts

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var of2013 = Target{Lync: "2013", Exchange: "2013"}

// TestFactsAreInOrder keeps a change of one cmdlet a change of one line.
func TestFactsAreInOrder(t *testing.T) {
	lines := strings.Split(strings.TrimSuffix(string(factsJSON), "\n"), "\n")
	if lines[0] != "[" || lines[len(lines)-1] != "]" || len(lines)-2 != len(cmdlets()) {
		t.Fatalf("facts.json is not one cmdlet a line: %d lines, %d cmdlets", len(lines), len(cmdlets()))
	}
	for i, c := range cmdlets() {
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(line, []byte(strings.TrimSuffix(lines[i+1], ","))) {
			t.Errorf("%s: the line is not what the trim tool writes", c.Name)
		}
		if i > 0 && cmdlets()[i-1].Name >= c.Name {
			t.Errorf("%s stands after %s", c.Name, cmdlets()[i-1].Name)
		}
	}
}

// TestFactsHoldTogether: sets name known parameters, versions are those of the product.
func TestFactsHoldTogether(t *testing.T) {
	known := map[Product][]string{
		Lync:     {"2010", "2013", "2015", "2019"},
		Exchange: {"2010", "2013", "2016", "2019", "SE"},
		Windows:  {"3.0", "4.0", "5.1"},
	}
	for _, c := range cmdlets() {
		if len(c.Versions) == 0 {
			t.Errorf("%s is in no version", c.Name)
		}
		versions := slices.Clone(c.Versions)
		for _, p := range c.Parameters {
			versions = append(versions, p.Versions...)
		}
		for _, v := range versions {
			if !slices.Contains(known[c.Product], v) {
				t.Errorf("%s: version %q is none of %s", c.Name, v, c.Product)
			}
		}
		for _, s := range c.Sets {
			for _, name := range slices.Concat(s.Required, s.Optional) {
				if _, found := c.Parameter(name); !found {
					t.Errorf("%s: set %s names -%s, which is no parameter", c.Name, s.Name, name)
				}
			}
		}
	}
}

// TestLookup pins facts that the procedure depends on.
func TestLookup(t *testing.T) {
	pool, found := Lookup(of2013, "new-cstrustedapplicationpool")
	if !found || pool.Name != "New-CsTrustedApplicationPool" || !pool.ShouldProcess {
		t.Fatalf("New-CsTrustedApplicationPool: %v, %+v", found, pool)
	}
	replication, _ := pool.Parameter("RequiresReplication")
	if replication.Type != "Boolean" || replication.Switch {
		t.Errorf("-RequiresReplication is a Boolean, no switch: %+v", replication)
	}
	application, _ := Lookup(of2013, "New-CsTrustedApplication")
	want := []Set{
		{Name: "AppIdAndPoolFqdn", Required: []string{"ApplicationId", "Port", "TrustedApplicationPoolFqdn"}, Optional: []string{"Confirm", "EnableTcp", "Force", "LegacyApplicationName", "WhatIf"}},
		{Name: "Identity", Required: []string{"Port"}, Optional: []string{"Confirm", "EnableTcp", "Force", "Identity", "LegacyApplicationName", "WhatIf"}},
	}
	if diff := cmp.Diff(want, application.Sets); diff != "" {
		t.Errorf("sets of New-CsTrustedApplication (-want +got):\n%s", diff)
	}
	present := []struct {
		name, parameter string
		target          Target
		want            bool
	}{
		{"Get-UMService", "", Target{Exchange: "2016"}, true},
		{"Get-UMService", "", Target{Exchange: "2019"}, false},
		{"Get-UMService", "", Target{Lync: "2013"}, false},
		{"Get-ClientAccessService", "", of2013, false},
		{"Set-OwaVirtualDirectory", "WacEditingEnabled", of2013, false},
		{"Set-OwaVirtualDirectory", "WacEditingEnabled", Target{Exchange: "2016"}, true},
		{"Get-OwaVirtualDirectory", "ShowMailboxVirtualDirectories", of2013, true},
		{"Get-FileHash", "", of2013, false},
		{"Restart-WebAppPool", "Name", of2013, true},
		{"Get-ChildItem", "Depth", of2013, false},
	}
	for _, test := range present {
		c, found := Lookup(test.target, test.name)
		if found && test.parameter != "" {
			_, found = c.Parameter(test.parameter)
		}
		if found != test.want {
			t.Errorf("%s %s in %+v: %v, want %v", test.name, test.parameter, test.target, found, test.want)
		}
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
