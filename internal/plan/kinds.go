package plan

import "lyncowa/internal/topology"

// kinds are all kinds of change. A row holds what differs from the same step of integrate.
var kinds = []kind{
	{change: Integrate, steps: integrate},
	{change: Disable, steps: disable},
	{change: RemoveDuplicate, steps: removeDuplicate, refuse: withoutColocatedPool},
	{change: Reapply, steps: reapply, override: row{title: "Set the setting override again", reason: overrideSurvives}},
	{
		change: RenewCertificate, steps: renewCertificate,
		override: row{
			title:  "Write the new thumbprint into the setting override and recycle OWA",
			reason: renewReason, commands: overrideUpdates,
			undo: overrideUndo + keepOldCertificate,
		},
	},
}

// disable is P13: without the integration, users would see a blank presence and an error at each sign-in.
var disable = []row{
	{
		stepID: preflightExchange, on: anyExchangeServer, sources: []string{"P13"},
		title:  "Check the OWA virtual directories",
		reason: always("The virtual directories have to be there before they are changed."),
		rights: viewRights, template: "disable-preflight-exchange",
	},
	{
		stepID: owaVirtualDirectories, sources: []string{"P13"},
		title:    "Switch instant messaging off on the OWA virtual directories",
		reason:   always("Instant messaging is enabled by default; where it is not integrated, users see a blank presence and an error at each sign-in."),
		commands: disableCommands, impact: disableImpact, template: "disable-owa-virtual-directories",
	},
	{
		stepID: verifyExchange, on: anyExchangeServer, sources: []string{"P13"},
		title:  "Verify the OWA virtual directories",
		reason: always("What was changed is read back."),
		rights: viewRights, template: "disable-verify-exchange",
	},
	{
		stepID: signIn, sources: []string{"P13"},
		title: "Sign in to OWA and look that presence is gone", reason: disableSignInReason,
	},
}

// removeDuplicate is the repair of P2: it removes a trusted application pool that was made by hand for a computer
// that Lync discovers. It is destructive, so it is a change of its own.
var removeDuplicate = []row{
	{
		stepID: preflightExchange, on: eachDiscoveredServer, sources: []string{"P2"},
		title:    "Prove that the servers are discovered without the entry",
		reason:   always("Only a server with both UM services and a SipName dial plan stays known to Lync when the manual entry goes."),
		template: "remove-duplicate-preflight-exchange",
	},
	{
		stepID: preflightLync, sources: []string{"P2", "P5"},
		title:    "Check what the duplicate entry holds",
		reason:   always("Removing a pool removes everything in it: an entry that holds anything else is refused."),
		template: "remove-duplicate-preflight-lync",
	},
	{
		stepID: trustedApplication, sources: []string{"P2"},
		title:    "Remove the duplicate trusted application and its pool",
		reason:   always("A server that Lync discovers and that has a manual entry too has two entries, and OWA integration stops working."),
		commands: removeDuplicateCommands,
		impact:   fixed("Destructive: the trusted application pool of that name goes with its computers and its application. No user notices it before step " + enableTopology.number() + ". " + exportIsSensitive),
		undo:     "Creates the pool, its computers and the application again from the captured state, then enables the topology itself and waits for replication.",
		template: "remove-duplicate-trusted-application",
	},
	{
		stepID:   enableTopology,
		reason:   always("What step " + trustedApplication.number() + " removed takes effect only when the topology is enabled and replicated."),
		undo:     "No back-out of its own: the back-out of step " + trustedApplication.number() + " creates the entry again and enables the topology again.",
		template: "remove-duplicate-enable-topology",
	},
	{
		stepID:   verifyLync,
		reason:   always("The manual entry must be gone and the server still be known."),
		template: "remove-duplicate-verify-lync",
	},
	{stepID: signIn, reason: discoveredSignInReason},
}

func withoutColocatedPool(t *topology.Topology) (reason, hint string) {
	for _, pool := range t.Pools {
		if pool.UMColocated {
			return "", ""
		}
	}
	return "no OWA pool has umColocated: true, so Lync discovers none of them and their trusted application pools are no duplicates",
		"a trusted application pool that is needed must stay; where both UM services and a SipName dial plan are on the servers, write umColocated: true"
}

// reapply brings back what a cumulative update of Exchange overwrites: the two keys of web.config. An update takes
// nothing away on the Lync side, so no step runs there.
var reapply = []row{
	{stepID: preflightExchange},
	{
		stepID: imSettings,
		reason: always("A cumulative update of Exchange overwrites web.config, and with it the Lync pool and the certificate that OWA uses."),
	},
	{stepID: verifyExchange},
	{stepID: signIn},
}

// renewCertificate puts another thumbprint into service, one server at a time. At any moment each server works
// with the old or with the new certificate.
var renewCertificate = []row{
	{
		stepID: preflightExchange,
		title:  "Check the new certificate on every server",
		reason: always("The new certificate has to be whole on every server before the first one uses it."),
	},
	{
		stepID: imSettings,
		title:  "Write the new thumbprint into web.config and recycle OWA",
		reason: renewReason,
		undo:   "Restores the captured web.config, and with it the old thumbprint, if nobody else has changed it since, otherwise the two keys only; then recycles OWA on that server." + keepOldCertificate,
	},
	{stepID: verifyExchange},
	{stepID: signIn},
}

const keepOldCertificate = " Keep the old certificate until then."
