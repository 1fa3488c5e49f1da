// Package plantest has what the tests of several packages need to make plans. No program imports it.
package plantest

import (
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Earlier gives a plan of the kind add-server a topology without the last Mailbox server of the first pool that has
// several, or else without the last pool. A topology with one server alone stays whole, so that nothing is new.
func Earlier(t *topology.Topology) plan.Option {
	before := *t
	before.Pools = slices.Clone(t.Pools)
	i := slices.IndexFunc(before.Pools, func(pool topology.Pool) bool { return len(pool.MailboxServers) > 1 })
	switch {
	case i >= 0:
		pool := &before.Pools[i]
		last := len(pool.MailboxServers) - 1
		isLast := func(name string) bool { return strings.EqualFold(name, pool.MailboxServers[last].FQDN) }
		pool.ClientAccessServers.Names = slices.DeleteFunc(slices.Clone(pool.ClientAccessServers.Names), isLast)
		pool.TrustedComputers = slices.DeleteFunc(slices.Clone(pool.TrustedComputers), isLast)
		pool.MailboxServers = pool.MailboxServers[:last]
	case len(before.Pools) > 1:
		before.Pools = before.Pools[:len(before.Pools)-1]
	}
	return plan.AddingTo(plan.Earlier{Name: "earlier.yaml", Source: []byte("earlier"), Topology: &before}, topology.Places{})
}
