// Package bundle turns a plan into the files of a change bundle and keeps them whole on disk.
//
// The bundle is a view: nothing in it may know what the plan does not. Which steps there are and why is
// decided in package plan, never here.
package bundle

import (
	"cmp"
	"slices"

	"lyncowa/internal/plan"
)

// Paths of the files that stand at the top of every bundle.
const (
	TopologyPath = "topology.yaml" // the input, byte for byte
	PlanPath     = "plan.json"
	SumsPath     = "SHA256SUMS"
	ApprovalPath = "approval.md" // outside the sums: people fill it in
	EvidencePath = "evidence"    // folder that the scripts write on their hosts
)

// File is one file of a bundle.
type File struct {
	Path string // slash-separated, relative to the bundle
	Data []byte
}

// Bundle is all files of one change, ready to be written.
type Bundle struct {
	Name   string // of its folder: <name>-<change>
	Files  []File // sorted by Path, SHA256SUMS and approval.md included
	Digest string // SHA-256 of SHA256SUMS, lower-case hex: what a board approves
}

// Render makes the bundle of a plan. The same plan gives the same bytes.
func Render(p *plan.Plan) (*Bundle, error) {
	files, sums, err := renderViews(p)
	if err != nil {
		return nil, err
	}
	listed := formatSums(sums)
	digest := sum(listed)
	files = append(files, File{SumsPath, listed}, File{ApprovalPath, renderApproval(p, digest)})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return &Bundle{Name: p.BundleName(), Files: files, Digest: digest}, nil
}
