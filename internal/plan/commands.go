package plan

import (
	"strconv"
	"strings"

	"lyncowa/internal/escape"
)

// The commands as the Page writes them, with this topology's values. The scripts do the same, object by object;
// the rehearsal proves it.

const instantMessagingOn = "-InstantMessagingEnabled $true -InstantMessagingType OCS"

// dialPlanCommands are P6: dial plans are added to those that a server has.
func dialPlanCommands(p *Plan) []Command {
	const everySipNamePlan = `@(Get-UMDialPlan | Where-Object { $_.UriType -eq 'SipName' } | ForEach-Object { $_.Name })`
	on := exchangeServer(p)[0]
	var commands []Command
	for _, pool := range p.DialPlanPools() {
		plans := everySipNamePlan
		if !pool.SipDialPlans.All {
			plans = escape.Array(pool.SipDialPlans.Names)
		}
		for _, server := range pool.MailboxServers {
			commands = append(commands, cmdlet(on, "Set-UMService -Identity "+escape.Quote(server.FQDN)+" -DialPlans @{Add="+plans+"}"))
		}
		for _, server := range pool.ClientAccessServers.Names {
			commands = append(commands, cmdlet(on, "Set-UMCallRouterSettings -Server "+escape.Quote(server)+" -DialPlans @{Add="+plans+"}"))
		}
	}
	return commands
}

// trustedApplicationCommands are P3 and P4. The first computer comes with the pool. Without any computer the pool
// is its own one computer, and no second one can ever be added.
func trustedApplicationCommands(p *Plan) []Command {
	on := lyncComputer(p)[0]
	var commands []Command
	for _, pool := range p.TrustedPools() {
		fqdn := escape.Quote(pool.FQDN)
		create := "New-CsTrustedApplicationPool -Identity " + fqdn + " -Registrar " + escape.Quote(pool.Registrar) +
			" -Site " + escape.Quote(pool.SiteID) + " -RequiresReplication $false"
		others := pool.TrustedComputers
		if len(others) > 0 {
			create += " -ComputerFqdn " + escape.Quote(others[0])
			others = others[1:]
		}
		commands = append(commands, cmdlet(on, create))
		for _, computer := range others {
			commands = append(commands, cmdlet(on, "New-CsTrustedApplicationComputer -Identity "+escape.Quote(computer)+" -Pool "+fqdn))
		}
		commands = append(commands, cmdlet(on, "New-CsTrustedApplication -ApplicationId "+escape.Quote(pool.ApplicationID)+
			" -TrustedApplicationPoolFqdn "+fqdn+" -Port "+strconv.Itoa(pool.Port)))
	}
	return commands
}

// removeDuplicateCommands are P2: the application, then the pool, of each OWA pool that Lync discovers.
func removeDuplicateCommands(p *Plan) []Command {
	on := lyncComputer(p)[0]
	var commands []Command
	for _, pool := range p.DiscoveredPools() {
		application := pool.FQDN + "/urn:application:" + strings.ToLower(pool.ApplicationID)
		commands = append(commands,
			cmdlet(on, "Remove-CsTrustedApplication -Identity "+escape.Quote(application)),
			cmdlet(on, "Remove-CsTrustedApplicationPool -Identity "+escape.Quote(pool.FQDN)))
	}
	return commands
}

func enableTopologyCommands(p *Plan) []Command {
	return []Command{cmdlet(lyncComputer(p)[0], "Enable-CsTopology")}
}

func virtualDirectoryCommands(p *Plan) []Command { return onVirtualDirectories(p, instantMessagingOn) }

func disableCommands(p *Plan) []Command {
	return onVirtualDirectories(p, "-InstantMessagingEnabled $false")
}

// onVirtualDirectories sets something on the OWA virtual directories of the declared Client Access servers, or of
// the organisation (P7): the Page's own pipeline.
func onVirtualDirectories(p *Plan, settings string) []Command {
	on := exchangeServer(p)[0]
	scope := p.ClientAccess()
	if scope.All {
		return []Command{cmdlet(on, "Get-OwaVirtualDirectory | Set-OwaVirtualDirectory "+settings)}
	}
	var commands []Command
	for _, server := range scope.Names {
		commands = append(commands, cmdlet(on, "Get-OwaVirtualDirectory -Server "+escape.Quote(server)+" | Set-OwaVirtualDirectory "+settings))
	}
	return commands
}

// webConfigCommands are P8 and P10: the two keys, and the recycle of OWA. Thumbprints and FQDNs have no character
// that XML would need escaped.
func webConfigCommands(p *Plan) []Command {
	var commands []Command
	for _, server := range p.Servers() {
		commands = append(commands,
			Command{File, server.FQDN, `<add key="IMCertificateThumbprint" value="` + server.Thumbprint + `"/>`},
			Command{File, server.FQDN, `<add key="IMServerName" value="` + server.Registrar() + `"/>`},
			Command{Native, server.FQDN, `C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`})
	}
	return commands
}

// overrideCommands make each override on its first server, then refresh and recycle on every server.
func overrideCommands(p *Plan) []Command {
	return onEachOverride(p, func(o Override) string {
		text := "New-SettingOverride -Name " + escape.Quote(o.Name) + " -Component OwaServer -Section IMSettings" + overrideValues(p, o)
		if len(o.Servers) > 0 {
			text += " -Server " + escape.List(o.Servers)
		}
		return text
	})
}

// overrideUpdates give each override other parameters. Its scope stays.
func overrideUpdates(p *Plan) []Command {
	return onEachOverride(p, func(o Override) string {
		return "Set-SettingOverride -Identity " + escape.Quote(o.Name) + overrideValues(p, o)
	})
}

func overrideValues(p *Plan, o Override) string {
	return " -Parameters " + escape.Array(o.Parameters()) + " -Reason " + escape.Quote(p.BundleName()+" on "+o.First)
}

// onEachOverride writes each override on its first server, and makes every server read it.
func onEachOverride(p *Plan, write func(Override) string) []Command {
	firstOf := map[string]Override{}
	for _, o := range p.Overrides() {
		firstOf[o.First] = o
	}
	var commands []Command
	for _, s := range p.Servers() {
		if o, isFirst := firstOf[s.FQDN]; isFirst {
			commands = append(commands, cmdlet(s.FQDN, write(o)))
		}
		commands = append(commands,
			cmdlet(s.FQDN, "Get-ExchangeDiagnosticInfo -Server "+escape.Quote(s.FQDN)+" -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh"),
			cmdlet(s.FQDN, "Restart-WebAppPool -Name MSExchangeOWAAppPool"))
	}
	return commands
}

// mailboxPolicyCommands are P11.
func mailboxPolicyCommands(p *Plan) []Command {
	on := exchangeServer(p)[0]
	if p.Topology.MailboxPolicies.All {
		return []Command{cmdlet(on, "Get-OwaMailboxPolicy | Set-OwaMailboxPolicy "+instantMessagingOn)}
	}
	var commands []Command
	for _, name := range p.Topology.MailboxPolicies.Names {
		commands = append(commands, cmdlet(on, "Set-OwaMailboxPolicy -Identity "+escape.Quote(name)+" "+instantMessagingOn))
	}
	return commands
}

func cmdlet(on, text string) Command { return Command{Cmdlet, on, text} }
