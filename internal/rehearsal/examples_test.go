package rehearsal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestExamplesAreRehearsed holds each committed report against the committed bundle beside it: what ships was
// executed, and it was this.
func TestExamplesAreRehearsed(t *testing.T) {
	bundles := exampleBundles(t)
	rehearsed := 0
	for _, dir := range bundles {
		report, err := readReport(dir)
		if errors.Is(err, fs.ErrNotExist) {
			t.Logf("%s is not rehearsed", filepath.Base(dir))
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		rehearsed++
		b, err := readBundle(dir)
		if err != nil {
			t.Fatal(err)
		}
		if report.Digest != b.digest {
			t.Errorf("%s was rehearsed with digest %s, but the committed bundle has %s: run `make rehearse`", b.name, report.Digest, b.digest)
		}
		if report.Result != Passed || report.FirstFailure() != nil {
			t.Errorf("%s: the committed rehearsal did not pass", b.name)
		}
		if len(report.Parts) != len(parts) {
			t.Errorf("%s: the committed rehearsal has %d parts, want %d", b.name, len(report.Parts), len(parts))
		}
	}
	t.Logf("%d of %d example bundles have a rehearsal of exactly these bytes; `make rehearse` runs them again", rehearsed, len(bundles))
}

// TestEveryModuleFunctionIsRehearsed: a function of the common module earns its place by a case that calls it, in the
// rehearsal of some example whose module has it.
func TestEveryModuleFunctionIsRehearsed(t *testing.T) {
	called := map[string]bool{}
	for _, dir := range exampleBundles(t) {
		report, err := readReport(dir)
		b, failure := readBundle(dir)
		if err != nil || failure != nil {
			// A case of that example may be the only one that calls a function.
			t.Skipf("%s is not rehearsed, so nothing is known of the functions that only it calls", filepath.Base(dir))
		}
		for _, name := range b.moduleFunctions() {
			called[name] = called[name] || !slices.Contains(report.Uncalled, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(called)) {
		if !called[name] {
			t.Errorf("no case of any example's rehearsal calls the module's function %s", name)
		}
	}
}

// TestRehearsalLive rehearses litware from beginning to end. Under the engine of the committed report it gives the
// same bytes.
func TestRehearsalLive(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Parallel()
	report, err := Run(context.Background(), writeBundle(t, litware, unchanged), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if failure := report.FirstFailure(); failure != nil {
		t.Fatal(failure.inFull())
	}
	committed, err := readReport("../../examples/litware/litware-owa-im-integrate")
	if err != nil || committed.Engine != report.Engine || committed.Digest != report.Digest {
		return // TestExamplesAreRehearsed speaks about that
	}
	if !bytes.Equal(committed.JSON(), report.JSON()) {
		t.Error("the same bundle under the same engine gave another report than the committed one")
	}
}

func exampleBundles(t *testing.T) []string {
	t.Helper()
	plans, err := filepath.Glob("../../examples/*/*/plan.json")
	if err != nil {
		t.Fatal(err)
	}
	var dirs []string
	for _, file := range plans {
		dirs = append(dirs, filepath.Dir(file))
	}
	return dirs
}

func readReport(dir string) (*Report, error) {
	data, err := os.ReadFile(ReportPath(dir))
	if err != nil {
		return nil, err
	}
	var report Report
	return &report, json.Unmarshal(data, &report)
}
