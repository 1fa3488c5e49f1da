package plan

import (
	"slices"

	"lyncowa/internal/topology"
)

// A canary is a Mailbox server that is changed and verified before the others, which wait for a sign-off. A pilot policy
// is an OWA mailbox policy that only the pilot users have, so that nobody else has instant messaging until they sign off.

// Canaries are the FQDNs of the servers that go first, in the order of the file. A setting override that serves all servers
// already cannot be changed for one of them alone, so a renewal of its certificate has no canary.
func (p *Plan) Canaries() []string {
	if !slices.Contains([]Change{Integrate, Reapply, RenewCertificate}, p.Change) || p.UsesOverride() && p.Change != Integrate {
		return nil
	}
	var names []string
	for _, pool := range p.Topology.Pools {
		if pool.Canary != "" {
			names = append(names, pool.Canary)
		}
	}
	return names
}

// HasCanary reports whether a server goes first.
func (p *Plan) HasCanary() bool { return len(p.Canaries()) > 0 }

// NamesCanary reports whether the topology names a canary, also for a change that cannot have one.
func (p *Plan) NamesCanary() bool {
	return slices.ContainsFunc(p.whole().Pools, func(pool topology.Pool) bool { return pool.Canary != "" })
}

// HasPilotPolicy reports whether the pilot users get a policy of their own before everybody else.
func (p *Plan) HasPilotPolicy() bool { return p.Change == Integrate && p.Topology.PilotPolicy != "" }

// CanaryFirst returns every Mailbox server in the order in which steps 70 and 90 reach them.
func (p *Plan) CanaryFirst() []Server {
	var canaries, others []Server
	names := p.Canaries()
	for _, s := range p.Servers() {
		if slices.Contains(names, s.FQDN) {
			canaries = append(canaries, s)
		} else {
			others = append(others, s)
		}
	}
	return append(canaries, others...)
}

// canaryLast returns them in the order of the way back.
func (p *Plan) canaryLast() []Server {
	servers, n := p.CanaryFirst(), len(p.Canaries())
	return slices.Concat(servers[n:], servers[:n])
}

// Visits are the steps in the order in which they are run. A step with canaries is there twice, each time with its own
// servers and commands; Canary is empty on the second time.
func (p *Plan) Visits() []Step {
	var visits, first []Step // first: what happens on the canaries, up to their sign-off
	start := 0
	for _, s := range p.Steps {
		if len(s.Canary) == 0 && s.ID != canarySignOff.id {
			visits = append(visits, s)
			continue
		}
		if len(first) == 0 {
			start = len(visits)
		}
		if s.ID == canarySignOff.id {
			first = append(first, s)
			continue
		}
		isCanary := func(host string) bool { return slices.Contains(s.Canary, host) }
		first = append(first, s.onlyOn(isCanary))
		others := s.onlyOn(func(host string) bool { return !isCanary(host) })
		others.Canary = nil
		visits = append(visits, others)
	}
	visits = slices.Insert(visits, start, first...)
	for i, s := range visits {
		if at := slices.IndexFunc(visits, func(other Step) bool { return other.ID == s.After }); at > i {
			return slices.Insert(slices.Delete(visits, i, i+1), at, s) // one step at most
		}
	}
	return visits
}

// onlyOn is the step on some of its servers.
func (s Step) onlyOn(belongs func(host string) bool) Step {
	narrowed := func(commands []Command) []Command {
		return slices.DeleteFunc(slices.Clone(commands), func(c Command) bool { return !belongs(c.On) })
	}
	s.RunOn = slices.DeleteFunc(slices.Clone(s.RunOn), func(host string) bool { return !belongs(host) })
	s.Commands, s.ManualUndo = narrowed(s.Commands), narrowed(s.ManualUndo)
	return s
}
