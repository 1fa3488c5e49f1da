package record

import (
	"unicode/utf8"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// The picture has a card for each OWA pool: the Lync pool above, how it comes to accept the servers, and the servers
// below. Lengths are in units of the view box, about a pixel each. What stands where is laid out here; what is said, and
// how it looks, is in templates/record/picture.svg.tmpl.

// Lengths of a card.
const (
	lineHeight  = 18
	padding     = 10
	headHeight  = 2*lineHeight + padding // of the Lync pool and of the OWA pool
	entryHeight = 3*lineHeight + padding
	arrowHeight = 3*lineHeight + padding
)

// How many cards, and how many servers of one group, are drawn. The rest is counted.
const (
	mostCards = 12
	mostNames = 12
)

// Classes of what is drawn: what a change changes, what it leaves, what it takes away.
const (
	changes = "changes"
	stays   = "stays"
	removed = "removed"
)

// Card is the drawing of one OWA pool.
type Card struct {
	Number  int
	Pool    topology.Pool
	Entries []Entry // none where the change has nothing to do with Lync
	LyncEnd int
	OWATop  int
	Groups  []Group
	Height  int
}

// Entry is one way in which Lync accepts the servers.
type Entry struct {
	Kind, Class string // Kind: trusted, grown, discovered or duplicate
	Y           int
}

// Group is the servers of a pool that have the same part in it.
type Group struct {
	Kind, Class string // Kind: both, mailbox or client-access
	Names       []Name
	More        int // servers that are not drawn
	Y, Height   int
}

// Name is a line of text. Y is its base line.
type Name struct {
	Text string
	Y    int
}

// Cards are the drawings of the first OWA pools.
func (f facts) Cards() []Card {
	var cards []Card
	for i, pool := range f.OWAPools()[:min(mostCards, len(f.OWAPools()))] {
		cards = append(cards, f.card(i+1, pool))
	}
	return cards
}

// MoreCards is how many OWA pools are not drawn.
func (f facts) MoreCards() int { return max(0, len(f.OWAPools())-mostCards) }

func (f facts) card(number int, pool topology.Pool) Card {
	c := Card{Number: number, Pool: pool}
	if f.ConcernsLync() {
		y := headHeight
		for _, entry := range f.entries(pool) {
			entry.Y = y
			c.Entries = append(c.Entries, entry)
			y += entryHeight + padding
		}
		c.LyncEnd, c.OWATop = y, y+arrowHeight
	}
	y := c.OWATop + headHeight
	for _, g := range f.groups(pool) {
		shown := g.Names[:min(mostNames, len(g.Names))]
		g.More, g.Names = len(g.Names)-len(shown), shown
		g.Y, g.Height = y+lineHeight, len(shown)*lineHeight+padding
		for i := range shown {
			shown[i].Y = g.Y + (i+1)*lineHeight
		}
		if g.More > 0 {
			g.Height += lineHeight
		}
		y = g.Y + g.Height + padding
		c.Groups = append(c.Groups, g)
	}
	c.Height = y
	return c
}

func (f facts) entries(pool topology.Pool) []Entry {
	switch {
	case f.Change == plan.RemoveDuplicate:
		return []Entry{{Kind: "discovered", Class: stays}, {Kind: "duplicate", Class: removed}}
	case f.Change == plan.Retire && !pool.UMColocated:
		return []Entry{{Kind: "trusted", Class: removed}}
	case pool.UMColocated:
		return []Entry{{Kind: "discovered", Class: stays}}
	case f.AddsComputers(pool):
		return []Entry{{Kind: "grown", Class: changes}}
	case f.CreatesTrustedPool() && !f.GrowsFrom(pool):
		return []Entry{{Kind: "trusted", Class: changes}}
	default:
		return []Entry{{Kind: "trusted", Class: stays}}
	}
}

// groups sorts the servers of a pool by their part.
func (f facts) groups(pool topology.Pool) []Group {
	class := func(change bool) string {
		if change {
			return changes
		}
		return stays
	}
	settings, directories := f.Restarts(), f.Planned("owa-virtual-directories")
	all := []Group{
		{Kind: "both", Class: class(settings || directories)},
		{Kind: "mailbox", Class: class(settings)},
		{Kind: "client-access", Class: class(directories)},
	}
	clientAccess := map[string]bool{}
	for _, name := range pool.ClientAccessServers.Names {
		clientAccess[name] = true
	}
	for _, m := range pool.MailboxServers {
		at := 1
		if clientAccess[m.FQDN] {
			at = 0
			delete(clientAccess, m.FQDN)
		}
		all[at].Names = append(all[at].Names, Name{Text: m.FQDN})
	}
	for _, name := range pool.ClientAccessServers.Names {
		if clientAccess[name] {
			all[2].Names = append(all[2].Names, Name{Text: name})
		}
	}
	var groups []Group
	for _, g := range all {
		if len(g.Names) > 0 {
			groups = append(groups, g)
		}
	}
	return groups
}

// Line is a text that keeps to the width of a card: squeezed to that width, or 0 where it has room.
type Line struct {
	Text     string
	X, Y     int
	Weight   string // of the font
	Squeezed int
}

// newLine cuts what would be too small to read.
func newLine(text string, x, y int, weight string) Line {
	const roomy, longest, width = 36, 60, 340
	line := Line{Text: cut(text, longest), X: x, Y: y, Weight: weight}
	if utf8.RuneCountInString(line.Text) > roomy {
		line.Squeezed = width - 2*x
	}
	return line
}

// cut shortens a text to a number of characters and says so by an ellipsis. The tables hold it whole.
func cut(text string, most int) string {
	runes := []rune(escape.Visible(text))
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:most-1]) + "…"
}
