package bundle

import (
	"bytes"
	"testing"
)

// folderOf is a bundle as if it had been read from disk.
func folderOf(files map[string][]byte) *folder {
	f := &folder{files: files, notFiles: map[string]string{}}
	if sums, err := parseSums(files[SumsPath]); err == nil {
		f.sums = sums
	}
	return f
}

// splice replaces a part of a file, the place wrapped around its end.
func splice(data []byte, at, length uint16, text []byte) []byte {
	from := int(at) % (len(data) + 1)
	to := min(len(data), from+int(length))
	return bytes.Join([][]byte{data[:from], text, data[to:]}, nil)
}

// FuzzVerify changes two files of a bundle. Whatever the change: no panic, no failure, and with the approved
// digest a bundle is whole only if every file but the approval page is what was approved. forge makes the sums
// fit once more, as somebody would who means it.
func FuzzVerify(f *testing.F) {
	b := litwareBundle(f)
	originals := map[string][]byte{}
	for _, file := range b.Files {
		originals[file.Path] = file.Data
	}
	paths := sortedKeys(originals)
	for i := range paths {
		f.Add(uint8(i), uint16(100), uint16(3), []byte("x"), uint8(0), uint16(0), uint16(0), []byte(nil), i%2 == 0)
		f.Add(uint8(i), uint16(0), uint16(65535), []byte(nil), uint8(i+1), uint16(7), uint16(1), []byte("\r\n"), i%2 == 1)
	}
	f.Add(uint8(0), uint16(0), uint16(0), []byte(nil), uint8(0), uint16(0), uint16(0), []byte(nil), false)
	f.Fuzz(func(t *testing.T, first uint8, at, length uint16, text []byte, second uint8, at2, length2 uint16, text2 []byte, forge bool) {
		files := map[string][]byte{}
		for path, data := range originals {
			files[path] = data
		}
		one, other := paths[int(first)%len(paths)], paths[int(second)%len(paths)]
		files[one] = splice(files[one], at, length, text)
		files[other] = splice(files[other], at2, length2, text2)
		if forge {
			files[SumsPath] = listing(files)
		}
		for _, approved := range []string{b.Digest, ""} {
			v, err := verify(folderOf(files), approved)
			if err != nil {
				t.Fatalf("%s and %s: %v", one, other, err)
			}
			changed := changedFile(originals, files)
			if approved != "" && v.Whole() && changed != "" {
				t.Errorf("%s was changed, and the bundle is whole", changed)
			}
			if changed == "" && !v.Whole() && bytes.Equal(files[ApprovalPath], originals[ApprovalPath]) {
				t.Errorf("nothing was changed, and the bundle is not whole: %+v", v.Differences)
			}
		}
	})
}

// listing makes the SHA256SUMS of files as they are.
func listing(files map[string][]byte) []byte {
	sums := map[string]string{}
	for path, data := range files {
		if path != SumsPath && path != ApprovalPath {
			sums[path] = sum(data)
		}
	}
	return formatSums(sums)
}

// changedFile names a file that differs in more than an Authenticode block, or "". People write on the approval
// page, so it does not count.
func changedFile(originals, files map[string][]byte) string {
	for _, path := range sortedKeys(originals) {
		if path != ApprovalPath && !bytes.Equal(unsigned(path, files[path]), originals[path]) {
			return path
		}
	}
	return ""
}
