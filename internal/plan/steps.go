package plan

// The steps of the procedure. Numbers and ids are stable: tickets and evidence name them.
var (
	preflightExchange     = stepID{10, "preflight-exchange"}
	preflightLync         = stepID{20, "preflight-lync"}
	sipDialPlans          = stepID{30, "sip-dial-plans"}
	trustedApplication    = stepID{40, "trusted-application"}
	enableTopology        = stepID{50, "enable-topology"}
	owaVirtualDirectories = stepID{60, "owa-virtual-directories"}
	imSettings            = stepID{70, "im-settings"}
	mailboxPolicies       = stepID{80, "mailbox-policies"}
	verifyExchange        = stepID{90, "verify-exchange"}
	verifyLync            = stepID{95, "verify-lync"}
	signIn                = stepID{99, "sign-in"}
)

// integrate is the Page's procedure, P1 to P12 and P14. Its rows are whole.
var integrate = []row{
	{
		stepID: preflightExchange, kind: KindCheck, on: eachMailboxServer, sources: []string{"P1", "P2", "P6", "P8", "P9"},
		title:  "Check the Exchange servers",
		reason: always("Nothing is changed before every precondition has been seen to hold."),
		rights: serverRights,
	},
	{
		stepID: preflightLync, kind: KindCheck, on: anyLyncComputer, sources: []string{"P2", "P3", "P5"},
		title:  "Check the Lync topology",
		reason: always("The site, the registrar, the port and the known servers decide whether the change can work at all."),
		rights: lyncRights,
	},
	{
		stepID: sipDialPlans, kind: KindChange, on: anyExchangeServer, sources: []string{"P6"},
		title:  "Add the servers to the SipName dial plans",
		reason: dialPlansReason, commands: dialPlanCommands, impact: dialPlansImpact,
		rights:  "role group Organization Management, or one that includes Set-UMService and Set-UMCallRouterSettings (elevated shell)",
		backOut: true, undo: "Removes from each server only the dial plans that this change added to it.",
	},
	{
		stepID: trustedApplication, kind: KindChange, on: anyLyncComputer, sources: []string{"P2", "P3", "P4"},
		title:  "Create the trusted application pool and the trusted application",
		reason: trustedApplicationReason, commands: trustedApplicationCommands,
		impact:  fixed("No user notices it. The Lync topology in the Central Management Store changes; nothing takes effect before step " + enableTopology.number() + ". " + exportIsSensitive),
		rights:  lyncRights,
		backOut: true, undo: "Removes only the application, computers and pool that this change created, then enables the topology itself and waits for replication.",
	},
	{
		stepID: enableTopology, kind: KindChange, on: anyLyncComputer, sources: []string{"P5"},
		title:  "Enable the Lync topology and wait for replication",
		reason: enableTopologyReason, commands: enableTopologyCommands,
		impact: fixed("Enable-CsTopology enables whatever was last published: topology changes of other people that still wait go live with it. Run it on the computer that ran step " + trustedApplication.number() + ". No user session is interrupted."),
		rights: lyncRights + "; local administrator on the computers that host the Lync file shares",
		undo:   "No back-out of its own: the back-out of step " + trustedApplication.number() + " removes what was created and enables the topology again.",
	},
	{
		stepID: owaVirtualDirectories, kind: KindChange, on: anyExchangeServer, sources: []string{"P7"},
		title:    "Set instant messaging on the OWA virtual directories",
		reason:   always("Instant messaging is enabled by default, but its type is None: the type has to be set to OCS."),
		commands: virtualDirectoryCommands, impact: virtualDirectoriesImpact,
		rights:  "role group Organization Management, or one that includes Set-OwaVirtualDirectory (elevated shell)",
		backOut: true, undo: "Restores the captured InstantMessagingEnabled and InstantMessagingType of each virtual directory.",
	},
	{
		stepID: imSettings, kind: KindChange, on: eachMailboxServer, sources: []string{"P2", "P8", "P9", "P10"},
		title:    "Write the two keys into web.config and recycle OWA",
		reason:   always("Exchange 2013 reads the Lync pool and the certificate from web.config on each Mailbox server."),
		commands: webConfigCommands, impact: fixed(recycleImpact + " A later cumulative update of Exchange overwrites web.config."),
		rights:  serverRights,
		backOut: true, undo: "Restores the captured web.config if nobody else has changed it since, otherwise the two keys only; then recycles OWA on that server.",
	},
	{
		stepID: mailboxPolicies, kind: KindChange, on: anyExchangeServer, sources: []string{"P11"},
		title:    "Enable instant messaging in the OWA mailbox policies",
		reason:   always("A user gets instant messaging in OWA only where the mailbox policy allows it."),
		commands: mailboxPolicyCommands, impact: mailboxPoliciesImpact,
		rights:  "role group Organization Management, or one that includes Set-OwaMailboxPolicy (elevated shell)",
		backOut: true, undo: "Restores the captured InstantMessagingEnabled and InstantMessagingType of each policy.",
	},
	{
		stepID: verifyExchange, kind: KindVerify, on: eachMailboxServer, sources: []string{"P12", "P14"},
		title:  "Verify on the Exchange servers",
		reason: always("Event 112 is written only after the first OWA sign-in that follows the recycle: sign in to OWA once with a pilot user on that server before running this step."),
		rights: serverRights,
	},
	{
		stepID: verifyLync, kind: KindVerify, on: anyLyncComputer, sources: []string{"P12", "P14"},
		title:  "Verify in Lync",
		reason: always("Event 112 proves the Exchange side only; the Lync side has to know the servers too."),
		rights: lyncRights,
	},
	{
		stepID: signIn, kind: KindManual, on: anyBrowser, sources: []string{"P14"},
		title:  "Sign in to OWA and look for the presence icon",
		reason: signInReason, impact: fixed("None."),
		rights: "a pilot user",
		undo:   "Nothing to undo.",
	},
}

// imSettingsByOverride is what differs in step 70 for Exchange 2016 and later, which ignore web.config.
var imSettingsByOverride = row{
	title:    "Set the setting override and recycle OWA",
	reason:   overrideReason,
	commands: overrideCommands, impact: overrideImpact,
	rights:   "local administrator on the server (elevated shell); role group Organization Management, or one that includes New-, Set- and Remove-SettingOverride",
	undo:     overrideUndo,
	template: "override-im-settings",
}

const (
	serverRights = "local administrator on the server (elevated shell); role group View-Only Organization Management or better"
	viewRights   = "role group View-Only Organization Management or better (elevated shell)"
	lyncRights   = "RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)"

	recycleImpact     = "Recycling MSExchangeOWAAppPool interrupts the OWA sessions on that server for a moment; unsaved text can be lost. One server at a time."
	exportIsSensitive = "Take the configuration export that the script makes for what it is: sensitive."
)

var overrideUndo = "Removes the setting override if this change created it, otherwise restores its captured parameters; then refreshes and recycles OWA on that server. It takes effect for all servers of that override. Begin on the server where step " + imSettings.number() + " ran first."

// The places where steps run.
var (
	eachMailboxServer    = place{ShellExchange, mailboxServers, true}
	eachDiscoveredServer = place{ShellExchange, discoveredServers, true}
	anyExchangeServer    = place{ShellExchange, exchangeServer, false}
	anyLyncComputer      = place{ShellLync, lyncComputer, false}
	anyBrowser           = place{ShellNone, func(*Plan) []string { return []string{"any computer with a browser"} }, false}
)

func exchangeServer(p *Plan) []string {
	return []string{"any Exchange " + p.Versions.Exchange + " server of the organisation, " + p.Versions.ShellName(ShellExchange)}
}

func lyncComputer(p *Plan) []string {
	return []string{"any computer of the deployment, " + p.Versions.ShellName(ShellLync)}
}

func mailboxServers(p *Plan) []string { return serverNames(p.Servers()) }

func discoveredServers(p *Plan) []string { return serverNames(p.DiscoveredServers()) }
