package record_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// untrue are phrases that a page must not use unless something holds for its plan.
var untrue = []struct {
	phrases []string
	unless  func(*plan.Plan) bool
}{
	// Lync changes only where a trusted application pool is created or removed.
	{[]string{"New-Cs", "Enable-Cs", "40-lync", "50-lync", "configuration export", "enables every topology change", "topology changes that step", "Central Management Store"}, enables},
	{[]string{"new trusted application pool", "creates a trusted application pool"}, creates},
	{[]string{"manual entry is the second"}, isKind(plan.RemoveDuplicate)},
	{[]string{"Remove-Cs", "**Destructive"}, func(p *plan.Plan) bool { return enables(p) && !creates(p) }},
	{[]string{"OWA restarts", "AppPool", "interrupted for up to"}, func(p *plan.Plan) bool { return planned(p, "im-settings") || planned(p, "owa-recycle") }},
	{[]string{"web.config is well-formed", "<add key", "overwrites web.config |"}, func(p *plan.Plan) bool {
		return !p.UsesOverride() && p.Change != plan.RemoveDuplicate && p.Change != plan.Disable
	}},
	{[]string{"SettingOverride", "An override is one object"}, func(p *plan.Plan) bool { return p.UsesOverride() && planned(p, "im-settings") }},
	{[]string{"old certificate", "new certificate", "Old thumbprint"}, isKind(plan.RenewCertificate)},
	{[]string{"Set-UM", "dial plans " + "Dublin"}, func(p *plan.Plan) bool { return planned(p, "sip-dial-plans") }},
	{[]string{"both UM services, so Lync discovers", "Lync discovers the others", "no entry is created for"}, func(p *plan.Plan) bool { return len(p.DiscoveredPools()) > 0 }},
	{[]string{"has no unified messaging"}, func(p *plan.Plan) bool { return !p.HasUM() }},
	{[]string{"Is unified messaging in use", "Lync knows a server twice", "both UM services and a SipName dial plan |"}, (*plan.Plan).HasUM},
	{[]string{"instant messaging switched off", "InstantMessagingEnabled $false"}, isKind(plan.Disable, plan.Retire)},
	{[]string{"event 112", "UCMA", "issuer", "44024", "thumbprint"}, func(p *plan.Plan) bool { return p.Change != plan.Disable }},
	{[]string{"Changes nothing: every step only reads", "Nothing to undo: every step only reads"}, reads},
	{[]string{"The scripts do exactly this", "back-out script", "What can go wrong", "Begin it by"}, func(p *plan.Plan) bool { return !reads(p) }},
	{[]string{"every OWA mailbox policy", "Every OWA user of the organisation**, because"}, func(p *plan.Plan) bool { return p.Topology.MailboxPolicies.All && planned(p, "mailbox-policies") }},
	{[]string{"every Client Access server of the organisation", "every OWA virtual directory of the organisation"}, func(p *plan.Plan) bool { return p.ClientAccess().All && planned(p, "owa-virtual-directories") }},
	{[]string{"port 0"}, func(*plan.Plan) bool { return false }},
	{[]string{"the other side's certificate"}, isKind(plan.Integrate)},
	{[]string{"mailbox policy Default"}, isKind(plan.Integrate, plan.Retire)},
	{[]string{"in an order that spares users"}, isKind(plan.Retire)},
	{[]string{"A cumulative update of Exchange overwrites them"}, func(p *plan.Plan) bool { return p.Change == plan.Reapply && !p.UsesOverride() }},
}

func planned(p *plan.Plan, id string) bool {
	s, found := p.Step(id)
	return found && s.Status == plan.Planned
}

func enables(p *plan.Plan) bool { return planned(p, "enable-topology") }
func creates(p *plan.Plan) bool {
	isNew := func(pool topology.Pool) bool { return !p.GrowsFrom(pool) }
	return (p.Change == plan.Integrate || p.Grows()) && enables(p) && slices.ContainsFunc(p.TrustedPools(), isNew)
}
func reads(p *plan.Plan) bool { return !slices.ContainsFunc(p.Steps, plan.Step.Changes) }

func isKind(changes ...plan.Change) func(*plan.Plan) bool {
	return func(p *plan.Plan) bool { return slices.Contains(changes, p.Change) }
}

// No sentence is untrue for its kind of change, its versions, its topology.
func TestNoSentenceIsUntrue(t *testing.T) {
	seen := map[string]bool{}
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		for _, name := range []string{"change-record.md", "approval.md"} {
			text := page(t, p, name)
			if before, byHand, found := strings.Cut(text, "Without evidence, go back by hand"); found {
				_, after, _ := strings.Cut(byHand, "\n## ")
				text = before + after // the way back by hand undoes what the change does
			}
			for _, u := range untrue {
				for _, phrase := range u.phrases {
					at := strings.Index(text, phrase)
					if at >= 0 && !u.unless(p) {
						t.Errorf("%s says %q: ...%s...", name, phrase, text[max(0, at-80):min(len(text), at+80)])
					}
					seen[phrase] = seen[phrase] || at >= 0
				}
			}
		}
	})
	for _, u := range untrue {
		for _, phrase := range u.phrases {
			if !seen[phrase] && !strings.Contains(phrase, "port 0") {
				t.Errorf("no page says %q any more, so nothing is tested by it", phrase)
			}
		}
	}
}

// What a board must find, in words of the kind.
func TestEveryKindSaysWhatMatters(t *testing.T) {
	in2016 := topology.Versions{Exchange: "2016", Lync: "2019"}
	for _, c := range []struct {
		change   plan.Change
		versions topology.Versions
		want     []string
	}{
		{plan.Integrate, topology.Versions{Exchange: "2013", Lync: "2013"}, []string{"enables every topology change", "between steps 60 and 70", "unsaved text can be lost"}},
		{plan.Disable, topology.Versions{Exchange: "2013", Lync: "2013"}, []string{"no presence and no chat in OWA after the restart", "still need presence or chat"}},
		{plan.RemoveDuplicate, topology.Versions{Exchange: "2013", Lync: "2013"}, []string{"**Destructive.**", "creates the entry again from its captured state", "is needed and stays"}},
		{plan.Retire, topology.Versions{Exchange: "2013", Lync: "2013"}, []string{"**Destructive.**", "trusts a server as long as it is in such a plan", "on any OWA pool of the organisation", "web.config byte for byte"}},
		{plan.Retire, in2016, []string{"each server drops it at its own restart", "is for declared servers only", "step 88 would enable too"}},
		{plan.Disable, in2016, []string{"The change *retire* takes all of that out"}},
		{plan.Reapply, topology.Versions{Exchange: "2013", Lync: "2013"}, []string{"A cumulative update of Exchange overwrites them", "Is the update finished on each of these servers"}},
		{plan.Reapply, in2016, []string{"Changes nothing: every step only reads", "Nothing changes. 1 step is skipped."}},
		{plan.RenewCertificate, topology.Versions{Exchange: "2013", Lync: "2013"}, []string{"Keep the old certificate on every server until the change is closed", "works with the old or the new certificate at any moment", "| Old thumbprint | New thumbprint |"}},
		{plan.RenewCertificate, in2016, []string{"A setting override changes for all of its servers at once", "takes an override back for all of its servers"}},
	} {
		top := mixed()
		top.Versions = c.versions
		p, findings := plan.Build(top, nil, c.change, replacing(c.change, top))
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		text := markdown(t, p)
		for _, phrase := range c.want {
			if !strings.Contains(text, phrase) {
				t.Errorf("%s on %s: the record does not say %q", c.change, c.versions.Exchange, phrase)
			}
		}
	}
}

// A renewal shows old and new of each server, in its row.
func TestRenewalShowsOldAndNew(t *testing.T) {
	top := mixed()
	p, _ := plan.Build(top, nil, plan.RenewCertificate, replacing(plan.RenewCertificate, top))
	text := markdown(t, p)
	for _, r := range p.Replaces {
		if row := fmt.Sprintf("| `%s` | `%s` |", r.Old, r.New); !strings.Contains(text, row) {
			t.Errorf("%s has no cells %s", r.Server, row)
		}
	}
}

// Every statement of the Page is explained where it is named first, and none is named besides.
func TestStatementsAreExplained(t *testing.T) {
	mention := regexp.MustCompile(`\bP(1[0-5]|[1-9])\b`)
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		for _, name := range []string{"change-record.md", "approval.md"} {
			text := strings.ReplaceAll(page(t, p, name), "P1 to P15 are its statements", "")
			for _, at := range mention.FindAllStringIndex(text, -1) {
				id := text[at[0]:at[1]]
				if first := strings.Index(text, "- "+id+", "); first < 0 || first > at[0] {
					t.Errorf("%s names %s before it explains it: %q", name, id, text[at[0]:min(len(text), at[1]+40)])
				}
			}
		}
	})
}

// No sentence points at a step that this kind of change does not have.
func TestNoStepThatIsNotThere(t *testing.T) {
	number := regexp.MustCompile(`[Ss]teps? (\d+)(?:, (\d+))?(?: and (?:step )?(\d+))?`)
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		known := map[string]bool{}
		for _, s := range p.Steps {
			known[fmt.Sprint(s.Order)] = true
		}
		for _, m := range number.FindAllStringSubmatch(markdown(t, p), -1) {
			for _, n := range m[1:] {
				if n != "" && !known[n] {
					t.Errorf("%q: there is no step %s", m[0], n)
				}
			}
		}
	})
}

// A pool whose servers go into dial plans has its trusted application pool for the shared name alone.
func TestTrustedPoolWhoseServersGoIntoDialPlans(t *testing.T) {
	top := mixed()
	top.Pools[0].TrustedComputers = nil
	top.Pools[0].SipDialPlans = topology.Selection{Names: []string{"Redmond SIP"}}
	text := markdown(t, build(t, top))
	if want := "The servers of owa-pool.contoso.com become known under their own names through dial plans."; !strings.Contains(text, want) {
		t.Errorf("the record does not say %q", want)
	}
	if untrue := "The servers of owa-pool.contoso.com do not have both"; strings.Contains(text, untrue) {
		t.Errorf("of servers in a dial plan the record says %q", untrue)
	}
}
