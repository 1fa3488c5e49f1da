package record

import (
	"fmt"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// picture is the topology in panels: one for each Lync pool on a wide page, one for each OWA pool on a narrow one.
// A page shows either the wide or the narrow panels.
type picture struct {
	Caption      string // the picture in words, for those who do not see it
	Legend       []legendEntry
	Wide, Narrow []panel
}

// panel is a part of the topology that is drawn when the page comes to it: the drawings of a large farm together
// would take more memory than the page.
type panel struct {
	format
	id     string // unique in the document
	island island
}

// drawing is one panel. Lengths are in the units of its view box; a unit is about a pixel.
type drawing struct {
	ID            string // unique in the document
	Title         string
	Description   string
	Width, Height int
	Boxes         []box
	Labels        []label
	Arrows        []arrow
}

// box is a rectangle. What it is, it says by its class: site, entry, pool or server, with changes, stays or removed.
type box struct {
	X, Y, W, H int
	Class      string
}

// label is one line of text; Y is its base line.
type label struct {
	X, Y  int
	Size  int // of the font
	Bold  bool
	Class string // muted or nothing
	Text  string
}

// arrow is a straight arrow, horizontal or vertical.
type arrow struct{ X1, Y1, X2, Y2 int }

// Head is the arrow's head as the points of a polygon.
func (a arrow) Head() string {
	const long, half = 9, 5
	x, y := a.X2, a.Y2
	switch {
	case a.Y1 == a.Y2 && a.X2 > a.X1:
		return points(x, y, x-long, y-half, x-long, y+half)
	case a.Y1 == a.Y2:
		return points(x, y, x+long, y-half, x+long, y+half)
	case a.Y2 > a.Y1:
		return points(x, y, x-half, y-long, x+half, y-long)
	default:
		return points(x, y, x-half, y+long, x+half, y+long)
	}
}

func points(c ...int) string {
	return fmt.Sprintf("%d,%d %d,%d %d,%d", c[0], c[1], c[2], c[3], c[4], c[5])
}

// island is a Lync pool in its site, with the OWA pools that are joined to it.
type island struct {
	site, registrar string
	pools           []topology.Pool
}

// islands are in the order of the file.
func (r subject) islands() []island {
	var all []island
	at := map[[2]string]int{}
	for _, pool := range r.pools() {
		key := [2]string{pool.SiteID, pool.Registrar}
		i, known := at[key]
		if !known {
			i = len(all)
			at[key] = i
			all = append(all, island{site: pool.SiteID, registrar: pool.Registrar})
		}
		all[i].pools = append(all[i].pools, pool)
	}
	return all
}

// maxPanelHeight keeps a panel on one printed page.
const maxPanelHeight = 900

// picture draws the topology.
func (r subject) picture() *picture {
	p := &picture{Caption: r.pictureInWords(), Legend: r.look().legend()}
	wide, narrow := wide, narrow
	wide.look, narrow.look = r.look(), r.look()
	for _, isle := range r.islands() {
		for _, part := range isle.parts(wide) {
			p.Wide = append(p.Wide, panel{wide, "wide-" + decimal(len(p.Wide)+1), part})
		}
		for i := range isle.pools {
			one := island{isle.site, isle.registrar, isle.pools[i : i+1]}
			p.Narrow = append(p.Narrow, panel{narrow, "narrow-" + decimal(len(p.Narrow)+1), one})
		}
	}
	return p
}

// parts splits an island whose panel would be higher than a page.
func (isle island) parts(f format) []island {
	if len(isle.pools) == 1 {
		return []island{isle}
	}
	var parts []island
	height := 0
	for _, pool := range isle.pools {
		h := f.rowHeight(pool) + gap
		if len(parts) == 0 || height+h > maxPanelHeight {
			parts = append(parts, island{site: isle.site, registrar: isle.registrar})
			height = headHeight
		}
		last := &parts[len(parts)-1]
		last.pools = append(last.pools, pool)
		height += h
	}
	return parts
}

func (r subject) pictureInWords() string {
	text := fmt.Sprintf("The topology: %s", count(len(r.pools()), "OWA pool"))
	if r.switchesOff() {
		text += ". "
	} else {
		text += " with " + count(len(r.servers()), "Mailbox server") + ". Each OWA pool is joined to one Lync pool, and trust goes both ways: Lync trusts OWA by " + r.waysOfTrust() + ", and OWA trusts Lync by the name of the Lync pool in the settings of each Mailbox server. "
	}
	return text + r.look().caption + " The tables of section \"Affected servers and services\" hold the same."
}

func (r subject) waysOfTrust() string {
	switch {
	case r.trusts() && r.discovers():
		return "a trusted application pool or by discovery"
	case r.trusts():
		return "a trusted application pool"
	default:
		return "discovery"
	}
}

func (isle island) describe(k look) (title, description string) {
	title = "Lync pool " + isle.registrar
	switch {
	case k.registrar == "":
		title = "OWA side of " + joinNames(plan.FQDNs(isle.pools))
	case isle.site != "":
		title += " in the Lync site " + isle.site
	}
	for _, pool := range isle.pools {
		description += k.tell(pool)
	}
	return escape.Visible(title), escape.Visible(description)
}

// OuterWidth is the width of the view box: a frame at the edge is drawn half outside the drawing.
func (d drawing) OuterWidth() int { return d.Width + 2 }

// OuterHeight is the height of the view box.
func (d drawing) OuterHeight() int { return d.Height + 2 }
