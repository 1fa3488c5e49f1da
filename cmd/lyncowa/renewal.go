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

// readOld reads OLD of --from: which thumbprint each Mailbox server had before; nil without one, and when its topology
// file has errors. Findings are those of that file, whose text is added to the sources of findings. OLD in the form of
// a thumbprint is one even where a file has that name, so that the command means the same in every folder.
func readOld(cmd *cobra.Command, old string, sources map[string][]byte) (*plan.OldCertificates, finding.List, error) {
	if old == "" {
		return nil, nil, nil
	}
	thumbprint, err := topology.ParseThumbprint(old)
	if err == nil {
		certificates := plan.OldThumbprint(thumbprint)
		return &certificates, nil, nil
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
	if top == nil {
		return nil, findings, nil
	}
	certificates := plan.OldTopology(src.name, top)
	return &certificates, findings, nil
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
