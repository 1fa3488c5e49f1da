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
	{fault{"reads no order", "scripts/common.psm1", `\$task\.Before = @\(\$open \| Where-Object \{`, "$$task.Before = @(@() | Where-Object {", nil, ""}, "^the evidence"},
	{fault{"writes no DONE", "scripts/common.psm1", `if \(\$script:Step\.Kind -ne 'run'\)`, "if ($$script:Step.Kind -ne 'run' -and $$Status -ne 'DONE')", nil, ""}, "^visit|^the evidence"},
	{fault{"takes every interrupted run for done", "scripts/common.psm1", `return 'interrupted'`, "return 'done'", nil, ""}, "^broken off after [A-Z]"},
	{fault{"gives every run the same id", "scripts/common.psm1", `, \(Get-Random\)`, ", 1", nil, ""}, "^broken off after [A-Z]|^the evidence"},
	{fault{"takes every step for one of this host", "scripts/common.psm1", `\$item\.Mine = if \(\$Computer -ne ''\) \{ \$Computer -eq \$here \}`, "$$item.Mine = if ($$Computer -ne '') { $$true }", nil, ""}, "^visit|^wrong host"},
	{fault{"-List writes", "run.ps1", `\$WhatIfPreference = \[bool\]\$List`, "$$WhatIfPreference = $$false", nil, ""}, "^-List"},
	{fault{"passes a preference on", "run.ps1", `if \(\$WhatIfPreference\) \{ throw [^\r]*`, "", nil, ""}, `^\$WhatIfPreference`},
	{fault{"does not wait for the answer", "scripts/common.psm1", `if \(\$typed -ne 'yes'\) \{ throw`, "if ($$typed -eq 'never') { throw", nil, ""}, "^a script is not to run"},
	{fault{"writes under -WhatIf", "scripts/common.psm1", `-or \$script:Step\.WhatIf\) \{ return \}(\s+\$script:Step\.Line)`, "-or $$false) { return }$1", nil, ""}, "^the window is closed"},
	{fault{"takes any number for the one", "scripts/common.psm1", `-ne "\$Order"\) \{ throw`, `-eq 'never') { throw`, nil, ""}, "^a step out of order"},
	{fault{"takes any digest", "run.ps1", `-not \[string\]::Equals\(\$ApprovedDigest\.Trim\(\), \$digest, 'OrdinalIgnoreCase'\)`, "$$false", nil, ""}, "^another digest"},
	{fault{"does not look for DONE", "run.ps1", `Done = \$false`, "Done = $$true", nil, ""}, "^a script that ends without DONE"},
	{fault{"reads evidence of every bundle", "scripts/common.psm1", `-or \$entry\.digest -ne \$script:Step\.Digest`, "", nil, ""}, "^evidence of another bundle"},
	{fault{"takes its own work for somebody else's", "scripts/80-exchange-mailbox-policies.ps1", `(?m)^(\s*)Complete-Step`, "${1}if (-not $$WhatIfPreference -and -not (Test-Attempt)) { throw 'this was set already' }; Complete-Step", nil, ""}, "^evidence deleted"},
	{fault{"shares the lock", "scripts/common.psm1", `\[IO\.File\]::Create\(\$path, 1, 'DeleteOnClose'\)`, "[IO.File]::Open($$path, 'OpenOrCreate', 'ReadWrite', 'ReadWrite')", nil, ""}, "^two runs at once"},
	{fault{"takes the file for the lock", "scripts/common.psm1", `(\$script:Step\.Lock = \[IO\.File\]::Create)`, "if (Test-Path -LiteralPath $$path) { throw 'it is there' }; $1", nil, ""}, "^lock left"},
	{fault{"goes on without evidence", "scripts/common.psm1", `if \(\$script:Step\.Unwritten -eq ''\) \{ return \}`, "return", nil, ""}, "^no right|^full disk|^disk that fills"},
	{fault{"invents the time", "scripts/common.psm1", `\(Get-Date\)(\.ToUniversalTime\(\)\.ToString\("yyyy)`, "([datetime]'2026-01-05T08:00:00Z')$1", nil, ""}, "^the evidence|^clock set back"},
	{fault{"sets no access", "scripts/common.psm1", `if \(\$LASTEXITCODE -ne 0 -or -not \(Test-Path -LiteralPath \$file\)\) \{ return \$false \}`, "return $$true", nil, ""}, "^access list"},
	{fault{"goes back by lines only", "scripts/common.psm1", `\(Test-BeforeState -Stem "\$\(\$one\.Row\.Order\)-\$\(\$one\.Row\.Id\)"\)`, "($$one.State -eq 'done')", nil, ""}, "^evidence of version 0.1.0"},
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
