package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// visits are the visits of a plan: the number, and the servers of a step that some servers run first.
func visits(p *plan.Plan) string {
	var all []string
	for _, s := range p.Visits() {
		if s.Status == plan.Skipped {
			continue
		}
		text := fmt.Sprint(s.Order)
		if step, _ := p.Step(s.ID); len(step.Canary) > 0 {
			text += "@" + strings.Join(s.RunOn, "+")
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

// careful is a topology of two Mailbox servers.
func careful(exchange, canary, pilotPolicy string) *topology.Topology {
	top := litware()
	top.Versions = topology.Versions{Exchange: exchange, Lync: "2015"}
	top.Pools[0].MailboxServers = []topology.MailboxServer{{FQDN: "m1.x", Thumbprint: strings.Repeat("1A", 20)}, {FQDN: "m2.x", Thumbprint: strings.Repeat("1A", 20)}}
	top.Pools[0].Canary, top.PilotPolicy = canary, pilotPolicy
	top.PilotUsers = []topology.Pilot{{Mailbox: "kim@x.y", SIP: "kim@x.y"}}
	return top
}

func TestVisits(t *testing.T) {
	for _, test := range []struct {
		change           plan.Change
		exchange, canary string
		pilotPolicy      string
		want             string
	}{
		{plan.Integrate, "2013", "", "", "10 20 40 50 60 70 80 90 95 99"},
		{plan.Integrate, "2013", "m2.x", "", "10 20 40 50 60 70@m2.x 90@m2.x 91 70@m1.x 80 90@m1.x 95 99"},
		{plan.Integrate, "2016", "m1.x", "", "10 20 40 50 60 70@m1.x 90@m1.x 91 70@m2.x 80 90@m2.x 95 99"},
		{plan.Integrate, "2016", "", "Pilots", "10 20 40 50 60 65 70 90 95 96 80 99"},
		{plan.Integrate, "2013", "m2.x", "Pilots", "10 20 40 50 60 65 70@m2.x 90@m2.x 91 70@m1.x 90@m1.x 95 96 80 99"},
		{plan.Reapply, "2013", "m2.x", "Pilots", "10 70@m2.x 90@m2.x 91 70@m1.x 90@m1.x 99"},
		{plan.Reapply, "2016", "m2.x", "Pilots", "10 90 99"},
		{plan.RenewCertificate, "2013", "m2.x", "Pilots", "10 70@m2.x 90@m2.x 91 70@m1.x 90@m1.x 99"},
		{plan.RenewCertificate, "2016", "m2.x", "Pilots", "10 70 90 99"},
		{plan.Disable, "2013", "m2.x", "Pilots", "10 60 70 90 99"},
	} {
		p, list := plan.Build(careful(test.exchange, test.canary, test.pilotPolicy), nil, test.change)
		if p == nil {
			t.Fatal(list)
		}
		if got := visits(p); got != test.want {
			t.Errorf("%s %s with %q and %q: got %s, want %s", test.change, test.exchange, test.canary, test.pilotPolicy, got, test.want)
		}
		commands := 0
		for _, s := range p.Visits() {
			commands += len(s.Commands)
			if s.PerServer && slices.ContainsFunc(s.Commands, func(c plan.Command) bool { return !slices.Contains(s.RunOn, c.On) }) {
				t.Errorf("step %d has commands of other servers: %v", s.Order, s.Commands)
			}
		}
		for _, s := range p.Steps {
			commands -= len(s.Commands)
		}
		if commands != 0 {
			t.Errorf("%s %s: the visits have %d commands more than the steps", test.change, test.exchange, commands)
		}
	}
}

// A canary or a pilot policy that a change has no step for is not ignored in silence: some step says why.
func TestChangesWithoutATrialSaySo(t *testing.T) {
	const stay = "the mailbox policies stay as they are."
	for _, test := range []struct {
		change           plan.Change
		exchange, canary string
		pilotPolicy      string
		want             string // after "This change has no "; "" for no such sentence
	}{
		{plan.Integrate, "2016", "m2.x", "Pilots", ""},
		{plan.AddServer, "2016", "", "", ""},
		{plan.AddServer, "2013", "m2.x", "", "canary: new servers serve nobody until they get mailboxes or clients."},
		{plan.AddServer, "2016", "m1.x", "Pilots", "canary and no pilot step: new servers serve nobody until they get mailboxes or clients, and " + stay},
		{plan.Reapply, "2013", "m2.x", "", ""},
		{plan.Reapply, "2013", "m2.x", "Pilots", "pilot step: " + stay},
		{plan.Reapply, "2016", "m2.x", "Pilots", "canary and no pilot step: OWA's settings stay as they are, and " + stay},
		{plan.RenewCertificate, "2013", "m2.x", "", ""},
		{plan.RenewCertificate, "2016", "m2.x", "", "canary: one setting override serves all of its servers, so it cannot change for one of them alone."},
		{plan.Disable, "2013", "m2.x", "Pilots", "canary and no pilot step: it switches instant messaging off for everybody at once."},
		{plan.Retire, "2016", "m2.x", "", "canary: it switches instant messaging off for everybody at once."},
		{plan.RemoveDuplicate, "2016", "m2.x", "", "canary: OWA's settings stay as they are."},
	} {
		top := careful(test.exchange, test.canary, test.pilotPolicy)
		top.Pools[0].UMColocated = test.change == plan.RemoveDuplicate
		before := *top
		before.Pools = slices.Clone(top.Pools)
		before.Pools[0].MailboxServers = top.Pools[0].MailboxServers[:1]
		p, list := plan.Build(top, nil, test.change, plan.AddingTo(plan.Earlier{Name: "old.yaml", Topology: &before}, topology.Places{}))
		if p == nil {
			t.Fatal(list)
		}
		var got []string
		for _, s := range p.Steps {
			if _, sentence, found := strings.Cut(s.Reason, " This change has no "); found {
				got = append(got, sentence)
			}
		}
		if text := strings.Join(got, " / "); text != test.want {
			t.Errorf("%s %s with %q and %q: got %q, want %q", test.change, test.exchange, test.canary, test.pilotPolicy, text, test.want)
		}
	}
}

// An override is for the canary alone first. The first other server extends it, with both parameters again.
func TestOverrideBeginsWithTheCanary(t *testing.T) {
	p, _ := plan.Build(careful("2016", "m2.x", ""), nil, plan.Integrate)
	const parameters = `-Parameters @('IMServerName=atl-cs-001.litwareinc.com', 'IMCertificateThumbprint=1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A1A')`
	var got []string
	for _, text := range texts(p, "im-settings") {
		if strings.Contains(text, "SettingOverride") {
			got = append(got, text)
		}
	}
	want := []string{
		`New-SettingOverride -Name 'OWA IM atl-owa-001.litwareinc.com' -Component OwaServer -Section IMSettings ` + parameters + ` -Server 'm2' -Reason 'litware-owa-im-integrate on m2.x'`,
		`Set-SettingOverride -Identity 'OWA IM atl-owa-001.litwareinc.com' ` + parameters + ` -Server 'm1', 'm2' -Reason 'litware-owa-im-integrate on m1.x'`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var created int
	for _, touched := range p.Touches() {
		if touched.Object == plan.SettingOverride {
			created += touched.Count
		}
	}
	if created != 1 {
		t.Errorf("the plan counts %d overrides", created)
	}
}

// By hand the override is gone before any server reads it again and restarts OWA: in the plan, and on the pages, which take
// the visits in reverse.
func TestOverrideGoesFirstByHand(t *testing.T) {
	for _, canary := range []string{"m1.x", "m2.x"} {
		p, _ := plan.Build(careful("2019", canary, "IM pilots"), nil, plan.Integrate)
		settings, _ := p.Step("im-settings")
		var reversed []plan.Command
		for _, s := range slices.Backward(p.Visits()) {
			if s.ID == settings.ID {
				reversed = append(reversed, s.ManualUndo...)
			}
		}
		for _, commands := range [][]plan.Command{settings.ManualUndo, reversed} {
			if len(commands) != 5 || commands[0].Text != `Remove-SettingOverride -Identity 'OWA IM atl-owa-001.litwareinc.com' -Confirm:$false` || commands[3].On != canary {
				t.Errorf("canary %s: by hand %+v", canary, commands)
			}
		}
	}
}

// The pilot users get the policy after it has instant messaging. By hand they have none again.
func TestPilotPolicyCommands(t *testing.T) {
	p, _ := plan.Build(careful("2013", "", "IM pilots"), nil, plan.Integrate)
	want := []string{
		`Set-OwaMailboxPolicy -Identity 'IM pilots' -InstantMessagingEnabled $true -InstantMessagingType OCS`,
		`Set-CASMailbox -Identity 'kim@x.y' -OwaMailboxPolicy 'IM pilots'`,
	}
	if diff := cmp.Diff(want, texts(p, "pilot-policy")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	step, _ := p.Step("pilot-policy")
	if first := step.ManualUndo[0].Text; first != `Set-CASMailbox -Identity 'kim@x.y' -OwaMailboxPolicy $null` {
		t.Errorf("by hand: %s", first)
	}
}
