package rehearsal

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// openStage is a stage with the farm of the topology before the change.
func openStage(t *testing.T) (*stage, world) {
	t.Helper()
	b, err := readBundle(writeBundle(t, litware, unchanged))
	if err != nil {
		t.Fatal(err)
	}
	r, err := openRehearsal(context.Background(), b, t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.closeStages)
	return r.stage, r.fresh()
}

const icacls = `& 'C:\Windows\System32\icacls.exe' `

// Each line is typed where the one before has left the access list of C:\exchange.
func TestAccessLists(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Parallel()
	s, w := openStage(t)
	host := s.bundle.topology.Pools[0].MailboxServers[0].FQDN
	folder := s.path(hostFolder(host)) + "/exchange"
	saved := s.path(hostFolder(host)) + "/saved"
	const system, admins, users, admin = `NT AUTHORITY\SYSTEM:`, `BUILTIN\Administrators:`, `BUILTIN\Users:`, `FARM\admin:`
	for _, test := range []struct {
		arguments string
		exit      int
		want      []string // entries
	}{
		{"", 0, []string{system + "(I)(OI)(CI)(F)", admins + "(I)(OI)(CI)(F)", users + "(I)(OI)(CI)(RX)"}},
		{"/grant '*S-1-5-32-545:(OI)(CI)M'", 0, nil},
		{"/inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)(F)' 'farm\\admin:(OI)(CI)F' /Q", 0, nil},
		{"", 0, []string{users + "(OI)(CI)(M)", system + "(OI)(CI)(F)", admins + "(OI)(CI)(F)", admin + "(OI)(CI)(F)"}},
		{"/save '" + saved + "' /Q; [Text.Encoding]::Unicode.GetString([IO.File]::ReadAllBytes('" + saved + "'))", 0, []string{
			"D:PAI(A;OICI;0x1301bf;;;BU)(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;S-1-5-21-1-2-3-1121)",
		}},
		{"/remove:g '*S-1-5-32-545'", 0, nil},
		{"", 0, []string{system + "(OI)(CI)(F)", admins + "(OI)(CI)(F)", admin + "(OI)(CI)(F)"}},
		{"/grant 'FARM\\nobody:F'", 1332, nil},
		{"/nonsense", 87, nil},
		{"/reset", 0, nil},
		{"", 0, []string{system + "(I)(OI)(CI)(F)", admins + "(I)(OI)(CI)(F)", users + "(I)(OI)(CI)(RX)"}},
	} {
		o, err := s.execute(w, host, icacls+"'"+folder+"' "+test.arguments+"; exit $LASTEXITCODE")
		if err != nil {
			t.Fatal(err)
		}
		if o.Exit != test.exit {
			t.Errorf("icacls %s: exit %d, want %d: %s", test.arguments, o.Exit, test.exit, o.Text)
		}
		if test.want != nil {
			lines := strings.Split(strings.TrimPrefix(o.Text, "hosts/"+host+"/exchange"), "\n")
			got := slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, ":(") && !strings.HasPrefix(line, "D:") })
			for i := range got {
				got[i] = strings.TrimSpace(got[i])
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("icacls shows %q, want %q", got, test.want)
			}
		}
		w = o.after
	}
}

func TestQuestions(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Parallel()
	s, w := openStage(t)
	host := s.bundle.topology.Pools[0].MailboxServers[0].FQDN
	made := hostFolder(host) + "/made"
	ask := "$a = Read-Host -Prompt 'Run step 70?'; New-Item -ItemType Directory -Path '" + s.path(made) + "' > $null; \"said $a\"; $b = Read-Host -Prompt 'And 80?'; \"said $b\""
	for _, test := range []struct {
		name    string
		answers []string
		exit    int
		asked   []string
	}{
		{"each question has its answer", []string{"yes", "no"}, 0, []string{"Run step 70? -> yes", "And 80? -> no"}},
		{"a question that nobody expects", []string{"yes"}, careless, []string{"Run step 70? -> yes"}},
		{"the window is closed", []string{noAnswer, "yes"}, windowClosed, nil},
	} {
		n := 0
		o, err := s.typed(w, host, ask, manner{direct: true, answers: func(question string, at world) (string, world, bool) {
			if n++; n > len(test.answers) {
				return "", at, false
			}
			return test.answers[n-1], at, true
		}})
		if err != nil {
			t.Fatal(err)
		}
		if o.Exit != test.exit || !slices.Equal(o.asked, test.asked) {
			t.Errorf("%s: exit %d, asked %q; want %d, %q: %s", test.name, o.Exit, o.asked, test.exit, test.asked, o.Text)
		}
		if _, there := o.after.files[made+"/"]; there == (test.exit == windowClosed) {
			t.Errorf("%s: what follows the question has happened: %v", test.name, there)
		}
	}
}
