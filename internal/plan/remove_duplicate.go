package plan

import (
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
)

// removeDuplicate is the repair of P2: a trusted application pool that was made by hand for a computer that Lync
// discovers by itself is taken out again. It is destructive, so it is a change of its own.
var removeDuplicate = []definition{
	row(integrate, "preflight-exchange").with(func(d *definition) {
		d.title, d.template = "Prove that the servers are discovered without the entry", "remove-duplicate-preflight-exchange"
		d.sources, d.runOn = []string{"P2"}, discoveredServers
		d.reason = always("Only a server with both UM services and a SipName dial plan stays known to Lync when the manual entry goes.")
	}),
	row(integrate, "preflight-lync").with(func(d *definition) {
		d.title, d.template = "Check what the duplicate entry holds", "remove-duplicate-preflight-lync"
		d.sources = []string{"P2", "P5"}
		d.reason = always("Removing a pool removes everything in it: an entry that holds anything else is refused.")
	}),
	row(integrate, "trusted-application").with(func(d *definition) {
		d.title, d.template = "Remove the duplicate trusted application and its pool", "remove-duplicate-trusted-application"
		d.sources, d.commands = []string{"P2"}, removeDuplicateCommands
		d.undo = "Creates the pool, its computers and the application again from the captured state, then enables the topology itself and waits for replication."
		d.reason = always("A server that Lync discovers and that has a manual entry too has two entries, and OWA integration stops working.")
		d.impact = fixed("Destructive: the trusted application pool of that name goes with its computers and its application. No user notices it before step 50. Take the configuration export that the script makes for what it is: sensitive.")
	}),
	row(integrate, "enable-topology").with(func(d *definition) {
		d.template, d.reason = "remove-duplicate-enable-topology", always("What step 40 removed takes effect only when the topology is enabled and replicated.")
		d.undo = "No back-out of its own: the back-out of step 40 creates the entry again and enables the topology again."
	}),
	row(integrate, "verify-lync").with(func(d *definition) {
		d.template = "remove-duplicate-verify-lync"
		d.reason = always("The manual entry must be gone and the server still be known.")
	}),
	row(integrate, "sign-in").with(func(d *definition) {
		d.reason = func(p *Plan) (Status, string) { return Planned, signIn(p, p.DiscoveredPools()) }
	}),
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

// removeDuplicateCommands are P2's: the application, then the pool, of each discovered OWA pool.
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

func discoveredServers(p *Plan) []string {
	var hosts []string
	for _, s := range p.Servers() {
		if s.Pool.UMColocated {
			hosts = append(hosts, s.FQDN)
		}
	}
	return hosts
}
