package plan

// The steps of the procedure. Numbers and ids are stable: tickets and evidence name them.
var (
	preflightExchange     = stepID{10, "preflight-exchange"}
	preflightLync         = stepID{20, "preflight-lync"}
	sipDialPlans          = stepID{30, "sip-dial-plans"}
	trustedApplication    = stepID{40, "trusted-application"}
	enableTopology        = stepID{50, "enable-topology"}
	owaVirtualDirectories = stepID{60, "owa-virtual-directories"}
	pilotPolicy           = stepID{65, "pilot-policy"}
	imSettings            = stepID{70, "im-settings"}
	owaRecycle            = stepID{70, "owa-recycle"}
	mailboxPolicies       = stepID{80, "mailbox-policies"}
	verifyExchange        = stepID{90, "verify-exchange"}
	canarySignOff         = stepID{91, "canary-sign-off"}
	verifyLync            = stepID{95, "verify-lync"}
	pilotSignOff          = stepID{96, "pilot-sign-off"}
	signIn                = stepID{99, "sign-in"}
)

// Where the last step of an integration is the first of its removal, these steps have numbers of their own.
var (
	retireMailboxPolicies    = stepID{62, mailboxPolicies.id}
	retireTrustedApplication = stepID{85, trustedApplication.id}
	retireEnableTopology     = stepID{88, enableTopology.id}
)

var stepIDs = []stepID{
	preflightExchange, preflightLync, sipDialPlans, trustedApplication, enableTopology, owaVirtualDirectories,
	pilotPolicy, imSettings, owaRecycle, mailboxPolicies, verifyExchange, canarySignOff, verifyLync, pilotSignOff, signIn,
}

// integrate is the Page's procedure, P1 to P12 and P14. Its rows are whole. The words of each step, such as its title
// and its reason, are in templates/plan/steps.tmpl.
var integrate = []row{
	{stepID: preflightExchange, kind: KindCheck, on: eachMailboxServer, sources: []string{"P1", "P2", "P6", "P8", "P9"}},
	{stepID: preflightLync, kind: KindCheck, on: anyLyncComputer, sources: []string{"P2", "P3", "P5"}},
	{
		stepID: sipDialPlans, kind: KindChange, on: anyExchangeShell, sources: []string{"P6"}, backOut: true,
		skip: func(p *Plan) bool { return len(p.DialPlanPools()) == 0 }, commands: dialPlanCommands, byHand: dialPlansByHand,
	},
	{
		stepID: trustedApplication, kind: KindChange, on: anyLyncComputer, sources: []string{"P2", "P3", "P4"}, backOut: true,
		skip: withoutTrustedPool, commands: trustedApplicationCommands, byHand: trustedApplicationByHand,
	},
	{
		stepID: enableTopology, kind: KindChange, on: anyLyncComputer, sources: []string{"P5"},
		skip: withoutTrustedPool, commands: enableTopologyCommands,
	},
	{
		stepID: owaVirtualDirectories, kind: KindChange, on: anyExchangeShell, sources: []string{"P7"}, backOut: true,
		commands: virtualDirectoryCommands, byHand: virtualDirectoriesByHand,
	},
	{
		stepID: pilotPolicy, kind: KindChange, on: anyExchangeShell, sources: []string{"P11", "P12"}, backOut: true,
		when: (*Plan).HasPilotPolicy, commands: pilotPolicyCommands, byHand: pilotPolicyByHand,
	},
	{
		stepID: imSettings, kind: KindChange, on: eachCanaryFirst, sources: []string{"P2", "P8", "P9", "P10"}, backOut: true,
		commands: webConfigCommands, override: overrideCommands, byHand: webConfigByHand, overrideByHand: overrideByHand,
	},
	{
		stepID: mailboxPolicies, kind: KindChange, on: anyExchangeShell, sources: []string{"P11"}, backOut: true,
		commands: mailboxPolicyCommands, byHand: mailboxPoliciesByHand, after: pilotSignOff,
	},
	{stepID: verifyExchange, kind: KindVerify, on: eachCanaryFirst, sources: []string{"P12", "P14"}},
	{stepID: canarySignOff, kind: KindManual, on: place{shell: ShellNone}, sources: []string{"P12", "P14"}, when: (*Plan).HasCanary},
	{stepID: verifyLync, kind: KindVerify, on: anyLyncComputer, sources: []string{"P12", "P14"}},
	{stepID: pilotSignOff, kind: KindManual, on: place{shell: ShellNone}, sources: []string{"P12", "P14"}, when: (*Plan).HasPilotPolicy},
	{stepID: signIn, kind: KindManual, on: place{shell: ShellNone}, sources: []string{"P14"}},
}

// withoutTrustedPool skips what concerns trusted application pools where Lync discovers every server (P2).
func withoutTrustedPool(p *Plan) bool { return len(p.TrustedPools()) == 0 }

// The places where steps run.
var (
	eachMailboxServer    = place{shell: ShellExchange, servers: (*Plan).Servers}
	eachCanaryFirst      = place{shell: ShellExchange, servers: (*Plan).CanaryFirst, first: (*Plan).Canaries}
	eachDiscoveredServer = place{shell: ShellExchange, servers: (*Plan).DiscoveredServers}
	anyExchangeShell     = place{shell: ShellExchange}
	anyLyncComputer      = place{shell: ShellLync}
)
