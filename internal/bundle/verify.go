package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/record"
	"lyncowa/internal/topology"
)

// Verification is the result of Verify.
type Verification struct {
	Digest      string       // SHA-256 of SHA256SUMS as it is, lower-case hex; "" when there is none
	Approved    bool         // that is the digest from the ticket
	Files       int          // how many files were compared
	Plan        *plan.Plan   // of the rendering that the files were compared with; nil when there is none
	NotRendered string       // why there is no rendering, one clause; "" when there is one
	Findings    finding.List // errors of the bundle's own topology.yaml, nil for none
	Topology    []byte       // that topology.yaml, for showing its findings
	Differences []Difference // sorted by path
}

// Whole reports whether every file equals the rendering of the bundle's topology.yaml. Sums alone never prove that. A
// bundle without differences that is not whole is approved: its sums have the digest from the ticket.
func (v *Verification) Whole() bool { return v.Plan != nil && len(v.Differences) == 0 }

// Verify compares a bundle on disk with its own sums and with a rendering of its own topology.yaml. It ignores evidence,
// signatures, and Authenticode blocks of scripts. approved is the digest from the ticket as ParseDigest returns it, or
// "". If there is no rendering, only that digest confirms the sums; without it every file is a difference. An error
// means that the folder is not a bundle or that Verify could not read it.
func Verify(dir, approved string) (*Verification, error) {
	const hint = "give the folder that 'lyncowa render' wrote"
	if err := mustBeFolder(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, &TargetError{dir, "does not exist", hint}
	} else if err != nil {
		return nil, err
	}
	f, err := readFolder(dir)
	if err != nil {
		return nil, err
	}
	if !f.has(SumsPath) && !f.has(PlanPath) {
		return nil, &TargetError{dir, "is not a bundle: neither SHA256SUMS nor plan.json is in it", hint}
	}
	return verify(f, approved)
}

// PlanOf reads the plan of a bundle. If a file differs, the plan is nil and the Verification names the file. The plan of a
// bundle of another version, which cannot be rendered again, is that of plan.json as SHA256SUMS lists it: its steps, and
// the topology as far as this version reads it.
func PlanOf(dir string) (*plan.Plan, *Verification, error) {
	v, err := Verify(dir, "")
	if err == nil && v.NotRendered != "" {
		v, err = Verify(dir, v.Digest) // the sums are enough here: the caller compares the digest with another source
	}
	switch {
	case err != nil || len(v.Differences) > 0:
		return nil, v, err
	case v.Whole():
		return v.Plan, v, nil
	}
	f, err := readFolder(dir)
	if err != nil {
		return nil, v, err
	}
	p := &plan.Plan{Topology: &topology.Topology{}}
	if err := json.Unmarshal(f.files[PlanPath], p); err != nil {
		return nil, v, &TargetError{dir, "has a plan.json that is not readable", "copy the approved bundle again"}
	}
	if top, _ := topology.Load(TopologyPath, v.Topology); top != nil {
		p.Topology = top
	}
	return p, v, nil
}

func verify(f *folder, approved string) (*Verification, error) {
	o, err := findOrigin(f)
	if err != nil {
		return nil, err
	}
	return f.compareWith(o, approved), nil
}

func (f *folder) compareWith(o origin, approved string) *Verification {
	v := &Verification{NotRendered: o.unknown, Findings: o.findings, Topology: f.files[TopologyPath], Plan: o.plan}
	if sums, found := f.files[SumsPath]; found {
		v.Digest = sum(sums)
	}
	v.Approved = approved != "" && approved == v.Digest
	expected := expectSums(f, o.unusable.Kind == OtherVersion)
	if o.rendered != nil {
		expected = expectFiles(o.rendered.Files)
	}
	v.Files = len(expected)
	differences := slices.Concat(f.compare(expected), sumsForm(f, o), notApproved(approved, v.Digest))
	v.Differences = writtenOn(addNew(differences, f.doubts(o, v.Approved)))
	sortByPath(v.Differences)
	return v
}

// writtenOn recognises a common accident: somebody filled in the sealed approval, and changed nothing else.
func writtenOn(all []Difference) []Difference {
	for _, d := range all {
		if d.Kind != Edited || !slices.Contains(record.ApprovalPaths, d.Path) {
			return all
		}
	}
	for i := range all {
		all[i].Kind, all[i].Detail = WrittenOn, "copy the approved bundle again; keep filled-in copies in the ticket or in evidence"
	}
	return all
}

// notApproved reports a SHA256SUMS that does not have the approved digest, if there is one.
func notApproved(approved, digest string) []Difference {
	d := Difference{Path: SumsPath, Kind: NotApproved}
	switch {
	case approved == "" || approved == digest:
		return nil
	case digest == "":
		d.Detail = fmt.Sprintf("it is missing; the approved digest is %s", approved)
	default:
		d.Detail = fmt.Sprintf("its SHA-256 is %s; the approved digest is %s", digest, approved)
	}
	return []Difference{d}
}

// doubts are the differences that no comparison shows: why there is no rendering, and the files that nothing confirms. A
// rendering confirms every file, and plan.json confirms the topology and the inventories. Without them, only the digest
// from the ticket confirms the sums, because somebody can forge the sums too.
func (f *folder) doubts(o origin, approved bool) []Difference {
	var doubts []Difference
	if d := o.unusable; d.Path != "" && (d.Kind != OtherVersion || !approved) {
		doubts = append(doubts, d)
	}
	for _, path := range sortedKeys(f.files) {
		isSource := path == TopologyPath || strings.HasPrefix(path, inventory.Folder+"/")
		if !approved && (o.rendered == nil || isSource && !o.vouched) {
			doubts = append(doubts, Difference{Path: path, Kind: Unverified})
		}
	}
	return doubts
}

// addNew adds the differences of files that have none yet.
func addNew(all, more []Difference) []Difference {
	named := map[string]bool{}
	for _, d := range all {
		named[d.Path] = true
	}
	for _, d := range more {
		if !named[d.Path] {
			named[d.Path] = true
			all = append(all, d)
		}
	}
	return all
}
