package plan

// disable is P13: without the integration, users would see a blank presence and an error at each sign-in.
var disable = []definition{
	row(integrate, "preflight-exchange").with(func(d *definition) {
		d.title, d.template = "Check the OWA virtual directories", "disable-preflight-exchange"
		d.sources, d.runOn, d.perServer = []string{"P13"}, exchangeServer, false
		d.rights = "role group View-Only Organization Management or better (elevated shell)"
		d.reason = always("The virtual directories have to be there before they are changed.")
	}),
	row(integrate, "owa-virtual-directories").with(func(d *definition) {
		d.title, d.template = "Switch instant messaging off on the OWA virtual directories", "disable-owa-virtual-directories"
		d.sources, d.commands, d.impact = []string{"P13"}, disableCommands, disableImpact
		d.reason = always("Instant messaging is enabled by default; where it is not integrated, users see a blank presence and an error at each sign-in.")
	}),
	row(integrate, "verify-exchange").with(func(d *definition) {
		d.title, d.template = "Verify the OWA virtual directories", "disable-verify-exchange"
		d.sources, d.runOn, d.perServer = []string{"P13"}, exchangeServer, false
		d.rights = "role group View-Only Organization Management or better (elevated shell)"
		d.reason = always("What was changed is read back.")
	}),
	row(integrate, "sign-in").with(func(d *definition) {
		d.title, d.sources = "Sign in to OWA and look that presence is gone", []string{"P13"}
		d.reason = disableSignInReason
	}),
}

func disableCommands(p *Plan) []Command {
	return onVirtualDirectories(p, "-InstantMessagingEnabled $false")
}

func disableImpact(p *Plan) string {
	return virtualDirectoriesScope(p) + " Users lose presence and instant messaging in OWA at their next sign-in. Everything else that the integration made stays as it is: the Lync topology, " + p.settingsPlace() + " and the mailbox policies."
}

func disableSignInReason(p *Plan) (Status, string) {
	return Planned, "Sign in at " + owaAddresses(p.Topology.Pools) + ": no presence icon beside the display name, and no error about instant messaging at sign-in."
}
