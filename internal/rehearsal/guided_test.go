package rehearsal

import (
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"lyncowa/internal/evidence"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// guidedFaults are faults in run.ps1 and in what writes evidence: each has to make the case of part 7 fail that is named.
var guidedFaults = []struct {
	fault
	fails string // a regular expression that the name of the case matches
}{
	{fault{name: "reads no order", file: "scripts/common.psm1", was: `\$task\.Before = @\(\$open \| Where-Object \{`, is: "$$task.Before = @(@() | Where-Object {"}, "^the evidence"},
	{fault{name: "writes no DONE", file: "scripts/common.psm1", was: `if \(\$script:Step\.Kind -ne 'run'\)`, is: "if ($$script:Step.Kind -ne 'run' -and $$Status -ne 'DONE')"}, "^visit|^the evidence"},
	{fault{name: "takes every interrupted run for done", file: "scripts/common.psm1", was: `return 'interrupted'`, is: "return 'done'"}, "^broken off after [A-Z]"},
	{fault{name: "gives every run the same id", file: "scripts/common.psm1", was: `, \(Get-Random\)`, is: ", 1"}, "^broken off after [A-Z]|^the evidence"},
	{fault{name: "takes every step for one of this host", file: "scripts/common.psm1", was: `\$item\.Mine = if \(\$Computer -ne ''\) \{ \$Computer -eq \$here \}`, is: "$$item.Mine = if ($$Computer -ne '') { $$true }"}, "^visit|^wrong host"},
	{fault{name: "-List writes", file: "run.ps1", was: `\$WhatIfPreference = \[bool\]\$List`, is: "$$WhatIfPreference = $$false"}, "^-List"},
	{fault{name: "passes a preference on", file: "run.ps1", was: `if \(\$WhatIfPreference\) \{ throw [^\r]*`, is: ""}, `^\$WhatIfPreference`},
	{fault{name: "does not wait for the answer", file: "scripts/common.psm1", was: `if \(\$typed -ne 'yes'\) \{ throw`, is: "if ($$typed -eq 'never') { throw"}, "^a script is not to run"},
	{fault{name: "writes under -WhatIf", file: "scripts/common.psm1", was: `-or \$script:Step\.WhatIf\) \{ return \}(\s+\$script:Step\.Line)`, is: "-or $$false) { return }$1"}, "^the window is closed"},
	{fault{name: "takes any number for the one", file: "scripts/common.psm1", was: `-ne "\$Order"\) \{ throw`, is: `-eq 'never') { throw`}, "^a step out of order"},
	{fault{name: "takes any digest", file: "run.ps1", was: `-not \[string\]::Equals\(\$ApprovedDigest\.Trim\(\), \$digest, 'OrdinalIgnoreCase'\)`, is: "$$false"}, "^another digest"},
	{fault{name: "does not look for DONE", file: "run.ps1", was: `Done = \$false`, is: "Done = $$true"}, "^a script that ends without DONE"},
	{fault{name: "reads evidence of every bundle", file: "scripts/common.psm1", was: `-or \$entry\.digest -ne \$script:Step\.Digest`, is: ""}, "^evidence of another bundle"},
	{fault{name: "takes its own work for somebody else's", file: "scripts/80-exchange-mailbox-policies.ps1", was: `(?m)^(\s*)Complete-Step`, is: "${1}if (-not $$WhatIfPreference -and -not (Test-Attempt)) { throw 'this was set already' }; Complete-Step"}, "^evidence deleted"},
	{fault{name: "shares the lock", file: "scripts/common.psm1", was: `\[IO\.File\]::Create\(\$path, 1, 'DeleteOnClose'\)`, is: "[IO.File]::Open($$path, 'OpenOrCreate', 'ReadWrite', 'ReadWrite')"}, "^two runs at once"},
	{fault{name: "takes the file for the lock", file: "scripts/common.psm1", was: `(\$script:Step\.Lock = \[IO\.File\]::Create)`, is: "if (Test-Path -LiteralPath $$path) { throw 'it is there' }; $1"}, "^lock left"},
	{fault{name: "goes on without evidence", file: "scripts/common.psm1", was: `if \(\$script:Step\.Unwritten -eq ''\) \{ return \}`, is: "return"}, "^no right|^full disk|^disk that fills"},
	{fault{name: "invents the time", file: "scripts/common.psm1", was: `\(Get-Date\)(\.ToUniversalTime\(\)\.ToString\("yyyy)`, is: "([datetime]'2026-01-05T08:00:00Z')$1"}, "^the evidence|^clock set back"},
	{fault{name: "sets no access", file: "scripts/common.psm1", was: `if \(\$LASTEXITCODE -ne 0 -or -not \(Test-Path -LiteralPath \$file\)\) \{ return \$false \}`, is: "return $$true"}, "^access list"},
	{fault{name: "looks on its own disk only", file: "scripts/common.psm1", was: ` -or \(Test-OldBeforeState -Stem \$stem\)`, is: ""}, "all of it on a share$"},
	{fault{name: "goes back by lines only", file: "scripts/common.psm1", was: `\(\(Test-BeforeState -Stem \$stem\) -or \(Test-OldBeforeState -Stem \$stem\)\)`, is: "($$one.State -eq 'done')"}, "^evidence of version 0.1.0"},
}

func TestPlantedFaultInGuidedRunIsCaught(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for _, f := range guidedFaults {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			fails := regexp.MustCompile(f.fails)
			r := openPart7(t, writeBundle(t, litware, f.plant))
			disk, share := r.tour(t, false), tour{}
			if failure := r.report.FirstFailure(); failure != nil {
				if !fails.MatchString(failure.Name) {
					t.Errorf("the case %q did not fail, but this one: %+v", f.fails, failure)
				}
				return
			}
			if slices.ContainsFunc(incidents, func(i incident) bool { return i.share && fails.MatchString(i.name) }) {
				share = r.tour(t, true)
			}
			tries := append(breakVisits(disk, false), meetIncidents(disk, share)...)
			tries = slices.DeleteFunc(tries, func(t try) bool { return !fails.MatchString(t.name) })
			if err := r.tryAll(tries); err != nil {
				t.Fatal(err)
			}
			failure := r.report.FirstFailure()
			if failure == nil || !fails.MatchString(failure.Name) {
				t.Errorf("the case %q did not fail: %+v", f.fails, failure)
			}
		})
	}
}

// openPart7 is a rehearsal of a bundle that has come to part 7.
func openPart7(t *testing.T, dir string) *rehearsal {
	t.Helper()
	b, err := readBundle(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := openRehearsal(context.Background(), b, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.closeStages)
	kind, err := b.kind()
	if err != nil {
		t.Fatal(err)
	}
	if r.forward.start, err = r.beginning(kind); err != nil {
		t.Fatal(err)
	}
	r.report.Parts = []Part{{Number: 7}}
	r.part = &r.report.Parts[0]
	return r
}

// tour carries out the change, with a case for what the evidence says of it.
func (r *rehearsal) tour(t *testing.T, share bool) tour {
	t.Helper()
	course := newCourse(r.bundle.runSheet(r.forward.start.farm), share)
	q, passed, err := r.visitAll("", course, r.forward.start, manner{direct: true, journal: true})
	if err != nil || !passed {
		return q
	}
	_, complaint, err := r.unproven(q.end(), evidence.Complete)
	if err != nil {
		t.Fatal(err)
	}
	r.record("the evidence", "", complaint, q.whole())
	return q
}

// Two copies of one host's evidence, on its disk and on a share, are read as one; a host without any is left out.
func TestEvidenceIsReadFromEveryDisk(t *testing.T) {
	s := &stage{bundle: &bundle{name: "b", plan: plan.Plan{Topology: &topology.Topology{}}}, root: filepath.Join(t.TempDir(), "stage"), proofs: tree{}}
	w := world{files: tree{
		"hosts/a/b/evidence/a/events.jsonl":     "",
		"hosts/a/b/evidence/a/40-x.before.json": "{}",
		"hosts/c/b/evidence/c/40-x.before.json": "{}",
		"share/a/events.jsonl":                  "",
		"share/run.lock":                        "",
	}}
	report, err := s.proof(w)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Files) != 1 || report.Files[0].Host != "a" {
		t.Errorf("read %+v", report.Files)
	}
	if got := s.proofs.names(); !slices.Equal(got, []string{"a/a/events.jsonl", "share/a/events.jsonl"}) {
		t.Errorf("wrote %q", got)
	}
}
