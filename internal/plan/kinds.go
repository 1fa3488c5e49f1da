package plan

import "lyncowa/internal/topology"

// kinds are all kinds of change. A row holds what differs from the same step of integrate.
var kinds = []kind{
	{change: Integrate, steps: integrate},
	{change: Disable, steps: disable},
	{change: RemoveDuplicate, steps: removeDuplicate, refuse: withoutColocatedPool},
	{change: Reapply, steps: reapply},
	{change: RenewCertificate, steps: renewCertificate},
	{change: Retire, steps: retire},
	{change: AddServer, steps: addServer},
}

// disable is P13: without the integration, users would see a blank presence and an error at each sign-in.
var disable = []row{
	{stepID: preflightExchange, on: anyExchangeShell, sources: []string{"P13"}, template: "disable-preflight-exchange"},
	{stepID: owaVirtualDirectories, sources: []string{"P13"}, commands: disableCommands, byHand: disableByHand, template: "disable-owa-virtual-directories"},
	{stepID: owaRecycle, kind: KindChange, on: eachMailboxServer, sources: []string{"P10", "P13"}, backOut: true, commands: recycleCommands, byHand: recycleCommands},
	{stepID: verifyExchange, on: anyExchangeShell, sources: []string{"P13"}, template: "disable-verify-exchange"},
	{stepID: signIn, sources: []string{"P13"}},
}

// removeDuplicate is the repair of P2: it removes a trusted application pool that was made by hand for a computer
// that Lync discovers. It is destructive, so it is a change of its own.
var removeDuplicate = []row{
	{stepID: preflightExchange, on: eachDiscoveredServer, sources: []string{"P2"}, template: "remove-duplicate-preflight-exchange"},
	{stepID: preflightLync, sources: []string{"P2", "P5"}, template: "remove-duplicate-preflight-lync"},
	{
		stepID: trustedApplication, sources: []string{"P2"}, template: "remove-trusted-application",
		skip: never, commands: removeDuplicateCommands, byHand: duplicateByHand,
	},
	{stepID: enableTopology, template: "remove-duplicate-enable-topology", skip: never},
	{stepID: verifyLync, template: "remove-duplicate-verify-lync"},
	{stepID: signIn},
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
// nothing away on the Lync side, so no step runs there, and a setting override survives it.
var reapply = []row{
	{stepID: preflightExchange},
	{stepID: imSettings, skip: (*Plan).UsesOverride},
	{stepID: verifyExchange},
	{stepID: canarySignOff},
	{stepID: signIn},
}

// renewCertificate puts another thumbprint into service, one server at a time. At any moment each server works
// with the old or with the new certificate.
var renewCertificate = []row{
	{stepID: preflightExchange},
	{stepID: imSettings, override: overrideUpdates},
	{stepID: verifyExchange},
	{stepID: canarySignOff},
	{stepID: signIn},
}

// retire takes out what integrate brought, users first: no user has instant messaging any more when OWA and Lync lose
// each other. SipName dial plans stay, because the topology does not tell whether unified messaging needs them.
var retire = []row{
	{stepID: preflightExchange, sources: []string{"P8", "P11", "P13"}, template: "retire-preflight-exchange"},
	{stepID: preflightLync, sources: []string{"P2", "P5"}, template: "retire-preflight-lync", skip: withoutTrustedPool},
	{stepID: owaVirtualDirectories, sources: []string{"P7", "P13"}, commands: retireDirectoryCommands, byHand: virtualDirectoryCommands, template: "disable-owa-virtual-directories"},
	{stepID: retireMailboxPolicies, commands: retirePolicyCommands, byHand: mailboxPolicyCommands},
	{
		stepID: imSettings, sources: []string{"P8", "P10"}, template: "retire-im-settings",
		commands: retireWebConfigCommands, override: retireOverrideCommands, byHand: webConfigCommands, overrideByHand: retireOverrideByHand,
	},
	{
		stepID: retireTrustedApplication, sources: []string{"P3", "P4"}, template: "remove-trusted-application",
		commands: retireTrustedCommands, byHand: retireTrustedByHand,
	},
	{stepID: retireEnableTopology, template: "retire-enable-topology"},
	{stepID: verifyExchange, sources: []string{"P13"}, template: "retire-verify-exchange"},
	{stepID: verifyLync, sources: []string{"P5"}, template: "retire-verify-lync", skip: withoutTrustedPool},
	{stepID: signIn, sources: []string{"P13"}},
}

// addServer is integrate for the servers that an earlier topology does not have. The mailbox policies are set already.
var addServer = []row{
	{stepID: preflightExchange},
	{stepID: preflightLync},
	{stepID: sipDialPlans},
	{stepID: trustedApplication, skip: withoutNewTrust},
	{stepID: enableTopology, skip: withoutNewTrust},
	{stepID: owaVirtualDirectories, skip: withoutNewDirectories},
	{stepID: imSettings},
	{stepID: verifyExchange},
	{stepID: verifyLync},
	{stepID: signIn},
}

func never(*Plan) bool { return false }
