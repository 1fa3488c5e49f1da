package plan

import (
	"strconv"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
)

// The commands as the Page writes them, with this topology's values. The scripts do the same, object by object;
// the rehearsal proves it.

// recycleCommand is P10: the OWA application pool of one server.
const recycleCommand = `C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`

// sipNamePlans selects every SipName dial plan of the organisation (P6).
const sipNamePlans = `@(Get-UMDialPlan | Where-Object { $_.UriType -eq 'SipName' } | ForEach-Object { $_.Name })`

const instantMessagingOn = "-InstantMessagingEnabled $true -InstantMessagingType OCS"

func dialPlanCommands(p *Plan) []Command {
	on := exchangeServer(p)[0]
	var commands []Command
	for _, pool := range p.DialPlanPools() {
		plans := sipNamePlans
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

func trustedApplicationCommands(p *Plan) []Command {
	on, pools := lyncComputer(p)[0], p.TrustedPools()
	count := 0
	for _, pool := range pools {
		count += 2 + len(otherComputers(pool))
	}
	commands := make([]Command, 0, count)
	for _, pool := range pools {
		fqdn := escape.Quote(pool.FQDN)
		commands = append(commands, cmdlet(on, "New-CsTrustedApplicationPool -Identity "+fqdn+" -Registrar "+escape.Quote(pool.Registrar)+
			" -Site "+escape.Quote(pool.SiteID)+" -RequiresReplication $false"+firstComputer(pool)))
		for _, computer := range otherComputers(pool) {
			commands = append(commands, cmdlet(on, "New-CsTrustedApplicationComputer -Identity "+escape.Quote(computer)+" -Pool "+fqdn))
		}
		commands = append(commands, cmdlet(on, "New-CsTrustedApplication -ApplicationId "+escape.Quote(pool.ApplicationID)+
			" -TrustedApplicationPoolFqdn "+fqdn+" -Port "+strconv.Itoa(pool.Port)))
	}
	return commands
}

// firstComputer is the computer that New-CsTrustedApplicationPool itself makes. Without it the pool's one
// computer is the pool FQDN, and no second one can ever be added.
func firstComputer(pool topology.Pool) string {
	if len(pool.TrustedComputers) == 0 {
		return ""
	}
	return " -ComputerFqdn " + escape.Quote(pool.TrustedComputers[0])
}

func otherComputers(pool topology.Pool) []string {
	if len(pool.TrustedComputers) < 2 {
		return nil
	}
	return pool.TrustedComputers[1:]
}

func enableTopologyCommands(p *Plan) []Command {
	return []Command{cmdlet(lyncComputer(p)[0], "Enable-CsTopology")}
}

func virtualDirectoryCommands(p *Plan) []Command { return onVirtualDirectories(p, instantMessagingOn) }

// onVirtualDirectories sets something on the OWA virtual directories of the declared Client Access servers, or of
// the organisation: the Page's own pipeline.
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

func imSettingsCommands(p *Plan) []Command {
	servers := p.Servers()
	commands := make([]Command, 0, 3*len(servers))
	for _, server := range servers {
		commands = append(commands,
			Command{Kind: File, On: server.FQDN, Text: appSetting("IMCertificateThumbprint", server.Thumbprint)},
			Command{Kind: File, On: server.FQDN, Text: appSetting("IMServerName", server.Registrar())},
			Command{Kind: Native, On: server.FQDN, Text: recycleCommand},
		)
	}
	return commands
}

// appSetting is an element of web.config (P8). Thumbprints and FQDNs have a grammar without any character that
// XML would need escaped.
func appSetting(key, value string) string {
	return `<add key="` + key + `" value="` + value + `"/>`
}

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

func cmdlet(on, text string) Command { return Command{Kind: Cmdlet, On: on, Text: text} }
