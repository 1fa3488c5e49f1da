// Package bundle renders a plan into the files of a change bundle, writes them, and verifies them.
//
// A bundle is a view of the plan and has no other facts. Package plan decides on the steps and their reasons.
package bundle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/record"
)

// Paths of the files at the top of every bundle.
const (
	TopologyPath = "topology.yaml"         // the input, byte for byte
	EarlierPath  = "earlier-topology.yaml" // what servers are added to, byte for byte; in a bundle of add-server only
	PlanPath     = "plan.json"
	SumsPath     = "SHA256SUMS"
	ApprovalPath = "approval.html" // what people sign and work by; approval.md has the same text
	EvidencePath = "evidence"      // folder that the scripts write on their hosts
)

// File is one file of a bundle.
type File struct {
	Path string // slash-separated, relative to the bundle
	Data []byte
}

// Bundle has all files of one change.
type Bundle struct {
	Name   string // of its folder: <name>-<change>
	Files  []File // sorted by Path, SHA256SUMS included
	Digest string // SHA-256 of SHA256SUMS, lower-case hex: what a board approves
}

// Render renders the bundle of a plan. The same plan gives the same bytes.
func Render(p *plan.Plan) (*Bundle, error) {
	planJSON, err := EncodePlan(p)
	if err != nil {
		return nil, fmt.Errorf("render the plan: %w", err)
	}
	scripts, err := renderScripts(p)
	if err != nil {
		return nil, fmt.Errorf("render the scripts: %w", err)
	}
	pages, err := record.Pages(p)
	if err != nil {
		return nil, err
	}
	files := append(scripts, File{PlanPath, planJSON}, File{TopologyPath, p.Source})
	for _, page := range pages {
		files = append(files, File(page))
	}
	if p.Grows() {
		files = append(files, File{EarlierPath, p.Earlier.Source})
	}
	for _, i := range p.Inventories {
		files = append(files, File{i.Path, i.Data})
	}
	sums := map[string]string{}
	for _, f := range files {
		sums[f.Path] = sum(f.Data)
	}
	listed := formatSums(sums)
	files = append(files, File{SumsPath, listed})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return &Bundle{Name: p.BundleName(), Files: files, Digest: sum(listed)}, nil
}

// EncodePlan encodes plan.json: indented, with < > & unescaped.
func EncodePlan(p *plan.Plan) ([]byte, error) {
	var plain, out bytes.Buffer
	enc := json.NewEncoder(&plain)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return nil, err
	}
	// Indent makes room for a large plan at once, SetIndent of an encoder again and again.
	err := json.Indent(&out, plain.Bytes(), "", "  ")
	return out.Bytes(), err
}

// formatSums formats SHA256SUMS for `sha256sum -c`: one line "<hex>  <path>" for each file, sorted by path.
func formatSums(sums map[string]string) []byte {
	var out bytes.Buffer
	for _, path := range sortedKeys(sums) {
		fmt.Fprintf(&out, "%s  %s\n", sums[path], path)
	}
	return out.Bytes()
}

// parseSums parses SHA256SUMS into path -> lower-case hex. It accepts the output of formatSums, also with CRLF.
func parseSums(data []byte) (map[string]string, error) {
	sums := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		digest, path, found := strings.Cut(strings.TrimSuffix(line, "\r"), "  ")
		if !found || !isDigest(digest) || path == "" {
			return nil, fmt.Errorf("%s:%d: the line does not have the form <sha-256>  <path>", SumsPath, i+1)
		}
		sums[path] = strings.ToLower(digest)
	}
	return sums, nil
}

// sum is the SHA-256 of data in lower-case hex.
func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// isDigest reports whether a text is a SHA-256 digest in hex.
func isDigest(text string) bool {
	raw, err := hex.DecodeString(text)
	return err == nil && len(raw) == sha256.Size
}

// ParseDigest parses a digest copied from a ticket: 64 hex digits in any case, with the spaces that some tools print. It
// returns lower-case hex.
func ParseDigest(text string) (string, error) {
	digest := strings.ToLower(strings.Join(strings.Fields(text), ""))
	if !isDigest(digest) {
		return "", fmt.Errorf("%q is not a SHA-256 digest of 64 hex digits", text)
	}
	return digest, nil
}

// signatureBlock matches an Authenticode block at the end of a script: only comment lines of base64.
// The guard of the scripts has the same expression (templates/common/seal.psm1, templates/prologue.ps1.tmpl).
var signatureBlock = regexp.MustCompile(`\r\n# SIG # Begin signature block\r\n(?:# [0-9A-Za-z+/=]+\r\n)+# SIG # End signature block\r\n\z`)

// signatureMark is the start of the first and the last line of such a block.
var signatureMark = []byte("\n# SIG # ")

// isScript reports whether a file can carry an Authenticode block.
func isScript(file string) bool {
	return slices.Contains([]string{".ps1", ".psm1"}, strings.ToLower(path.Ext(file)))
}

// unsigned is a file without its Authenticode block. Sums are of this content.
func unsigned(file string, data []byte) []byte {
	if isScript(file) && bytes.Contains(data, signatureMark) {
		if block := signatureBlock.FindIndex(data); block != nil {
			return data[:block[0]]
		}
	}
	return data
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
