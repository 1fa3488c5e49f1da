//go:build unix

package main

import (
	"fmt"
	"strings"
)

// serversPerPool is how many Mailbox servers stand behind one OWA name.
const serversPerPool = 20

// farm is the topology of so many Mailbox servers. Each pool has a registrar and a site of its own.
func farm(servers int) []byte {
	var yaml strings.Builder
	yaml.WriteString("apiVersion: lyncowa/v1\nname: farm\nowaPools:\n")
	for first := 0; first < servers; first += serversPerPool {
		pool := first / serversPerPool
		fmt.Fprintf(&yaml, `  - fqdn: owa-%[1]d.contoso.com
    registrar: lync-%[1]d.contoso.com
    siteId: Site%[1]d
    port: 5199
    certificateThumbprint: %040[2]X
    umColocated: false
    clientAccessServers: [cas-%[1]d.contoso.com]
    mailboxServers:
`, pool, pool+1<<20)
		for server := range min(serversPerPool, servers-first) {
			fmt.Fprintf(&yaml, "      - mbx-%d-%d.contoso.com\n", pool, server)
		}
	}
	return []byte(yaml.String())
}
