package plan

import (
	"strconv"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
)

// The way back by hand, for the day when the evidence of a host is lost and its back-out refuses. It assumes the
// product's defaults before the change: instant messaging is enabled, and its type is None. A removal assumes the
// integration instead: its way back is the commands of integrate.

const instantMessagingDefault = "-InstantMessagingEnabled $true -InstantMessagingType None"

func dialPlansByHand(p *Plan) []Command { return onDialPlans(p, "Remove") }

func trustedApplicationByHand(p *Plan) []Command {
	on := p.place(ShellLync)
	var commands []Command
	for _, pool := range p.TrustedPools() {
		if !p.GrowsFrom(pool) {
			commands = append(commands, removePools(p, []topology.Pool{pool})...)
			continue
		}
		for _, computer := range p.NewComputers(pool) {
			commands = append(commands, cmdlet(on, removes, TrustedComputer, "Remove-CsTrustedApplicationComputer -Identity %s -Force", server(computer)))
		}
	}
	return append(commands, enableTopologyCommands(p)...)
}

// duplicateByHand creates the removed pools again. What the topology does not hold is in the snapshot of step 40.
func duplicateByHand(p *Plan) []Command {
	const create = "New-CsTrustedApplicationPool -Identity %s -Registrar %s -Site %s -RequiresReplication $false"
	const application = "New-CsTrustedApplication -ApplicationId %s -TrustedApplicationPoolFqdn %s -Port %s"
	on := p.place(ShellLync)
	var commands []Command
	for _, pool := range p.DiscoveredPools() {
		site, port := literal("<SiteId>"), literal("<port>")
		if pool.SiteID != "" {
			site.value = escape.Quote(pool.SiteID)
		}
		if pool.Port != 0 {
			port.value = strconv.Itoa(pool.Port)
		}
		commands = append(commands,
			manual(p, on, "look up", argument{"<OWA pool>", pool.FQDN}),
			newCommand(Manual, on, "", "", create, owaPool(pool), argument{"<Lync pool>", escape.Quote(pool.Registrar)}, site),
			newCommand(Manual, on, "", "", application, argument{"<application id>", escape.Quote(pool.ApplicationID)}, owaPool(pool), port))
	}
	return append(commands, enableTopologyCommands(p)...)
}

// retireTrustedByHand creates the pools as integrate does.
func retireTrustedByHand(p *Plan) []Command {
	return append(trustedApplicationCommands(p), enableTopologyCommands(p)...)
}

// retireOverrideByHand creates the overrides as integrate does, also those that integrate had taken over.
func retireOverrideByHand(p *Plan) []Command {
	return onEachOverride(p, p.Servers(), p.overrideWriters(), func(o Override) Command { return newOverride(p, o) })
}

func virtualDirectoriesByHand(p *Plan) []Command {
	return onVirtualDirectories(p, instantMessagingDefault)
}

func disableByHand(p *Plan) []Command {
	return onVirtualDirectories(p, "-InstantMessagingEnabled $true")
}

func mailboxPoliciesByHand(p *Plan) []Command { return onMailboxPolicies(p, instantMessagingDefault) }

// pilotPolicyByHand takes the policy from the pilot users before it restores it. It assumes that they had none.
func pilotPolicyByHand(p *Plan) []Command {
	on := p.place(ShellExchange)
	return append(onPilots(p, on, argument{"<policy>", "$null"}), setMailboxPolicy(on, p.Topology.PilotPolicy, instantMessagingDefault))
}

func webConfigByHand(p *Plan) []Command {
	var commands []Command
	for _, s := range p.canaryLast() {
		step := manual(p, s.FQDN, "remove the keys")
		if p.Change == RenewCertificate {
			step = manual(p, s.FQDN, "set the thumbprint", argument{"<old thumbprint>", p.oldThumbprint(s.FQDN)})
		}
		commands = append(commands, step, recycle(p, s))
	}
	return commands
}

// overrideByHand removes an override, or sets it back, before the first of its servers reads it and restarts OWA: the canary,
// which had it first, comes last.
func overrideByHand(p *Plan) []Command {
	writers := map[string]Override{}
	for _, o := range p.Overrides() {
		writers[o.First] = o
	}
	return onEachOverride(p, p.canaryLast(), writers, func(o Override) Command {
		before := p.ScopeBefore(o)
		switch {
		case len(before) > 0:
			old := o
			old.Servers = before
			return setOverride(p, old)
		case o.TakenOver:
			return manual(p, o.First, "give back the override", argument{"<override>", escape.Quote(o.Name)})
		case p.Change == RenewCertificate:
			old := o
			old.Thumbprint = p.oldThumbprint(o.First)
			return setOverride(p, old)
		default:
			return removeOverride(o)
		}
	})
}

// manual is a command in words. Its block holds a %s for each argument.
func manual(p *Plan, on, block string, arguments ...argument) Command {
	return newCommand(Manual, on, "", "", p.execute(words().Lookup("by hand "+block)), arguments...)
}

// oldThumbprint is the thumbprint that a server had before a renewal, or what stands for it.
func (p *Plan) oldThumbprint(server string) string {
	for _, r := range p.Replaces {
		if r.Server == server {
			return r.Old
		}
	}
	return "<old thumbprint>"
}
