// Package compare describes how two changes differ: step by step, and then in the text of their files.
//
// It only compares. Package bundle decides whether a folder is still the approved one.
package compare

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Side is one of the two changes.
type Side struct {
	Name  string // as the person named it
	Plan  *plan.Plan
	Files []File // to be compared as text, in the order in which they are shown
}

// File is one text of a side.
type File struct {
	Path  string // the same on both sides
	Label string // how the difference calls it
	Data  []byte
}

// Topology is the side of a topology file and its plan.
func Topology(name string, p *plan.Plan) Side {
	return Side{Name: name, Plan: p, Files: []File{{bundle.TopologyPath, name, p.Source}}}
}

// Bundle reads the side of a bundle: the plan in its plan.json, and its files. It does not verify them.
func Bundle(dir string) (Side, error) {
	files, err := bundle.ReadFiles(dir)
	if err != nil {
		return Side{}, err
	}
	p, path := &plan.Plan{}, filepath.Join(dir, bundle.PlanPath)
	if err := json.Unmarshal(files[bundle.PlanPath], p); err != nil {
		return Side{}, fmt.Errorf("cannot read %q: %w", path, err)
	}
	if p.Tool.Name != plan.ToolName || p.FormatVersion != plan.FormatVersion {
		return Side{}, fmt.Errorf("cannot read %q: it is not a lyncowa plan with format version %d", path, plan.FormatVersion)
	}
	p.Source = files[bundle.TopologyPath]
	if source, has := files[bundle.EarlierPath]; has {
		if top, _ := topology.Load(bundle.EarlierPath, source); top != nil {
			p.Earlier = &plan.Earlier{Name: filepath.Join(dir, bundle.EarlierPath), Source: source, Topology: top}
		}
	}
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

// readingOrder ranks the files that do not sort by name: first the files that people wrote, last the files that depend
// on all others.
var readingOrder = map[string]int{
	bundle.TopologyPath: -2,
	bundle.PlanPath:     -1,
	bundle.SumsPath:     1,
	bundle.ApprovalPath: 2,
}

func byReading(a, b string) int {
	return cmp.Or(cmp.Compare(readingOrder[a], readingOrder[b]), cmp.Compare(a, b))
}

// Kind says what happened to a step or a file between the old and the new side.
type Kind string

// The kinds of difference.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Comparison describes how two sides differ. A slice is nil if nothing differs.
type Comparison struct {
	Plan  []Value // of the plan as a whole
	Steps []StepDifference
	Files []FileDifference
}

// Different reports whether anything differs.
func (c Comparison) Different() bool { return len(c.Plan)+len(c.Steps)+len(c.Files) > 0 }

// FileDifference is one file that only one side has, or that differs.
type FileDifference struct {
	Path string `json:"path"`
	Kind Kind   `json:"kind"`
	Form string `json:"form"` // how its form changed, for example "LF turned into CRLF", or ""
	Diff string `json:"diff"` // unified; "" if only the form differs, or if the file is not text
}

// Sides compares two sides.
func Sides(old, new Side) Comparison {
	return Comparison{Plan: planValues(old.Plan, new.Plan), Steps: steps(old.Plan, new.Plan), Files: files(old.Files, new.Files)}
}

// files compares file by file, in reading order.
func files(old, new []File) []FileDifference {
	var all []FileDifference
	for _, was := range old {
		if is, found := find(new, was.Path); !found {
			all = append(all, fileDifference(Removed, was, File{Path: was.Path, Label: "/dev/null"}))
		} else if !bytes.Equal(was.Data, is.Data) {
			all = append(all, fileDifference(Changed, was, is))
		}
	}
	for _, is := range new {
		if _, found := find(old, is.Path); !found {
			all = append(all, fileDifference(Added, File{Path: is.Path, Label: "/dev/null"}, is))
		}
	}
	slices.SortStableFunc(all, func(a, b FileDifference) int { return byReading(a.Path, b.Path) })
	return all
}

func find(files []File, path string) (File, bool) {
	i := slices.IndexFunc(files, func(f File) bool { return f.Path == path })
	if i < 0 {
		return File{}, false
	}
	return files[i], true
}

func fileDifference(kind Kind, was, is File) FileDifference {
	d := FileDifference{Path: was.Path, Kind: kind}
	switch {
	case !isText(was.Data) || !isText(is.Data):
		d.Form = "not text"
	case bundle.Reformatted(was.Data, is.Data) != "":
		d.Form = bundle.Reformatted(was.Data, is.Data)
	default:
		d.Diff = udiff.Unified(was.Label, is.Label, bundle.Text(was.Data), bundle.Text(is.Data))
	}
	return d
}

// isText reports whether a file is text, so that a diff of lines makes sense.
func isText(data []byte) bool {
	text := bundle.Text(data)
	return utf8.ValidString(text) && !strings.Contains(text, "\x00")
}
