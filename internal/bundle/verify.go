package bundle

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
)

// What Verify can say about a file beyond what Check says.
const (
	Renamed     DifferenceKind = "renamed"      // Other is its name now
	Truncated   DifferenceKind = "truncated"    // Line is the last one, or where it breaks off
	Replaced    DifferenceKind = "replaced"     // SHA256SUMS: it fits the folder, and not the topology
	NotAFile    DifferenceKind = "not a file"   // a folder, a link or a device stands in its place
	NotApproved DifferenceKind = "not approved" // SHA256SUMS: the board approved another one
)

// Discrepancy is one file of a folder that is not as it was when the bundle was approved.
type Discrepancy struct {
	Path   string         `json:"path"` // slash-separated, relative to the folder
	Kind   DifferenceKind `json:"kind"`
	Line   int            `json:"line"`   // first one concerned, 1-based, in the file as it is; 0 where there is none
	Other  string         `json:"other"`  // path of the file that it became or whose text it holds; "" for none
	Detail string         `json:"detail"` // what else is known, one sentence without full stop; "" for nothing
}

// Verification is what Verify has found out about a folder.
type Verification struct {
	Digest      string        // SHA-256 of SHA256SUMS as it is, lower-case hex; "" when there is none
	Files       int           // how many files were compared
	Plan        *plan.Plan    // of the rendering that the files were compared with; nil when there is none
	SumsOnly    string        // why there is no rendering, so that the sums alone were compared; "" when there is one
	Findings    finding.List  // errors of the bundle's own topology.yaml, nil for none
	Topology    []byte        // that topology.yaml, for showing its findings
	Differences []Discrepancy // sorted by path
}

// Whole reports whether everything is as it was.
func (v *Verification) Whole() bool { return len(v.Differences) == 0 && !v.Findings.HasErrors() }

// Verify compares a bundle on disk with its own sums and with a rendering of its own topology.yaml. What may be
// added to a bundle is no difference: evidence, signatures, Authenticode blocks of scripts, what people write into
// approval.md. approved is the digest from the ticket as ParseDigest returns it, or "". An error means that the
// folder is no bundle or could not be read.
func Verify(dir, approved string) (*Verification, error) {
	if err := mustBeFolder(dir); err != nil {
		return nil, absent(dir, err)
	}
	f, err := readFolder(dir)
	if err != nil {
		return nil, err
	}
	_, hasSums := f.files[SumsPath]
	_, hasPlan := f.files[PlanPath]
	if !hasSums && !hasPlan {
		return nil, &TargetError{dir, "is not a bundle: neither SHA256SUMS nor plan.json is in it", "name the folder that 'lyncowa render' wrote"}
	}
	return verify(f, approved)
}

func absent(dir string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &TargetError{dir, "does not exist", "name the folder that 'lyncowa render' wrote"}
	}
	return err
}

func verify(f *folder, approved string) (*Verification, error) {
	o, err := findOrigin(f)
	if err != nil {
		return nil, err
	}
	v := &Verification{SumsOnly: o.unknown, Findings: o.findings, Topology: f.files[TopologyPath], Plan: o.plan}
	var expected []expectation
	if o.rendered != nil {
		expected = expectFiles(o.rendered.Files)
	} else {
		expected = expectSums(f)
	}
	v.Files = len(expected)
	v.Differences = f.compare(expected)
	v.Differences = append(v.Differences, sumsForm(f, o)...)
	v.Differences = append(v.Differences, foreignTopology(f, o)...)
	if sums, found := f.files[SumsPath]; found {
		v.Digest = sum(sums)
	}
	if approved != "" && approved != v.Digest {
		v.Differences = append(v.Differences, notApproved(approved, v.Digest))
	}
	slices.SortStableFunc(v.Differences, func(a, b Discrepancy) int { return cmp.Compare(a.Path, b.Path) })
	return v, nil
}

func notApproved(approved, digest string) Discrepancy {
	detail := fmt.Sprintf("its SHA-256 is %s, and %s was approved", digest, approved)
	if digest == "" {
		detail = fmt.Sprintf("it is not there, and %s was approved", approved)
	}
	return Discrepancy{Path: SumsPath, Kind: NotApproved, Detail: detail}
}

// foreignTopology names a topology.yaml that the sums list and that plan.json was not made from.
func foreignTopology(f *folder, o origin) []Discrepancy {
	head, readable := f.planHead()
	if o.rendered == nil || !readable || head.TopologyDigest == sum(o.topology) || !f.asListed(PlanPath) {
		return nil
	}
	return []Discrepancy{{Path: TopologyPath, Kind: Replaced, Detail: "it is not the topology that plan.json was made from, though SHA256SUMS lists both"}}
}
