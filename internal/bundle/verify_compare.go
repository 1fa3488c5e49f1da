package bundle

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lyncowa/internal/textdiff"
)

// expectation is a file as it has to be.
type expectation struct {
	path string
	sum  string
	data []byte // nil when the sum is all that is known
}

// expectFiles expects the files of a rendering.
func expectFiles(files []File) []expectation {
	var expected []expectation
	for _, file := range files {
		expected = append(expected, expectation{file.Path, sum(file.Data), file.Data})
	}
	return expected
}

// expectSums expects what SHA256SUMS lists, that file itself, and an approval.md. Without sums every file is as
// good as any other.
func expectSums(f *folder) []expectation {
	listed := f.sums
	if listed == nil {
		listed = map[string]string{}
		for path := range f.files {
			listed[path] = ""
		}
	}
	expected := []expectation{{path: SumsPath}, {path: ApprovalPath}}
	for _, path := range sortedKeys(listed) {
		if path != SumsPath && path != ApprovalPath {
			expected = append(expected, expectation{path: path, sum: listed[path]})
		}
	}
	return expected
}

// compare says what happened to each file, the expected ones first.
func (f *folder) compare(expected []expectation) []Discrepancy {
	var all []Discrepancy
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

// compareFile compares one file; true when it is as it has to be.
func (f *folder) compareFile(want expectation, expected []expectation) (Discrepancy, bool) {
	d := Discrepancy{Path: want.path}
	data, exists := f.files[want.path]
	switch {
	case !exists && f.notFiles[want.path] != "":
		d.Kind, d.Detail = NotAFile, "it is "+f.notFiles[want.path]
		return d, false
	case !exists:
		d.Kind = Missing
		return d, false
	case want.path == ApprovalPath:
		return f.compareApproval(want.data, data)
	case want.sum == "" || sum(unsigned(want.path, data)) == want.sum:
		return d, true
	}
	d = edited(want, unsigned(want.path, data))
	if other := holderOf(sum(unsigned(want.path, data)), expected); other != "" {
		d.Other, d.Detail, d.Line = other, "it holds the text of "+other, 0
	}
	if want.path == SumsPath && f.fits() && textdiff.Reformatted(want.data, data) == "" {
		d.Kind, d.Detail = Replaced, "it fits the files of this folder, which are not what its topology.yaml renders"
	}
	if want.data != nil && f.asListed(want.path) {
		d.Detail = join(d.Detail, "SHA256SUMS was changed to match")
	}
	return d, false
}

// fits reports whether every sum is the one of its file.
func (f *folder) fits() bool {
	for path := range f.sums {
		if !f.asListed(path) {
			return false
		}
	}
	return len(f.sums) > 0
}

// edited says what was done to a file that is not as it has to be.
func edited(want expectation, data []byte) Discrepancy {
	d := Discrepancy{Path: want.path, Kind: Edited}
	switch {
	case len(data) == 0:
		d.Kind, d.Detail = Truncated, "it is empty"
	case want.data == nil:
		d.Detail = resaved(want.sum, data)
	case textdiff.Reformatted(want.data, data) != "":
		d.Detail = textdiff.Reformatted(want.data, data)
		d.Line = textdiff.FirstLine(want.data, data)
	case bytes.HasPrefix(want.data, data):
		d.Kind, d.Line = Truncated, textdiff.Lines(data)
		d.Detail = fmt.Sprintf("%d of %d bytes are left", len(data), len(want.data))
	case bytes.HasPrefix(data, want.data):
		d.Line, d.Detail = textdiff.FirstLine(want.data, data), "something follows its end"
	default:
		d.Line = textdiff.FirstLine(want.data, data)
	}
	if isScript(want.path) && bytes.Contains(data, signatureMark) {
		d.Detail = join(d.Detail, "its signature block is not comment lines alone, or not at the very end")
	}
	return d
}

// resaved tells by the sum alone how a file was saved otherwise; "" when somebody has written in it.
func resaved(want string, data []byte) string {
	for _, form := range textdiff.Forms(data) {
		if sum(form) == want {
			return textdiff.Reformatted(form, data)
		}
	}
	return ""
}

// holderOf is the path of the file that has to have this sum, or "".
func holderOf(sum string, expected []expectation) string {
	for _, other := range expected {
		if other.sum == sum {
			return other.path
		}
	}
	return ""
}

// findRenamed looks for a missing file under the names that nobody expects, and takes the one it finds for known.
func (f *folder) findRenamed(missing Discrepancy, want expectation, known map[string]bool) Discrepancy {
	for _, path := range sortedKeys(f.files) {
		data := f.files[path]
		if !known[path] && (sum(data) == want.sum || sum(unsigned(want.path, data)) == want.sum) {
			known[path] = true
			return Discrepancy{Path: want.path, Kind: Renamed, Other: path}
		}
	}
	return missing
}

// additional names what nobody expects. A folder is named only if it is empty: otherwise its files are.
func (f *folder) additional(known map[string]bool) []Discrepancy {
	var all []Discrepancy
	for _, path := range sortedKeys(f.files) {
		if known[path] {
			continue
		}
		d := Discrepancy{Path: path, Kind: Added}
		if f.asListed(path) {
			d.Detail = "SHA256SUMS was changed to match"
		}
		all = append(all, d)
	}
	for _, path := range sortedKeys(f.notFiles) {
		what := f.notFiles[path]
		isFolder := what == "a folder"
		if known[path] || isFolder && (slices.Contains(folders, path) || !f.isEmptyFolder(path)) {
			continue
		}
		all = append(all, Discrepancy{Path: path, Kind: Added, Detail: "it is " + what})
	}
	return all
}

// sumsForm names sums that are not as lyncowa writes them, where no rendering would show it.
func sumsForm(f *folder, o origin) []Discrepancy {
	data, exists := f.files[SumsPath]
	if o.rendered != nil || !exists {
		return nil
	}
	d := Discrepancy{Path: SumsPath, Kind: Edited}
	if f.sums == nil {
		_, err := parseSums(data)
		d.Detail = strings.TrimPrefix(err.Error(), SumsPath+":")
		return []Discrepancy{d}
	}
	canonical := formatSums(f.sums)
	if bytes.Equal(canonical, data) {
		return nil
	}
	d.Line = textdiff.FirstLine(canonical, data)
	d.Detail = cmp.Or(textdiff.Reformatted(canonical, data), "its lines are not as lyncowa writes them")
	return []Discrepancy{d}
}

func join(detail, more string) string {
	if detail == "" {
		return more
	}
	return detail + "; " + more
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
