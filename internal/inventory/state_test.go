package inventory

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"lyncowa/internal/plan"
	"lyncowa/internal/plan/plantest"
	"lyncowa/internal/topology"
)

// marked is the states of a plan's commands: step, state, beginning of the command.
func marked(t *testing.T, yaml string, change plan.Change, files ...*File) (*plan.Plan, []string) {
	t.Helper()
	top, findings := topology.Load("t.yaml", []byte(yaml))
	if top == nil {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, []byte(yaml), change)
	if p == nil {
		t.Fatal(findings)
	}
	merged(t, files...).Mark(p)
	var states []string
	for _, s := range p.Steps {
		for _, c := range s.Commands {
			states = append(states, fmt.Sprintf("%d %s %s", s.Order, c.State, c.Fact))
		}
	}
	return p, states
}

// configured is the test farm after the change integrate.
func configured() (exchange, lync *File) {
	exchange, lync = testFarm()
	existing(lync)
	lync.Objects.TrustedPools[0].Computers = []string{"dub-mbx-02.contoso.com", "dub-mbx-01.contoso.com"}
	exchange.Objects.VirtualDirectories[0].Type = "Ocs"
	exchange.Objects.MailboxPolicies[0].Type = "Ocs"
	exchange.Objects.WebConfig = []WebConfig{
		{"dub-mbx-01.contoso.com", "lync-dub.contoso.com", poolThumbprint, ""},
		{"dub-mbx-02.contoso.com", "LYNC-dub.contoso.com", strings.ToLower(ownThumbprint), ""},
	}
	return exchange, lync
}

func TestNothingIsDoneYet(t *testing.T) {
	exchange, lync := testFarm()
	_, states := marked(t, rightTopology, plan.Integrate, exchange, lync)
	want := []string{
		"40 change there is no such pool", "40 change not in the pool", "40 change there is no such application", "50 change step 40 changes the topology",
		`60 change DUB-CAS-01\owa (Default Web Site) has the type None`,
		"70 change not there", "70 change not there", "70 change takes the keys over",
		"70 unknown webConfig not read: no inventory has it", "70 unknown webConfig not read: no inventory has it", "70 unknown webConfig not read: no inventory has it",
		"80 change has the type None",
	}
	if !slices.Equal(states, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(states, "\n"), strings.Join(want, "\n"))
	}
}

// TestAllIsDone: and after a cumulative update of one server its two keys, which the recycle takes over, are to change.
func TestAllIsDone(t *testing.T) {
	exchange, lync := configured()
	p, states := marked(t, rightTopology, plan.Integrate, exchange, lync)
	if *p.Totals != (plan.Totals{Done: len(states)}) || p.StateOf() != "2026-03-02 09:31Z" {
		t.Errorf("%+v, %s: %s", *p.Totals, p.StateOf(), strings.Join(states, "\n"))
	}
	exchange.Objects.WebConfig[1] = WebConfig{Server: "dub-mbx-02.contoso.com"}
	for _, change := range []plan.Change{plan.Integrate, plan.Reapply} {
		p, states = marked(t, rightTopology, change, exchange, lync)
		changed := slices.DeleteFunc(states, func(s string) bool { return !strings.Contains(s, " change ") })
		if want := []string{"70 change not there", "70 change not there", "70 change takes the keys over"}; !slices.Equal(changed, want) || p.Totals.Change != 3 {
			t.Errorf("%s: %q", change, changed)
		}
	}
}

func step(p *plan.Plan, id string) plan.Step {
	s, _ := p.Step(id)
	return s
}

func TestConflictsAndGaps(t *testing.T) {
	for _, test := range []struct {
		name   string
		farm   func(exchange, lync *File)
		change plan.Change
		want   string
	}{
		{"registrar", func(_, l *File) { l.Objects.TrustedPools[0].Registrar = "lync-cork.contoso.com" }, plan.Integrate, "40 conflict the pool exists with the registrar lync-cork.contoso.com"},
		{"site", func(_, l *File) { l.Objects.TrustedPools[0].Site = "Site:Cork1" }, plan.Integrate, "40 conflict the pool exists in the site with SiteId 2"},
		{"room", func(_, l *File) { l.Objects.TrustedPools[0].Computers = []string{"owa-dub.contoso.com"} }, plan.Integrate, "40 conflict the pool is its own one computer"},
		{"first computer", func(_, l *File) { l.Objects.TrustedPools[0].Computers = []string{"dub-mbx-02.contoso.com"} }, plan.Integrate, "40 change the pool exists without dub-mbx-01.contoso.com"},
		{"port", func(_, l *File) { l.Objects.Applications[0].Port = 5300 }, plan.Integrate, "40 conflict the application exists with another port"},
		{"foreign port", func(_, l *File) { l.Objects.Applications[0].ApplicationID = "other" }, plan.Integrate, "40 conflict the port belongs to other"},
		{"unread", func(_, l *File) { l.Objects.TrustedPools = nil }, plan.Integrate, "50 unknown step 40 is not clear"},
		{"directory", func(e, _ *File) { e.Objects.VirtualDirectories = []VirtualDirectory{} }, plan.Integrate, "60 conflict no OWA virtual directory"},
		{"directory switched off", func(e, _ *File) { e.Objects.VirtualDirectories[0].Enabled = is(false) }, plan.Disable, "60 done instant messaging off"},
		{"directory on", func(_, _ *File) {}, plan.Disable, `60 change DUB-CAS-01\owa (Default Web Site) has the type Ocs`},
		{"directory to retire", func(_, _ *File) {}, plan.Retire, `60 change DUB-CAS-01\owa (Default Web Site) has the type Ocs`},
		{"directory retired", func(e, _ *File) {
			e.Objects.VirtualDirectories[0].Enabled, e.Objects.VirtualDirectories[0].Type = is(false), "None"
		}, plan.Retire, "60 done instant messaging off"},
		{"policy to retire", func(_, _ *File) {}, plan.Retire, "62 change has the type Ocs"},
		{"keys to retire", func(_, _ *File) {}, plan.Retire, "70 change there with lync-dub.contoso.com"},
		{"keys of another pool", func(e, _ *File) { e.Objects.WebConfig[0].ServerName = "old.contoso.com" }, plan.Retire, "70 conflict there with old.contoso.com"},
		{"keys retired", func(e, _ *File) { e.Objects.WebConfig[0] = WebConfig{Server: "dub-mbx-01.contoso.com"} }, plan.Retire, "70 done not there"},
		{"computer to retire", func(_, _ *File) {}, plan.Retire, "85 change in the pool"},
		{"pool retired", func(_, l *File) { l.Objects.TrustedPools = l.Objects.TrustedPools[1:] }, plan.Retire, "85 done there is no such pool"},
		{"topology to enable", func(_, _ *File) {}, plan.Retire, "88 change step 85 changes the topology"},
		{"other key", func(e, _ *File) { e.Objects.WebConfig[0].ServerName = "old.contoso.com" }, plan.Integrate, "70 change there with old.contoso.com"},
		{"policy", func(e, _ *File) { e.Objects.MailboxPolicies = e.Objects.MailboxPolicies[1:] }, plan.Integrate, "80 conflict there is no such policy"},
	} {
		t.Run(test.name, func(t *testing.T) {
			exchange, lync := configured()
			test.farm(exchange, lync)
			if _, states := marked(t, rightTopology, test.change, exchange, lync); !slices.Contains(states, test.want) {
				t.Errorf("without %q:\n%s", test.want, strings.Join(states, "\n"))
			}
		})
	}
}

// TestOverrides: Exchange 2016 keeps the settings in overrides, which each server takes over.
func TestOverrides(t *testing.T) {
	yaml := strings.Replace(rightTopology, "name: dublin\n", "name: dublin\nversions: {exchange: 2016, lync: 2015}\n", 1)
	exchange, lync := configured()
	exchange2016(exchange)
	lync.Product = "Skype for Business Server 2015 (6.0.9319.0)"
	count := func(want plan.Totals) {
		t.Helper()
		p, states := marked(t, yaml, plan.Integrate, exchange, lync)
		got := plan.Totals{}
		for _, c := range step(p, "im-settings").Commands {
			got.Count(c.State)
		}
		if got != want {
			t.Errorf("%+v, want %+v:\n%s", got, want, strings.Join(states, "\n"))
		}
	}
	count(plan.Totals{Change: 6})
	top, _ := topology.Load("t.yaml", []byte(yaml))
	p, _ := plan.Build(top, nil, plan.Integrate)
	for _, o := range p.Overrides() {
		exchange.Objects.Overrides = append(exchange.Objects.Overrides, Override{o.Name, "OwaServer", "IMSettings", o.Servers, o.Parameters()})
		exchange.Objects.EffectiveOverrides = append(exchange.Objects.EffectiveOverrides, EffectiveOverride{o.First, o.Name, o.Parameters()})
	}
	count(plan.Totals{Done: 6})
	exchange.Objects.EffectiveOverrides = exchange.Objects.EffectiveOverrides[:1]
	count(plan.Totals{Done: 4, Unknown: 2})
	exchange.Objects.Overrides[0].Parameters = []string{"IMServerName=old.contoso.com"}
	count(plan.Totals{Change: 3, Done: 1, Unknown: 2})
	exchange.Objects.Overrides = append(exchange.Objects.Overrides, Override{"Old", "OwaServer", "IMSettings", nil, nil})
	count(plan.Totals{Conflict: 6})
}

// TestEveryCommandHasAState: whatever the topology and the kind of change, and also where nothing was read.
func TestEveryCommandHasAState(t *testing.T) {
	shapes, err := txtar.ParseFile("../bundle/testdata/shapes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	exchange, lync := testFarm()
	nothing := *exchange
	nothing.Objects = Objects{}
	for _, farm := range []*Farm{merged(t, exchange, lync), merged(t, &nothing)} {
		for _, shape := range shapes.Files {
			top, findings := topology.Load(shape.Name, shape.Data)
			if top == nil {
				t.Fatal(findings)
			}
			for _, change := range plan.Changes() {
				p, _ := plan.Build(top, shape.Data, change, plantest.Earlier(top))
				if p == nil {
					continue
				}
				farm.Mark(p)
				for _, s := range p.Steps {
					for _, c := range s.Commands {
						if c.State == "" || c.Fact == "" || c.Fact == "inventories do not tell" {
							t.Errorf("%s, %s: %s has the state %q: %s", shape.Name, change, c.Text, c.State, c.Fact)
						}
						if len(farm.Files) == 1 && c.State != plan.Unknown {
							t.Errorf("%s, %s: nothing was read, and %s is %s: %s", shape.Name, change, c.Text, c.State, c.Fact)
						}
					}
				}
			}
		}
	}
}

// TestExampleFarm: the committed example is what the scripts write.
func TestExampleFarm(t *testing.T) {
	const folder = "../../examples/contoso-inventory/inventory/"
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 4 {
		t.Fatalf("%d files, %v", len(entries), err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(folder + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if _, findings := Load(e.Name(), data); len(findings) > 0 {
			t.Error(findings)
		}
	}
}
