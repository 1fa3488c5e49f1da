package record

import (
	"fmt"
	"strings"

	"lyncowa/internal/topology"
)

// decision says for each pool whether it gets a trusted application pool, and why (P2).
func (r subject) decision() section {
	t := newTable("Decision for each OWA pool", "OWA pool", "UM services colocated", "Decision", "Reason")
	for _, pool := range r.Topology.Pools {
		t.row(say("%s", pool.FQDN), yesNo(pool.UMColocated), decisionOf(pool), reasonOf(pool))
	}
	blocks := []block{
		paragraph(say("Lync accepts a server as a SIP peer only if it knows it. It can come to know an OWA server in two ways, and must know it in one of them only: a server with two entries stops the OWA integration (P2).")),
		t.block(),
	}
	blocks = append(blocks, r.poolDetails()...)
	return section{ID: "decision", Title: "The trusted application pool: decision", Blocks: blocks}
}

func decisionOf(pool topology.Pool) prose {
	if pool.UMColocated {
		return say("**none**")
	}
	return say("**one**, in the Lync site %s", pool.SiteID)
}

func reasonOf(pool topology.Pool) prose {
	if pool.UMColocated {
		return say("Its servers run the UM service and the UM Call Router and are in a SipName dial plan, so Lync discovers them by itself. An entry by hand would be the second one.")
	}
	return say("Its servers are not discovered: without an entry of their own Lync would refuse them.")
}

// poolDetails are the values of the trusted application pools; nothing where there is none.
func (r subject) poolDetails() []block {
	if !r.planned(trustStep) {
		return nil
	}
	t := newTable("The trusted application pools", "Pool", "Registrar, site", "Application, port", "Computers")
	for _, pool := range r.TrustedPools() {
		t.row(say("%s", pool.FQDN), say("%s, %s", pool.Registrar, pool.SiteID), say("`%s`, %s", pool.ApplicationID, decimal(pool.Port)), poolComputers(pool))
	}
	return []block{
		t.block(),
		paragraph(say("Two things cannot be repaired in place afterwards: a pool stays at its registrar and in its site, and a pool that was made without a computer of another name is its own one computer for good. The replication of the Central Management Store is switched off for these computers (`-RequiresReplication $false`): they are no Lync servers.")),
	}
}

func poolComputers(pool topology.Pool) prose {
	if len(pool.TrustedComputers) == 0 {
		return say("the pool itself is its one computer; no other can be added later")
	}
	return say("%s", strings.Join(pool.TrustedComputers, ", "))
}

func yesNo(b bool) prose {
	if b {
		return say("yes")
	}
	return say("no")
}

func decimal(n int) string { return fmt.Sprint(n) }

// joinNames lists names in a sentence, and counts them where nobody would read the list.
func joinNames(names []string) string {
	const readable = 6
	switch {
	case len(names) > readable:
		return fmt.Sprintf("%d OWA pools", len(names))
	case len(names) > 1:
		return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
	default:
		return strings.Join(names, "")
	}
}
