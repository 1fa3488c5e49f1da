package record

import (
	"fmt"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// drawn is the first card of one pool with servers in both roles.
func drawn(t *testing.T, change plan.Change, servers int, colocated bool) Card {
	t.Helper()
	pool := topology.Pool{FQDN: "owa.contoso.com", Registrar: "cs.contoso.com", SiteID: "1", Port: 5199, ApplicationID: "Owa", UMColocated: colocated}
	for i := range servers {
		pool.MailboxServers = append(pool.MailboxServers, topology.MailboxServer{FQDN: fmt.Sprintf("mbx%d.contoso.com", i)})
	}
	pool.ClientAccessServers.Names = []string{"mbx0.contoso.com", "cas.contoso.com"}
	top := &topology.Topology{Name: "drawn", Versions: topology.Versions{Exchange: "2013", Lync: "2013"}, Pools: []topology.Pool{pool}, MailboxPolicies: topology.Selection{All: true}}
	p, findings := plan.Build(top, nil, change)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return facts{p}.Cards()[0]
}

// The picture marks what the kind of change changes and nothing else.
func TestPictureByKind(t *testing.T) {
	for _, c := range []struct {
		change    plan.Change
		colocated bool
		want      string
	}{
		{plan.Integrate, false, "trusted changes, both changes, mailbox changes, client-access changes"},
		{plan.Integrate, true, "discovered stays, both changes, mailbox changes, client-access changes"},
		{plan.Disable, false, "both changes, mailbox changes, client-access changes"},
		{plan.RemoveDuplicate, true, "discovered stays, duplicate removed, both stays, mailbox stays, client-access stays"},
		{plan.Reapply, false, "trusted stays, both changes, mailbox changes, client-access stays"},
		{plan.RenewCertificate, false, "trusted stays, both changes, mailbox changes, client-access stays"},
	} {
		card := drawn(t, c.change, 3, c.colocated)
		var got []string
		for _, e := range card.Entries {
			got = append(got, e.Kind+" "+e.Class)
		}
		for _, g := range card.Groups {
			got = append(got, g.Kind+" "+g.Class)
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s, colocated %v: drawn %s, want %s", c.change, c.colocated, text, c.want)
		}
	}
}

// Boxes stand below one another, and every name is in its box.
func TestPictureHasRoom(t *testing.T) {
	for _, servers := range []int{1, 2, 12, 13, 500} {
		card := drawn(t, plan.Integrate, servers, false)
		y, shown, more := card.OWATop+headHeight, 0, 0
		for _, g := range card.Groups {
			if g.Y < y {
				t.Errorf("%d servers: the box of %s begins at %d, inside the one above", servers, g.Kind, g.Y)
			}
			for _, name := range g.Names {
				if name.Y <= g.Y || name.Y >= g.Y+g.Height {
					t.Errorf("%d servers: %s is at %d, outside of its box", servers, name.Text, name.Y)
				}
			}
			y, shown, more = g.Y+g.Height, shown+len(g.Names), more+g.More
		}
		if y > card.Height || shown+more != servers+1 {
			t.Errorf("%d servers: the last box ends at %d of %d; %d names are drawn and %d counted", servers, y, card.Height, shown, more)
		}
	}
}

func TestLongNamesKeepToTheCard(t *testing.T) {
	short, long, endless := newLine("cs.contoso.com", 10, 0, "400"), newLine(strings.Repeat("x", 50), 10, 0, "400"), newLine(strings.Repeat("x", 255), 10, 0, "400")
	if short.Squeezed != 0 || long.Squeezed != 320 || len(long.Text) != 50 || !strings.HasSuffix(endless.Text, "…") {
		t.Errorf("%+v, %+v, %+v", short, long, endless)
	}
}

// Of a large farm some pools are drawn and the rest is counted.
func TestPictureOfALargeFarmIsSmall(t *testing.T) {
	top := &topology.Topology{Name: "large", Versions: topology.Versions{Exchange: "2013", Lync: "2013"}, MailboxPolicies: topology.Selection{All: true}}
	for i := range 100 {
		top.Pools = append(top.Pools, topology.Pool{FQDN: fmt.Sprintf("owa%d.contoso.com", i), Registrar: "cs.contoso.com", SiteID: "1", Port: 5199, MailboxServers: []topology.MailboxServer{{FQDN: fmt.Sprintf("m%d.contoso.com", i)}}})
	}
	p, _ := plan.Build(top, nil, plan.Integrate)
	if f := (facts{p}); len(f.Cards()) != 12 || f.MoreCards() != 88 {
		t.Errorf("%d cards and %d more", len(f.Cards()), f.MoreCards())
	}
}
