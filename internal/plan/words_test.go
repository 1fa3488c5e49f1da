package plan

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// Every step of every kind of change has its words, and every block of the file is used.
func TestWordsAreThereAndUsed(t *testing.T) {
	fields := []string{"title", "reason", "impact", "rights", "undo", "skipped", "warning", "place"}
	used := map[string]bool{}
	for _, shell := range []Shell{ShellLync, ShellExchange, ShellNone} {
		used[string(shell)+" place"] = true
	}
	for _, k := range kinds {
		for _, r := range k.rows() {
			for _, field := range fields {
				names := []string{fmt.Sprintf("%s %s %s", k.change, r.id, field), r.id + " " + field, string(r.kind) + " " + field}
				i := slices.IndexFunc(names, func(name string) bool { return words().Lookup(name) != nil })
				if i >= 0 {
					used[names[i]] = true
				}
				isOptional := slices.Contains([]string{"skipped", "warning", "place"}, field)
				if i < 0 && (!isOptional || field == "skipped" && r.skip != nil && k.change == Integrate) {
					t.Errorf("%s: step %s has no %s", k.change, r.id, field)
				}
			}
		}
	}
	for _, block := range words().Templates() {
		last := block.Name()[strings.LastIndex(block.Name(), " ")+1:]
		isCalled := strings.Contains(wholeFile(t), `template "`+block.Name()+`"`)
		if slices.Contains(fields, last) && !used[block.Name()] && !isCalled {
			t.Errorf("nothing uses the block %q", block.Name())
		}
	}
}

func wholeFile(t *testing.T) string {
	t.Helper()
	data, err := templates.Files.ReadFile("plan/steps.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// The deadline in the duration of a change is the one of the scripts.
func TestReplicationMinutesAreThoseOfTheScripts(t *testing.T) {
	want, found := fmt.Sprintf("-DeadlineSeconds %d", 60*ReplicationMinutes), 0
	err := fs.WalkDir(templates.Files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".ps1.tmpl") {
			return err
		}
		data, err := templates.Files.ReadFile(path)
		for line := range strings.Lines(string(data)) {
			if strings.Contains(line, "-DeadlineSeconds") {
				found++
				if !strings.Contains(line, want) {
					t.Errorf("%s: %s", path, line)
				}
			}
		}
		return err
	})
	if err != nil || found == 0 {
		t.Errorf("%d deadlines in the scripts, %v", found, err)
	}
}

func inWindow(start, end string) *Plan {
	top := &topology.Topology{
		Name: "window", Versions: topology.Versions{Exchange: "2013", Lync: "2013"},
		Pools: []topology.Pool{{
			FQDN: "owa.contoso.com", Registrar: "cs.contoso.com", SiteID: "1", Port: 5199, ApplicationID: "Owa",
			MailboxServers:      []topology.MailboxServer{{FQDN: "m1.contoso.com"}, {FQDN: "m2.contoso.com"}},
			ClientAccessServers: topology.Selection{Names: []string{"c1.contoso.com"}},
		}},
		MailboxPolicies: topology.Selection{All: true},
	}
	top.Change.WindowStart, top.Change.WindowEnd = start, end
	p, _ := Build(top, nil, Integrate)
	return p
}

func TestDuration(t *testing.T) {
	p := inWindow("2026-03-14T20:00:00+01:00", "2026-03-14T23:00:00+01:00")
	// Changing: 40, 50, 60, 80 once, 70 on two servers. Reading: 10 and 90 on two, 20, 95, 99.
	// The verification waits for the policies.
	if got, want := p.Expected().Minutes(), 6*5+7*3+2*2+15+60; got != want {
		t.Errorf("the change takes %d minutes, want %d", got, want)
	}
	// Back-outs: 80, 60, 40 once, 70 on two servers; that of 40 enables the topology.
	if got, want := p.BackOutTime().Minutes(), 5*5+2*2+15; got != want {
		t.Errorf("the back-out takes %d minutes, want %d", got, want)
	}
	if got, want := p.LatestBackOut().Format("2006-01-02 15:04 -07:00"), "2026-03-14 22:16 +01:00"; got != want {
		t.Errorf("a back-out begins at the latest at %s, want %s", got, want)
	}
	if p.Shortage() != 0 {
		t.Errorf("the window is %d minutes too short", p.Shortage())
	}
	if got, want := inWindow("2026-03-14T20:00:00+01:00", "2026-03-14T21:00:00+01:00").Shortage(), 130+44-60; got != want {
		t.Errorf("a window of an hour is %d minutes too short, want %d", got, want)
	}
	if without := inWindow("", ""); !without.LatestBackOut().IsZero() || without.Shortage() != 0 {
		t.Error("without a window there is a latest time")
	}
}

// OWA keeps a mailbox policy for an hour, but not over a restart.
func TestDurationWaitsForPoliciesOnlyAfterTheLastRestart(t *testing.T) {
	for _, test := range []struct {
		change              Change
		canary, pilotPolicy string
		want                int
	}{
		{Integrate, "", "", 1},
		{Integrate, "m2.contoso.com", "", 1},
		{Integrate, "m2.contoso.com", "Pilots", 0},
		{Retire, "", "", 0},
		{Disable, "", "", 0},
		{RenewCertificate, "", "", 0},
	} {
		top := *inWindow("", "").Topology
		top.Pools[0].Canary, top.PilotPolicy = test.canary, test.pilotPolicy
		p, _ := Build(&top, nil, test.change)
		if got := p.Expected()[policyPart].Count; got != test.want {
			t.Errorf("%s with %q and %q waits %d times for the policies, want %d", test.change, test.canary, test.pilotPolicy, got, test.want)
		}
	}
}

// Whatever the time zone of this computer does that night, a time keeps its own offset.
func TestMomentKeepsItsOffset(t *testing.T) {
	t.Setenv("TZ", "Europe/Berlin")
	latest := inWindow("2026-03-29T00:00:00+01:00", "2026-03-29T03:10:00+01:00").LatestBackOut()
	if got := latest.Format("15:04 -07:00"); got != "02:26 +01:00" {
		t.Errorf("the latest time is %s", got)
	}
}

func TestTouches(t *testing.T) {
	var got []string
	for _, touched := range inWindow("", "").Touches() {
		got = append(got, fmt.Sprintf("%s %d %s %v", touched.Effect, touched.Count, touched.Object, touched.Every))
	}
	want := []string{
		"creates 1 trusted-pool false", "creates 1 trusted-application false", "changes 1 virtual-directory false",
		"changes 2 web-config false", "changes 0 mailbox-policy true",
	}
	if !slices.Equal(got, want) {
		t.Errorf("touched: %q, want %q", got, want)
	}
}

// Commands of one shape differ in their values only.
func TestShapes(t *testing.T) {
	p := inWindow("", "")
	shapes := map[string]int{}
	for _, s := range p.Steps {
		for _, c := range s.Commands {
			shapes[c.Shape]++
			if strings.Contains(c.Shape, "contoso.com") {
				t.Errorf("a shape holds a value: %s", c.Shape)
			}
		}
	}
	if n := shapes[`<add key="IMServerName" value="<Lync pool>"/>`]; n != 2 {
		t.Errorf("%d commands of one shape on two servers: %v", n, shapes)
	}
}
