package inventory

import (
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"lyncowa/internal/topology"
)

var update = flag.Bool("update", false, "write the golden files")

// onlyOpenFields holds a proposal to its promise: it is YAML, and, where its host names are right, a topology with no
// errors but its open fields.
func onlyOpenFields(t *testing.T, p *Proposal) string {
	t.Helper()
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return string(text)
}

func propose(t *testing.T, choice Choice, files ...*File) string {
	t.Helper()
	p, err := merged(t, files...).Propose(choice)
	if err != nil {
		t.Fatal(err)
	}
	text := onlyOpenFields(t, p)
	open := OpenFields([]byte(text))
	_, findings := topology.Load("t.yaml", []byte(text))
	empty := 0
	for _, f := range findings {
		if f.ID != "empty-field" {
			t.Errorf("the proposal has %v\n%s", f, text)
			continue
		}
		if open[empty].Line != f.Line || open[empty].Column != f.Column {
			t.Errorf("%v is not the open field %v", f, open[empty])
		}
		empty++
	}
	if empty != len(open) {
		t.Errorf("%d open fields, %d findings\n%s", len(open), empty, text)
	}
	return text
}

func TestProposal(t *testing.T) {
	exchange, lync := testFarm()
	got := propose(t, Choice{}, exchange, lync)
	const golden = "testdata/topology.yaml"
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestWhatFollows: what each farm decides, and what it leaves open.
func TestWhatFollows(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(exchange, lync *File)
		choice Choice
		want   []string // parts of the topology
		open   []string
	}{
		{"as it is", func(_, _ *File) {}, Choice{}, []string{"port: 5199  # free in that pool"}, []string{"registrar", "siteId"}},
		{"chosen registrar", func(_, _ *File) {}, Choice{Registrar: "lync-dub.contoso.com"}, []string{"registrar: lync-dub.contoso.com  # as you chose", "siteId: 1  # identity Site:Dublin1"}, nil},
		{"one registrar", func(_, l *File) { l.Objects.Pools = l.Objects.Pools[1:] }, Choice{}, []string{"registrar: lync-dub.contoso.com  # the only"}, nil},
		{"registrars in one site", func(_, l *File) { l.Objects.Pools[0].Site = "site:dublin1" }, Choice{}, []string{"siteId: 1"}, []string{"registrar"}},
		{"registrar in use", func(e, _ *File) { e.Objects.WebConfig[0].ServerName = "Lync-Dub.contoso.com" }, Choice{}, []string{"registrar: lync-dub.contoso.com  # IMServerName"}, nil},
		{"existing pool and port", func(_, l *File) {
			l.Objects.TrustedPools = []TrustedPool{{"owa-dub.contoso.com", "Site:Cork1", "lync-cork.contoso.com", []string{"dub-mbx-01.contoso.com"}}}
			l.Objects.Applications = []Application{{"owa-dub.contoso.com", "outlookwebapp", 5200}}
		}, Choice{Registrar: "lync-dub.contoso.com"}, []string{"registrar: lync-cork.contoso.com  # the registrar of the existing", "siteId: 2", "port: 5200", "trustedComputers:  # the computers of the existing pool\n      - dub-mbx-01"}, []string{"certificateThumbprint"}},
		{"pool that is its own computer", func(_, l *File) {
			l.Objects.TrustedPools = []TrustedPool{{"owa-dub.contoso.com", "Site:Cork1", "lync-cork.contoso.com", []string{"owa-dub.contoso.com"}}}
		}, Choice{}, []string{"trustedComputers: []"}, []string{"certificateThumbprint"}},
		{"taken port", func(_, l *File) {
			l.Objects.TrustedPools = []TrustedPool{{"owa-dub.contoso.com", "Site:Cork1", "lync-cork.contoso.com", []string{"dub-mbx-01.contoso.com", "dub-mbx-02.contoso.com"}}}
			l.Objects.Applications = []Application{{"owa-dub.contoso.com", "other", 5199}}
		}, Choice{}, []string{"port: 5200  # free in that pool; 5199 belongs to other"}, nil},
		{"colocated", func(e, _ *File) {
			for i := range e.Objects.Servers[1:] {
				e.Objects.Servers[i+1].Roles = "Mailbox, ClientAccess"
				e.Objects.UMServices[i].DialPlans = []string{"dublin PLAN"}
				e.Objects.CallRouters = append(e.Objects.CallRouters, UMHolder{Server: e.Objects.Servers[i+1].Server})
			}
		}, Choice{}, []string{"umColocated: true  # dub-mbx-01.contoso.com has the UM service", "sipDialPlans:", "- fqdn: dub-mbx-02.contoso.com\n        certificateThumbprint: " + ownThumbprint}, []string{"registrar", "certificateThumbprint"}},
		{"one of two colocated", func(e, _ *File) {
			e.Objects.UMServices[0].DialPlans = []string{"Dublin plan"}
			e.Objects.CallRouters = append(e.Objects.CallRouters, UMHolder{Server: "dub-mbx-01.contoso.com"})
		}, Choice{}, []string{"umColocated:  # open: the servers differ"}, []string{"registrar", "siteId", "umColocated", "certificateThumbprint"}},
		{"in a dial plan, not colocated", func(e, _ *File) { e.Objects.UMServices[0].DialPlans = []string{"Dublin plan"} }, Choice{}, []string{"trustedComputers: []  # none: dub-mbx-01.contoso.com is in the SipName dial plan"}, []string{"registrar", "siteId", "certificateThumbprint"}},
		{"unified messaging unread", func(e, _ *File) {
			e.Objects.UMServices = nil
			e.Unread = []Unread{{"umServices", "", "no rights"}}
		}, Choice{}, []string{"umColocated:  # open: the inventory does not tell"}, []string{"registrar", "siteId", "umColocated"}},
		{"several certificates", func(e, _ *File) {
			e.Objects.Certificates = append(e.Objects.Certificates, certificateOf("dub-mbx-01.contoso.com", ownThumbprint, "dub-mbx-01.contoso.com"))
		}, Choice{}, []string{"certificateThumbprint:  # open: 2 certificates of dub-mbx-01.contoso.com qualify", "#   " + poolThumbprint + ": CN=owa-dub"}, []string{"registrar", "siteId", "certificateThumbprint"}},
		{"no certificate", func(e, _ *File) { e.Objects.Certificates[0].NotAfter = "2026-03-01T00:00:00Z" }, Choice{}, []string{"no: ends on 2026-03-01", "no: is self-signed"}, []string{"registrar", "siteId", "certificateThumbprint"}},
		{"no Lync inventory", func(_, l *File) { l.Objects, l.Product = Objects{}, "" }, Choice{}, []string{"registrar:  # open: no Lync pool", "port: 5199  # the trusted applications were not read"}, []string{"lync", "registrar", "siteId"}},
		{"two versions", func(e, _ *File) { e.Objects.Servers[2].Version = "Version 15.1 (Build 2375.7)" }, Choice{}, []string{"#   2013: 1 Mailbox server"}, []string{"exchange", "registrar", "siteId"}},
		{"two host names", func(e, _ *File) {
			e.Objects.VirtualDirectories[0].InternalURL = "https://mail.contoso.com/owa"
		}, Choice{}, []string{"- fqdn:  # open: the virtual directories have several host names\n    #   mail.contoso.com"}, []string{"fqdn", "registrar", "siteId", "certificateThumbprint"}},
		{"chosen host name", func(e, _ *File) {
			e.Objects.VirtualDirectories[0].InternalURL = "https://mail.contoso.com/owa"
		}, Choice{Pools: []string{"OWA-dub.contoso.com"}}, []string{"- fqdn: owa-dub.contoso.com"}, []string{"registrar", "siteId"}},
		{"two pools in one site", func(e, _ *File) {
			e.Objects.Servers = append(e.Objects.Servers, Server{"dub-cas-02.contoso.com", "DUB-CAS-02", "Version 15.0 (Build 1497.2)", "ClientAccess", "Dublin-AD"})
			e.Objects.VirtualDirectories = append(e.Objects.VirtualDirectories, VirtualDirectory{"dub-cas-02.contoso.com", "x", "", "https://owa2.contoso.com/owa", is(true), "None"})
		}, Choice{Registrar: "lync-dub.contoso.com"}, []string{"mailboxServers:  # open: several OWA pools"}, []string{"umColocated", "certificateThumbprint", "mailboxServers", "umColocated", "certificateThumbprint", "mailboxServers"}},
		{"names that are no words", func(e, l *File) {
			e.Objects.MailboxPolicies = []MailboxPolicy{{`null'"$(x) # <b>`, is(true), is(true), "None"}}
			l.Objects.Sites[0] = Site{"Site:Dublin1", "0x1F", `*&!%@'"`}
		}, Choice{Registrar: "lync-dub.contoso.com"}, []string{`siteId: "0x1F"`, `- "null'\"$(x) # <b>"`}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			exchange, lync := testFarm()
			test.change(exchange, lync)
			text := propose(t, test.choice, exchange, lync)
			for _, part := range test.want {
				if !strings.Contains(text, part) {
					t.Errorf("without %q", part)
				}
			}
			var open []string
			for _, f := range OpenFields([]byte(text)) {
				open = append(open, f.Key)
			}
			if strings.Join(open, " ") != strings.Join(test.open, " ") {
				t.Errorf("open %v, want %v", open, test.open)
			}
			if t.Failed() {
				t.Log(text)
			}
		})
	}
}

func TestUnofferedChoices(t *testing.T) {
	exchange, lync := testFarm()
	farm := merged(t, exchange, lync)
	for _, choice := range []Choice{{Registrar: "store.contoso.com"}, {Pools: []string{"other.contoso.com"}}} {
		_, err := farm.Propose(choice)
		if unoffered := (*ChoiceError)(nil); !errors.As(err, &unoffered) || len(unoffered.Offered) == 0 {
			t.Errorf("%v: %v", choice, err)
		}
	}
}
