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

// origin is a bundle rendered again from its own files, or why it cannot be.
type origin struct {
	plan     *plan.Plan   // nil together with rendered
	rendered *Bundle      // nil when unknown says why
	vouched  bool         // plan.json says that it was made from this topology
	unknown  string       // one clause, "" when there is a rendering
	unusable Difference   // the file because of which there is none
	findings finding.List // errors of the topology
}

// findOrigin renders the bundle again. An error means that a rendering failed, which is a fault of lyncowa.
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
		return f.withoutTopology("it is not the topology that plan.json was made from", nil), nil
	}
	top, findings := topology.Load(TopologyPath, source)
	if findings.HasErrors() {
		return f.withoutTopology("it has errors, so no bundle was made from it", findings), nil
	}
	farm, unusable := f.farm(head, believed)
	if unusable.Path != "" {
		return origin{unknown: fmt.Sprintf("its %s is %s", unusable.Path, unusable.Kind), unusable: unusable}, nil
	}
	p, isListed, err := f.planOf(top, source, farm, head)
	if err != nil {
		return origin{}, err
	}
	rendered, err := Render(p)
	return origin{plan: p, rendered: rendered, vouched: isOriginal || isListed}, err
}

// withoutTopology is an origin without a rendering, because topology.yaml is not there or does not serve.
func (f *folder) withoutTopology(detail string, findings finding.List) origin {
	d := f.unusable(TopologyPath, detail)
	return origin{unknown: "its topology.yaml is " + string(d.Kind), unusable: d, findings: findings}
}

// unusable is a file from which no bundle can be rendered.
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

// farm is what the inventories of the bundle tell; nil where it has none. They are those that plan.json lists, or where
// it is not believed, those that SHA256SUMS lists. One that does not serve is a difference.
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
			return nil, f.unusable(path, "it is not the inventory that the bundle was made from")
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

// planHead is what plan.json says about what it was made from.
type planHead struct {
	Tool           plan.Tool        `json:"tool"`
	Change         plan.Change      `json:"change"`
	TopologyDigest string           `json:"topologyDigest"`
	Replaces       []plan.Replaced  `json:"replaces"`
	Inventories    []plan.Inventory `json:"inventories"`
}

// version is the form of a version of lyncowa.
var version = regexp.MustCompile(`^[0-9A-Za-z.+-]{1,40}$`)

// planHead reads the head of plan.json; false when it is not a plan of lyncowa.
func (f *folder) planHead() (planHead, bool) {
	var head planHead
	err := json.Unmarshal(f.files[PlanPath], &head)
	return head, err == nil && head.Tool.Name == plan.ToolName && version.MatchString(head.Tool.Version)
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

// sourceTopology finds the topology that the bundle was made from. SHA256SUMS or plan.json must hold its digest. Where
// neither holds one, topology.yaml is taken as it is.
func (f *folder) sourceTopology(head planHead) []byte {
	if f.sums[TopologyPath] == "" && head.TopologyDigest == "" {
		return f.files[TopologyPath]
	}
	return f.witnessed(TopologyPath, f.sums[TopologyPath], head.TopologyDigest)
}

// witnessed finds the file that has one of these sums: the one at the path as it is or as it was before an editor changed
// its form, otherwise any other file; nil for none.
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

// planOf makes the plan of the kind of change that the bundle is about: the one whose plan.json is the file or the listed
// one (true), otherwise the one that has most scripts in common with the folder. Of several it is the one that the file
// names.
func (f *folder) planOf(top *topology.Topology, source []byte, farm *inventory.Farm, head planHead) (best *plan.Plan, isListed bool, err error) {
	most := 0
	for _, change := range plan.Changes() {
		p, findings := plan.Build(top, source, change, head.options()...)
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
		if best == nil || common > most || common == most && change == head.Change {
			best, most = p, common
		}
	}
	return best, false, nil
}

// planned are the scripts and back-outs that plan.json names, as far as it can be read.
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
