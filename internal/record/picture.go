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

// Classes of what is drawn: what a change changes, what it leaves, what it takes away.
const (
	changes = "changes"
	stays   = "stays"
	removed = "removed"
)

// look is how a kind of change draws the parts of a topology. A new kind is a new row of looks.
type look struct {
	caption      string // what is framed strongly, for those who do not see it
	registrar    string // of the Lync pool; "" where the Lync side is not drawn
	trusted      entryLook
	discovered   entryLook
	duplicate    *entryLook // the second entry of a discovered pool; nil for none
	mailbox      string     // class of the Mailbox servers
	clientAccess string     // class of the Client Access servers
	owaTrusts    string     // what happens to the trust of OWA in Lync
	tell         func(topology.Pool) string
}

// entryLook is how Lync comes to trust a pool: a box in the Lync pool, or none where the class is "".
type entryLook struct{ class, title string }

var looks = map[plan.Change]look{
	plan.Integrate: {
		caption: "Framed strongly is what this change changes; grey is what stays.", registrar: "Lync pool (registrar): stays",
		trusted: entryLook{changes, "New: trusted application pool"}, discovered: entryLook{stays, "Discovered by Lync: stays"},
		mailbox: changes, clientAccess: changes, owaTrusts: "new: in its settings",
		tell: func(pool topology.Pool) string {
			by := "a new trusted application pool"
			if pool.UMColocated {
				by = "discovery"
			}
			return fmt.Sprintf("Lync trusts the OWA pool %s, with %s, by %s; its Mailbox servers are told to use this Lync pool. ", pool.FQDN, count(len(pool.MailboxServers), "Mailbox server"), by)
		},
	},
	plan.Disable: {
		caption: "Framed strongly are the Client Access servers, whose OWA virtual directories change; grey is what stays. The Lync side has no part in it.",
		mailbox: stays, clientAccess: changes,
		tell: func(pool topology.Pool) string {
			return fmt.Sprintf("Instant messaging is switched off on the OWA virtual directories of the OWA pool %s; nothing else changes. ", pool.FQDN)
		},
	},
	plan.RemoveDuplicate: {
		caption: "Broken lines frame the manual entry, which is removed; everything else stays.", registrar: "Lync pool (registrar): stays",
		discovered: entryLook{stays, "Discovered by Lync: stays"}, duplicate: &entryLook{removed, "Removed: manual entry"},
		mailbox: stays, clientAccess: stays, owaTrusts: "stays",
		tell: func(pool topology.Pool) string {
			return fmt.Sprintf("The trusted application pool %s, entered by hand, is removed; Lync trusts its %s by discovery. ", pool.FQDN, count(len(pool.MailboxServers), "Mailbox server"))
		},
	},
	plan.Reapply:          kept("written again"),
	plan.RenewCertificate: kept("new certificate"),
}

// look is how this change is drawn.
func (r subject) look() look {
	k := looks[r.Change]
	if r.onlyReads() {
		k.mailbox, k.clientAccess, k.owaTrusts, k.caption = stays, stays, "stays", "Everything stays as it is."
	}
	return k
}

// kept is the look of a change that touches the Mailbox servers only.
func kept(owaTrusts string) look {
	return look{
		caption: "Framed strongly are the Mailbox servers, which change; grey is what stays.", registrar: "Lync pool (registrar): stays",
		trusted: entryLook{stays, "Trusted application pool"}, discovered: entryLook{stays, "Discovered by Lync: stays"},
		mailbox: changes, clientAccess: stays, owaTrusts: owaTrusts,
		tell: func(pool topology.Pool) string {
			by := "its trusted application pool"
			if pool.UMColocated {
				by = "discovery"
			}
			return fmt.Sprintf("Lync goes on trusting the OWA pool %s by %s; only its %s changes. ", pool.FQDN, by, count(len(pool.MailboxServers), "Mailbox server"))
		},
	}
}

// entries are the boxes of a pool in its Lync pool, from top to bottom.
func (k look) entries(pool topology.Pool) []entryLook {
	first := k.trusted
	if pool.UMColocated {
		first = k.discovered
	}
	var entries []entryLook
	if first.class != "" {
		entries = append(entries, first)
	}
	if pool.UMColocated && k.duplicate != nil {
		entries = append(entries, *k.duplicate)
	}
	return entries
}

// entriesHigh is the height of those boxes with the space between them.
func (k look) entriesHigh(pool topology.Pool) int {
	n := len(k.entries(pool))
	return n*entryHigh + max(n-1, 0)*pad
}

// legend are the classes that a drawing of this kind has, with what they mean.
func (k look) legend() []legendEntry {
	strong := "changes"
	if k.trusted.class == changes {
		strong = "changes or is new"
	}
	all := []legendEntry{{changes, strong}, {removed, "is removed"}, {stays, "stays as it is"}}
	used := map[string]bool{stays: true, k.mailbox: true, k.clientAccess: true, k.trusted.class: true}
	if k.duplicate != nil {
		used[k.duplicate.class] = true
	}
	var legend []legendEntry
	for _, entry := range all {
		if used[entry.Class] {
			legend = append(legend, entry)
		}
	}
	return legend
}

// legendEntry explains a class of boxes.
type legendEntry struct{ Class, Meaning string }
