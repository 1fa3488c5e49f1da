package bundle

import (
	"os"
	"slices"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// One flipped bit anywhere is named, compared with a rendering and with the sums alone. Every bit position is met
// at a stride through each file.
func TestCompareCatchesEveryFlippedBit(t *testing.T) {
	b := litwareBundle(t)
	f := &folder{files: map[string][]byte{}, notFiles: map[string]string{}}
	for _, file := range b.Files {
		f.files[file.Path] = file.Data
	}
	sums, err := parseSums(f.files[SumsPath])
	if err != nil {
		t.Fatal(err)
	}
	f.sums = sums
	for _, expected := range [][]expectation{expectFiles(b.Files), expectSums(f)} {
		for _, want := range expected {
			if want.path != ApprovalPath && want.sum != "" {
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
	b, err := Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
