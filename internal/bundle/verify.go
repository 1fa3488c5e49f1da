package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Verification is what Verify has found out about a folder.
type Verification struct {
	Digest      string       // SHA-256 of SHA256SUMS as it is, lower-case hex; "" when there is none
	Files       int          // how many files were compared
	Plan        *plan.Plan   // of the rendering that the files were compared with; nil when there is none
	SumsOnly    string       // why there is no rendering and only the sums were compared; "" when there is one
	Findings    finding.List // errors of the bundle's own topology.yaml, nil for none
	Topology    []byte       // that topology.yaml, for showing its findings
	Differences []Difference // sorted by path
}

// Whole reports whether everything is as it was.
func (v *Verification) Whole() bool { return len(v.Differences) == 0 && !v.Findings.HasErrors() }

// Verify compares a bundle on disk with its own sums and with a rendering of its own topology.yaml. Additions that a
// bundle may get are no differences: evidence, signatures, Authenticode blocks of scripts, what people write into
// approval.md. approved is the digest from the ticket as ParseDigest returns it, or "". An error means that the
// folder is no bundle or could not be read.
func Verify(dir, approved string) (*Verification, error) {
	const hint = "name the folder that 'lyncowa render' wrote"
	if err := mustBeFolder(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, &TargetError{dir, "does not exist", hint}
	} else if err != nil {
		return nil, err
	}
	f, err := readFolder(dir)
	if err != nil {
		return nil, err
	}
	_, hasSums := f.files[SumsPath]
	_, hasPlan := f.files[PlanPath]
	if !hasSums && !hasPlan {
		return nil, &TargetError{dir, "is not a bundle: neither SHA256SUMS nor plan.json is in it", hint}
	}
	return verify(f, approved)
}

func verify(f *folder, approved string) (*Verification, error) {
	o, err := findOrigin(f)
	if err != nil {
		return nil, err
	}
	v := &Verification{SumsOnly: o.unknown, Findings: o.findings, Topology: f.files[TopologyPath], Plan: o.plan}
	if sums, found := f.files[SumsPath]; found {
		v.Digest = sum(sums)
	}
	expected := expectSums(f)
	if o.rendered != nil {
		expected = expectFiles(o.rendered.Files)
	}
	v.Files = len(expected)
	v.Differences = slices.Concat(f.compare(expected), sumsForm(f, o), foreignTopology(f, o), notApproved(approved, v.Digest))
	sortByPath(v.Differences)
	return v, nil
}

// notApproved says that SHA256SUMS is not the one that was approved, if a digest is given.
func notApproved(approved, digest string) []Difference {
	d := Difference{Path: SumsPath, Kind: NotApproved}
	switch {
	case approved == "" || approved == digest:
		return nil
	case digest == "":
		d.Detail = fmt.Sprintf("it is not there, and %s was approved", approved)
	default:
		d.Detail = fmt.Sprintf("its SHA-256 is %s, and %s was approved", digest, approved)
	}
	return []Difference{d}
}

// foreignTopology names a topology.yaml that the sums list and that plan.json was not made from.
func foreignTopology(f *folder, o origin) []Difference {
	head, readable := f.planHead()
	if o.rendered == nil || !readable || head.TopologyDigest == sum(o.topology) || !f.asListed(PlanPath) {
		return nil
	}
	const detail = "it is not the topology that plan.json was made from, though SHA256SUMS lists both"
	return []Difference{{Path: TopologyPath, Kind: Replaced, Detail: detail}}
}

// origin is what a bundle was made from, as far as its files tell, and the same bundle rendered again.
type origin struct {
	topology []byte       // as the bundle was made from it; nil when the files do not tell
	plan     *plan.Plan   // nil together with rendered
	rendered *Bundle      // nil when unknown says why
	unknown  string       // one clause, "" when there is a rendering
	findings finding.List // errors of the topology
}

// planHead is what plan.json says about what it was made from.
type planHead struct {
	Tool           plan.Tool       `json:"tool"`
	Change         plan.Change     `json:"change"`
	TopologyDigest string          `json:"topologyDigest"`
	Replaces       []plan.Replaced `json:"replaces"`
}

// planHead reads the head of plan.json; false when it cannot be read.
func (f *folder) planHead() (planHead, bool) {
	var head planHead
	err := json.Unmarshal(f.files[PlanPath], &head)
	return head, err == nil && head.Tool.Name != ""
}

// options are what the plan was made from beside the topology. A text that is no thumbprint is left out, so that the
// comparison shows it.
func (h planHead) options() []plan.Option {
	replaced := map[string]string{}
	for _, r := range h.Replaces {
		if old, err := topology.ParseThumbprint(r.Old); err == nil {
			replaced[r.Server] = old
		}
	}
	if len(replaced) == 0 {
		return nil
	}
	return []plan.Option{plan.Replacing(replaced)}
}

// findOrigin renders the bundle again. An error means that a rendering failed, which is a fault of lyncowa.
func findOrigin(f *folder) (origin, error) {
	head, readable := f.planHead()
	tool := plan.Tool{Name: plan.ToolName, Version: plan.ToolVersion}
	believed := readable && (f.asListed(PlanPath) || f.sums[PlanPath] == "")
	if believed && head.Tool != tool {
		unknown := fmt.Sprintf("%s %s made this bundle and this is %s %s", head.Tool.Name, head.Tool.Version, tool.Name, tool.Version)
		return origin{unknown: unknown}, nil
	}
	source := f.sourceTopology(head)
	if source == nil {
		return origin{unknown: "the topology.yaml that this bundle was made from is not in it any more"}, nil
	}
	o := origin{topology: source}
	top, findings := topology.Load(TopologyPath, source)
	if findings.HasErrors() {
		o.findings, o.unknown = findings, "its topology.yaml has findings"
		return o, nil
	}
	if err := o.choose(f, top, head); err != nil || o.plan == nil {
		return o, err
	}
	var err error
	o.rendered, err = Render(o.plan)
	return o, err
}

// sourceTopology finds the topology that the bundle was made from: topology.yaml as it is or as it was before an editor
// changed its form, otherwise any other file. SHA256SUMS or plan.json must hold its digest. Where neither holds one,
// topology.yaml is taken as it is.
func (f *folder) sourceTopology(head planHead) []byte {
	witnesses := []string{f.sums[TopologyPath], head.TopologyDigest}
	data, found := f.files[TopologyPath]
	if witnesses[0] == "" && witnesses[1] == "" {
		return data
	}
	var candidates [][]byte
	if found {
		candidates = forms(data)
	}
	for _, path := range sortedKeys(f.files) {
		candidates = append(candidates, f.files[path])
	}
	for _, data := range candidates {
		if slices.Contains(witnesses, sum(data)) {
			return data
		}
	}
	return nil
}

// choose makes the plan of the kind of change that the bundle is about. The best is the kind whose plan.json is the
// file or the listed one; otherwise it is the kind that the file names.
func (o *origin) choose(f *folder, top *topology.Topology, head planHead) error {
	o.unknown = "its plan.json does not tell what kind of change it is"
	for _, change := range plan.Changes() {
		p, findings := plan.Build(top, o.topology, change, head.options()...)
		if findings.HasErrors() {
			if change == head.Change {
				o.findings, o.unknown = findings, "its topology.yaml has findings"
			}
			continue
		}
		planJSON, err := EncodePlan(p)
		if err != nil {
			return err
		}
		isPlan := sum(planJSON) == f.sums[PlanPath] || sum(planJSON) == sum(f.files[PlanPath])
		if isPlan || change == head.Change {
			o.plan, o.unknown, o.findings = p, "", nil
		}
		if isPlan {
			return nil
		}
	}
	return nil
}
