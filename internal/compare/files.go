package compare

import (
	"bytes"
	"slices"

	"lyncowa/internal/textdiff"
)

// FileDifference is one file that only one side has or that is not the same on both.
type FileDifference struct {
	Path string `json:"path"`
	Kind Kind   `json:"kind"`
	Form string `json:"form"` // how it was saved otherwise, for example "LF turned into CRLF"; "" when as before
	Diff string `json:"diff"` // unified; "" when nothing but the form differs, or when it is no text
}

// files compares file by file, in the order in which they are read.
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
	case !textdiff.IsText(was.Data) || !textdiff.IsText(is.Data):
		d.Form = "not text"
	case textdiff.Reformatted(was.Data, is.Data) != "":
		d.Form = textdiff.Reformatted(was.Data, is.Data)
	default:
		d.Diff = textdiff.Unified(was.Label, is.Label, was.Data, is.Data)
	}
	return d
}
