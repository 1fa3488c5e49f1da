package plan

import (
	"fmt"
	"strings"

	"lyncowa/internal/topology"
)

// Reasons and impacts that depend on the topology.

// always is a reason that holds for every topology.
func always(reason string) func(*Plan) (Status, string) {
	return func(*Plan) (Status, string) { return Planned, reason }
}

// fixed is an impact that is the same for every topology.
func fixed(text string) func(*Plan) Impact { return func(*Plan) Impact { return Impact{Text: text} } }

func dialPlansReason(p *Plan) (Status, string) {
	const unnamed = "The topology names no dial plan (sipDialPlans), so none is changed. "
	switch {
	case len(p.DialPlanPools()) > 0:
		return Planned, "Servers in a SipName dial plan are trusted SIP peers of Lync; UM comes before instant messaging in OWA."
	case len(p.TrustedPools()) == 0:
		return Skipped, unnamed + "The colocated servers have to be in a SipName dial plan already, which step " + preflightExchange.number() + " proves (P2)."
	default:
		return Skipped, unnamed + "Where UM is in use, the servers belong into all SipName dial plans (P6), but never a name that goes into a trusted application pool."
	}
}

func dialPlansImpact(p *Plan) Impact {
	impact := Impact{Text: "Lync discovers the servers through the dial plans. Existing dial plans of a server stay."}
	for _, pool := range p.DialPlanPools() {
		if pool.SipDialPlans.All {
			impact.Warnings = append(impact.Warnings, "the servers of "+pool.FQDN+" are added to every SipName dial plan of the organisation.")
		}
	}
	return impact
}

func trustedApplicationReason(p *Plan) (Status, string) {
	discovered := strings.Join(FQDNs(p.DiscoveredPools()), ", ")
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
	step := trustedApplication.number()
	if len(p.TrustedPools()) == 0 {
		return Skipped, "Step " + step + " is skipped, because the UM services are colocated on " + strings.Join(FQDNs(p.DiscoveredPools()), ", ") + ": nothing in the Lync topology changes, so there is nothing to enable (P2)."
	}
	return Planned, "What step " + step + " wrote takes effect only when the topology is enabled and replicated; once, after all pools."
}

func virtualDirectoriesImpact(p *Plan) Impact {
	if p.ClientAccess().All {
		return Impact{Warnings: []string{everyVirtualDirectory}}
	}
	return Impact{Text: namedVirtualDirectories + " Users see no interruption."}
}

func disableImpact(p *Plan) Impact {
	loss := " Users lose presence and instant messaging in OWA at their next sign-in. Everything else that the integration made stays as it is: the Lync topology, " + settingsPlace(p) + " and the mailbox policies."
	if p.ClientAccess().All {
		return Impact{Warnings: []string{everyVirtualDirectory + loss}}
	}
	return Impact{Text: namedVirtualDirectories + loss}
}

// Whose OWA virtual directories are touched.
const (
	everyVirtualDirectory   = "clientAccessServers is 'all': this touches every OWA virtual directory of the organisation, in every site and of every Exchange version, also on servers that this topology does not name."
	namedVirtualDirectories = "Only the OWA virtual directories of the named Client Access servers."
)

func mailboxPoliciesImpact(p *Plan) Impact {
	if p.Topology.MailboxPolicies.All {
		return Impact{Warnings: []string{"mailboxPolicies is 'all': this touches every OWA mailbox policy of the organisation and so every OWA user, also those whose servers are not integrated: they see a blank presence and an error at sign-in."}}
	}
	return Impact{Text: "Mailbox policies are organisation-wide: every user with one of these policies is touched, wherever the mailbox is: " + strings.Join(p.Topology.MailboxPolicies.Names, ", ") + "."}
}

func overrideReason(p *Plan) (Status, string) {
	return Planned, "Exchange " + p.Versions.Exchange + " reads the Lync pool and the certificate from a setting override in Active Directory and ignores web.config."
}

func overrideSurvives(p *Plan) (Status, string) {
	return Skipped, "Exchange " + p.Versions.Exchange + " keeps the Lync pool and the certificate in a setting override in Active Directory, which survives cumulative updates: there is nothing to reapply, and step " + verifyExchange.number() + " verifies the values that are in effect."
}

func overrideImpact(p *Plan) Impact {
	overrides := p.Overrides()
	if len(overrides) > 1 {
		return Impact{Text: fmt.Sprintf("%s The %d setting overrides are scoped to their servers.", recycleImpact, len(overrides))}
	}
	return Impact{
		Text:     recycleImpact,
		Warnings: []string{fmt.Sprintf("the setting override %q is not scoped: it is for every Exchange server of the organisation, also those that this topology does not name.", overrides[0].Name)},
	}
}

func renewReason(p *Plan) (Status, string) {
	presented := "OWA presents to Lync the certificate whose thumbprint stands in " + settingsPlace(p) + "."
	const listed = 3 // more than that are for the record's table
	switch n := len(p.Replaces); {
	case n == 0:
		return Planned, presented
	case n > listed:
		return Planned, fmt.Sprintf("%s It changes on %d servers; the change record lists old and new.", presented, n)
	}
	var pairs []string
	for _, r := range p.Replaces {
		pairs = append(pairs, fmt.Sprintf("%s: %s replaces %s", r.Server, r.New, r.Old))
	}
	return Planned, presented + " " + strings.Join(pairs, "; ") + "."
}

func settingsPlace(p *Plan) string {
	if p.UsesOverride() {
		return "the setting override"
	}
	return "web.config"
}

func signInReason(p *Plan) (Status, string) { return Planned, howToSignIn(p, p.Topology.Pools) }

func discoveredSignInReason(p *Plan) (Status, string) {
	return Planned, howToSignIn(p, p.DiscoveredPools())
}

func disableSignInReason(p *Plan) (Status, string) {
	return Planned, "Sign in at " + owaAddresses(p.Topology.Pools) + ": no presence icon beside the display name, and no error about instant messaging at sign-in."
}

// howToSignIn says who signs in where, what to look for, and what to do when it is missing.
func howToSignIn(p *Plan, pools []topology.Pool) string {
	who := "a pilot user"
	if len(p.Topology.PilotUsers) > 0 {
		who = strings.Join(p.Topology.PilotUsers, ", ")
	}
	return fmt.Sprintf("Sign in as %s at %s: a presence icon beside the display name, upper right, shows that it works. If it stays blank: check that the mailbox is on Exchange %s, the user is enabled for Lync and has a SIP address, wait for event 112 on the Mailbox server, look into Logging\\OWA\\InstantMessaging below the Exchange folder, then trace SIPStack on Lync with all levels and flags.",
		who, owaAddresses(pools), p.Versions.Exchange)
}

// owaAddresses are the addresses at which users of the pools sign in.
func owaAddresses(pools []topology.Pool) string {
	addresses := FQDNs(pools)
	for i, fqdn := range addresses {
		addresses[i] = "https://" + fqdn + "/owa"
	}
	return strings.Join(addresses, ", ")
}
