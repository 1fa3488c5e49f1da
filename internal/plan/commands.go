package plan

import (
	"fmt"
	"strconv"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
)

// The commands as the Page writes them, with this topology's values. The scripts do the same, object by object;
// the rehearsal proves it.

const (
	instantMessagingOn   = "-InstantMessagingEnabled $true -InstantMessagingType OCS"
	instantMessagingGone = "-InstantMessagingEnabled $false -InstantMessagingType None"
)

// dialPlanCommands are P6: dial plans are added to those that a server has. Set-UMService takes the name of a server,
// not its FQDN.
func dialPlanCommands(p *Plan) []Command { return onDialPlans(p, "Add") }

func onDialPlans(p *Plan, verb string) []Command {
	const everySipNamePlan = `@(Get-UMDialPlan | Where-Object { $_.UriType -eq 'SipName' } | ForEach-Object { $_.Name })`
	on := p.place(ShellExchange)
	var commands []Command
	for _, pool := range p.DialPlanPools() {
		plans := argument{"<dial plans>", everySipNamePlan}
		if !pool.SipDialPlans.All {
			plans.value = escape.Array(pool.SipDialPlans.Names)
		}
		for _, m := range pool.MailboxServers {
			commands = append(commands, cmdlet(on, changes, UMService, "Set-UMService -Identity %s -DialPlans @{"+verb+"=%s}", server(shortName(m.FQDN)), plans))
		}
		for _, name := range pool.ClientAccessServers.Names {
			commands = append(commands, cmdlet(on, changes, UMCallRouter, "Set-UMCallRouterSettings -Server %s -DialPlans @{"+verb+"=%s}", server(name), plans))
		}
	}
	return commands
}

// trustedApplicationCommands are P3 and P4. With -Force no cmdlet asks a question. The first computer comes with the pool. Without any computer the pool
// is its own one computer, and no second one can ever be added.
func trustedApplicationCommands(p *Plan) []Command {
	on := p.place(ShellLync)
	var commands []Command
	for _, pool := range p.TrustedPools() {
		if p.GrowsFrom(pool) {
			for _, computer := range p.NewComputers(pool) {
				commands = append(commands, newComputer(on, computer, pool))
			}
			continue
		}
		format := "New-CsTrustedApplicationPool -Identity %s -Registrar %s -Site %s -RequiresReplication $false"
		values := []argument{owaPool(pool), {"<Lync pool>", escape.Quote(pool.Registrar)}, {"<SiteId>", escape.Quote(pool.SiteID)}}
		others := pool.TrustedComputers
		if len(others) > 0 {
			format += " -ComputerFqdn %s"
			values = append(values, server(others[0]))
			others = others[1:]
		}
		commands = append(commands, cmdlet(on, creates, TrustedPool, format+" -Force", values...))
		for _, computer := range others {
			commands = append(commands, newComputer(on, computer, pool))
		}
		commands = append(commands, cmdlet(on, creates, TrustedApplication, "New-CsTrustedApplication -ApplicationId %s -TrustedApplicationPoolFqdn %s -Port %s -Force",
			argument{"<application id>", escape.Quote(pool.ApplicationID)}, owaPool(pool), argument{"<port>", strconv.Itoa(pool.Port)}))
	}
	return commands
}

func newComputer(on, computer string, pool topology.Pool) Command {
	return cmdlet(on, creates, TrustedComputer, "New-CsTrustedApplicationComputer -Identity %s -Pool %s -Force", server(computer), owaPool(pool))
}

// removeDuplicateCommands are P2: the application, then the pool, of each OWA pool that Lync discovers.
func removeDuplicateCommands(p *Plan) []Command { return removePools(p, p.DiscoveredPools()) }

func removePools(p *Plan, pools []topology.Pool) []Command {
	on := p.place(ShellLync)
	var commands []Command
	for _, pool := range pools {
		application := pool.FQDN + "/urn:application:" + strings.ToLower(pool.ApplicationID)
		commands = append(commands,
			cmdlet(on, removes, TrustedApplication, "Remove-CsTrustedApplication -Identity %s -Force", argument{"<OWA pool>/urn:application:<application id>", escape.Quote(application)}),
			cmdlet(on, removes, TrustedPool, "Remove-CsTrustedApplicationPool -Identity %s -Force", owaPool(pool)))
	}
	return commands
}

// retireTrustedCommands remove the application, the computers but the last, and the pool: Lync does not remove the only
// computer of a pool (Microsoft's page Remove-CsTrustedApplicationComputer).
func retireTrustedCommands(p *Plan) []Command {
	on := p.place(ShellLync)
	var commands []Command
	for _, pool := range p.TrustedPools() {
		removal := removePools(p, []topology.Pool{pool})
		commands = append(commands, removal[0])
		for _, computer := range pool.TrustedComputers[min(1, len(pool.TrustedComputers)):] {
			commands = append(commands, cmdlet(on, removes, TrustedComputer, "Remove-CsTrustedApplicationComputer -Identity %s -Force", server(computer)))
		}
		commands = append(commands, removal[1])
	}
	return commands
}

func enableTopologyCommands(p *Plan) []Command {
	return []Command{cmdlet(p.place(ShellLync), "", "", "Enable-CsTopology")}
}

func virtualDirectoryCommands(p *Plan) []Command { return onVirtualDirectories(p, instantMessagingOn) }

func disableCommands(p *Plan) []Command {
	return onVirtualDirectories(p, "-InstantMessagingEnabled $false")
}

func retireDirectoryCommands(p *Plan) []Command { return onVirtualDirectories(p, instantMessagingGone) }

// onVirtualDirectories sets something on the OWA virtual directories of the declared Client Access servers, or of
// the organisation (P7): the Page's own pipeline.
func onVirtualDirectories(p *Plan, settings string) []Command {
	on := p.place(ShellExchange)
	scope := p.ClientAccess()
	if scope.All {
		return []Command{onAll(cmdlet(on, changes, VirtualDirectory, "Get-OwaVirtualDirectory | Set-OwaVirtualDirectory "+settings))}
	}
	var commands []Command
	for _, name := range scope.Names {
		commands = append(commands, cmdlet(on, changes, VirtualDirectory, "Get-OwaVirtualDirectory -Server %s | Set-OwaVirtualDirectory "+settings, server(name)))
	}
	return commands
}

// webConfigCommands are P8 and P10: the two keys, and the recycle of OWA. Thumbprints and FQDNs have no character
// that XML would need escaped.
func webConfigCommands(p *Plan) []Command {
	const key = `<add key="%s" value="%s"/>`
	var commands []Command
	for _, s := range p.CanaryFirst() {
		commands = append(commands,
			newCommand(File, s.FQDN, changes, WebConfig, key, literal("IMCertificateThumbprint"), argument{"<thumbprint>", s.Thumbprint}),
			newCommand(File, s.FQDN, "", "", key, literal("IMServerName"), argument{"<Lync pool>", s.Registrar()}),
			recycle(p, s))
	}
	return commands
}

// retireWebConfigCommands take the two keys out again. Whatever they were, OWA starts anew: a process that has started
// instant messaging keeps it.
func retireWebConfigCommands(p *Plan) []Command {
	var commands []Command
	for _, s := range p.Servers() {
		commands = append(commands,
			newCommand(File, s.FQDN, changes, WebConfig, RemovedKey+`<add key="IMCertificateThumbprint"/>`),
			newCommand(File, s.FQDN, "", "", RemovedKey+`<add key="IMServerName"/>`),
			recycle(p, s))
	}
	return commands
}

// RemovedKey begins a file command that takes an element out.
const RemovedKey = "remove "

// overrideCommands write each override on its first server, then refresh and recycle on every server. One that is
// taken over, or that gets more servers, is there already, and so is one that its canary has made for itself.
func overrideCommands(p *Plan) []Command {
	return onEachOverride(p, p.CanaryFirst(), p.overrideWriters(), func(o Override) Command {
		switch {
		case o.TakenOver || len(p.ScopeBefore(o)) > 0:
			return setOverride(p, o)
		case o.First != o.Canary && o.Canary != "":
			extension := setOverride(p, o)
			extension.Effect = "" // the canary's command counts
			return extension
		}
		return newOverride(p, o)
	})
}

func newOverride(p *Plan, o Override) Command {
	return cmdlet(o.First, creates, SettingOverride, "New-SettingOverride -Name %s -Component OwaServer -Section IMSettings"+overrideFormat, overrideValues(p, o)...)
}

func retireOverrideCommands(p *Plan) []Command {
	return onEachOverride(p, p.Servers(), p.overrideWriters(), removeOverride)
}

func removeOverride(o Override) Command {
	return cmdlet(o.First, removes, SettingOverride, "Remove-SettingOverride -Identity %s -Confirm:$false", argument{"<override>", escape.Quote(o.Name)})
}

// overrideUpdates give each override other parameters.
func overrideUpdates(p *Plan) []Command {
	return onEachOverride(p, p.CanaryFirst(), p.overrideWriters(), func(o Override) Command { return setOverride(p, o) })
}

// overrideWriters are the overrides as a server's run leaves them, by the FQDN of that server. The canary's is for the
// canary alone; the first of the other servers extends it.
func (p *Plan) overrideWriters() map[string]Override {
	writers := map[string]Override{}
	for _, o := range p.Overrides() {
		writers[o.First] = o
		if o.Canary != "" {
			writers[o.Canary] = o.OfCanary()
		}
	}
	return writers
}

func setOverride(p *Plan, o Override) Command {
	return cmdlet(o.First, changes, SettingOverride, "Set-SettingOverride -Identity %s"+overrideFormat, overrideValues(p, o)...)
}

const overrideFormat = " -Parameters %s -Server %s -Reason %s"

// overrideValues are the name, and the parameters of both cmdlets. Both settings and the scope always: what is left out
// is lost.
func overrideValues(p *Plan, o Override) []argument {
	return []argument{
		{"<override>", escape.Quote(o.Name)},
		{"@('IMServerName=<Lync pool>', 'IMCertificateThumbprint=<thumbprint>')", escape.Array(o.Parameters())},
		{"<servers>", escape.List(o.Servers)},
		{"<reason>", escape.Quote(p.BundleName() + " on " + o.First)},
	}
}

// onEachOverride writes each override where writers has it, and makes every server read it, in that order. Get-ExchangeDiagnosticInfo
// takes the name of a server, not its FQDN.
func onEachOverride(p *Plan, servers []Server, writers map[string]Override, write func(Override) Command) []Command {
	const refresh = "Get-ExchangeDiagnosticInfo -Server %s -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh"
	var commands []Command
	for _, s := range servers {
		if o, isWriter := writers[s.FQDN]; isWriter {
			commands = append(commands, write(o))
		}
		commands = append(commands, cmdlet(s.FQDN, "", "", refresh, server(shortName(s.FQDN))), recycle(p, s))
	}
	return commands
}

// recycleCommands are P10: OWA restarts on each Mailbox server.
func recycleCommands(p *Plan) []Command {
	var commands []Command
	for _, s := range p.Servers() {
		commands = append(commands, recycle(p, s))
	}
	return commands
}

func recycle(p *Plan, s Server) Command {
	if p.UsesOverride() {
		return cmdlet(s.FQDN, "", "", "Restart-WebAppPool -Name MSExchangeOWAAppPool")
	}
	return newCommand(Native, s.FQDN, "", "", `C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`)
}

// mailboxPolicyCommands are P11.
func mailboxPolicyCommands(p *Plan) []Command { return onMailboxPolicies(p, instantMessagingOn) }

func retirePolicyCommands(p *Plan) []Command { return onMailboxPolicies(p, instantMessagingGone) }

func onMailboxPolicies(p *Plan, settings string) []Command {
	on, policies := p.place(ShellExchange), p.MailboxPolicies()
	switch {
	case policies.All && p.HasPilotPolicy():
		return []Command{onAll(cmdlet(on, changes, MailboxPolicy, "Get-OwaMailboxPolicy | Where-Object { $_.Name -ne %s } | Set-OwaMailboxPolicy "+settings, policy(p.Topology.PilotPolicy)))}
	case policies.All:
		return []Command{onAll(cmdlet(on, changes, MailboxPolicy, "Get-OwaMailboxPolicy | Set-OwaMailboxPolicy "+settings))}
	}
	var commands []Command
	for _, name := range policies.Names {
		commands = append(commands, setMailboxPolicy(on, name, settings))
	}
	return commands
}

func setMailboxPolicy(on, name, settings string) Command {
	return cmdlet(on, changes, MailboxPolicy, "Set-OwaMailboxPolicy -Identity %s "+settings, policy(name))
}

// pilotPolicyCommands are P11 for the pilot users alone: their policy, then who has it.
func pilotPolicyCommands(p *Plan) []Command {
	on := p.place(ShellExchange)
	return append([]Command{setMailboxPolicy(on, p.Topology.PilotPolicy, instantMessagingOn)}, onPilots(p, on, policy(p.Topology.PilotPolicy))...)
}

func onPilots(p *Plan, on string, policy argument) []Command {
	var commands []Command
	for _, pilot := range p.Topology.PilotUsers {
		commands = append(commands, cmdlet(on, changes, PilotMailbox, "Set-CASMailbox -Identity %s -OwaMailboxPolicy %s", argument{"<pilot user>", escape.Quote(pilot.Mailbox)}, policy))
	}
	return commands
}

// argument is a value in a command, and the name that stands for it in the command's shape.
type argument struct{ name, value string }

func server(fqdn string) argument { return argument{"<server>", escape.Quote(fqdn)} }

func policy(name string) argument { return argument{"<policy>", escape.Quote(name)} }

func owaPool(pool topology.Pool) argument { return argument{"<OWA pool>", escape.Quote(pool.FQDN)} }

func literal(text string) argument { return argument{text, text} }

func cmdlet(on string, effect Effect, object Object, format string, arguments ...argument) Command {
	return newCommand(Cmdlet, on, effect, object, format, arguments...)
}

func newCommand(kind CommandKind, on string, effect Effect, object Object, format string, arguments ...argument) Command {
	values, names := make([]any, len(arguments)), make([]any, len(arguments))
	for i, a := range arguments {
		values[i], names[i] = a.value, a.name
	}
	return Command{Kind: kind, On: on, Text: fmt.Sprintf(format, values...), Shape: fmt.Sprintf(format, names...), Effect: effect, Object: object}
}

// onAll marks a command that acts on every object of the organisation, however many there are.
func onAll(c Command) Command {
	c.All = true
	return c
}
