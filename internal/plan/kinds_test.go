package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// farms are one server, many servers behind one name, and two sites.
var farms = map[string]func() *topology.Topology{"one server": litware, "many servers": manyServers, "two sites": twoSites}

func manyServers() *topology.Topology {
	t := twoSites()
	t.Pools = t.Pools[:1]
	return t
}

// Each row is a kind of change for servers that are colocated or not: the steps, those in brackets skipped, or the
// finding that says why the kind makes no sense. 2013 has web.config, from 2016 on there is an override.
var kinds = []struct {
	change              plan.Change
	colocated           bool
	webConfig, override string
}{
	{plan.Integrate, false, "10 20 [30] 40 50 60 70 80 90 95 99", "10 20 [30] 40 50 60 70 80 90 95 99"},
	{plan.Integrate, true, "10 20 [30] [40] [50] 60 70 80 90 95 99", "10 20 [30] [40] [50] 60 70 80 90 95 99"},
	{plan.Disable, false, "10 60 70 90 99", "10 60 70 90 99"},
	{plan.Disable, true, "10 60 70 90 99", "10 60 70 90 99"},
	{plan.RemoveDuplicate, false, "change-senseless", "change-senseless"},
	{plan.RemoveDuplicate, true, "10 20 40 50 95 99", "10 20 40 50 95 99"},
	{plan.Reapply, false, "10 70 90 99", "10 [70] 90 99"},
	{plan.Reapply, true, "10 70 90 99", "10 [70] 90 99"},
	{plan.RenewCertificate, false, "10 70 90 99", "10 70 90 99"},
	{plan.RenewCertificate, true, "10 70 90 99", "10 70 90 99"},
	{plan.Retire, false, "10 20 60 62 70 85 88 90 95 99", "10 20 60 62 70 85 88 90 95 99"},
	{plan.Retire, true, "10 [20] 60 62 70 [85] [88] 90 [95] 99", "10 [20] 60 62 70 [85] [88] 90 [95] 99"},
	{plan.AddServer, false, "10 20 [30] 40 50 60 70 90 95 99", "10 20 [30] 40 50 60 70 90 95 99"},
	{plan.AddServer, true, "10 20 [30] [40] [50] 60 70 90 95 99", "10 20 [30] [40] [50] 60 70 90 95 99"},
}

func TestEveryKindForEveryFarmAndVersion(t *testing.T) {
	for _, row := range kinds {
		for farm, make := range farms {
			for _, versions := range topology.Supported() {
				if row.colocated && versions.Exchange == "2019" {
					continue // has no unified messaging: the topology is refused (colocated-without-um)
				}
				t.Run(fmt.Sprintf("%s, colocated %t, %s, %s with %s", row.change, row.colocated, farm, versions.Exchange, versions.Lync), func(t *testing.T) {
					top := make()
					top.Versions = versions
					for i := range top.Pools {
						top.Pools[i].UMColocated = row.colocated
					}
					var options []plan.Option
					if row.change == plan.AddServer {
						options = append(options, plan.AddingTo(grow(top), topology.Places{}))
					}
					want := row.webConfig
					if versions.Exchange != "2013" {
						want = row.override
					}
					if diff := cmp.Diff(want, outline(t, top, row.change, options...)); diff != "" {
						t.Errorf("-want +got:\n%s", diff)
					}
				})
			}
		}
	}
}

// outline is the numbers of the steps, those in brackets skipped, or the id of the finding. Every step is held to
// what must be true of any.
func outline(t *testing.T, top *topology.Topology, change plan.Change, options ...plan.Option) string {
	t.Helper()
	p, findings := plan.Build(top, []byte("source"), change, options...)
	if p == nil {
		if findings[0].Message == "" || findings[0].Hint == "" {
			t.Errorf("a finding without reason or way out: %+v", findings[0])
		}
		return findings[0].ID
	}
	var numbers []string
	for _, s := range p.Steps {
		number := fmt.Sprint(s.Order)
		if s.Status == plan.Skipped {
			number = "[" + number + "]"
		}
		numbers = append(numbers, number)
		changes := s.Kind == plan.KindChange && s.Status == plan.Planned
		if s.Reason == "" || len(s.Sources) == 0 || (len(s.Commands) > 0) != changes {
			t.Errorf("step %d: reason %q, sources %v, %d commands", s.Order, s.Reason, s.Sources, len(s.Commands))
		}
		if changes && (s.Impact.String() == "" || s.Undo == "" || s.Rights == "") {
			t.Errorf("step %d lacks impact, undo or rights: %+v", s.Order, s)
		}
		if isBack := s.BackOut != ""; isBack != (s.BackOutTitle != "" && changes) || isBack != (len(s.ManualUndo) > 0) || changes && !isBack && s.ID != "enable-topology" {
			t.Errorf("step %d: back-out %q, called %q, %d commands by hand", s.Order, s.BackOut, s.BackOutTitle, len(s.ManualUndo))
		}
		if host := scattered(s.Commands); host != "" {
			t.Errorf("step %d: the commands on %s do not stand together: %+v", s.Order, host, s.Commands)
		}
	}
	return strings.Join(numbers, " ")
}

// scattered is a host between whose commands stand those of another; "" for none.
func scattered(commands []plan.Command) string {
	done := map[string]bool{}
	for i, c := range commands {
		if done[c.On] && commands[i-1].On != c.On {
			return c.On
		}
		done[c.On] = true
	}
	return ""
}

func TestCommandsOfTheOtherKinds(t *testing.T) {
	colocated := litware()
	colocated.Pools[0].UMColocated = true
	all := litware()
	all.Pools[0].ClientAccessServers = topology.Selection{All: true}
	every := careful("2019", "", "IM pilots")
	every.MailboxPolicies = topology.Selection{All: true}
	for _, tt := range []struct {
		name   string
		top    *topology.Topology
		change plan.Change
		step   string
		want   []string
	}{
		{"disable", litware(), plan.Disable, "owa-virtual-directories", []string{
			`Get-OwaVirtualDirectory -Server 'atl-owa-001.litwareinc.com' | Set-OwaVirtualDirectory -InstantMessagingEnabled $false`,
		}},
		{"disable recycles", litware(), plan.Disable, "owa-recycle", []string{`C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`}},
		{"disable all", all, plan.Disable, "owa-virtual-directories", []string{`Get-OwaVirtualDirectory | Set-OwaVirtualDirectory -InstantMessagingEnabled $false`}},
		{"remove the duplicate", colocated, plan.RemoveDuplicate, "trusted-application", []string{
			`Remove-CsTrustedApplication -Identity 'atl-owa-001.litwareinc.com/urn:application:outlookwebapp' -Force`,
			`Remove-CsTrustedApplicationPool -Identity 'atl-owa-001.litwareinc.com' -Force`,
		}},
		{"retire switches off", litware(), plan.Retire, "owa-virtual-directories", []string{
			`Get-OwaVirtualDirectory -Server 'atl-owa-001.litwareinc.com' | Set-OwaVirtualDirectory -InstantMessagingEnabled $false -InstantMessagingType None`,
		}},
		{"retire switches the policies off", litware(), plan.Retire, "mailbox-policies", []string{
			`Set-OwaMailboxPolicy -Identity 'Default' -InstantMessagingEnabled $false -InstantMessagingType None`,
		}},
		{"retire switches the pilot policy off too", careful("2019", "", "IM pilots"), plan.Retire, "mailbox-policies", []string{
			`Set-OwaMailboxPolicy -Identity 'Default' -InstantMessagingEnabled $false -InstantMessagingType None`,
			`Set-OwaMailboxPolicy -Identity 'IM pilots' -InstantMessagingEnabled $false -InstantMessagingType None`,
		}},
		{"retire switches every policy off", every, plan.Retire, "mailbox-policies", []string{
			`Get-OwaMailboxPolicy | Set-OwaMailboxPolicy -InstantMessagingEnabled $false -InstantMessagingType None`,
		}},
		{"retire takes the keys out", litware(), plan.Retire, "im-settings", []string{
			`remove <add key="IMCertificateThumbprint"/>`, `remove <add key="IMServerName"/>`,
			`C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`,
		}},
		{"retire removes the computers but the last", manyServers(), plan.Retire, "trusted-application", []string{
			`Remove-CsTrustedApplication -Identity 'atl-owa-001.litwareinc.com/urn:application:outlookwebapp' -Force`,
			`Remove-CsTrustedApplicationComputer -Identity 'mbx2.litwareinc.com' -Force`,
			`Remove-CsTrustedApplicationComputer -Identity 'mbx3.litwareinc.com' -Force`,
			`Remove-CsTrustedApplicationPool -Identity 'atl-owa-001.litwareinc.com' -Force`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, findings := plan.Build(tt.top, nil, tt.change)
			if p == nil {
				t.Fatal(findings)
			}
			if diff := cmp.Diff(tt.want, texts(p, tt.step)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOverrides(t *testing.T) {
	one := litware()
	one.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}
	p, _ := plan.Build(one, nil, plan.Integrate)
	want := []string{
		`New-SettingOverride -Name 'OWA IM atl-owa-001.litwareinc.com' -Component OwaServer -Section IMSettings -Parameters @('IMServerName=atl-cs-001.litwareinc.com', 'IMCertificateThumbprint=EA5A332496CC05DA69B75B66111C0F78A110D22D') -Server 'atl-owa-001' -Reason 'litware-owa-im-integrate on atl-owa-001.litwareinc.com'`,
		`Get-ExchangeDiagnosticInfo -Server 'atl-owa-001' -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh`,
		`Restart-WebAppPool -Name MSExchangeOWAAppPool`,
	}
	if diff := cmp.Diff(want, texts(p, "im-settings")); diff != "" {
		t.Errorf("one server (-want +got):\n%s", diff)
	}
	two := twoSites()
	two.Versions = topology.Versions{Exchange: "2019", Lync: "2019"}
	p, _ = plan.Build(two, nil, plan.Integrate)
	scopes := map[string]string{}
	for _, o := range p.Overrides() {
		scopes[o.Name] = strings.Join(o.Servers, ",")
	}
	wantScopes := map[string]string{
		"OWA IM atl-owa-001.litwareinc.com mbx1": "mbx1", "OWA IM atl-owa-001.litwareinc.com mbx2": "mbx2",
		"OWA IM atl-owa-001.litwareinc.com mbx3": "mbx3", "OWA IM owa-b.litwareinc.com": "mbx4",
	}
	if diff := cmp.Diff(wantScopes, scopes); diff != "" {
		t.Errorf("certificates of their own (-want +got):\n%s", diff)
	}
}

func TestReplacing(t *testing.T) {
	old := strings.Repeat("F", 40)
	p, _ := plan.Build(twoSites(), nil, plan.RenewCertificate, plan.Replacing(map[string]string{"mbx2.litwareinc.com": old}))
	want := []plan.Replaced{{Server: "mbx2.litwareinc.com", Old: old, New: strings.Repeat("2", 40)}}
	if diff := cmp.Diff(want, p.Replaces); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if step, _ := p.Step("im-settings"); !strings.Contains(step.Reason, old) {
		t.Errorf("the step does not say what it replaces: %s", step.Reason)
	}
}
