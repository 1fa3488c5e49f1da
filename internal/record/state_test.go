package record_test

import (
	"fmt"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
	"lyncowa/internal/topology"
)

// withState is a plan as two inventories of hostile hosts mark it: every second command is done, every seventh unknown.
func withState(p *plan.Plan, fact string) *plan.Plan {
	p.Totals = &plan.Totals{}
	for i, kind := range []string{"exchange", "lync"} {
		p.Inventories = append(p.Inventories, plan.Inventory{
			Path: fmt.Sprintf("inventory/%s-%s.json", kind, "dub-01.contoso.com"), Kind: kind, Host: "dub-01.contoso.com",
			TakenAt: fmt.Sprintf("2026-03-02T09:1%d:00Z", i), Digest: strings.Repeat("ab", 32), Data: []byte("{}"),
		})
	}
	n := 0
	for i := range p.Steps {
		for j := range p.Steps[i].Commands {
			c := &p.Steps[i].Commands[j]
			c.State, c.Fact = plan.ToChange, fact
			if n++; n%7 == 0 {
				c.State = plan.Unknown
			} else if n%2 == 0 {
				c.State = plan.Done
			}
			p.Totals.Count(c.State)
		}
	}
	return p
}

// TestStateBefore: page one says how much is done already instead of "at most", each command has its state, and each
// inventory its host, time and digest, whatever the facts hold.
func TestStateBefore(t *testing.T) {
	for _, top := range []*topology.Topology{litware(), mixed(), large(40), onePool(9), hostile()} {
		p := withState(build(t, top), "is "+poison)
		for _, name := range record.Paths {
			path := strings.TrimSuffix(strings.TrimSuffix(name, ".md"), ".html")
			inMarkdown, inHTML := readMarkdown(t, page(t, p, path+".md")), readHTML(t, page(t, p, path+".html"))
			if strings.Join(inMarkdown, "\n") != strings.Join(inHTML, "\n") {
				t.Errorf("%s of %.20s: the formats differ", path, top.Name)
			}
		}
		text := markdown(t, p)
		for _, want := range []string{
			"By the inventories of 2026-03-02 09:11Z, at most because they do not tell of ", " already done; on ",
			fmt.Sprintf("%d commands are to change something, %d are done, 0 in conflict, %d unknown.", p.Totals.Change, p.Totals.Done, p.Totals.Unknown),
			"| `inventory/lync-dub-01.contoso.com.json` | dub-01.contoso.com | 2026-03-02T09:11:00Z | `" + strings.Repeat("ab", 32) + "` |",
			"done: is ", "change: is ",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%.20s: no %q", top.Name, want)
			}
		}
		if strings.Contains(text, "At most") {
			t.Errorf("%.20s: it says \"At most\"", top.Name)
		}
	}
}

// TestDoneObjects: an object counts as done with all of its commands, and nothing is created that is there.
func TestDoneObjects(t *testing.T) {
	p := withState(build(t, litware()), "")
	for i := range p.Steps {
		for j := range p.Steps[i].Commands {
			p.Steps[i].Commands[j].State = plan.Done
		}
	}
	p.Totals = &plan.Totals{Done: 8}
	for _, want := range []string{
		"creates 0, changes 0, removes 0 objects; 5 already done; on 1 Mailbox server",
		"through the existing trusted application pool.", "there is a trusted application pool for that name.",
	} {
		if text := markdown(t, p); !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	settings, _ := p.Step("im-settings")
	settings.Commands[1].State = plan.ToChange // the other key of the same web.config
	if text := markdown(t, p); !strings.Contains(text, "creates 0, changes 1, removes 0 objects; 4 already done") || !strings.Contains(text, "Changed: 1 web.config file.") {
		t.Error("the second key does not count")
	}
}
