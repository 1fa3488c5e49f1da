package evidence

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The same evidence has the same report, however its folders are given.
func TestFoldersDoNotMatter(t *testing.T) {
	want := judgeFolders(t, "", "testdata/evidence")
	apart, half := t.TempDir(), hosts{}
	for host, text := range sample().files {
		half[host] = text.String()
		writeFile(t, filepath.Join(apart, "of "+host, host, eventsFile), text.String())
	}
	copies := t.TempDir()
	lines := strings.SplitAfter(half[mbx1], "\n")
	writeFile(t, filepath.Join(copies, strings.ToUpper(mbx1), eventsFile), strings.Join(lines[:len(lines)/2], ""))
	writeFile(t, filepath.Join(copies, "run.lock"), "")
	for name, folders := range map[string][]string{
		"hosts one by one":         {"testdata/evidence/" + mbx2, "testdata/evidence/" + fe, "testdata/evidence/" + mbx1},
		"one folder a host":        {filepath.Join(apart, "of "+fe), filepath.Join(apart, "of "+mbx1), filepath.Join(apart, "of "+mbx2)},
		"twice":                    {"testdata/evidence", apart + "/of " + fe, "testdata/evidence"},
		"an older copy first":      {copies, "testdata/evidence"},
		"an older copy afterwards": {"testdata/evidence", copies},
	} {
		t.Run(name, func(t *testing.T) {
			got := judgeFolders(t, "", folders...)
			if got.EvidenceDigest != want.EvidenceDigest || !reflect.DeepEqual(got.Steps, want.Steps) || got.Result != Complete {
				t.Errorf("%s: %+v", got.Result, got.Findings)
			}
		})
	}
}

// Two copies that contradict each other are a finding at the first different line.
func TestContradictingCopies(t *testing.T) {
	other := t.TempDir()
	edited := strings.Replace(sample().files[fe].String(), "with the port 5199", "with the port 5061", 1)
	writeFile(t, filepath.Join(other, fe, eventsFile), edited)
	for _, folders := range [][]string{{"testdata/evidence", other}, {other, "testdata/evidence"}} {
		r := judgeFolders(t, "", folders...)
		if got := ids(r); len(got) != 1 || got[0] != "evidence-copies" || r.Findings[0].Line != 11 || r.Result != Inconsistent {
			t.Errorf("%v: %+v", got, r.Findings)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

// The logs of versions 0.1.0 and 0.2.0 tell less. They count, and the report says what they lack.
func TestOldLogs(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, fe, "40-trusted-application.log"), strings.Join([]string{
		"---- 2026-07-04T08:20:00 change exit 3",
		"STEP          40 Create the trusted application pool",
		"FAILED        the Central Management Store is locked",
		"              attempted: trusted application pool owa-dub.contoso.com",
		"---- 2026-07-04T08:25:00 change exit 0",
		"CHANGED       trusted application pool owa-dub.contoso.com: create",
		"DONE          1 change(s)",
		"---- 2026-07-04T09:00:00 back-out exit 0",
		"DONE          1 change(s)",
		"",
	}, "\r\n"))
	writeFile(t, filepath.Join(dir, fe, "41-other.log"), "---- 2026-07-04T08:25:00 change exit 0\r\n")
	writeFile(t, filepath.Join(dir, fe, "42-cut.log"), "DONE          1 change(s)\r\n")
	writeFile(t, filepath.Join(dir, fe, "setup.log"), "x") // of another program
	writeFile(t, filepath.Join(dir, "robocopy.log"), "x")
	r := judgeFolders(t, "", dir)
	if got, want := strings.Join(ids(r), " "), "(evidence-old) (evidence-order) evidence-line evidence-script evidence-withdrawn"; got != want {
		t.Errorf("got %s, want %s\n%+v", got, want, r.Findings)
	}
	if !r.BackOutUsed || len(r.Troubles) != 2 || r.Troubles[0].Outcome != "exit 3: the Central Management Store is locked" ||
		len(r.Changes) != 1 || r.Changes[0].After != "create" || r.Accounts[0].Name != "" {
		t.Errorf("%+v %+v %+v", r.Troubles, r.Changes, r.Accounts)
	}
}
