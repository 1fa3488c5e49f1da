package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// litware is the Page's own example.
func litware() *topology.Topology {
	return &topology.Topology{
		Name:     "litware-owa-im",
		Versions: topology.Versions{Exchange: "2013", Lync: "2013"},
		Pools: []topology.Pool{{
			FQDN: "atl-owa-001.litwareinc.com", Registrar: "atl-cs-001.litwareinc.com", SiteID: "Redmond", Port: 5199,
			ApplicationID:       "OutlookWebApp",
			MailboxServers:      []topology.MailboxServer{{FQDN: "atl-owa-001.litwareinc.com", Thumbprint: "EA5A332496CC05DA69B75B66111C0F78A110D22D"}},
			ClientAccessServers: topology.Selection{Names: []string{"atl-owa-001.litwareinc.com"}},
		}},
		MailboxPolicies: topology.Selection{Names: []string{"Default"}},
	}
}

// twoSites has two pools, each behind its own registrar, the first with three trusted computers.
func twoSites() *topology.Topology {
	t := litware()
	t.Pools[0].TrustedComputers = []string{"mbx1.litwareinc.com", "mbx2.litwareinc.com", "mbx3.litwareinc.com"}
	t.Pools[0].MailboxServers = []topology.MailboxServer{
		{FQDN: "mbx1.litwareinc.com", Thumbprint: strings.Repeat("1", 40)},
		{FQDN: "mbx2.litwareinc.com", Thumbprint: strings.Repeat("2", 40)},
		{FQDN: "mbx3.litwareinc.com", Thumbprint: strings.Repeat("3", 40)},
	}
	t.Pools = append(t.Pools, topology.Pool{
		FQDN: "owa-b.litwareinc.com", Registrar: "cs-b.litwareinc.com", SiteID: "Dublin", Port: 5200, ApplicationID: "OutlookWebApp",
		MailboxServers:      []topology.MailboxServer{{FQDN: "mbx4.litwareinc.com", Thumbprint: strings.Repeat("4", 40)}},
		TrustedComputers:    []string{"mbx4.litwareinc.com"},
		ClientAccessServers: topology.Selection{Names: []string{"cas4.litwareinc.com"}},
	})
	return t
}

func build(t *testing.T, top *topology.Topology) *plan.Plan {
	t.Helper()
	p, findings := plan.Build(top, []byte("source"), plan.Integrate)
	if len(findings) > 0 {
		t.Fatalf("Build: %v", findings)
	}
	return p
}

func texts(p *plan.Plan, id string) []string {
	step, _ := p.Step(id)
	var texts []string
	for _, c := range step.Commands {
		texts = append(texts, c.Text)
	}
	return texts
}

func TestCommands(t *testing.T) {
	all := litware()
	all.Pools[0].ClientAccessServers = topology.Selection{All: true}
	all.MailboxPolicies = topology.Selection{All: true}

	colocated := litware()
	colocated.Pools[0].UMColocated = true

	plans := litware()
	plans.Pools[0].SipDialPlans = topology.Selection{Names: []string{"Redmond Büro", "O'Neill"}}
	allPlans := litware()
	allPlans.Pools[0].SipDialPlans = topology.Selection{All: true}

	for _, tt := range []struct {
		name string
		top  *topology.Topology
		step string
		want []string
	}{
		{"litware pool", litware(), "trusted-application", []string{
			`New-CsTrustedApplicationPool -Identity 'atl-owa-001.litwareinc.com' -Registrar 'atl-cs-001.litwareinc.com' -Site 'Redmond' -RequiresReplication $false -Force`,
			`New-CsTrustedApplication -ApplicationId 'OutlookWebApp' -TrustedApplicationPoolFqdn 'atl-owa-001.litwareinc.com' -Port 5199 -Force`,
		}},
		{"litware topology", litware(), "enable-topology", []string{`Enable-CsTopology`}},
		{"litware directories", litware(), "owa-virtual-directories", []string{
			`Get-OwaVirtualDirectory -Server 'atl-owa-001.litwareinc.com' | Set-OwaVirtualDirectory -InstantMessagingEnabled $true -InstantMessagingType OCS`,
		}},
		{"litware settings", litware(), "im-settings", []string{
			`<add key="IMCertificateThumbprint" value="EA5A332496CC05DA69B75B66111C0F78A110D22D"/>`,
			`<add key="IMServerName" value="atl-cs-001.litwareinc.com"/>`,
			`C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`,
		}},
		{"litware policies", litware(), "mailbox-policies", []string{
			`Set-OwaMailboxPolicy -Identity 'Default' -InstantMessagingEnabled $true -InstantMessagingType OCS`,
		}},
		{"organisation-wide directories", all, "owa-virtual-directories", []string{
			`Get-OwaVirtualDirectory | Set-OwaVirtualDirectory -InstantMessagingEnabled $true -InstantMessagingType OCS`,
		}},
		{"organisation-wide policies", all, "mailbox-policies", []string{
			`Get-OwaMailboxPolicy | Set-OwaMailboxPolicy -InstantMessagingEnabled $true -InstantMessagingType OCS`,
		}},
		{"colocated: no pool", colocated, "trusted-application", nil},
		{"colocated: nothing to enable", colocated, "enable-topology", nil},
		{"several computers and pools", twoSites(), "trusted-application", []string{
			`New-CsTrustedApplicationPool -Identity 'atl-owa-001.litwareinc.com' -Registrar 'atl-cs-001.litwareinc.com' -Site 'Redmond' -RequiresReplication $false -ComputerFqdn 'mbx1.litwareinc.com' -Force`,
			`New-CsTrustedApplicationComputer -Identity 'mbx2.litwareinc.com' -Pool 'atl-owa-001.litwareinc.com' -Force`,
			`New-CsTrustedApplicationComputer -Identity 'mbx3.litwareinc.com' -Pool 'atl-owa-001.litwareinc.com' -Force`,
			`New-CsTrustedApplication -ApplicationId 'OutlookWebApp' -TrustedApplicationPoolFqdn 'atl-owa-001.litwareinc.com' -Port 5199 -Force`,
			`New-CsTrustedApplicationPool -Identity 'owa-b.litwareinc.com' -Registrar 'cs-b.litwareinc.com' -Site 'Dublin' -RequiresReplication $false -ComputerFqdn 'mbx4.litwareinc.com' -Force`,
			`New-CsTrustedApplication -ApplicationId 'OutlookWebApp' -TrustedApplicationPoolFqdn 'owa-b.litwareinc.com' -Port 5200 -Force`,
		}},
		{"one enabling after all pools", twoSites(), "enable-topology", []string{`Enable-CsTopology`}},
		{"named dial plans", plans, "sip-dial-plans", []string{
			`Set-UMService -Identity 'atl-owa-001' -DialPlans @{Add=@(('Redmond B' + [char]0x00FC + 'ro'), 'O''Neill')}`,
			`Set-UMCallRouterSettings -Server 'atl-owa-001.litwareinc.com' -DialPlans @{Add=@(('Redmond B' + [char]0x00FC + 'ro'), 'O''Neill')}`,
		}},
		{"all dial plans", allPlans, "sip-dial-plans", []string{
			`Set-UMService -Identity 'atl-owa-001' -DialPlans @{Add=@(Get-UMDialPlan | Where-Object { $_.UriType -eq 'SipName' } | ForEach-Object { $_.Name })}`,
			`Set-UMCallRouterSettings -Server 'atl-owa-001.litwareinc.com' -DialPlans @{Add=@(Get-UMDialPlan | Where-Object { $_.UriType -eq 'SipName' } | ForEach-Object { $_.Name })}`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, texts(build(t, tt.top), tt.step)); diff != "" {
				t.Errorf("commands of %s (-want +got):\n%s", tt.step, diff)
			}
		})
	}
}

func TestEachServerGetsItsOwnThumbprintAndRegistrar(t *testing.T) {
	step, _ := build(t, twoSites()).Step("im-settings")
	want := map[string][]string{
		"mbx1.litwareinc.com": {strings.Repeat("1", 40), "atl-cs-001.litwareinc.com"},
		"mbx4.litwareinc.com": {strings.Repeat("4", 40), "cs-b.litwareinc.com"},
	}
	for host, values := range want {
		var text string
		for _, c := range step.Commands {
			if c.On == host {
				text += c.Text
			}
		}
		for _, v := range values {
			if !strings.Contains(text, `"`+v+`"`) {
				t.Errorf("%s does not get %s: %s", host, v, text)
			}
		}
	}
}

func TestStepsOfIntegrate(t *testing.T) {
	p := build(t, litware())
	var got []string
	for _, s := range p.Steps {
		got = append(got, strings.Join([]string{s.ID, string(s.Kind), string(s.Shell), string(s.Status), s.Script, s.BackOut}, " "))
		if s.Reason == "" || s.RunOn == nil || s.Commands == nil || len(s.Sources) == 0 {
			t.Errorf("step %d lacks a reason, an array or its sources: %+v", s.Order, s)
		}
		if (len(s.Commands) > 0) != (s.Kind == plan.KindChange && s.Status == plan.Planned) {
			t.Errorf("step %d: %s, %s, but %d commands", s.Order, s.Kind, s.Status, len(s.Commands))
		}
	}
	want := []string{
		"preflight-exchange check exchange planned scripts/10-exchange-preflight-exchange.ps1 ",
		"preflight-lync check lync planned scripts/20-lync-preflight-lync.ps1 ",
		"sip-dial-plans change exchange skipped  ",
		"trusted-application change lync planned scripts/40-lync-trusted-application.ps1 back-out/40-lync-trusted-application.ps1",
		"enable-topology change lync planned scripts/50-lync-enable-topology.ps1 ",
		"owa-virtual-directories change exchange planned scripts/60-exchange-owa-virtual-directories.ps1 back-out/60-exchange-owa-virtual-directories.ps1",
		"im-settings change exchange planned scripts/70-exchange-im-settings.ps1 back-out/70-exchange-im-settings.ps1",
		"mailbox-policies change exchange planned scripts/80-exchange-mailbox-policies.ps1 back-out/80-exchange-mailbox-policies.ps1",
		"verify-exchange verify exchange planned scripts/90-exchange-verify-exchange.ps1 ",
		"verify-lync verify lync planned scripts/95-lync-verify-lync.ps1 ",
		"sign-in manual none planned  ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
}

func TestColocatedStepsAreSkippedWithTheReason(t *testing.T) {
	top := litware()
	top.Pools[0].UMColocated = true
	p := build(t, top)
	for _, id := range []string{"trusted-application", "enable-topology"} {
		step, ok := p.Step(id)
		if !ok || step.Status != plan.Skipped || !strings.Contains(step.Reason, "colocated") {
			t.Errorf("step %s: status %q, reason %q", id, step.Status, step.Reason)
		}
	}
}

// One colocated pool beside one that is not: the second still gets its trusted pool, and the reason names the first.
func TestMixedPools(t *testing.T) {
	top := twoSites()
	top.Pools[1].UMColocated = true
	step, _ := build(t, top).Step("trusted-application")
	if step.Status != plan.Planned || !strings.Contains(step.Reason, "owa-b.litwareinc.com") {
		t.Errorf("status %q, reason %q", step.Status, step.Reason)
	}
	for _, c := range step.Commands {
		if strings.Contains(c.Text, "owa-b") {
			t.Errorf("the colocated pool is created: %s", c.Text)
		}
	}
}

func TestOrganisationWideScopeIsWarnedOf(t *testing.T) {
	top := litware()
	top.Pools[0].ClientAccessServers = topology.Selection{All: true}
	top.MailboxPolicies = topology.Selection{All: true}
	p := build(t, top)
	for _, id := range []string{"owa-virtual-directories", "mailbox-policies"} {
		if step, _ := p.Step(id); step.Impact.Warning == "" {
			t.Errorf("step %s does not warn: %+v", id, step.Impact)
		}
	}
}

func TestUnknownChange(t *testing.T) {
	p, findings := plan.Build(litware(), nil, "explode")
	if p != nil || len(findings) != 1 || findings[0].ID != "change-unknown" || findings[0].Hint == "" {
		t.Errorf("plan %v, findings %v", p, findings)
	}
}

// A server's certificate needs one of the names under which Lync knows that server, never the name of another.
func TestKnownNames(t *testing.T) {
	colocated := litware()
	colocated.Pools[0].UMColocated = true
	colocated.Pools[0].MailboxServers[0].FQDN = "mbx1.litwareinc.com"
	untrusted := twoSites()
	untrusted.Pools[0].TrustedComputers = nil
	inPlans := twoSites()
	inPlans.Pools[0].TrustedComputers = nil
	inPlans.Pools[0].SipDialPlans = topology.Selection{All: true}
	for _, tt := range []struct {
		name string
		top  *topology.Topology
		want string
	}{
		{"page form", litware(), "atl-owa-001.litwareinc.com"},
		{"a trusted computer", twoSites(), "atl-owa-001.litwareinc.com mbx1.litwareinc.com"},
		{"no trusted computer", untrusted, "atl-owa-001.litwareinc.com"},
		{"discovered by a dial plan", inPlans, "atl-owa-001.litwareinc.com mbx1.litwareinc.com"},
		{"colocated", colocated, "mbx1.litwareinc.com"},
	} {
		if got := strings.Join(build(t, tt.top).Servers()[0].Known, " "); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}
