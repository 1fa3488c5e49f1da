// Package bundle turns a plan into the files of a change bundle and keeps them whole on disk.
//
// The bundle is a view: nothing in it may know what the plan does not. Which steps there are and why is
// decided in package plan, never here.
package bundle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
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
	planJSON, err := EncodePlan(p)
	if err != nil {
		return nil, fmt.Errorf("render the plan: %w", err)
	}
	scripts, err := renderScripts(p)
	if err != nil {
		return nil, fmt.Errorf("render the scripts: %w", err)
	}
	r := record.New(p)
	files := append(scripts, File{PlanPath, planJSON}, File{TopologyPath, p.Source},
		File{record.MarkdownPath, r.Markdown()}, File{record.HTMLPath, r.HTML()})
	sums := formatSums(sumsOf(files))
	digest := sum(sums)
	files = append(files, File{SumsPath, sums}, File{ApprovalPath, renderApproval(p, digest)})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return &Bundle{Name: p.BundleName(), Files: files, Digest: digest}, nil
}

// EncodePlan makes plan.json: indented for people, with < > & as they are.
func EncodePlan(p *plan.Plan) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(p)
	return out.Bytes(), err
}
