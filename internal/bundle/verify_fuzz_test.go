package bundle

import (
	"bytes"
	"os"
	"slices"
	"testing"

	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
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

// FuzzVerify changes two files of a bundle. Verify must not panic or fail. With the approved digest a bundle is whole
// only if every file is as approved. forge makes the sums fit again, as an attacker would.
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
			if approved == "" && len(v.Differences) == 0 && !v.Whole() {
				t.Errorf("nothing confirms it, and there is no difference: %s", v.NotRendered)
			}
			if changed == "" && !v.Whole() {
				t.Errorf("nothing was changed, and the bundle is not whole: %+v", v.Differences)
			}
		}
	})
}

// listing is the SHA256SUMS of files as they are.
func listing(files map[string][]byte) []byte {
	sums := map[string]string{}
	for path, data := range files {
		if path != SumsPath {
			sums[path] = sum(data)
		}
	}
	return formatSums(sums)
}

// changedFile names a file that differs in more than an Authenticode block, or "".
func changedFile(originals, files map[string][]byte) string {
	for _, path := range sortedKeys(originals) {
		if !bytes.Equal(unsigned(path, files[path]), originals[path]) {
			return path
		}
	}
	return ""
}

// The comparison names the file in which a bit was flipped, with a rendering and with only the sums. The stride through
// each file meets every bit position.
func TestCompareCatchesFlippedBits(t *testing.T) {
	b := litwareBundle(t)
	files := map[string][]byte{}
	for _, file := range b.Files {
		files[file.Path] = file.Data
	}
	f := folderOf(files)
	for _, expected := range [][]expectation{expectFiles(b.Files), expectSums(f, false)} {
		for _, want := range expected {
			if want.sum != "" {
				flipBits(t, f, want, expected)
			}
		}
	}
}

func flipBits(t *testing.T, f *folder, want expectation, expected []expectation) {
	data := f.files[want.path]
	defer func() { f.files[want.path] = data }()
	const flips = 199
	for bit := 0; bit < len(data)*8; bit += max(1, len(data)*8/flips) | 1 {
		spoilt := slices.Clone(data)
		spoilt[bit/8] ^= 1 << (bit % 8)
		f.files[want.path] = spoilt
		if d, same := f.compareFile(want, expected); same || d.Path != want.path {
			t.Fatalf("%s, bit %d of byte %d is not noticed", want.path, bit%8, bit/8)
		}
	}
}

// litwareBundle is the bundle of the example, with an inventory of another farm: verify renders it again from both.
func litwareBundle(t testing.TB) *Bundle {
	t.Helper()
	data, err := os.ReadFile("../../examples/litware/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	top, findings := topology.Load(TopologyPath, data)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, data, plan.Integrate)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	text, err := os.ReadFile("../../examples/contoso-inventory/inventory/lync-dub-fe-01.contoso.com.json")
	if err != nil {
		t.Fatal(err)
	}
	file, findings := inventory.Load("x.json", text)
	if file == nil {
		t.Fatal(findings)
	}
	farm, _ := inventory.Merge([]*inventory.File{file})
	farm.Mark(p)
	b, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
