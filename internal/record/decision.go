package record

import (
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/topology"
)

// decision says for each pool what becomes of a trusted application pool for it, and why (P2).
func (r subject) decision() section {
	s := section{ID: "decision", Title: "The trusted application pool: decision"}
	if r.switchesOff() {
		s.Blocks = []block{paragraph(say("None is needed: a trusted application pool is the entry by which Lync accepts a server as a partner, and this change concerns OWA only. Where there is such an entry it stays, unused by OWA; where there is none, none is made."))}
		return s
	}
	t := newTable("Decision for each OWA pool", "OWA pool", "UM services colocated", "Decision", "Reason")
	for _, pool := range r.Topology.Pools {
		d := r.decisionOf(pool)
		t.row(say("%s", pool.FQDN), yesNo(pool.UMColocated), d.decision, d.reason)
	}
	s.Blocks = append([]block{
		paragraph(say("Lync accepts a SIP peer only if it knows its name. It can come to know a name in two ways, and must know it in one of them only: two entries for one name stop the OWA integration (P2).")),
		t.block(),
	}, r.poolDetails()...)
	return s
}

// verdict is what becomes of a trusted application pool, and why.
type verdict struct{ decision, reason prose }

// decisionOf is a table of two ways to be known by what a change does about it.
func (r subject) decisionOf(pool topology.Pool) verdict {
	const discovered = "Its servers run the UM service and the UM Call Router and are in a SipName dial plan, so Lync discovers them by itself."
	switch {
	case pool.UMColocated && r.removes():
		return verdict{say("**the manual entry goes**"), say(discovered + " The entry by hand is the second one.")}
	case pool.UMColocated && r.keeps():
		return verdict{say("**none, as before**"), say(discovered + " This change neither makes an entry nor removes one.")}
	case pool.UMColocated:
		return verdict{say("**none**"), say(discovered + " An entry by hand would be the second one.")}
	case r.creates():
		return verdict{say("**one**, in the Lync site %s", pool.SiteID), r.needOf(pool)}
	case r.removes():
		return verdict{say("**stays**: not part of this change"), r.needOf(pool)}
	default:
		return verdict{say("**stays as it is**"), join(r.needOf(pool), say(" It was made when OWA was joined to Lync; this change does not touch it."))}
	}
}

// needOf says why a pool that Lync does not discover needs an entry.
func (r subject) needOf(pool topology.Pool) prose {
	if !inDialPlans(pool) {
		return say("Its servers are not discovered: without an entry of their own Lync would refuse them.")
	}
	plans := "its dial plans"
	if r.planned(dialPlanStep) {
		plans = "the dial plans of step " + r.number(dialPlanStep)
	}
	return say("Its servers become known under their own names by %s; the trusted application pool is for the shared name %s, which discovery never yields; no server name is in it, so nothing is entered twice.", plans, pool.FQDN)
}

// inDialPlans reports whether the servers of a pool go into dial plans, and none of them into its trusted
// application pool.
func inDialPlans(pool topology.Pool) bool {
	entered := computers(pool)
	return !pool.SipDialPlans.IsEmpty() && !slices.ContainsFunc(pool.MailboxServers, func(m topology.MailboxServer) bool {
		return slices.Contains(entered, m.FQDN)
	})
}

// poolDetails are the values of the trusted application pools that are created.
func (r subject) poolDetails() []block {
	if !r.creates() {
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
