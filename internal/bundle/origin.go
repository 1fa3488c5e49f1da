package bundle

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// origin is the rendering of a bundle from its own files, or the reason why there is none.
type origin struct {
	plan     *plan.Plan   // nil together with rendered
	rendered *Bundle      // nil when unknown says why
	vouched  bool         // plan.json says that it was made from this topology
	unknown  string       // one clause, "" when there is a rendering
	unusable Difference   // the file because of which there is none
	findings finding.List // errors of the topology
}

// findOrigin renders the bundle again. An error means that a rendering failed, which is a bug in lyncowa.
func findOrigin(f *folder) (origin, error) {
	head, readable := f.planHead()
	believed := readable && (f.asListed(PlanPath) || f.sums[PlanPath] == "")
	if believed && head.Tool.Version != plan.ToolVersion {
		unknown := fmt.Sprintf("%s %s made this bundle, and %s %s cannot render it again", plan.ToolName, head.Tool.Version, plan.ToolName, plan.ToolVersion)
		return origin{unknown: unknown, unusable: Difference{Path: PlanPath, Kind: OtherVersion, Detail: unknown}}, nil
	}
	source := f.sourceTopology(head)
	isOriginal := believed && head.TopologyDigest == sum(source)
	if source == nil || believed && !isOriginal {
		return f.withoutTopology("plan.json was made from another topology", nil), nil
	}
	top, findings := topology.Load(TopologyPath, source)
	if findings.HasErrors() {
		return f.withoutTopology("it has errors, so no bundle was made from it", findings), nil
	}
	farm, unusable := f.farm(head, believed)
	if unusable.Path != "" {
		return origin{unknown: fmt.Sprintf("its %s is %s", unusable.Path, unusable.Kind), unusable: unusable}, nil
	}
	options, unusable := f.options(head, believed)
	if unusable.Path != "" {
		return origin{unknown: fmt.Sprintf("its %s is %s", unusable.Path, unusable.Kind), unusable: unusable}, nil
	}
	p, isListed, err := f.planOf(top, source, farm, head.Change, options)
	if err != nil {
		return origin{}, err
	}
	rendered, err := Render(p)
	return origin{plan: p, rendered: rendered, vouched: isOriginal || isListed}, err
}

// withoutTopology is an origin without a rendering, because topology.yaml is missing or not usable.
func (f *folder) withoutTopology(detail string, findings finding.List) origin {
	d := f.unusable(TopologyPath, detail)
	return origin{unknown: "its topology.yaml is " + string(d.Kind), unusable: d, findings: findings}
}

// unusable is the difference of a file that does not allow a rendering.
func (f *folder) unusable(path, detail string) Difference {
	data, found := f.files[path]
	switch {
	case !found:
		return Difference{Path: path, Kind: Missing}
	case len(data) == 0:
		return Difference{Path: path, Kind: Truncated, Detail: "it is empty"}
	}
	return Difference{Path: path, Kind: Unusable, Detail: detail}
}

// farm merges the inventories of the bundle, or is nil if it has none. plan.json lists them; if it is not believed,
// SHA256SUMS does. An inventory that is not usable is a difference.
func (f *folder) farm(head planHead, believed bool) (*inventory.Farm, Difference) {
	sums := map[string]string{}
	for path, sum := range f.sums {
		if !believed && strings.HasPrefix(path, inventory.Folder+"/") {
			sums[path] = sum
		}
	}
	for _, i := range head.Inventories {
		sums[i.Path] = i.Digest
	}
	var files []*inventory.File
	for _, path := range sortedKeys(sums) {
		data := f.witnessed(path, sums[path])
		if data == nil {
			return nil, f.unusable(path, "the bundle was made from another inventory")
		}
		file, findings := inventory.Load(path, data)
		if len(findings) > 0 {
			return nil, f.unusable(path, findings[0].Message)
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, Difference{}
	}
	farm, findings := inventory.Merge(files)
	if findings.HasErrors() {
		return nil, f.unusable(findings[0].File, findings[0].Message)
	}
	return farm, Difference{}
}

// planHead is the part of plan.json that describes its origin.
type planHead struct {
	Tool           plan.Tool        `json:"tool"`
	Change         plan.Change      `json:"change"`
	TopologyDigest string           `json:"topologyDigest"`
	EarlierDigest  string           `json:"earlierDigest"`
	Replaces       []plan.Replaced  `json:"replaces"`
	Inventories    []plan.Inventory `json:"inventories"`
}

// version is the form of a version of lyncowa.
var version = regexp.MustCompile(`^[0-9A-Za-z.+-]{1,40}$`)

// planHead reads the head of plan.json. It returns false if that is not a plan of lyncowa.
func (f *folder) planHead() (planHead, bool) {
	var head planHead
	err := json.Unmarshal(f.files[PlanPath], &head)
	return head, err == nil && head.Tool.Name == plan.ToolName && version.MatchString(head.Tool.Version)
}

// options are the inputs of the plan besides the topology. It leaves out text that is not a thumbprint, so that the
// comparison reports it. plan.json says which earlier topology there is; if it is not believed, SHA256SUMS does.
func (f *folder) options(head planHead, believed bool) ([]plan.Option, Difference) {
	digest := head.EarlierDigest
	if !believed {
		digest = f.sums[EarlierPath]
	}
	if digest != "" {
		source := f.witnessed(EarlierPath, digest)
		if source == nil {
			return nil, f.unusable(EarlierPath, "the bundle was made from another one")
		}
		top, findings := topology.Load(EarlierPath, source)
		if findings.HasErrors() {
			return nil, f.unusable(EarlierPath, findings[0].Message)
		}
		earlier := plan.Earlier{Name: EarlierPath, Source: source, Topology: top}
		return []plan.Option{plan.AddingTo(earlier, topology.Places{})}, Difference{}
	}
	return head.replacing(), Difference{}
}

// replacing are the thumbprints that a renewal replaces.
func (h planHead) replacing() []plan.Option {
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

// sourceTopology finds the topology from which the bundle was rendered, by the digest in SHA256SUMS or plan.json. If
// neither has a digest, it returns topology.yaml as it is.
func (f *folder) sourceTopology(head planHead) []byte {
	if f.sums[TopologyPath] == "" && head.TopologyDigest == "" {
		return f.files[TopologyPath]
	}
	return f.witnessed(TopologyPath, f.sums[TopologyPath], head.TopologyDigest)
}

// witnessed finds a file with one of these sums, or nil: first the file at the path, as it is or before an editor changed
// its form, then any other file.
func (f *folder) witnessed(path string, sums ...string) []byte {
	var candidates [][]byte
	if data, found := f.files[path]; found {
		candidates = forms(data)
	}
	for _, other := range sortedKeys(f.files) {
		candidates = append(candidates, f.files[other])
	}
	for _, data := range candidates {
		if slices.Contains(sums, sum(data)) {
			return data
		}
	}
	return nil
}

// planOf makes the plan of the bundle's kind of change. It is the kind whose plan.json has the sum of the file or of the
// listed file (true). Otherwise it is the kind that shares most scripts with the folder; of several, the kind that
// plan.json names.
func (f *folder) planOf(top *topology.Topology, source []byte, farm *inventory.Farm, named plan.Change, options []plan.Option) (best *plan.Plan, isListed bool, err error) {
	most := 0
	for _, change := range plan.Changes() {
		p, findings := plan.Build(top, source, change, options...)
		if findings.HasErrors() {
			continue
		}
		if farm != nil {
			farm.Mark(p)
		}
		planJSON, err := EncodePlan(p)
		if err != nil {
			return nil, false, err
		}
		if sum(planJSON) == f.sums[PlanPath] || sum(planJSON) == sum(f.files[PlanPath]) {
			return p, true, nil
		}
		common := 0
		for _, path := range scriptPaths(p.Steps) {
			if f.has(path) {
				common++
			} else {
				common--
			}
		}
		if best == nil || common > most || common == most && change == named {
			best, most = p, common
		}
	}
	return best, false, nil
}

// planned are the scripts and back-outs that plan.json names, as far as it is readable.
func (f *folder) planned() []string {
	var p struct{ Steps []plan.Step }
	_ = json.Unmarshal(f.files[PlanPath], &p) // whatever is wrong with it, it is a difference
	return scriptPaths(p.Steps)
}

// scriptPaths are the scripts and the back-outs of steps.
func scriptPaths(steps []plan.Step) []string {
	var paths []string
	for _, s := range steps {
		for _, path := range []string{s.Script, s.BackOut} {
			if path != "" {
				paths = append(paths, path)
			}
		}
	}
	return paths
}
