package compare

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
)

// Topology is the side of a topology file and the plan that was made of it.
func Topology(name string, p *plan.Plan) Side {
	return Side{Name: name, Plan: p, Files: []File{{bundle.TopologyPath, name, p.Source}}}
}

// Bundle reads the side of a bundle: the plan as its plan.json says it, and its files. It is not verified.
func Bundle(dir string) (Side, error) {
	files, err := bundle.ReadFiles(dir)
	if err != nil {
		return Side{}, err
	}
	p := &plan.Plan{}
	if err := json.Unmarshal(files[bundle.PlanPath], p); err != nil {
		return Side{}, fmt.Errorf("cannot read %q: %w", filepath.Join(dir, bundle.PlanPath), err)
	}
	if p.Tool.Name != plan.ToolName || p.FormatVersion != plan.FormatVersion {
		return Side{}, fmt.Errorf("cannot read %q: it is not a plan of lyncowa in format version %d", filepath.Join(dir, bundle.PlanPath), plan.FormatVersion)
	}
	p.Source = files[bundle.TopologyPath]
	side := Side{Name: dir, Plan: p}
	for _, path := range slices.SortedFunc(maps.Keys(files), byReading) {
		side.Files = append(side.Files, File{path, filepath.Join(dir, filepath.FromSlash(path)), files[path]})
	}
	return side, nil
}

// TopologyOnly is the side without the files that a topology does not have.
func (s Side) TopologyOnly() Side {
	s.Files = slices.DeleteFunc(slices.Clone(s.Files), func(f File) bool { return f.Path != bundle.TopologyPath })
	return s
}

// readingOrder ranks the files that are not read in the order of their names: first what people wrote, last what
// follows from everything else.
var readingOrder = map[string]int{
	bundle.TopologyPath: -2,
	bundle.PlanPath:     -1,
	bundle.SumsPath:     1,
	bundle.ApprovalPath: 2,
}

func byReading(a, b string) int {
	return cmp.Or(cmp.Compare(readingOrder[a], readingOrder[b]), cmp.Compare(a, b))
}
