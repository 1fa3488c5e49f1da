package rehearsal

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/plan"
)

func TestEveryKindOfChangeHasABeginning(t *testing.T) {
	for _, change := range plan.Changes() {
		if _, err := (&bundle{plan: plan.Plan{Change: change}}).kind(); err != nil {
			t.Error(err)
		}
	}
	if _, err := (&bundle{plan: plan.Plan{Change: "other"}}).kind(); err == nil {
		t.Error("an unknown kind of change has a beginning")
	}
}

// The steps go back last first; the servers of one step in the order in which it was done, because what its first
// run made for all of them has to go first.
func TestBackOutsGoBackStepByStep(t *testing.T) {
	step := func(id string) plan.Step { return plan.Step{ID: id, BackOut: id} }
	enable := plan.Step{ID: "enable-topology"}
	done := []invocation{
		{step: step("trusted-application"), host: "fe"},
		{step: enable, host: "fe"},
		{step: step("im-settings"), host: "a"},
		{step: step("im-settings"), host: "b"},
		{step: step("mailbox-policies"), host: "a"},
	}
	var got []string
	for _, i := range backOuts(done) {
		got = append(got, i.script+" "+i.host)
	}
	want := []string{"mailbox-policies a", "im-settings a", "im-settings b", "trusted-application fe"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// live are bundles that are rehearsed without the long parts: each version and each kind of change once; a SiteId that
// has to be escaped in XML; an existing setting override that is taken over, and a pilot user whose two addresses differ.
var live = []struct {
	example  string
	change   plan.Change
	parts    []int
	replaced []string // texts of the topology, each followed by what stands there instead
}{
	{"litware", plan.Integrate, []int{0, 2, 3}, []string{"siteId: Redmond", "siteId: R&D"}},
	{"litware", plan.Reapply, []int{0, 1, 2, 3, 4, 5}, nil},
	{"litware-colocated", plan.RemoveDuplicate, []int{0, 1, 2, 3, 4, 5}, nil},
	{"litware-colocated", plan.Retire, []int{0, 2, 3, 4}, nil},
	{"fabrikam-2019", plan.Retire, []int{0, 1, 2, 3, 4}, []string{"umColocated: false", "umColocated: false\n    settingOverride: Old IM"}},
	{"contoso-pilots", plan.Retire, []int{0, 2, 3}, nil},
	{"fabrikam-2019", plan.Disable, []int{0, 2, 4}, nil},
	{"fabrikam-2019", plan.Reapply, []int{0, 2, 3}, nil},
	{"fabrikam-2019", plan.Integrate, []int{0, 1, 2, 3, 4}, []string{
		"umColocated: false", "umColocated: false\n    settingOverride: Old IM",
		"- ines.carvalho@fabrikam.com", "- {mailbox: ines.carvalho@fabrikam.com, sip: icarvalho@fabrikam.com}",
	}},
}

func TestKindsLive(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for _, l := range live {
		t.Run(l.example+" "+string(l.change), func(t *testing.T) {
			t.Parallel()
			source := strings.NewReplacer(l.replaced...).Replace(exampleTopology(t, l.example))
			report, err := rehearse(context.Background(), writeChange(t, source, l.change, unchanged), Options{}, chosen(l.parts))
			if err != nil {
				t.Fatal(err)
			}
			if failure := report.FirstFailure(); failure != nil {
				t.Fatal(failure.inFull())
			}
		})
	}
}

// Two pools with different registrars have an override each: while that of one is renewed, the other, and the
// servers that it is for, stay as they are.
func TestRenewalLeavesTheOtherPoolAlone(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Parallel()
	b, err := readBundle(writeChange(t, exampleTopology(t, "contoso-2016"), plan.RenewCertificate, unchanged))
	if err != nil {
		t.Fatal(err)
	}
	r, err := openRehearsal(context.Background(), b, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.closeStages()
	if err := r.play(chosen([]int{0, 2})); err != nil {
		t.Fatal(err)
	}
	if failure := r.report.FirstFailure(); failure != nil {
		t.Fatal(failure.inFull())
	}
	servers := r.bundle.plan.Servers()
	for n, o := range r.forward.runs {
		if o.step.ID != "im-settings" {
			continue
		}
		before, after := r.before(r.forward, n).farm.settled(), o.after.farm.settled()
		mine := servers[slices.IndexFunc(servers, func(s plan.Server) bool { return s.FQDN == o.host })]
		for _, other := range servers {
			if other.Pool.FQDN == mine.Pool.FQDN {
				continue
			}
			if !reflect.DeepEqual(before.host(other.FQDN), after.host(other.FQDN)) {
				t.Errorf("%s changed %s", o.invocation, other.FQDN)
			}
			if !reflect.DeepEqual(overrideOf(before, other.Override), overrideOf(after, other.Override)) {
				t.Errorf("%s changed the setting override %s", o.invocation, other.Override)
			}
		}
	}
	overrides := r.forward.end().farm.Exchange.Directory.Overrides
	scoped := slices.DeleteFunc(slices.Clone(overrides), func(o SettingOverride) bool { return o.Section != "IMSettings" })
	if len(scoped) != 2 || len(scoped[0].Servers) != 2 || len(scoped[1].Servers) != 1 {
		t.Errorf("not one override for each pool, scoped to its servers: %+v", scoped)
	}
}

func overrideOf(f *Farm, name string) SettingOverride {
	i := slices.IndexFunc(f.Exchange.Directory.Overrides, func(o SettingOverride) bool { return o.Name == name })
	return f.Exchange.Directory.Overrides[i]
}

// What the plan has the rehearsal run is checked before it runs, as the scripts are.
func TestPlanCommandThatTheFarmDoesNotKnowIsRefused(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Parallel()
	dir := writeChange(t, litware, plan.Integrate, func(files map[string]string) error {
		files["plan.json"] = strings.ReplaceAll(files["plan.json"], `"text": "Enable-CsTopology"`, `"text": "Restart-Computer"`)
		return nil
	})
	report, err := rehearse(context.Background(), dir, Options{}, chosen([]int{0, 2}))
	if err != nil {
		t.Fatal(err)
	}
	if failure := report.FirstFailure(); failure == nil || len(report.Parts) != 1 || !strings.Contains(failure.Detail, "Restart-Computer") {
		t.Errorf("got %+v", report.FirstFailure())
	}
}

func exampleTopology(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/" + name + "/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
