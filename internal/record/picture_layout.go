package record

import (
	"fmt"
	"sort"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
)

// Lengths of a panel, in units of its view box.
const (
	gap        = 14 // between boxes
	pad        = 12 // inside a box
	nameSize   = 14 // font of names
	noteSize   = 12 // font of everything else; nothing is smaller
	lineHeight = 17
	cardHeight = 46 // of a server: two lines
	headHeight = pad + 4*lineHeight + 8
	entryLines = 4
	entryHigh  = entryLines*lineHeight + pad + 6
	maxRows    = 18 // of servers in one group
)

// format is how a panel is laid out.
type format struct {
	width      int
	left       int  // width of the Lync side
	right      int  // width of the OWA side
	stacked    bool // the OWA side stands below the Lync side
	maxColumns int
	look       look
}

var (
	wide   = format{width: 820, left: 240, right: 426, maxColumns: 3}
	narrow = format{width: 340, left: 340, right: 340, stacked: true, maxColumns: 2}
)

// sketch is a panel being drawn.
type sketch struct {
	format
	drawing
}

// draw lays one panel out.
func (p panel) draw() drawing {
	s := &sketch{format: p.format}
	s.ID, s.Width = p.id, p.width
	s.Title, s.Description = p.island.describe(p.look)
	switch {
	case p.look.registrar == "":
		s.owaSide(p.island)
	case p.stacked:
		s.stack(p.island)
	default:
		s.sideBySide(p.island)
	}
	return s.drawing
}

// owaSide has the OWA pools alone, below one another.
func (s *sketch) owaSide(isle island) {
	for i, pool := range isle.pools {
		if i > 0 {
			s.Height += gap
		}
		s.Height = s.owaPool(pool, 0, s.Height, s.width, 0)
	}
}

// sideBySide has the Lync pool on the left and, level with its entries there, the OWA pools on the right.
func (s *sketch) sideBySide(isle island) {
	site := s.box(0, 0, s.left, 0, "site stays")
	s.head(isle, pad, pad, s.left-2*pad)
	y := 0
	for i, pool := range isle.pools {
		entryY := y + pad
		if i == 0 {
			entryY = headHeight
		}
		entriesEnd := s.entries(pool, pad, entryY, s.left-2*pad)
		right := s.width - s.right
		s.arrowsAcross(s.left, right, entryY)
		y = s.owaPool(pool, right, y, s.right, entriesEnd+pad-y) + gap
	}
	s.Height = y - gap
	s.Boxes[site].H = s.Height
}

// stack has the Lync pool above its one OWA pool.
func (s *sketch) stack(isle island) {
	const between = 76
	site := s.box(0, 0, s.left, 0, "site stays")
	s.head(isle, pad, pad, s.left-2*pad)
	y := headHeight
	for _, pool := range isle.pools {
		y = s.entries(pool, pad, y, s.left-2*pad) + pad
		s.Boxes[site].H = y
		s.arrowsDown(y, y+between)
		y = s.owaPool(pool, 0, y+between, s.right, 0)
	}
	s.Height = y
}

// rowHeight is the height that a pool needs.
func (f format) rowHeight(pool topology.Pool) int {
	probe := &sketch{format: f}
	return probe.owaPool(pool, 0, 0, f.right, f.look.entriesHigh(pool)+2*pad)
}

// head names the Lync side.
func (s *sketch) head(isle island, x, y, w int) {
	site := "Lync site " + isle.site
	if isle.site == "" {
		site = "Lync"
	}
	host, domain := splitName(isle.registrar)
	s.lines(x, y, w,
		line{site, noteSize, false, true},
		line{host, nameSize, true, false},
		line{domain, noteSize, false, true},
		line{s.look.registrar, noteSize, false, true})
}

// entries draws how Lync comes to trust the servers of a pool and returns where that ends.
func (s *sketch) entries(pool topology.Pool, x, y, w int) int {
	host, domain := splitName(pool.FQDN)
	for i, entry := range s.look.entries(pool) {
		note := "UM and SipName dial plan"
		if i > 0 {
			note = "trusted application pool"
		} else if !pool.UMColocated {
			note = fmt.Sprintf("%s, port %d", pool.ApplicationID, pool.Port)
		}
		top := y + i*(entryHigh+pad)
		s.box(x, top, w, entryHigh, "entry "+entry.class)
		s.lines(x+pad, top+8, w-2*pad,
			line{entry.title, noteSize, false, false},
			line{host, nameSize, true, false},
			line{domain, noteSize, false, true},
			line{note, noteSize, false, true})
	}
	return y + s.look.entriesHigh(pool)
}

// owaPool draws an OWA pool with its servers in groups, at least as high as asked for, and returns where it ends.
func (s *sketch) owaPool(pool topology.Pool, x, y, w, least int) int {
	at := s.box(x, y, w, 0, "pool")
	host, domain := splitName(pool.FQDN)
	s.lines(x+pad, y+8, w-2*pad,
		line{"OWA pool " + host, nameSize, true, false},
		line{domain, noteSize, false, true})
	end := y + 8 + 2*lineHeight + 6
	for _, g := range s.look.groupsOf(pool) {
		end = s.group(g, x+pad, end, w-2*pad)
	}
	s.Boxes[at].H = max(end-y+pad-6, least)
	return y + s.Boxes[at].H
}

// serverGroup is the servers of a pool that have the same part in it.
type serverGroup struct {
	title string
	names []string
	whole string // instead of names
	class string
}

// groupsOf sorts the servers of a pool by their part: a server can have both.
func (k look) groupsOf(pool topology.Pool) []serverGroup {
	mailbox := map[string]bool{}
	for _, s := range pool.MailboxServers {
		mailbox[s.FQDN] = true
	}
	both, clientAccess, back := []string{}, []string{}, []string{}
	twice := map[string]bool{}
	for _, name := range pool.ClientAccessServers.Names {
		if mailbox[name] {
			both, twice[name] = append(both, name), true
		} else {
			clientAccess = append(clientAccess, name)
		}
	}
	for _, s := range pool.MailboxServers {
		if !twice[s.FQDN] {
			back = append(back, s.FQDN)
		}
	}
	groups := []serverGroup{
		{title: "Client Access and Mailbox: ", names: both, class: eitherChanges(k.clientAccess, k.mailbox)},
		{title: "Client Access: ", names: clientAccess, class: k.clientAccess},
		{title: "Mailbox: ", names: back, class: k.mailbox},
	}
	for i := range groups {
		groups[i].title += groups[i].class
	}
	if pool.ClientAccessServers.All {
		groups[1].whole = "all of the organisation"
	}
	return groups
}

func eitherChanges(a, b string) string {
	if a == changes {
		return a
	}
	return b
}

// group draws the servers of a group in a grid, as wide as their names need, and returns where it ends.
func (s *sketch) group(g serverGroup, x, y, w int) int {
	if len(g.names) == 0 && g.whole == "" {
		return y
	}
	s.lines(x, y, w, line{g.title, noteSize, false, true})
	y += lineHeight + 4
	if g.whole != "" {
		s.box(x, y, w, cardHeight-lineHeight, "server "+g.class)
		s.lines(x+8, y+4, w-16, line{g.whole, noteSize, true, false})
		return y + cardHeight - lineHeight + 8
	}
	columns := s.columnsFor(g.names, w)
	shown := g.names[:min(len(g.names), columns*maxRows)]
	cardWidth := (w - (columns-1)*8) / columns
	for i, name := range shown {
		s.server(name, g.class, x+i%columns*(cardWidth+8), y+i/columns*(cardHeight+6), cardWidth)
	}
	y += (len(shown) + columns - 1) / columns * (cardHeight + 6)
	if rest := len(g.names) - len(shown); rest > 0 {
		s.lines(x, y, w, line{fmt.Sprintf("and %d more: see the tables", rest), noteSize, true, false})
		y += lineHeight + 4
	}
	return y + 2
}

// columnsFor is the largest number of columns in which every name fits.
func (f format) columnsFor(names []string, w int) int {
	for columns := min(f.maxColumns, len(names)); columns > 1; columns-- {
		room := (w-(columns-1)*8)/columns - 16
		fits := true
		for _, name := range names {
			host, domain := splitName(name)
			fits = fits && textWidth(host, nameSize, true) <= room && textWidth(domain, noteSize, false) <= room
		}
		if fits {
			return columns
		}
	}
	return 1
}

func (s *sketch) server(name, class string, x, y, w int) {
	s.box(x, y, w, cardHeight, "server "+class)
	host, domain := splitName(name)
	s.lines(x+8, y+5, w-16, line{host, nameSize, true, false}, line{domain, noteSize, false, true})
}

// arrowsAcross are the two directions of trust between the Lync side and an OWA pool beside it.
func (s *sketch) arrowsAcross(from, to, y int) {
	x, w := from+pad, to-from-pad
	s.lines(x, y-6, w, line{"Lync trusts OWA", noteSize, true, false})
	s.Arrows = append(s.Arrows, arrow{from + 4, y + lineHeight, to - 4, y + lineHeight})
	s.lines(x, y+lineHeight+12, w, line{"OWA trusts Lync", noteSize, true, false})
	s.Arrows = append(s.Arrows, arrow{to - 4, y + 2*lineHeight + 18, from + 4, y + 2*lineHeight + 18})
	s.lines(x, y+2*lineHeight+22, w, line{s.look.owaTrusts, noteSize, false, true})
}

// arrowsDown are the two directions of trust between the Lync side and the OWA pool below it.
func (s *sketch) arrowsDown(from, to int) {
	middle := (from+to)/2 - lineHeight
	half := s.width / 2
	s.Arrows = append(s.Arrows, arrow{16, from + 4, 16, to - 4}, arrow{half + 16, to - 4, half + 16, from + 4})
	s.lines(30, middle+4, half-40, line{"Lync trusts OWA", noteSize, true, false})
	s.lines(half+30, middle-4, half-40, line{"OWA trusts Lync", noteSize, true, false}, line{s.look.owaTrusts, noteSize, false, true})
}

// line is one line of text in a box.
type line struct {
	text  string
	size  int
	bold  bool
	muted bool
}

// box adds a rectangle and returns its index, for a height that is known only later.
func (s *sketch) box(x, y, w, h int, class string) int {
	s.Boxes = append(s.Boxes, box{x, y, w, h, class})
	return len(s.Boxes) - 1
}

// lines writes lines below one another, each cut to the width.
func (s *sketch) lines(x, y, w int, lines ...line) {
	for i, l := range lines {
		class := ""
		if l.muted {
			class = "muted"
		}
		s.Labels = append(s.Labels, label{x, y + i*lineHeight + 13, l.size, l.bold, class, shorten(escape.Visible(l.text), w, l.size, l.bold)})
	}
}

// splitName parts a name into its host and its domain, which stand on two lines.
func splitName(fqdn string) (host, domain string) {
	host, domain, _ = strings.Cut(fqdn, ".")
	return host, domain
}

// textWidth is about how wide a text becomes, rather too wide than too narrow: the reader's font is not known.
func textWidth(text string, size int, bold bool) int {
	hundredths := 0
	for _, r := range text {
		hundredths += advance(r)
	}
	if bold {
		hundredths += hundredths / 14
	}
	return (hundredths*size + 99) / 100
}

// advance is the width of a character in hundredths of the font size, as common sans-serif fonts have it.
func advance(r rune) int {
	switch {
	case r >= 0x1100:
		return 110 // ideographs and the like
	case strings.ContainsRune("iljtf.,:;'|!()[] -/I", r):
		return 40
	case strings.ContainsRune("mwMWO@%", r):
		return 95
	case r >= 'A' && r <= 'Z':
		return 72
	default:
		return 62
	}
}

// shorten cuts a text that is too wide and says so by an ellipsis; the tables hold it whole.
func shorten(text string, width, size int, bold bool) string {
	if textWidth(text, size, bold) <= width {
		return text
	}
	runes := []rune(text)
	fitting := sort.Search(len(runes), func(n int) bool { return textWidth(string(runes[:n+1])+"…", size, bold) > width })
	return string(runes[:fitting]) + "…"
}
