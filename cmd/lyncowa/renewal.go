package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

const fromHint = "OLD is a thumbprint of 40 hexadecimal digits, a topology file or the folder of a bundle"

// renewal is OLD of --from: which thumbprint each Mailbox server had before.
type renewal struct {
	old     string            // as findings call it
	every   string            // the thumbprint of every server, or "" where each has its own
	servers map[string]string // FQDN -> thumbprint
}

// readRenewal reads OLD; nil without one. Findings are those of the old topology file, whose text is added to the
// sources of findings. A thumbprint is one even where a file has that name, so that the command means the same in
// every folder.
func readRenewal(cmd *cobra.Command, old string, sources map[string][]byte) (*renewal, finding.List, error) {
	if old == "" {
		return nil, nil, nil
	}
	thumbprint, err := topology.ParseThumbprint(old)
	if err == nil {
		return &renewal{old: thumbprint, every: thumbprint}, nil, nil
	}
	path, isPath := topologyPath(old)
	if !isPath {
		return nil, nil, &usageError{problem: fmt.Sprintf("--from %q is neither a file nor a folder, and as a thumbprint: %v", old, err), hint: thumbprintWayOut(err)}
	}
	src, err := read(cmd, path)
	if err != nil {
		return nil, nil, err
	}
	sources[src.name] = src.data
	top, findings := topology.Load(src.name, src.data)
	return &renewal{old: src.name, servers: thumbprints(top)}, findings, nil
}

// thumbprints are those of each Mailbox server, by FQDN; none of a topology that has errors.
func thumbprints(top *topology.Topology) map[string]string {
	servers := map[string]string{}
	if top == nil {
		return servers
	}
	for _, pool := range top.Pools {
		for _, server := range pool.MailboxServers {
			servers[server.FQDN] = server.Thumbprint
		}
	}
	return servers
}

// topologyPath is the topology file that OLD means: itself, or that of a bundle. What is not there is meant as a
// path where no thumbprint could be meant.
func topologyPath(old string) (path string, isPath bool) {
	info, err := os.Stat(old)
	if err != nil {
		return old, strings.ContainsAny(old, `./\`)
	}
	if info.IsDir() {
		return filepath.Join(old, "topology.yaml"), true
	}
	return old, true
}

// thumbprintWayOut is the hint of a malformed thumbprint.
func thumbprintWayOut(err error) string {
	var malformed *topology.ThumbprintError
	if errors.As(err, &malformed) {
		return malformed.Hint + "; " + fromHint
	}
	return fromHint
}

// replaced compares the old thumbprints with those of a topology: FQDN -> old thumbprint of each server that gets
// another one, and a finding for each that does not.
func (r renewal) replaced(file string, top *topology.Topology) (map[string]string, finding.List) {
	replaced := map[string]string{}
	var findings finding.List
	for _, pool := range top.Pools {
		for _, server := range pool.MailboxServers {
			old := r.oldOf(server.FQDN)
			switch old {
			case "":
				findings = append(findings, finding.Finding{
					ID: "renew-unknown", Severity: finding.Warning, File: file,
					Message: fmt.Sprintf("%s is not in %s: the record shows no old thumbprint for it", server.FQDN, r.old),
				})
			case server.Thumbprint:
				findings = append(findings, finding.Finding{
					ID: "renew-same", Severity: finding.Warning, File: file,
					Message: fmt.Sprintf("nothing is renewed on %s: its certificateThumbprint is the old one, %s", server.FQDN, old),
					Hint:    "write the thumbprint of its new certificate into certificateThumbprint",
				})
			default:
				replaced[server.FQDN] = old
			}
		}
	}
	if len(replaced) == 0 {
		return nil, finding.List{{
			ID: "renew-nothing", Severity: finding.Error, File: file,
			Message: "nothing is renewed: no server has another certificateThumbprint than in " + r.old,
			Hint:    "write the thumbprint of the new certificate into the topology, and give the old one to --from",
		}}
	}
	for _, pool := range plan.Regroup(top, r.oldOf) {
		findings = append(findings, finding.Finding{
			ID: "renew-regroup", Severity: finding.Error, File: file,
			Message: fmt.Sprintf("the setting override of %s is called %q with the certificates of %s, and would be %q with the new ones: other servers share them", pool.Server, pool.Before, r.old, pool.After),
			Hint:    "let the same servers share a new certificate as shared the old one; to share them otherwise, back step 70 of the earlier change out, then run the change integrate",
		})
	}
	return replaced, findings
}

// oldOf is the thumbprint that a server had before; "" where OLD does not know the server.
func (r renewal) oldOf(server string) string {
	if r.every != "" {
		return r.every
	}
	return r.servers[server]
}
