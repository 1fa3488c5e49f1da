package plan

import (
	"fmt"
	"strings"

	"lyncowa/internal/topology"
)

// integrate is the Page's procedure, P1 to P12 and P14.
var integrate = []definition{
	{
		order: 10, id: "preflight-exchange", title: "Check the Exchange servers", kind: KindCheck, shell: ShellExchange,
		sources: []string{"P1", "P2", "P6", "P8", "P9"}, runOn: mailboxServers, perServer: true,
		rights: serverRights,
		undo:   "Nothing to undo: the step only reads.",
		reason: always("Nothing is changed before every precondition has been seen to hold."), impact: fixed("None: read-only."),
	},
	{
		order: 20, id: "preflight-lync", title: "Check the Lync topology", kind: KindCheck, shell: ShellLync,
		sources: []string{"P2", "P3", "P5"}, runOn: lyncComputer,
		rights: lyncRights, undo: "Nothing to undo: the step only reads.",
		reason: always("The site, the registrar, the port and the known servers decide whether the change can work at all."), impact: fixed("None: read-only."),
	},
	{
		order: 30, id: "sip-dial-plans", title: "Add the servers to the SipName dial plans", kind: KindChange, shell: ShellExchange,
		sources: []string{"P6"}, runOn: exchangeServer,
		rights: "role group Organization Management, or one that includes Set-UMService and Set-UMCallRouterSettings (elevated shell)", backOut: true,
		undo:   "Removes from each server only the dial plans that this change added to it.",
		reason: dialPlansReason, commands: dialPlanCommands, impact: dialPlansImpact,
	},
	{
		order: 40, id: "trusted-application", title: "Create the trusted application pool and the trusted application", kind: KindChange, shell: ShellLync,
		sources: []string{"P2", "P3", "P4"}, runOn: lyncComputer,
		rights: lyncRights, backOut: true,
		undo:   "Removes only the application, computers and pool that this change created, then enables the topology itself and waits for replication.",
		reason: trustedApplicationReason, commands: trustedApplicationCommands,
		impact: fixed("No user notices it. The Lync topology in the Central Management Store changes; nothing takes effect before step 50. Take the configuration export that the script makes for what it is: sensitive."),
	},
	{
		order: 50, id: "enable-topology", title: "Enable the Lync topology and wait for replication", kind: KindChange, shell: ShellLync,
		sources: []string{"P5"}, runOn: lyncComputer,
		rights: lyncRights + "; local administrator on the computers that host the Lync file shares",
		undo:   "No back-out of its own: the back-out of step 40 removes what was created and enables the topology again.",
		reason: enableTopologyReason, commands: enableTopologyCommands,
		impact: fixed("Enable-CsTopology enables whatever was last published: topology changes of other people that still wait go live with it. Run it on the computer that ran step 40. No user session is interrupted."),
	},
	{
		order: 60, id: "owa-virtual-directories", title: "Set instant messaging on the OWA virtual directories", kind: KindChange, shell: ShellExchange,
		sources: []string{"P7"}, runOn: exchangeServer,
		rights: "role group Organization Management, or one that includes Set-OwaVirtualDirectory (elevated shell)", backOut: true,
		undo:   "Restores the captured InstantMessagingEnabled and InstantMessagingType of each virtual directory.",
		reason: always("Instant messaging is enabled by default, but its type is None: the type has to be set to OCS."), commands: virtualDirectoryCommands, impact: virtualDirectoriesImpact,
	},
	{
		order: 70, id: "im-settings", title: "Write the two keys into web.config and recycle OWA", kind: KindChange, shell: ShellExchange,
		sources: []string{"P2", "P8", "P9", "P10"}, runOn: mailboxServers, perServer: true,
		rights: serverRights, backOut: true,
		undo:   "Restores the captured web.config if nobody else has changed it since, otherwise the two keys only; then recycles OWA on that server.",
		reason: always("Exchange 2013 reads the Lync pool and the certificate from web.config on each Mailbox server."), commands: imSettingsCommands,
		impact: fixed(recycleImpact + " A later cumulative update of Exchange overwrites web.config."), override: imSettingsByOverride,
	},
	{
		order: 80, id: "mailbox-policies", title: "Enable instant messaging in the OWA mailbox policies", kind: KindChange, shell: ShellExchange,
		sources: []string{"P11"}, runOn: exchangeServer,
		rights: "role group Organization Management, or one that includes Set-OwaMailboxPolicy (elevated shell)", backOut: true,
		undo:   "Restores the captured InstantMessagingEnabled and InstantMessagingType of each policy.",
		reason: always("A user gets instant messaging in OWA only where the mailbox policy allows it."), commands: mailboxPolicyCommands, impact: mailboxPoliciesImpact,
	},
	{
		order: 90, id: "verify-exchange", title: "Verify on the Exchange servers", kind: KindVerify, shell: ShellExchange,
		sources: []string{"P12", "P14"}, runOn: mailboxServers, perServer: true,
		rights: serverRights,
		undo:   "Nothing to undo: the step only reads.",
		reason: always("Event 112 is written only after the first OWA sign-in that follows the recycle: sign in to OWA once with a pilot user on that server before running this step."), impact: fixed("None: read-only."),
	},
	{
		order: 95, id: "verify-lync", title: "Verify in Lync", kind: KindVerify, shell: ShellLync,
		sources: []string{"P12", "P14"}, runOn: lyncComputer,
		rights: lyncRights, undo: "Nothing to undo: the step only reads.",
		reason: always("Event 112 proves the Exchange side only; the Lync side has to know the servers too."), impact: fixed("None: read-only."),
	},
	{
		order: 99, id: "sign-in", title: "Sign in to OWA and look for the presence icon", kind: KindManual, shell: ShellNone,
		sources: []string{"P14"}, runOn: fixedHosts("any computer with a browser"),
		rights: "a pilot user", undo: "Nothing to undo.",
		reason: signInReason, impact: fixed("None."),
	},
}

const (
	recycleImpact = "Recycling MSExchangeOWAAppPool interrupts the OWA sessions on that server for a moment; unsaved text can be lost. One server at a time."
	serverRights  = "local administrator on the server (elevated shell); role group View-Only Organization Management or better"
	lyncRights    = "RTCUniversalServerAdmins, or domain administrator (elevated shell, local session)"
)

func fixed(text string) func(*Plan) string { return func(*Plan) string { return text } }

func always(reason string) func(*Plan) (Status, string) {
	return func(*Plan) (Status, string) { return Planned, reason }
}

func fixedHosts(hosts ...string) func(*Plan) []string { return func(*Plan) []string { return hosts } }

func exchangeServer(p *Plan) []string {
	return []string{"any Exchange " + p.Versions.Exchange + " server of the organisation, " + p.Versions.ShellName(ShellExchange)}
}

// lyncComputer names the shell as the product of that version calls it.
func lyncComputer(p *Plan) []string {
	return []string{"any computer of the deployment, " + p.Versions.ShellName(ShellLync)}
}

func mailboxServers(p *Plan) []string {
	servers := p.Servers()
	hosts := make([]string, len(servers))
	for i, s := range servers {
		hosts[i] = s.FQDN
	}
	return hosts
}

func dialPlansReason(p *Plan) (Status, string) {
	const unnamed = "The topology names no dial plan (sipDialPlans), so none is changed. "
	switch {
	case len(p.DialPlanPools()) > 0:
	case len(p.TrustedPools()) == 0:
		return Skipped, unnamed + "The colocated servers have to be in a SipName dial plan already, which step 10 proves (P2)."
	default:
		return Skipped, unnamed + "Where UM is in use, the servers belong into all SipName dial plans (P6), but never a name that goes into a trusted application pool."
	}
	return Planned, "Servers in a SipName dial plan are trusted SIP peers of Lync; UM comes before instant messaging in OWA."
}

func dialPlansImpact(p *Plan) string {
	text := "Lync discovers the servers through the dial plans. Existing dial plans of a server stay."
	for _, pool := range p.DialPlanPools() {
		if pool.SipDialPlans.All {
			text += " WARNING: the servers of " + pool.FQDN + " are added to every SipName dial plan of the organisation."
		}
	}
	return text
}

func trustedApplicationReason(p *Plan) (Status, string) {
	discovered := fqdns(p.DiscoveredPools())
	if len(p.TrustedPools()) == 0 {
		return Skipped, fmt.Sprintf("The UM services are colocated on %s: with both UM services and a SipName dial plan on the same computer, Lync discovers it by itself; a trusted application pool would give it a second entry, and the integration would stop working (P2).", discovered)
	}
	reason := "The UM services are not colocated, so Lync knows the name of the OWA pool only through a trusted application pool and its application."
	if discovered != "" {
		reason += " Left out, because their UM services are colocated and Lync discovers them by itself: " + discovered + " (P2)."
	}
	return Planned, reason
}

func enableTopologyReason(p *Plan) (Status, string) {
	if status, _ := trustedApplicationReason(p); status == Skipped {
		return Skipped, "Step 40 is skipped, because the UM services are colocated on " + fqdns(p.DiscoveredPools()) + ": nothing in the Lync topology changes, so there is nothing to enable (P2)."
	}
	return Planned, "What step 40 wrote takes effect only when the topology is enabled and replicated; once, after all pools."
}

func virtualDirectoriesImpact(p *Plan) string {
	if p.ClientAccess().All {
		return virtualDirectoriesScope(p)
	}
	return virtualDirectoriesScope(p) + " Users see no interruption."
}

// virtualDirectoriesScope says whose OWA virtual directories are touched.
func virtualDirectoriesScope(p *Plan) string {
	if p.ClientAccess().All {
		return "WARNING: clientAccessServers is 'all': this touches every OWA virtual directory of the organisation, in every site and of every Exchange version, also on servers that this topology does not name."
	}
	return "Only the OWA virtual directories of the named Client Access servers."
}

func mailboxPoliciesImpact(p *Plan) string {
	if p.Topology.MailboxPolicies.All {
		return "WARNING: mailboxPolicies is 'all': this touches every OWA mailbox policy of the organisation and so every OWA user, also those whose servers are not integrated: they see a blank presence and an error at sign-in."
	}
	return "Mailbox policies are organisation-wide: every user with one of these policies is touched, wherever the mailbox is: " + strings.Join(p.Topology.MailboxPolicies.Names, ", ") + "."
}

func signInReason(p *Plan) (Status, string) { return Planned, signIn(p, p.Topology.Pools) }

// signIn says who signs in where, what to look for, and what to do when it is missing.
func signIn(p *Plan, pools []topology.Pool) string {
	who := "a pilot user"
	if len(p.Topology.PilotUsers) > 0 {
		who = strings.Join(p.Topology.PilotUsers, ", ")
	}
	return fmt.Sprintf("Sign in as %s at %s: a presence icon beside the display name, upper right, shows that it works. If it stays blank: check that the mailbox is on Exchange %s, the user is enabled for Lync and has a SIP address, wait for event 112 on the Mailbox server, look into Logging\\OWA\\InstantMessaging below the Exchange folder, then trace SIPStack on Lync with all levels and flags.",
		who, owaAddresses(pools), p.Versions.Exchange)
}

// owaAddresses are the addresses at which users of the pools sign in.
func owaAddresses(pools []topology.Pool) string {
	addresses := make([]string, len(pools))
	for i, pool := range pools {
		addresses[i] = "https://" + pool.FQDN + "/owa"
	}
	return strings.Join(addresses, ", ")
}

func fqdns(pools []topology.Pool) string {
	names := make([]string, len(pools))
	for i, pool := range pools {
		names[i] = pool.FQDN
	}
	return strings.Join(names, ", ")
}
