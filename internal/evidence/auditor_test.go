package evidence

import (
	"strings"
	"testing"
)

// From the evidence of three hosts alone an auditor answers: who, when, on which digest, what changed, what failed, was
// it in the window, was the back-out used.
func TestAuditor(t *testing.T) {
	r := judgeFolders(t, "", "testdata/evidence")
	if r.Result != Complete || len(r.Findings) > 0 {
		t.Fatalf("%s: %+v", r.Result, r.Findings)
	}
	t.Run("who", func(t *testing.T) {
		if len(r.Accounts) != 2 || r.Accounts[0].Name != jl || r.Accounts[1].Name != ah || strings.Join(r.Accounts[0].Hosts, " ") != mbx1+" "+mbx2 {
			t.Errorf("%+v", r.Accounts)
		}
		for _, run := range r.Runs {
			if run.Account == "" || run.Host == "" {
				t.Errorf("nobody ran %+v", run)
			}
		}
	})
	t.Run("when", func(t *testing.T) {
		if r.Began.String() != "2026-07-04 08:16:30" || r.Ended.String() != "2026-07-04 08:37:56" || r.Duration().String() != "21m26s" {
			t.Errorf("%s to %s, %s", r.Began, r.Ended, r.Duration())
		}
	})
	t.Run("which digest", func(t *testing.T) {
		if r.Digest != digest {
			t.Error(r.Digest)
		}
	})
	t.Run("what changed", func(t *testing.T) {
		want := []Change{
			{40, false, s40, fe, ah, Moment{}, "trusted application pool owa-dub.contoso.com", `{"Pool":false,"Computers":[],"Applications":[]}`, "create with the registrar lync-dub.contoso.com in the site Dublin"},
			{40, false, s40, fe, ah, Moment{}, "trusted application OutlookWebApp of owa-dub.contoso.com", `{"Pool":false,"Computers":[],"Applications":[]}`, "create with the port 5199"},
			{50, false, s50, fe, ah, Moment{}, "Lync topology", "", "enable"},
			{60, false, s60, mbx1, jl, Moment{}, `OWA virtual directory DUB-MBX-01\owa (Default Web Site)`, `{"InstantMessagingEnabled":true,"InstantMessagingType":"None"}`, ""},
			{60, false, s60, mbx1, jl, Moment{}, `OWA virtual directory DUB-MBX-01\owa (Default Web Site)`, `{"InstantMessagingEnabled":true,"InstantMessagingType":"None"}`, "set InstantMessagingEnabled True, InstantMessagingType OCS"},
		}
		for i, c := range want {
			got := r.Changes[i]
			if got.Time.IsZero() {
				t.Errorf("no time: %+v", got)
			}
			if got.Time = (Moment{}); got != c {
				t.Errorf("got  %+v\nwant %+v", got, c)
			}
		}
		if len(r.Changes) != 10 || len(r.Exports) != 1 || r.Exports[0].Host != fe || len(r.Exports[0].SHA256) != 64 {
			t.Errorf("%d changes, exports %+v", len(r.Changes), r.Exports)
		}
	})
	t.Run("what failed", func(t *testing.T) {
		if len(r.Troubles) != 1 || r.Troubles[0].Step != 60 || r.Troubles[0].Outcome != "exit 3: the server DUB-DC-02 is not operational" ||
			r.Troubles[0].Next == nil || r.Troubles[0].Next.Outcome != "exit 0: 1 change(s)" {
			t.Errorf("%+v", r.Troubles)
		}
	})
	t.Run("was it in the window", func(t *testing.T) {
		if r.Window.Inside != "yes" || r.Window.Start.String() != "2026-07-04 08:00:00" || r.Window.End.String() != "2026-07-04 11:00:00" {
			t.Errorf("%+v", r.Window)
		}
	})
	t.Run("was the back-out used", func(t *testing.T) {
		if r.BackOutUsed {
			t.Error("it was not")
		}
		back := sample()
		back.run(mbx2, jl, b70, "ATTEMPT|web.config of OWA on "+mbx2, "CHANGED|web.config of OWA on "+mbx2+": restore", "DONE|1 change(s)", "END|0")
		if r := judgeFolders(t, "", back.save(t, t.TempDir())); !r.BackOutUsed || r.Result != Incomplete {
			t.Errorf("%v, %s", r.BackOutUsed, r.Result)
		}
	})
	t.Run("who answered which question", func(t *testing.T) {
		if len(r.Notes) != 1 || r.Notes[0].Account != jl || r.Notes[0].Answer != "yes" || !strings.HasPrefix(r.Notes[0].Question, "Step 70 is done on") {
			t.Errorf("%+v", r.Notes)
		}
	})
}
