package bundle_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// render makes the bundle of a topology, which must be valid.
func render(t testing.TB, yaml string) *bundle.Bundle {
	t.Helper()
	top, findings := topology.Load("topology.yaml", []byte(yaml))
	if findings.HasErrors() {
		t.Fatalf("the topology is invalid: %v", findings)
	}
	p, findings := plan.Build(top, []byte(yaml), plan.Integrate)
	if findings.HasErrors() {
		t.Fatalf("no plan: %v", findings)
	}
	b, err := bundle.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func litware(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../examples/litware/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// contents lists a folder: path -> text. It is nil for an absent folder.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	var files map[string]string
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if entry.Type()&fs.ModeSymlink != 0 {
			return nil
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		if files == nil {
			files = map[string]string{}
		}
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	return files
}

func asMap(b *bundle.Bundle) map[string]string {
	files := map[string]string{}
	for _, f := range b.Files {
		files[f.Path] = string(f.Data)
	}
	return files
}

// mustWrite writes a bundle into a fresh folder and returns its path.
func mustWrite(t *testing.T, b *bundle.Bundle) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "bundle")
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	return dir
}

func mustPut(t *testing.T, text string, path ...string) {
	t.Helper()
	name := filepath.Join(path...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// onlySiblings fails if the folder of dir holds anything but these names.
func onlySiblings(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, e := range entries {
		found = append(found, e.Name())
	}
	if !slices.Equal(found, names) {
		t.Errorf("beside the bundle: %q, want %q", found, names)
	}
}

func TestWriteMakesExactlyTheBundle(t *testing.T) {
	b := render(t, litware(t))
	dir := mustWrite(t, b)
	if diff := cmp.Diff(asMap(b), contents(t, dir)); diff != "" {
		t.Error(diff)
	}
	onlySiblings(t, dir, "bundle")
}

func TestWriteSetsTheSameModesUnderEveryUmask(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes on Windows")
	}
	dir := mustWrite(t, render(t, litware(t)))
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		want := fs.FileMode(0o644)
		if entry.IsDir() {
			want = 0o755
		}
		if err == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", name, info.Mode().Perm(), want)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWriteReplacesAnOlderBundle(t *testing.T) {
	dir := mustWrite(t, render(t, litware(t)))
	newer := render(t, strings.Replace(litware(t), "5199", "5200", 1))
	if _, err := bundle.Write(dir, newer); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asMap(newer), contents(t, dir)); diff != "" {
		t.Error(diff)
	}
	onlySiblings(t, dir, "bundle")
}

func TestWriteLeavesAnIdenticalBundleAlone(t *testing.T) {
	b := render(t, litware(t))
	dir := mustWrite(t, b)
	mustPut(t, "before", dir, "evidence", "host", "state.json")
	before := contents(t, dir)
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, contents(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestWriteNeverReplaces(t *testing.T) {
	for _, c := range []struct {
		name    string
		prepare func(t *testing.T, dir string)
		says    string
	}{
		{"a folder of somebody else", func(t *testing.T, dir string) {
			os.RemoveAll(dir)
			mustPut(t, "mine", dir, "notes.txt")
		}, "was not written by lyncowa"},
		{"an empty folder", func(t *testing.T, dir string) {
			os.RemoveAll(dir)
			os.Mkdir(dir, 0o755)
		}, "was not written by lyncowa"},
		{"a bundle of another tool", func(t *testing.T, dir string) {
			mustPut(t, `{"tool":{"name":"other","version":"0.1.0"}}`, dir, "plan.json")
		}, "was not written by lyncowa"},
		{"a bundle without sums", func(t *testing.T, dir string) {
			os.Remove(filepath.Join(dir, "SHA256SUMS"))
		}, "was not written by lyncowa"},
		{"evidence", func(t *testing.T, dir string) {
			mustPut(t, "before", dir, "evidence", "host", "state.json")
		}, "evidence of a run"},
		{"an empty evidence folder", func(t *testing.T, dir string) {
			os.Mkdir(filepath.Join(dir, "evidence"), 0o755)
		}, "evidence of a run"},
		{"a file of somebody else", func(t *testing.T, dir string) {
			mustPut(t, "mine", dir, "scripts", "notes.txt")
		}, `"scripts/notes.txt"`},
		{"an approval that was written on", func(t *testing.T, dir string) {
			page := contents(t, dir)["approval.md"]
			mustPut(t, strings.Replace(page, "**is not the author** |", "**is not the author** | Eva", 1), dir, "approval.md")
		}, "an approval page that was written on (approval.md)"},
		{"an approval of unknown make", func(t *testing.T, dir string) {
			mustPut(t, "approved by phone", dir, "approval.html")
		}, "an approval page that was written on (approval.html)"},
		{"a file", func(t *testing.T, dir string) {
			os.RemoveAll(dir)
			mustPut(t, "mine", dir)
		}, "is a file"},
		{"a symbolic link", func(t *testing.T, dir string) {
			if err := errors.Join(os.Rename(dir, dir+"-real"), os.Symlink(dir+"-real", dir)); err != nil {
				t.Skip(err)
			}
		}, "symbolic link"},
		{"the current folder", func(t *testing.T, dir string) {
			t.Chdir(filepath.Join(dir, "scripts"))
		}, "contains the current folder"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := mustWrite(t, render(t, strings.Replace(litware(t), "5199", "5200", 1)))
			newer := render(t, litware(t))
			c.prepare(t, dir)
			before := contents(t, filepath.Dir(dir))
			_, err := bundle.Write(dir, newer)
			if target := (*bundle.TargetError)(nil); !errors.As(err, &target) || target.Hint == "" {
				t.Fatalf("got %v, want a TargetError with a hint", err)
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			if diff := cmp.Diff(before, contents(t, filepath.Dir(dir))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteReplacesABundleWithAnApprovalInOtherLineEnds(t *testing.T) {
	dir := mustWrite(t, render(t, strings.Replace(litware(t), "5199", "5200", 1)))
	mustPut(t, strings.ReplaceAll(contents(t, dir)["approval.md"], "\n", "\r\n"), dir, "approval.md")
	b := render(t, litware(t))
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(asMap(b), contents(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestWriteMakesNoParents(t *testing.T) {
	root := t.TempDir()
	mustPut(t, "a file", root, "file")
	for _, parent := range []string{"absent", "file"} {
		_, err := bundle.Write(filepath.Join(root, parent, "bundle"), render(t, litware(t)))
		if target := (*bundle.TargetError)(nil); !errors.As(err, &target) {
			t.Errorf("below %s: got %v, want a TargetError", parent, err)
		}
	}
	if diff := cmp.Diff(map[string]string{"file": "a file"}, contents(t, root)); diff != "" {
		t.Error(diff)
	}
}

func TestWriteLeavesNothingBehindWhereItMayNotWrite(t *testing.T) {
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("needs a folder that this user may not write")
	}
	parent := t.TempDir()
	if err := os.Chmod(parent, 0o555); err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Write(filepath.Join(parent, "bundle"), render(t, litware(t))); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("got %v, want a permission error", err)
	}
	onlySiblings(t, filepath.Join(parent, "bundle"))
}

func TestWriteRemovesWhatKilledRunsLeft(t *testing.T) {
	b := render(t, litware(t))
	dir := mustWrite(t, b)
	for _, name := range []string{".bundle.lyncowa-123", ".bundle.lyncowa-1234567890", ".bundle.lyncowa-mine", ".other.lyncowa-123"} {
		mustPut(t, "half", filepath.Dir(dir), name, "scripts", "x.ps1")
	}
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	onlySiblings(t, dir, ".bundle.lyncowa-mine", ".other.lyncowa-123", "bundle")
}

func TestCheckNamesWhatHappenedToEachFile(t *testing.T) {
	b := render(t, litware(t))
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   []bundle.Difference
	}{
		{"nothing", func(*testing.T, string) {}, nil},
		{"the folder is absent", func(t *testing.T, dir string) { os.RemoveAll(dir) }, []bundle.Difference{{Path: ".", Kind: bundle.Missing}}},
		{"edited, missing and added", func(t *testing.T, dir string) {
			mustPut(t, "# mine", dir, "scripts", "common.psm1")
			mustPut(t, "# mine", dir, "scripts", "zz.ps1")
			os.Remove(filepath.Join(dir, "plan.json"))
			mustPut(t, "mine", dir, "mine", "deep", "notes.txt")
		}, []bundle.Difference{
			{Path: "mine", Kind: bundle.Added},
			{Path: "plan.json", Kind: bundle.Missing},
			{Path: "scripts/common.psm1", Kind: bundle.Edited},
			{Path: "scripts/zz.ps1", Kind: bundle.Added},
		}},
		{"evidence is none", func(t *testing.T, dir string) {
			mustPut(t, "log", dir, "evidence", "log.txt")
		}, nil},
		{"an approval that was written on", func(t *testing.T, dir string) {
			mustPut(t, strings.Replace(asMap(b)["approval.md"], "____", "Eva", 1), dir, "approval.md")
		}, []bundle.Difference{{Path: "approval.md", Kind: bundle.Edited}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := mustWrite(t, b)
			c.change(t, dir)
			got, err := bundle.Check(dir, b)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteMakesNoBundleInsideABundle(t *testing.T) {
	outer := mustWrite(t, render(t, litware(t)))
	before := contents(t, outer)
	for _, inside := range []string{"new", filepath.Join("back-out", "new")} {
		_, err := bundle.Write(filepath.Join(outer, inside), render(t, litware(t)))
		if target := (*bundle.TargetError)(nil); !errors.As(err, &target) || !strings.Contains(err.Error(), "is inside the bundle") {
			t.Errorf("%s: got %v", inside, err)
		}
	}
	if diff := cmp.Diff(before, contents(t, outer)); diff != "" {
		t.Error(diff)
	}
}

// Concurrent runs may fail and say so, but leave one whole bundle.
func TestConcurrentWritesLeaveOneWholeBundle(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bundle")
	bundles := []*bundle.Bundle{render(t, litware(t)), render(t, strings.Replace(litware(t), "5199", "5200", 1))}
	for range 20 {
		var runs sync.WaitGroup
		for _, b := range bundles {
			runs.Go(func() {
				_, err := bundle.Write(dir, b)
				if target := (*bundle.TargetError)(nil); err != nil && !errors.As(err, &target) && !errors.Is(err, bundle.ErrOvertaken) {
					t.Errorf("got %v", err)
				}
			})
		}
		runs.Wait()
		if whole := slices.ContainsFunc(bundles, func(b *bundle.Bundle) bool {
			differences, err := bundle.Check(dir, b)
			return err == nil && len(differences) == 0
		}); !whole {
			t.Fatal("what stands there is neither bundle")
		}
	}
}

// Write removes only its own temporary folders, not similar names of people and of other targets.
func TestWriteRemovesTheLeftoversOfOneTarget(t *testing.T) {
	folder := t.TempDir()
	dir := filepath.Join(folder, "b")
	foreign := []string{".b.lyncowa-", ".b.lyncowa--doomed", ".b.lyncowa-mine", ".other.lyncowa-1"}
	for _, name := range append([]string{".b.lyncowa-1", ".b.lyncowa-23-doomed"}, foreign...) {
		if err := os.Mkdir(filepath.Join(folder, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mustPut(t, "a file", folder, ".b.lyncowa-4")
	for _, named := range []string{dir, dir + string(filepath.Separator)} {
		locked, err := bundle.Write(named, render(t, litware(t)))
		if err != nil || locked != nil {
			t.Fatalf("%v, locked: %q", err, locked)
		}
		want := append(slices.Clone(foreign), ".b.lyncowa-4", "b")
		slices.Sort(want)
		onlySiblings(t, dir, want...)
	}
}

// Write also removes what a run had begun to remove when it was killed.
func TestWriteFinishesAnInterruptedRemoval(t *testing.T) {
	b := render(t, litware(t))
	dir := mustWrite(t, b)
	mustPut(t, "half", filepath.Dir(dir), ".bundle.lyncowa-123-doomed", "scripts", "x.ps1")
	if _, err := bundle.Write(dir, b); err != nil {
		t.Fatal(err)
	}
	onlySiblings(t, dir, "bundle")
}
