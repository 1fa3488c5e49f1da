package record

import (
	"fmt"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

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
