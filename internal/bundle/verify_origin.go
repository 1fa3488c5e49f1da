package bundle

import (
	"encoding/json"
	"fmt"
	"slices"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/textdiff"
	"lyncowa/internal/topology"
)

// origin is what a bundle was made from, as far as that can be told, and the bundle made from it once more.
type origin struct {
	topology []byte       // as the bundle was made from it; nil when nobody can tell
	plan     *plan.Plan   // nil together with rendered
	rendered *Bundle      // nil when unknown says why
	unknown  string       // one clause, "" when there is a rendering
	findings finding.List // errors of the topology
}

// planHead is what plan.json says of its own making.
type planHead struct {
	Tool           plan.Tool       `json:"tool"`
	Change         plan.Change     `json:"change"`
	TopologyDigest string          `json:"topologyDigest"`
	Replaces       []plan.Replaced `json:"replaces"`
}

// options are what the plan was made from beside the topology. What has not the form of a thumbprint came from
// nowhere and gets lost here, so that the comparison shows it.
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

// planHead reads the head of plan.json; false when there is nothing to read.
func (f *folder) planHead() (planHead, bool) {
	var head planHead
	err := json.Unmarshal(f.files[PlanPath], &head)
	return head, err == nil && head.Tool.Name != ""
}

// findOrigin renders the bundle once more. An error means that a rendering failed, which is a fault of lyncowa.
func findOrigin(f *folder) (origin, error) {
	head, readable := f.planHead()
	tool := plan.Tool{Name: plan.ToolName, Version: plan.ToolVersion}
	believed := readable && (f.asListed(PlanPath) || f.sums[PlanPath] == "")
	if believed && head.Tool != tool {
		return origin{unknown: fmt.Sprintf("%s %s made this bundle and this is %s %s", head.Tool.Name, head.Tool.Version, tool.Name, tool.Version)}, nil
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

// sourceTopology finds the topology that the bundle was made from: the file of that name, as it is or as it was
// before an editor saved it otherwise, or else any other file. SHA256SUMS and plan.json bear witness; one of
// them is enough. Where neither says anything, the file is taken as it is.
func (f *folder) sourceTopology(head planHead) []byte {
	witnesses := []string{f.sums[TopologyPath], head.TopologyDigest}
	if witnesses[0] == "" && witnesses[1] == "" {
		return f.files[TopologyPath]
	}
	candidates := [][]byte{}
	if data, found := f.files[TopologyPath]; found {
		candidates = textdiff.Forms(data)
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

// choose makes the plan of the kind of change that the bundle is about: the one whose plan.json is the file or
// the listed one, or else the one that the file names.
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
