package rehearsal

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// inventories are the files of inventory scripts: name -> text.
type inventories map[string]string

// merged is what the files tell.
func (i inventories) merged(t *testing.T) *inventory.Farm {
	t.Helper()
	var files []*inventory.File
	for name, text := range i {
		f, findings := inventory.Load(name, []byte(text))
		if f == nil {
			t.Fatal(findings)
		}
		files = append(files, f)
	}
	farm, findings := inventory.Merge(files)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return farm
}

// marked is the plan of a topology with the states that the inventories tell.
func (i inventories) marked(t *testing.T, source string, kind plan.Change) *plan.Plan {
	t.Helper()
	top, findings := topology.Load("topology.yaml", []byte(source))
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, []byte(source), kind)
	if p == nil {
		t.Fatal(findings)
	}
	i.merged(t).Mark(p)
	return p
}

// write renders a bundle with the inventories in it, and returns its folder.
func (i inventories) write(t *testing.T, source string, kind plan.Change) string {
	t.Helper()
	return writePlan(t, i.marked(t, source, kind), unchanged)
}

// takeInventory runs the inventory scripts on a farm: the whole one on the first Mailbox server, -ThisServer on the others,
// and that of Lync on a Front End.
func takeInventory(t *testing.T, s *stage, w world) inventories {
	t.Helper()
	scripts, err := inventory.Scripts()
	if err != nil {
		t.Fatal(err)
	}
	taken := inventories{}
	take := func(host, script string, arguments map[string]any) {
		i := slices.IndexFunc(scripts, func(s inventory.Script) bool { return s.Name == script })
		folder := hostFolder(host) + "/lyncowa-inventory/"
		on := w.copy()
		on.files[folder+script] = string(scripts[i].Text)
		o, err := s.play(on, host, map[string]any{"script": filepath.Join(s.root, filepath.FromSlash(folder+script)), "command": "", "arguments": arguments}, manner{})
		if err != nil {
			t.Fatal(err)
		}
		if o.Exit != 0 || len(o.Mutations) > 0 {
			t.Errorf("%s on %s: exit %d, %d mutations:\n%s", script, host, o.Exit, len(o.Mutations), o.Text)
		}
		if found := different(on, world{o.after.farm, o.after.files.without(func(name string) bool { return path.Dir(name)+"/" == folder && path.Ext(name) == ".json" })}); found != "" {
			t.Errorf("%s on %s: %s", script, host, found)
		}
		for name, text := range o.after.files {
			if path.Dir(name)+"/" == folder && path.Ext(name) == ".json" {
				taken[path.Base(name)] = text
			}
		}
	}
	for n, server := range s.bundle.plan.Servers() {
		take(server.FQDN, "inventory-exchange.ps1", map[string]any{"ThisServer": n > 0})
	}
	take(w.farm.lyncHost(s.bundle.topology.Pools[0].Registrar), "inventory-lync.ps1", map[string]any{})
	return taken
}

// facts is the inventories line by line, without what depends on when they were taken.
func (i inventories) facts() tree {
	t := tree{}
	for name, text := range i {
		for n, line := range strings.Split(text, "\n") {
			t[fmt.Sprintf("%s line %d", name, n+1)] = regexp.MustCompile(`"(takenAt|lastReport)": *"[^"]*"`).ReplaceAllString(line, `"$1": ""`)
		}
	}
	return t
}

// TestInventoryRoundTrip: a farm that is built from inventories gives the same inventories.
func TestInventoryRoundTrip(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for _, example := range []string{"litware", "litware-colocated", "contoso-2016", "fabrikam-2019"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			source := exampleTopology(t, example)
			s := stageOf(t, source, "")
			for name, history := range map[string][]chapter{"fresh": nil, "integrated": {integrate}} {
				w, err := s.tell(history)
				if err != nil {
					t.Fatal(err)
				}
				first := takeInventory(t, s, w)
				if s.bundle, err = readBundle(first.write(t, source, plan.Integrate)); err != nil {
					t.Fatal(err)
				}
				built, rest, err := s.asRead()
				if err != nil {
					t.Fatal(err)
				}
				if rest = slices.DeleteFunc(rest, func(s string) bool { return s == "pilot users" }); len(rest) > 0 {
					t.Errorf("%s: not from the inventories: %v", name, rest)
				}
				for _, d := range first.facts().differences(takeInventory(t, s, built).facts()) {
					t.Errorf("%s: %s", name, d)
				}
			}
		})
	}
}

// TestPlanAgainstANewInventory: after the change a new inventory shows all of it as done. A cumulative update takes the two
// keys away on each server of Exchange 2013: they are due, with the recycle that takes them over. An override stays.
func TestPlanAgainstANewInventory(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for _, example := range []string{"contoso-two-sites", "contoso-2016"} {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			source := exampleTopology(t, example)
			s := stageOf(t, source, "")
			w, err := s.tell(nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range due(takeInventory(t, s, w).marked(t, source, plan.Integrate)) {
				if !strings.HasPrefix(line, "change ") {
					t.Errorf("before: %s", line)
				}
			}
			for _, i := range s.bundle.runSheet(w.farm) {
				o, err := s.run(s.follow(w, i), i, manner{})
				if complaint := wrongExit(o, 0); err != nil || complaint != "" {
					t.Fatal(i, err, complaint)
				}
				w = o.after
			}
			w.farm.Clock += 3600
			if got := due(takeInventory(t, s, w).marked(t, source, plan.Integrate)); len(got) > 0 {
				t.Errorf("after:\n%s", strings.Join(got, "\n"))
			}
			if w, err = update(s, w.copy()); err != nil {
				t.Fatal(err)
			}
			p := takeInventory(t, s, w).marked(t, source, plan.Integrate)
			var wanted []string
			for _, server := range p.Servers() {
				if !p.UsesOverride() {
					wanted = append(wanted, fmt.Sprintf(`change <add key="IMCertificateThumbprint" value="%s"/>`, server.Thumbprint),
						fmt.Sprintf(`change <add key="IMServerName" value="%s"/>`, server.Registrar()),
						`change C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`)
				}
			}
			if got := due(p); !slices.Equal(got, wanted) {
				t.Errorf("after the update:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wanted, "\n"))
			}
		})
	}
}

// due are the commands that are not done, with their states.
func due(p *plan.Plan) []string {
	var list []string
	for _, step := range p.Steps {
		for _, c := range step.Commands {
			if c.State != plan.Done {
				list = append(list, fmt.Sprintf("%s %s", c.State, c.Text))
			}
		}
	}
	return list
}

// half are farms that have a part of what a change brings, such as one of two dial plans.
var half = map[string]func(f *Farm){
	"contoso-two-sites": func(f *Farm) {
		f.server("dub-mbx-01.contoso.com").UMDialPlans = []string{"Dublin SIP", "Farm telephones"}
		f.server("dub-cas-01.contoso.com").CallRouterDialPlans = []string{"Europe SIP", "Dublin SIP"}
		f.Exchange.Policies[0].Settings["InstantMessagingType"] = "Ocs"
		f.Lync.Trusted = append(f.Lync.Trusted, TrustedPool{
			FQDN: "owa-sin.contoso.com", Registrar: "lync-sin.contoso.com", Site: siteIdentity("Singapore"), TreatAsAuthenticated: true, ThrottleAsServer: true,
			Computers: []string{"owa-sin.contoso.com"}, Applications: []Application{}, Endpoints: []Endpoint{},
		})
	},
	"contoso-2016": func(f *Farm) {
		f.Lync.Trusted = append(f.Lync.Trusted, TrustedPool{
			FQDN: "mail-fra.contoso.com", Registrar: "sfb-fra.contoso.com", Site: siteIdentity("Frankfurt"), TreatAsAuthenticated: true, ThrottleAsServer: true,
			Computers: []string{"fra-ex-02.contoso.com"}, Applications: []Application{{ID: "outlookwebapp", Port: 5199}}, Endpoints: []Endpoint{},
		})
		old := strings.Repeat("0", 40)
		f.Exchange.Directory.Overrides = append(f.Exchange.Directory.Overrides, SettingOverride{
			Name: "OWA IM mail-fra.contoso.com", Component: "OwaServer", Section: "IMSettings", Servers: []string{"FRA-EX-01"},
			Parameters: []string{"IMServerName=sfb-fra.contoso.com", "IMCertificateThumbprint=" + old},
		})
		h := f.host("fra-ex-01.contoso.com")
		h.Running, h.AppPool.ServerName, h.AppPool.Thumbprint = slices.Clone(f.Exchange.Directory.Overrides), "sfb-fra.contoso.com", old
		f.Exchange.Policies[0].Settings["InstantMessagingType"] = "Ocs"
	},
}

// TestRehearsalOnAHalfConfiguredFarm: the scripts do what the plan shows as due, no more, and a back-out leaves what was
// there.
func TestRehearsalOnAHalfConfiguredFarm(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for example, configure := range half {
		t.Run(example, func(t *testing.T) {
			t.Parallel()
			source := exampleTopology(t, example)
			s := stageOf(t, source, "")
			w := s.fresh()
			configure(w.farm)
			w.farm.Lync.Enabled = slices.Clone(w.farm.Lync.Trusted)
			w, err := s.started(w)
			if err != nil {
				t.Fatal(err)
			}
			dir := takeInventory(t, s, w).write(t, source, plan.Integrate)
			report, err := rehearse(context.Background(), dir, Options{}, chosen([]int{0, 1, 2, 3, 4}))
			if err != nil {
				t.Fatal(err)
			}
			if failure := report.FirstFailure(); failure != nil {
				t.Fatal(failure.inFull())
			}
			if len(report.Inventories) != len(s.bundle.plan.Servers())+1 || !slices.Equal(report.FromTopology, []string{"pilot users"}) {
				t.Errorf("the report names %v and %v", report.Inventories, report.FromTopology)
			}
		})
	}
}
