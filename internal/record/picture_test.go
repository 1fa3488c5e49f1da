package record

import (
	"fmt"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// pictured draws n servers in pools of the given size, with Client Access servers of their own or not.
func pictured(t *testing.T, change plan.Change, n, size int, apart bool, domain string) *picture {
	t.Helper()
	top := &topology.Topology{Name: "drawn", Versions: topology.Versions{Exchange: "2013", Lync: "2013"}}
	for i := range n {
		if i%size == 0 {
			top.Pools = append(top.Pools, topology.Pool{
				FQDN: fmt.Sprintf("owa-%02d.%s", i/size, domain), Registrar: fmt.Sprintf("lync-%02d.%s", i/size/3, domain),
				SiteID: "A site with a rather long name for a picture", Port: 5199, ApplicationID: "OutlookWebApp", UMColocated: i/size%2 == 1,
			})
		}
		pool, name := &top.Pools[i/size], fmt.Sprintf("mbx-%03d.%s", i, domain)
		pool.MailboxServers = append(pool.MailboxServers, topology.MailboxServer{FQDN: name})
		if apart {
			name = "cas-" + name
		}
		pool.ClientAccessServers.Names = append(pool.ClientAccessServers.Names, name)
	}
	return subject{&plan.Plan{Change: change, Topology: top, Steps: []plan.Step{{Kind: plan.KindChange, Status: plan.Planned}}}}.picture()
}

func drawn(panels []panel) []drawing {
	var all []drawing
	for _, p := range panels {
		all = append(all, p.draw())
	}
	return all
}

// extent is the area that a text takes.
func (l label) extent() box {
	return box{X: l.X, Y: l.Y - l.Size, W: textWidth(l.Text, l.Size, l.Bold), H: l.Size + 2}
}

func (b box) overlaps(c box) bool {
	return b.X < c.X+c.W && c.X < b.X+b.W && b.Y < c.Y+c.H && c.Y < b.Y+b.H
}

func (b box) holds(c box) bool {
	return c.X >= b.X && c.Y >= b.Y && c.X+c.W <= b.X+b.W && c.Y+c.H <= b.Y+b.H
}

func TestPictureHasRoomForEverything(t *testing.T) {
	long := strings.Repeat("department.", 6) + "example.com"
	for _, n := range []int{1, 5, 40, 200} {
		for _, size := range []int{1, 4, n} {
			for _, domain := range []string{"contoso.com", "emea.corp.contoso.com", long} {
				for _, apart := range []bool{false, true} {
					for _, change := range plan.Changes() {
						if n > 40 && change != plan.Integrate {
							continue // one kind is enough for what is only counted
						}
						p := pictured(t, change, n, size, apart, domain)
						for _, d := range drawn(append(p.Wide, p.Narrow...)) {
							checkDrawing(t, fmt.Sprintf("%s: %d servers in pools of %d, %s, apart %v, %s", change, n, size, domain, apart, d.ID), d)
						}
					}
				}
			}
		}
	}
}

func checkDrawing(t *testing.T, name string, d drawing) {
	t.Helper()
	frame := box{0, 0, d.Width, d.Height, ""}
	for i, l := range d.Labels {
		if l.Size < noteSize {
			t.Errorf("%s: %q is too small to read", name, l.Text)
		}
		if !frame.holds(l.extent()) {
			t.Errorf("%s: %q stands outside", name, l.Text)
		}
		for _, other := range d.Labels[i+1:] {
			if l.extent().overlaps(other.extent()) {
				t.Errorf("%s: %q and %q overlap", name, l.Text, other.Text)
			}
		}
		for _, a := range d.Arrows {
			line := box{X: min(a.X1, a.X2), Y: min(a.Y1, a.Y2), W: max(a.X1, a.X2) - min(a.X1, a.X2) + 1, H: max(a.Y1, a.Y2) - min(a.Y1, a.Y2) + 1}
			if l.extent().overlaps(line) {
				t.Errorf("%s: an arrow crosses %q", name, l.Text)
			}
		}
	}
	for i, b := range d.Boxes {
		if !frame.holds(b) {
			t.Errorf("%s: a box %s stands outside", name, b.Class)
		}
		for _, other := range d.Boxes[i+1:] {
			if b.overlaps(other) && !b.holds(other) && !other.holds(b) {
				t.Errorf("%s: boxes %s and %s overlap", name, b.Class, other.Class)
			}
		}
		for _, l := range d.Labels {
			if b.overlaps(l.extent()) && !b.holds(l.extent()) {
				t.Errorf("%s: %q sticks out of a box %s", name, l.Text, b.Class)
			}
		}
	}
}

// Up to forty servers every one is drawn; of more, the rest is counted.
func TestPictureShowsEveryServer(t *testing.T) {
	for _, n := range []int{1, 5, 40} {
		d := pictured(t, plan.Integrate, n, 40, false, "contoso.com").Wide[0].draw()
		drawn := 0
		for _, b := range d.Boxes {
			if strings.HasPrefix(b.Class, "server") {
				drawn++
			}
		}
		if drawn != n {
			t.Errorf("%d of %d servers are drawn", drawn, n)
		}
	}
	many := pictured(t, plan.Integrate, 200, 200, false, "contoso.com").Wide[0].draw()
	if !strings.Contains(fmt.Sprint(many.Labels), "and 146 more") {
		t.Error("the servers that are not drawn are not counted")
	}
}

func TestPanelsFitOnAPage(t *testing.T) {
	for _, d := range drawn(pictured(t, plan.Integrate, 200, 4, true, "contoso.com").Wide) {
		if d.Height > maxPanelHeight {
			t.Errorf("%s is %d high", d.ID, d.Height)
		}
	}
}

// Only names may be too long for their box: our own wording fits, in every kind of change.
func TestOwnWordingIsNotCut(t *testing.T) {
	for _, change := range plan.Changes() {
		p := pictured(t, change, 8, 2, true, "contoso.com")
		for _, d := range drawn(append(p.Wide, p.Narrow...)) {
			for _, l := range d.Labels {
				if strings.HasSuffix(l.Text, "…") && !strings.HasPrefix(l.Text, "Lync site") {
					t.Errorf("%s, %s: %q is cut", change, d.ID, l.Text)
				}
			}
		}
	}
}

// A name may be as long as a file; measuring it again for each character that is dropped would take minutes.
func TestLongNameIsCutAtOnce(t *testing.T) {
	const width = 100
	cut := shorten(strings.Repeat("S", 1<<20), width, noteSize, false)
	if longer := strings.Replace(cut, "…", "S…", 1); textWidth(cut, noteSize, false) > width || textWidth(longer, noteSize, false) <= width {
		t.Errorf("%q is not the longest that fits", cut)
	}
}
