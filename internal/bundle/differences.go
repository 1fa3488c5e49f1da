package bundle

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"lyncowa/internal/record"
)

// DifferenceKind says what happened to a file since the bundle was rendered.
type DifferenceKind string

// The kinds of difference. Check reports the first three, and Verify reports all.
const (
	Edited       DifferenceKind = "edited"
	Missing      DifferenceKind = "missing"
	Added        DifferenceKind = "added"
	Renamed      DifferenceKind = "renamed"       // Other is its new name
	Truncated    DifferenceKind = "truncated"     // Line is its last line
	Replaced     DifferenceKind = "replaced"      // SHA256SUMS: it matches the folder, but not the topology
	NotAFile     DifferenceKind = "not a file"    // it is a folder, a link or a device
	Unreadable   DifferenceKind = "unreadable"    // this user cannot read it
	WrittenOn    DifferenceKind = "written on"    // an approval page, if no other file differs
	NotApproved  DifferenceKind = "not approved"  // SHA256SUMS: the board approved another one
	OtherVersion DifferenceKind = "other version" // plan.json: this version cannot render the bundle again
	Unusable     DifferenceKind = "unusable"      // plan.json or topology.yaml: it does not allow a rendering
	Unverified   DifferenceKind = "unverified"    // it matches SHA256SUMS, but nothing confirms SHA256SUMS
)

// Difference is one file of a folder that differs from the bundle.
type Difference struct {
	Path   string         `json:"path"` // slash-separated, relative to the folder; "." for the folder itself
	Kind   DifferenceKind `json:"kind"`
	Line   int            `json:"line"`   // the first changed line, 1-based, in the present file; 0 for none
	Other  string         `json:"other"`  // path of the file that it became or whose content it has; "" for none
	Detail string         `json:"detail"` // more information, one sentence without full stop; "" for none
}

// Check compares a folder with a bundle and writes nothing. It ignores the folder evidence. The differences have a path
// and a kind, and are sorted by path. A missing folder is one difference. An error means that Check could not read the
// folder.
func Check(dir string, b *Bundle) ([]Difference, error) {
	found, err := listFolder(dir)
	if isAbsent(err) {
		return []Difference{{Path: ".", Kind: Missing}}, nil
	}
	if err != nil {
		return nil, err
	}
	var differences []Difference
	for _, want := range b.Files {
		isFile, exists := found[want.Path]
		if !exists {
			differences = append(differences, Difference{Path: want.Path, Kind: Missing})
			continue
		}
		same, err := isSame(want, dir, isFile)
		if err != nil {
			return nil, err
		}
		if !same {
			differences = append(differences, Difference{Path: want.Path, Kind: Edited})
		}
		delete(found, want.Path)
	}
	delete(found, EvidencePath)
	for path := range found {
		differences = append(differences, Difference{Path: path, Kind: Added})
	}
	sortByPath(differences)
	return differences, nil
}

// isSame compares one file with the file in a folder.
func isSame(want File, dir string, isFile bool) (bool, error) {
	if !isFile {
		return false, nil
	}
	got, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(want.Path)))
	return bytes.Equal(want.Data, got), err
}

func sortByPath(differences []Difference) {
	slices.SortStableFunc(differences, func(a, b Difference) int { return cmp.Compare(a.Path, b.Path) })
}

// expectation is the expected content of a file.
type expectation struct {
	path string
	sum  string
	data []byte // nil if only the sum is known
}

// expectFiles expects the files of a rendering.
func expectFiles(files []File) []expectation {
	var expected []expectation
	for _, file := range files {
		expected = append(expected, expectation{file.Path, sum(file.Data), file.Data})
	}
	return expected
}

// expectSums expects what SHA256SUMS lists, and the files that every bundle has or that plan.json names. Without sums it
// accepts every file. Version 0.1.0 wrote one approval page, outside of the sums.
func expectSums(f *folder, otherVersion bool) []expectation {
	expected := []expectation{{path: SumsPath}}
	known := map[string]bool{SumsPath: true}
	paths := append(f.planned(), PlanPath, TopologyPath, modulePath)
	const page = "approval.md"
	if otherVersion && f.sums[page] == "" && f.sums[ApprovalPath] == "" && f.has(page) {
		expected = append(expected, expectation{path: page})
		known[page] = true
	} else {
		paths = append(paths, record.Paths...)
	}
	if f.sums == nil {
		paths = append(paths, sortedKeys(f.files)...)
	}
	for _, path := range append(paths, sortedKeys(f.sums)...) {
		isAdded := f.sums != nil && f.sums[path] == "" && f.has(path)
		if !known[path] && !isAdded {
			known[path] = true
			expected = append(expected, expectation{path: path, sum: f.sums[path]})
		}
	}
	return expected
}

// compare reports the changes of all files, the expected files first.
func (f *folder) compare(expected []expectation) []Difference {
	var all []Difference
	known := map[string]bool{}
	for _, want := range expected {
		known[want.path] = true
	}
	for _, want := range expected {
		d, same := f.compareFile(want, expected)
		if d.Kind == Missing {
			d = f.findRenamed(d, want, known)
		}
		if !same {
			all = append(all, d)
		}
	}
	return append(all, f.additional(known)...)
}

// compareFile compares one file. It returns true if the file is as expected.
func (f *folder) compareFile(want expectation, expected []expectation) (Difference, bool) {
	d := Difference{Path: want.path}
	data, exists := f.files[want.path]
	switch {
	case f.notFiles[want.path] != "":
		d.Kind, d.Detail = NotAFile, "it is "+f.notFiles[want.path]
		return d, false
	case f.unreadable[want.path] != nil:
		d.Kind, d.Detail = Unreadable, cause(f.unreadable[want.path])
		return d, false
	case !exists:
		d.Kind = Missing
		return d, false
	case want.sum == "" || sum(unsigned(want.path, data)) == want.sum:
		return d, true
	}
	d = edited(want, unsigned(want.path, data))
	if other := holderOf(sum(unsigned(want.path, data)), expected); other != "" {
		d.Other, d.Detail, d.Line = other, "it has the content of "+other, 0
	}
	if want.path == SumsPath && f.fits() && Reformatted(want.data, data) == "" {
		d.Kind, d.Detail = Replaced, "it matches the files of this folder, but its topology.yaml renders other files"
	}
	if want.data != nil && f.asListed(want.path) {
		d.Detail = join(d.Detail, "SHA256SUMS was changed to match")
	}
	return d, false
}

// fits reports whether every file has the sum that SHA256SUMS lists.
func (f *folder) fits() bool {
	for path := range f.sums {
		if !f.asListed(path) {
			return false
		}
	}
	return len(f.sums) > 0
}

// edited describes how a file was changed.
func edited(want expectation, data []byte) Difference {
	d := Difference{Path: want.path, Kind: Edited}
	switch {
	case len(data) == 0:
		d.Kind, d.Detail = Truncated, "it is empty"
	case want.data == nil:
		d.Detail = resaved(want.sum, data)
	case Reformatted(want.data, data) != "":
		d.Detail = Reformatted(want.data, data)
		d.Line = firstLine(want.data, data)
	case bytes.HasPrefix(want.data, data):
		d.Kind, d.Line = Truncated, lineCount(data)
		d.Detail = fmt.Sprintf("%d of %d bytes are left", len(data), len(want.data))
	case bytes.HasPrefix(data, want.data):
		d.Line, d.Detail = firstLine(want.data, data), "something was added at its end"
	default:
		d.Line = firstLine(want.data, data)
	}
	if isScript(want.path) && bytes.Contains(data, signatureMark) {
		d.Detail = join(d.Detail, "its signature block has lines that are not comments, or is not at the end")
	}
	return d
}

// resaved describes how an editor changed the form of a file of which only the sum is known. It is "" if the text changed.
func resaved(want string, data []byte) string {
	for _, form := range forms(data) {
		if sum(form) == want {
			return Reformatted(form, data)
		}
	}
	return ""
}

// holderOf is the path of the file with this expected sum, or "".
func holderOf(sum string, expected []expectation) string {
	for _, other := range expected {
		if other.sum == sum {
			return other.path
		}
	}
	return ""
}

// findRenamed looks for a missing file among the unexpected files, and marks a match as known.
func (f *folder) findRenamed(missing Difference, want expectation, known map[string]bool) Difference {
	for _, path := range sortedKeys(f.files) {
		data := f.files[path]
		if !known[path] && (sum(data) == want.sum || sum(unsigned(want.path, data)) == want.sum) {
			known[path] = true
			return Difference{Path: want.path, Kind: Renamed, Other: path}
		}
	}
	return missing
}

// additional lists unexpected files, and unexpected folders if they are empty.
func (f *folder) additional(known map[string]bool) []Difference {
	var all []Difference
	for _, path := range sortedKeys(f.files) {
		if known[path] {
			continue
		}
		d := Difference{Path: path, Kind: Added}
		if f.asListed(path) {
			d.Detail = "SHA256SUMS was changed to match"
		}
		all = append(all, d)
	}
	for _, path := range sortedKeys(f.notFiles) {
		what := f.notFiles[path]
		isFolder := what == "a folder"
		if known[path] || isFolder && (slices.Contains(ownFolders, path) || !f.isEmptyFolder(path)) {
			continue
		}
		all = append(all, Difference{Path: path, Kind: Added, Detail: "it is " + what})
	}
	for _, path := range sortedKeys(f.unreadable) {
		if !known[path] {
			all = append(all, Difference{Path: path, Kind: Added, Detail: "it cannot be read: " + cause(f.unreadable[path])})
		}
	}
	return all
}

// sumsForm reports a SHA256SUMS with another form than lyncowa writes. A bundle that is rendered again needs no such check.
func sumsForm(f *folder, o origin) []Difference {
	data, exists := f.files[SumsPath]
	if o.rendered != nil || !exists {
		return nil
	}
	d := Difference{Path: SumsPath, Kind: Edited}
	if f.sums == nil {
		_, err := parseSums(data)
		d.Detail = strings.TrimPrefix(err.Error(), SumsPath+":")
		return []Difference{d}
	}
	canonical := formatSums(f.sums)
	if bytes.Equal(canonical, data) {
		return nil
	}
	d.Line = firstLine(canonical, data)
	d.Detail = cmp.Or(Reformatted(canonical, data), "its lines do not have the form that lyncowa writes")
	return []Difference{d}
}

func join(detail, more string) string {
	if detail == "" {
		return more
	}
	return detail + "; " + more
}
