package bundle_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// litwareFiles are those of the bundle of the litware example, rendered once for all tests.
func litwareFiles(t testing.TB) []bundle.File { return litwareBundle(t).Files }

func litwareBundle(t testing.TB) *bundle.Bundle {
	rendered.Do(func() { rendered.bundle = render(t, litware(t)) })
	return rendered.bundle
}

var rendered struct {
	sync.Once
	bundle *bundle.Bundle
}

// litwareOnDisk writes those files.
func litwareOnDisk(t testing.TB) onDisk {
	d := onDisk{t, filepath.Join(t.TempDir(), "bundle")}
	for _, file := range litwareFiles(t) {
		d.write(file.Path, string(file.Data))
	}
	return d
}

// said is a difference as the table of tamperings writes it.
func said(d bundle.Difference) string {
	text := d.Path
	if d.Line > 0 {
		text += fmt.Sprintf(":%d", d.Line)
	}
	text += ": " + string(d.Kind)
	if d.Kind == bundle.Renamed {
		text += " to " + d.Other
	}
	if d.Detail != "" {
		text += ": " + d.Detail
	}
	return text
}

// like compares with a text in which * stands for anything.
func like(want, got string) bool {
	parts := strings.Split(want, "*")
	for i, part := range parts {
		at := strings.Index(got, part)
		if at < 0 || i == 0 && at > 0 {
			return false
		}
		got = got[at+len(part):]
	}
	return got == "" || parts[len(parts)-1] == ""
}

func verify(t testing.TB, dir, approved string) *bundle.Verification {
	t.Helper()
	v, err := bundle.Verify(dir, approved)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Verify says what happened to a file, without a digest and with the approved one. Without it, where nothing else vouches
// for the sums, it names the other files too.
func TestVerifyReportsEachTampering(t *testing.T) {
	approved := litwareBundle(t).Digest
	for _, c := range tamperings {
		t.Run(c.name, func(t *testing.T) {
			d := litwareOnDisk(t)
			c.do(d)
			for _, digest := range []string{"", approved} {
				v := verify(t, d.dir, digest)
				var got []string
				for _, difference := range v.Differences {
					switch difference.Kind {
					case bundle.NotApproved:
					case bundle.Unverified:
						if v.Approved || v.Plan != nil {
							t.Errorf("digest %q: got %s", digest, said(difference))
						}
					default:
						got = append(got, said(difference))
					}
				}
				if !slices.EqualFunc(c.want, got, like) {
					t.Errorf("digest %q: got\n%s\nwant\n%s", digest, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
				if !v.Approved && v.Plan == nil && len(v.Differences) < len(litwareFiles(t))-1 {
					t.Errorf("digest %q: nothing confirms the sums, and only these files are named: %v", digest, v.Differences)
				}
			}
		})
	}
}

func TestVerifyRefusesLinks(t *testing.T) {
	d := litwareOnDisk(t)
	d.rename(otherScript, "../elsewhere.ps1")
	if err := os.Symlink(d.path("../elsewhere.ps1"), d.path(otherScript)); err != nil {
		t.Skip(err)
	}
	d.must(os.Symlink("/", d.path("root")))
	d.must(os.Symlink("/", d.path("evidence")))
	var got []string
	for _, difference := range verify(t, d.dir, "").Differences {
		got = append(got, said(difference))
	}
	want := []string{"evidence: added: it is a symbolic link", "root: added: it is a symbolic link", otherScript + ": not a file: it is a symbolic link"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Only the digest in the ticket catches a bundle that was forged as a whole.
func TestVerifyComparesTheApprovedDigest(t *testing.T) {
	d := litwareOnDisk(t)
	digest := d.digest(sumsFile)
	if v := verify(t, d.dir, digest); !v.Whole() || v.Digest != digest || v.NotRendered != "" {
		t.Errorf("the approved bundle is not whole: %+v", v)
	}
	v := verify(t, d.dir, strings.Repeat("0", 64))
	if len(v.Differences) != 1 || v.Differences[0].Kind != bundle.NotApproved || v.Differences[0].Path != sumsFile {
		t.Errorf("got %v", v.Differences)
	}
	d.remove(sumsFile)
	if v := verify(t, d.dir, digest); len(v.Differences) != 2 {
		t.Errorf("without sums got %v", v.Differences)
	}
}

func TestParseDigest(t *testing.T) {
	digest := strings.Repeat("0123456789abcdef", 4)
	for text, want := range map[string]string{
		digest:                              digest,
		strings.ToUpper(digest):             digest,
		" " + digest[:2] + " " + digest[2:]: digest,
		"":                                  "",
		digest[1:]:                          "",
		digest + "00":                       "",
		digest[1:] + "g":                    "",
		"sha256:" + digest:                  "",
	} {
		got, err := bundle.ParseDigest(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseDigest(%q) = %q, %v", text, got, err)
		}
	}
}

// A bundle of every kind of change can be rendered again from its own files.
func TestVerifyKnowsEveryKindOfChange(t *testing.T) {
	const old = "0123456789ABCDEF0123456789ABCDEF01234567"
	for _, change := range plan.Changes() {
		yaml := example(t, "litware")
		if change == plan.RemoveDuplicate {
			yaml = example(t, "litware-colocated")
		}
		top, findings := topology.Load(bundle.TopologyPath, []byte(yaml))
		if findings.HasErrors() {
			t.Fatal(findings)
		}
		variants := map[string][]plan.Option{
			"":         nil,
			" of some": {plan.Replacing(map[string]string{top.Pools[0].MailboxServers[0].FQDN: old})},
		}
		if change == plan.AddServer {
			yaml, top = example(t, "fabrikam-2019"), nil
			top, _ = topology.Load(bundle.TopologyPath, []byte(yaml))
			variants = map[string][]plan.Option{"": {plan.AddingTo(earlier(t), topology.Places{})}}
		}
		for name, options := range variants {
			t.Run(string(change)+name, func(t *testing.T) {
				p, findings := plan.Build(top, []byte(yaml), change, options...)
				if findings.HasErrors() {
					t.Fatal(findings)
				}
				b, err := bundle.Render(p)
				if err != nil {
					t.Fatal(err)
				}
				d := onDisk{t, t.TempDir()}
				for _, file := range b.Files {
					d.write(file.Path, string(file.Data))
				}
				if v := verify(t, d.dir, b.Digest); !v.Whole() || v.NotRendered != "" {
					t.Errorf("got %v, %s", v.Differences, v.NotRendered)
				}
			})
		}
	}
}

// A bundle of another version cannot be rendered again. It is never whole, and without the digest from the ticket it is
// a difference that names every file.
func TestVerifyOfAnotherVersion(t *testing.T) {
	d := litwareOnDisk(t)
	d.edit("plan.json", `"version": "`+plan.ToolVersion+`"`, `"version": "9.9.9"`)
	old := d.digest(sumsFile)
	d.forgeSum("plan.json")
	approved := d.digest(sumsFile)
	for _, digest := range []string{"", old} {
		v := verify(t, d.dir, digest)
		if v.Whole() || v.Approved || len(v.Differences) < len(litwareFiles(t)) || !slices.ContainsFunc(v.Differences, func(d bundle.Difference) bool { return d.Kind == bundle.OtherVersion }) {
			t.Errorf("digest %q: got %+v", digest, v)
		}
	}
	if v := verify(t, d.dir, approved); len(v.Differences) > 0 || v.Whole() || !v.Approved || !strings.Contains(v.NotRendered, "9.9.9") || v.Plan != nil {
		t.Fatalf("got %+v", v)
	}
	for _, c := range []struct {
		name string
		do   func(onDisk)
		want []string
	}{
		{"edited", func(d onDisk) { d.edit(otherScript, "EA5A", "EA5B") }, []string{otherScript + ": edited"}},
		{"line ends", func(d onDisk) { d.write(otherScript, strings.ReplaceAll(d.read(otherScript), "\r\n", "\n")) }, []string{otherScript + ": edited: CRLF turned into LF"}},
		{"renamed", func(d onDisk) { d.rename(otherScript, "x.ps1") }, []string{otherScript + ": renamed to x.ps1"}},
		{"removed", func(d onDisk) { d.remove(otherScript) }, []string{otherScript + ": missing"}},
		{"the topology removed", func(d onDisk) { d.remove("topology.yaml") }, []string{"topology.yaml: missing"}},
		{"the topology emptied", func(d onDisk) { d.write("topology.yaml", "") }, []string{"topology.yaml: truncated: it is empty"}},
		{"the topology removed, and its sum", func(d onDisk) {
			d.edit(sumsFile, d.digest("topology.yaml")+"  topology.yaml\n", "")
			d.remove("topology.yaml")
		}, []string{"topology.yaml: missing"}},
		{"the sum of the plan removed", func(d onDisk) { d.edit(sumsFile, d.digest("plan.json")+"  plan.json\n", "") }, []string{"plan.json: added"}},
		{"added", func(d onDisk) { d.write("x.ps1", "x") }, []string{"x.ps1: added"}},
		{"signed", func(d onDisk) { d.append(otherScript, signature) }, nil},
		{"sums in other line ends", func(d onDisk) { d.write(sumsFile, strings.ReplaceAll(d.read(sumsFile), "\n", "\r\n")) }, []string{sumsFile + ":1: edited: LF turned into CRLF"}},
		{"a sum twice", func(d onDisk) { d.append(sumsFile, d.digest(module)+"  "+module+"\n") }, []string{sumsFile + ":*: edited: its lines do not have the form that lyncowa writes"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			copied := onDisk{t, t.TempDir()}
			copied.must(os.CopyFS(copied.dir, os.DirFS(d.dir)))
			c.do(copied)
			v := verify(t, copied.dir, copied.digest(sumsFile)) // as if the board had approved it so
			var got []string
			for _, difference := range v.Differences {
				got = append(got, said(difference))
			}
			if !slices.EqualFunc(c.want, got, like) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if v.Whole() {
				t.Error("whole")
			}
		})
	}
}

// No bundle was made from a topology.yaml with errors, whatever the sums and the plan say.
func TestVerifyListsTheFindingsOfTheTopology(t *testing.T) {
	d := litwareOnDisk(t)
	before := d.digest("topology.yaml")
	d.edit("topology.yaml", "5199", "70000")
	d.forgeSum("topology.yaml")
	d.edit("plan.json", before, d.digest("topology.yaml"))
	d.forgeSum("plan.json")
	v := verify(t, d.dir, d.digest(sumsFile))
	want := bundle.Difference{Path: "topology.yaml", Kind: bundle.Unusable, Detail: "it has errors, so no bundle was made from it"}
	if !slices.Contains(v.Differences, want) || len(v.Findings) != 1 || v.Findings[0].ID != "port-range" || v.Whole() {
		t.Errorf("got %v, %v", v.Differences, v.Findings)
	}
}

// Nothing can be said about the other files where plan.json was not made from topology.yaml.
func TestVerifyNamesAForgedTopology(t *testing.T) {
	d := litwareOnDisk(t)
	d.edit("topology.yaml", "5199", "5200")
	d.forgeSum("topology.yaml")
	got := map[string]bundle.DifferenceKind{}
	for _, difference := range verify(t, d.dir, "").Differences {
		got[difference.Path] = difference.Kind
	}
	if got["topology.yaml"] != bundle.Unusable || got[sumsFile] != bundle.Unverified || got[ranScript] != bundle.Unverified {
		t.Errorf("got %v", got)
	}
}

// A file that this user may not read is named, and the others are compared.
func TestVerifyNamesUnreadableFiles(t *testing.T) {
	for _, file := range litwareFiles(t) {
		d := litwareOnDisk(t)
		d.must(os.Chmod(d.path(file.Path), 0))
		if _, err := os.ReadFile(d.path(file.Path)); err == nil {
			t.Skip("this user may read every file")
		}
		v := verify(t, d.dir, "")
		if !slices.ContainsFunc(v.Differences, func(d bundle.Difference) bool { return d.Path == file.Path && d.Kind == bundle.Unreadable }) {
			t.Errorf("%s: got %v", file.Path, v.Differences)
		}
	}
}

func TestVerifyRefusesWhatIsNoBundle(t *testing.T) {
	d := onDisk{t, t.TempDir()}
	d.write("file", "x")
	d.write("folder/topology.yaml", "x")
	for _, name := range []string{"absent", "file", "folder"} {
		_, err := bundle.Verify(d.path(name), "")
		if target := (*bundle.TargetError)(nil); !errors.As(err, &target) || target.Hint == "" {
			t.Errorf("%s: got %v, want a TargetError with a hint", name, err)
		}
	}
}

// Verify names the file in which a bit was flipped, and no other. TestCompareCatchesFlippedBits tries many more bits.
func TestVerifyCatchesFlippedBits(t *testing.T) {
	d := litwareOnDisk(t)
	random := rand.New(rand.NewPCG(1, 2))
	for _, file := range litwareFiles(t) {
		flips := 1
		if slices.Contains([]string{bundle.TopologyPath, bundle.PlanPath, bundle.SumsPath}, file.Path) && !underRace() {
			flips = 20 // the others are compared with what follows from these
		}
		for range flips {
			spoilt, bit := slices.Clone(file.Data), random.IntN(len(file.Data)*8)
			spoilt[bit/8] ^= 1 << (bit % 8)
			d.write(file.Path, string(spoilt))
			v := verify(t, d.dir, "")
			if !slices.ContainsFunc(v.Differences, func(x bundle.Difference) bool { return x.Path == file.Path }) {
				t.Errorf("%s, bit %d of byte %d: got %v", file.Path, bit%8, bit/8, v.Differences)
			}
			blamed := slices.DeleteFunc(v.Differences, func(x bundle.Difference) bool { return x.Kind == bundle.Unverified })
			if len(blamed) > 1 {
				t.Errorf("%s, bit %d of byte %d: others are blamed too: %v", file.Path, bit%8, bit/8, blamed)
			}
		}
		d.write(file.Path, string(file.Data))
	}
}

// The JSON names of a difference are a contract with programs.
func TestDifferenceJSON(t *testing.T) {
	data, err := json.Marshal(bundle.Difference{Path: "a/b", Kind: bundle.Renamed, Line: 1, Other: "c", Detail: "d"})
	if want := `{"path":"a/b","kind":"renamed","line":1,"other":"c","detail":"d"}`; err != nil || string(data) != want {
		t.Errorf("got %s, %v", data, err)
	}
}

// earlier is the example's topology before servers were added.
func earlier(t *testing.T) plan.Earlier {
	t.Helper()
	source, err := os.ReadFile("../../examples/fabrikam-2019/earlier-topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	top, findings := topology.Load("earlier.yaml", source)
	if top == nil {
		t.Fatal(findings)
	}
	return plan.Earlier{Name: "earlier.yaml", Source: source, Topology: top}
}

// A bundle of add-server depends on the earlier topology that is sealed in it.
func TestVerifyNeedsTheEarlierTopology(t *testing.T) {
	yaml := example(t, "fabrikam-2019")
	top, _ := topology.Load(bundle.TopologyPath, []byte(yaml))
	p, _ := plan.Build(top, []byte(yaml), plan.AddServer, plan.AddingTo(earlier(t), topology.Places{}))
	b, err := bundle.Render(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func(onDisk){
		func(d onDisk) { d.edit(bundle.EarlierPath, "siteId: Lisbon", "siteId: Porto") },
		func(d onDisk) { d.must(os.Remove(d.path(bundle.EarlierPath))) },
	} {
		d := onDisk{t, t.TempDir()}
		for _, file := range b.Files {
			d.write(file.Path, string(file.Data))
		}
		change(d)
		v := verify(t, d.dir, "")
		if !slices.ContainsFunc(v.Differences, func(d bundle.Difference) bool { return d.Path == bundle.EarlierPath }) {
			t.Errorf("got %+v", v.Differences)
		}
	}
}
