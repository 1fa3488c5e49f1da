package topology

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// page is the pool of litware with every default filled in.
func page() Pool {
	const owa = "atl-owa-001.litwareinc.com"
	return Pool{
		FQDN: owa, Registrar: "atl-cs-001.litwareinc.com", SiteID: "Redmond", Port: 5199, Thumbprint: "EA5A332496CC05DA69B75B66111C0F78A110D22D", ApplicationID: "OutlookWebApp",
		MailboxServers:      []MailboxServer{{owa, "EA5A332496CC05DA69B75B66111C0F78A110D22D"}},
		ClientAccessServers: Selection{Names: []string{owa}},
	}
}

func TestDefaults(t *testing.T) {
	got, list := Load("t.yaml", []byte(litware))
	if len(list) > 0 {
		t.Fatalf("got %+v", list)
	}
	want := &Topology{
		Name:            "litware-owa-im",
		Versions:        Versions{Exchange: "2013", Lync: "2013"},
		Pools:           []Pool{page()},
		MailboxPolicies: Selection{Names: []string{"Default"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestEveryField(t *testing.T) {
	got, list := Load("t.yaml", []byte(`
pilotUsers: [Anna@contoso.com]
mailboxPolicies: all
versions: {exchange: "2013", lync: 2015}
change:
  {id: A, title: B, reason: "C\nD", requester: E, owner: F, implementer: G, risk: H, userImpact: I, contacts: J,
   windowStart: 2026-05-02T22:00:00+02:00, windowEnd: "2026-05-02T22:00:00Z"}
owaPools:
  - certificateThumbprint: "EA 5A 33 24 96 CC 05 DA 69 B7 5B 66 11 1C 0F 78 A1 10 D2 2e"
    fqdn: OWA.Contoso.com
    registrar: CS.contoso.com
    siteId: O'Hara
    port: 5200
    umColocated: false
    applicationId: Owa1
    mailboxServers:
      - M1.contoso.com
      - {fqdn: m2.contoso.com, certificateThumbprint: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}
    clientAccessServers: [C1.contoso.com, c2.contoso.com]
    trustedComputers: []
    sipDialPlans: ["Plan 'A'", "Plan B"]
name: contoso
apiVersion: lyncowa/v1
`))
	if len(list) > 0 {
		t.Fatalf("got %+v", list)
	}
	want := &Topology{
		Name:     "contoso",
		Versions: Versions{Exchange: "2013", Lync: "2015"},
		Change: Change{
			ID: "A", Title: "B", Reason: "C\nD", Requester: "E", Owner: "F", Implementer: "G", Risk: "H", UserImpact: "I", Contacts: "J",
			WindowStart: "2026-05-02T22:00:00+02:00", WindowEnd: "2026-05-02T22:00:00Z",
		},
		Pools: []Pool{{
			FQDN: "owa.contoso.com", Registrar: "cs.contoso.com", SiteID: "O'Hara", Port: 5200, Thumbprint: "EA5A332496CC05DA69B75B66111C0F78A110D22E", ApplicationID: "Owa1",
			MailboxServers: []MailboxServer{
				{"m1.contoso.com", "EA5A332496CC05DA69B75B66111C0F78A110D22E"},
				{"m2.contoso.com", strings.Repeat("B", 40)},
			},
			ClientAccessServers: Selection{Names: []string{"c1.contoso.com", "c2.contoso.com"}},
			SipDialPlans:        Selection{Names: []string{"Plan 'A'", "Plan B"}},
		}},
		MailboxPolicies: Selection{All: true},
		PilotUsers:      []Pilot{{"Anna@contoso.com", "Anna@contoso.com"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTrustedComputers(t *testing.T) {
	tests := []struct {
		name, fields string
		want         []string
	}{
		{"nothing given", "", nil},
		{"one mailbox server of the pool's name", "    mailboxServers: [ATL-OWA-001.litwareinc.com]\n", nil},
		{"one mailbox server of another name", "    mailboxServers: [m.litwareinc.com]\n", []string{"m.litwareinc.com"}},
		{"two mailbox servers", "    mailboxServers: [m.litwareinc.com, n.litwareinc.com]\n", []string{"m.litwareinc.com", "n.litwareinc.com"}},
		{"none said", "    mailboxServers: [m.litwareinc.com, n.litwareinc.com]\n    trustedComputers: []\n", nil},
		{"the pool said", "    trustedComputers: [atl-owa-001.litwareinc.com]\n", nil},
		{"others said", "    mailboxServers: [m.litwareinc.com]\n    trustedComputers: [n.litwareinc.com, o.litwareinc.com]\n", []string{"n.litwareinc.com", "o.litwareinc.com"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, list := Load("t.yaml", []byte(litware+test.fields))
			if list.HasErrors() {
				t.Fatalf("got %+v", list)
			}
			if diff := cmp.Diff(test.want, got.Pools[0].TrustedComputers); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSample(t *testing.T) {
	got, list := Load("t.yaml", Sample())
	if len(list) > 0 {
		t.Fatalf("got %+v", list)
	}
	if diff := cmp.Diff([]Pool{page()}, got.Pools); diff != "" {
		t.Error(diff)
	}
}

// A caller that changes the sample does not change it for the next caller.
func TestSampleIsACopy(t *testing.T) {
	Sample()[0] = 'x'
	if Sample()[0] != '#' {
		t.Error("the sample was changed")
	}
}
