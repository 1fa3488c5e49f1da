package inventory

import (
	"fmt"
	"strings"
	"testing"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// rightTopology is right for the test farm.
const rightTopology = `apiVersion: lyncowa/v1
name: dublin
owaPools:
  - fqdn: owa-dub.contoso.com
    registrar: lync-dub.contoso.com
    siteId: 1
    port: 5199
    umColocated: false
    certificateThumbprint: ` + poolThumbprint + `
    mailboxServers:
      - dub-mbx-01.contoso.com
      - fqdn: dub-mbx-02.contoso.com
        certificateThumbprint: ` + ownThumbprint + `
    clientAccessServers:
      - dub-cas-01.contoso.com
mailboxPolicies:
  - Default
`

func checked(t *testing.T, yaml string, files ...*File) finding.List {
	t.Helper()
	top, places, findings := topology.LoadWithPlaces("t.yaml", []byte(yaml))
	if top == nil {
		t.Fatal(findings)
	}
	return merged(t, files...).Check("t.yaml", []byte(yaml), top, places, plan.Integrate)
}

func TestRightTopologyHasNoFindings(t *testing.T) {
	exchange, lync := testFarm()
	if findings := checked(t, rightTopology, exchange, lync); len(findings) > 0 {
		t.Error(findings)
	}
}

// existing is the trusted pool and the application that the right topology makes.
func existing(l *File) {
	l.Objects.TrustedPools = []TrustedPool{{"owa-dub.contoso.com", "Site:Dublin1", "lync-dub.contoso.com", []string{"dub-mbx-01.contoso.com", "dub-mbx-02.contoso.com"}}}
	l.Objects.Applications = []Application{{"owa-dub.contoso.com", "outlookwebapp", 5199}}
}

func colocatedServer(e *File) {
	e.Objects.UMServices[0].DialPlans = []string{"Dublin plan"}
	e.Objects.CallRouters = append(e.Objects.CallRouters, UMHolder{Server: "dub-mbx-01.contoso.com"})
}

func exchange2016(e *File) {
	for i := range e.Objects.Servers {
		e.Objects.Servers[i].Version = "Version 15.1 (Build 2375.7)"
		e.Objects.Servers[i].Roles = "Mailbox, ClientAccess"
	}
	e.Objects.Overrides = []Override{}
}

const ownLine = "        certificateThumbprint: " + ownThumbprint

const skype = "Skype for Business Server 2015 (6.0.9319.0): Volume license key installed."

// takesOver takes an override over, on one server.
const takesOver = `apiVersion: lyncowa/v1
name: dublin
versions: {exchange: 2016, lync: 2015}
owaPools:
  - fqdn: owa-dub.contoso.com
    registrar: lync-dub.contoso.com
    siteId: 1
    port: 5199
    umColocated: false
    certificateThumbprint: ` + poolThumbprint + `
    settingOverride: Old IM
    mailboxServers: [dub-mbx-01.contoso.com]
    clientAccessServers: [dub-cas-01.contoso.com]
`

// wrongValues are topologies and farms that do not fit.
var wrongValues = []struct {
	name     string
	farm     func(exchange, lync *File)
	old, new string
	id       string
	at       string // what the line of the finding holds
	hint     string
}{
	{"display name for SiteId", nil, "siteId: 1", "siteId: Dublin, Ireland", "inventory-site", "siteId: Dublin, Ireland", "write 1 (identity Site:Dublin1"},
	{"identity for SiteId", nil, "siteId: 1", "siteId: Dublin1", "inventory-site", "siteId: Dublin1", "write 1 (identity Site:Dublin1"},
	{"no site", nil, "siteId: 1", "siteId: 9", "inventory-site", "siteId: 9", "2 (Cork)"},
	{"thumbprint of another server", nil, ownLine, "        certificateThumbprint: " + poolThumbprint, "inventory-certificate-missing", "        certificateThumbprint", ownThumbprint},
	{"thumbprint of no server", nil, poolThumbprint, strings.Repeat("AB", 20), "inventory-certificate-missing", "    certificateThumbprint: AB", poolThumbprint},
	{"expired", func(e, _ *File) { e.Objects.Certificates[1].NotAfter = "2026-03-01T00:00:00Z" }, "", "", "inventory-certificate-dates", ownLine, "request one"},
	{"not yet valid", func(e, _ *File) { e.Objects.Certificates[1].NotBefore = "2026-04-01T00:00:00Z" }, "", "", "inventory-certificate-dates", ownLine, "request one"},
	{"ends inside the window", nil, "name: dublin\n", "name: dublin\nchange: {windowStart: '2027-04-30T22:00:00Z', windowEnd: '2027-05-01T02:00:00Z'}\n", "inventory-certificate-dates", "certificateThumbprint", "request one"},
	{"ends soon after the change", func(e, _ *File) { e.Objects.Certificates[1].NotAfter = "2026-03-31T00:00:00Z" }, "", "", "inventory-certificate-soon", ownLine, "certificate-request"},
	{"self-signed", nil, poolThumbprint, selfThumbprint, "inventory-certificate-trust", "    certificateThumbprint: " + selfThumbprint, poolThumbprint},
	{"untrusted", func(e, _ *File) { e.Objects.Certificates[0].Status = "Untrusted" }, "", "", "inventory-certificate-trust", poolThumbprint, "request one"},
	{"without key", func(e, _ *File) { e.Objects.Certificates[0].HasPrivateKey = is(false) }, "", "", "inventory-certificate-key", poolThumbprint, "request one"},
	{"name in the SAN only", func(e, _ *File) { e.Objects.Certificates[0].Subject = "CN=mail.contoso.com" }, "", "", "inventory-certificate-subject", poolThumbprint, "CN=owa-dub.contoso.com"},
	{"subject not in the SAN", func(e, _ *File) { e.Objects.Certificates[1].Names = []string{"owa-dub.contoso.com"} }, "", "", "inventory-certificate-subject", ownLine, "also among its alternative names"},
	{"wildcard", func(e, _ *File) { e.Objects.Certificates[0].Subject = "CN=*.contoso.com" }, "", "", "inventory-certificate-name", poolThumbprint, "CN=owa-dub.contoso.com"},
	{"unknown root", func(e, _ *File) { e.Objects.Certificates[0].Root = "Unknown" }, "", "", "inventory-certificate-trust", poolThumbprint, "request one"},
	{"other name", func(e, _ *File) {
		e.Objects.Certificates[0].Subject, e.Objects.Certificates[0].Names = "CN=mail.contoso.com", []string{"mail.contoso.com"}
	}, "", "", "inventory-certificate-name", poolThumbprint, "valid on that server"},
	{"UM said colocated", nil, "umColocated: false", "umColocated: true", "inventory-um", "umColocated: true", "write umColocated: false"},
	{"UM said separate", func(e, _ *File) { colocatedServer(e) }, "", "", "inventory-um", "umColocated: false", "write umColocated: true"},
	{"another port on the application", func(_, l *File) { existing(l) }, "port: 5199", "port: 5200", "inventory-port", "port: 5200", "write port: 5199"},
	{"registrar that is none", nil, "registrar: lync-dub", "registrar: store", "inventory-registrar", "registrar: store", "lync-dub.contoso.com"},
	{"server of another version", func(e, _ *File) { e.Objects.Servers[2].Version = "Version 15.1 (Build 2375.7)" }, "", "", "inventory-version", "dub-mbx-02", "write exchange: 2016"},
	{"other version of Lync", func(_, l *File) { l.Product = "Microsoft Lync (6.0.9319.0)" }, "", "", "inventory-version", "apiVersion", "write lync: 2015"},
	{"unknown server", nil, "- dub-cas-01", "- dub-cas-09", "inventory-server", "dub-cas-09", "did you mean dub-cas-01.contoso.com?"},
	{"server of another role", nil, "      - dub-mbx-01", "      - dub-cas-01.contoso.com\n      - dub-mbx-01", "inventory-server", "      - dub-cas-01", "clientAccessServers"},
	{"unknown policy", nil, "- Default", "- Defaults", "inventory-policy", "Defaults", "Default, Executives"},
	{"no OWA", func(e, _ *File) { e.Objects.VirtualDirectories = e.Objects.VirtualDirectories[1:] }, "", "", "inventory-server", "- dub-cas-01", "that users reach"},
	{"no UM Call Router", func(e, _ *File) { e.Objects.CallRouters = []UMHolder{} }, "    umColocated", "    trustedComputers: []\n    sipDialPlans: [Dublin plan]\n    umColocated", "inventory-um", "sipDialPlans", "leave sipDialPlans out"},
	{"unknown plan", nil, "    umColocated", "    trustedComputers: []\n    sipDialPlans: [Cork plan]\n    umColocated", "inventory-dial-plan", "Cork plan", "Dublin plan"},
	{"plan that is no SipName plan", nil, "    umColocated", "    trustedComputers: []\n    sipDialPlans: [Old plan]\n    umColocated", "inventory-dial-plan", "Old plan", "Dublin plan"},
	{"double entry", func(e, _ *File) { e.Objects.UMServices[1].DialPlans = []string{"Dublin plan"} }, "", "", "inventory-double-entry", "dub-mbx-02", "trustedComputers: []"},
	{"computer of another pool", func(_, l *File) {
		l.Objects.TrustedPools = []TrustedPool{{"old.contoso.com", "Site:Dublin1", "lync-dub.contoso.com", []string{"dub-mbx-01.contoso.com"}}}
	}, "", "", "inventory-double-entry", "dub-mbx-01", "trustedComputers: []"},
	{"existing pool without room", func(_, l *File) {
		existing(l)
		l.Objects.TrustedPools[0].Computers = []string{"owa-dub.contoso.com"}
	}, "", "", "inventory-pool-room", "- fqdn: owa-dub", "trustedComputers: []"},
	{"existing pool with computers", func(e, l *File) {
		existing(l)
		e.Objects.Certificates[1].Subject, e.Objects.Certificates[1].Names = "CN=owa-dub.contoso.com", []string{"owa-dub.contoso.com"}
	}, "    umColocated", "    trustedComputers: []\n    umColocated", "inventory-pool-room", "trustedComputers", "dub-mbx-01.contoso.com, dub-mbx-02.contoso.com"},
	{"pool in another site", func(_, l *File) { existing(l); l.Objects.TrustedPools[0].Site = "Site:Cork1" }, "", "", "inventory-pool-site", "siteId: 1", "write 2 (Site:Cork1)"},
	{"pool with another registrar", func(_, l *File) { existing(l); l.Objects.TrustedPools[0].Registrar = "lync-cork.contoso.com" }, "", "", "inventory-pool-registrar", "registrar:", "write lync-cork.contoso.com"},
	{"foreign application", func(_, l *File) {
		existing(l)
		l.Objects.Applications = append(l.Objects.Applications, Application{"owa-dub.contoso.com", "other", 5300})
	}, "", "", "inventory-foreign-application", "- fqdn: owa-dub", "owner"},
	{"foreign override", func(e, _ *File) {
		exchange2016(e)
		e.Objects.Overrides = []Override{{"Old IM", "OwaServer", "IMSettings", []string{"DUB-MBX-0?"}, []string{"IMServerName=x"}}}
		e.Objects.Servers = append(e.Objects.Servers, Server{Server: "x.contoso.com", Name: "X"})
	}, "name: dublin\n", "name: dublin\nversions: {exchange: 2016, lync: 2015}\n", "inventory-override", "dub-mbx-01", "find its owner"},
	{"override that is not there", func(e, l *File) { exchange2016(e); l.Product = skype }, rightTopology, takesOver, "inventory-override", "settingOverride: Old IM", "name one that exists: none"},
	{"override of others", func(e, l *File) {
		exchange2016(e)
		l.Product = skype
		e.Objects.Overrides = []Override{{"Old IM", "OwaServer", "IMSettings", []string{}, []string{"IMServerName=x"}}}
	}, rightTopology, takesOver, "inventory-override", "settingOverride: Old IM", "declare these servers"},
	{"UCMA missing", func(e, _ *File) { e.Objects.UCMA[0].Found = "nothing" }, "", "", "inventory-ucma", "- dub-mbx-01", "install the UCMA 4.0 runtime"},
	{"UCMA folder", func(e, _ *File) { e.Objects.UCMA[0] = UCMA{"dub-mbx-01.contoso.com", `C:\UCMA`, "folder"} }, "", "", "inventory-ucma", "- dub-mbx-01", `C:\UCMA\Microsoft.Rtc`},
	{"pilots", nil, "mailboxPolicies", "pilotUsers: [kim@contoso.com]\nmailboxPolicies", "inventory-pilot", "pilotUsers", "EmailAddresses"},
	{"unread", func(_, l *File) { l.Objects.Sites = nil }, "", "", "inventory-unread", "- fqdn: owa-dub", "look for yourself"},
}

// TestWrongValues: each wrong value has one finding, at its line, with the right value in the hint.
func TestWrongValues(t *testing.T) {
	for _, test := range wrongValues {
		t.Run(test.name, func(t *testing.T) {
			exchange, lync := testFarm()
			if test.farm != nil {
				test.farm(exchange, lync)
			}
			yaml := strings.Replace(rightTopology, test.old, test.new, 1)
			if test.new == "" {
				yaml = rightTopology
			}
			lines := strings.Split(yaml, "\n")
			var others []string
			found := false
			for _, f := range checked(t, yaml, exchange, lync) {
				if f.ID != test.id {
					others = append(others, fmt.Sprint(f))
					continue
				}
				if line := lines[f.Line-1]; !found && (!strings.Contains(line, test.at) || !strings.Contains(f.Hint, test.hint)) {
					t.Errorf("at %q: %s\nhint: %s", line, f.Message, f.Hint)
				}
				found = true
			}
			if !found {
				t.Errorf("no %s", test.id)
			}
			if allowed := map[string]bool{"foreign override": true, "other version of Lync": true, "server of another role": true, "UM said colocated": true, "unknown plan": true, "plan that is no SipName plan": true}; len(others) > 0 && !allowed[test.name] {
				t.Errorf("beside it: %s", strings.Join(others, "\n"))
			}
		})
	}
}

// TestConflictsAreFindings: what the plan shows as a conflict, validate has named.
func TestConflictsAreFindings(t *testing.T) {
	conflicts := 0
	for _, test := range wrongValues {
		exchange, lync := testFarm()
		if test.farm != nil {
			test.farm(exchange, lync)
		}
		yaml := strings.Replace(rightTopology, test.old, test.new, 1)
		p, states := marked(t, yaml, plan.Integrate, exchange, lync)
		if p.Totals.Conflict == 0 {
			continue
		}
		conflicts++
		if !checked(t, yaml, exchange, lync).HasErrors() {
			t.Errorf("%s: no error, but\n%s", test.name, strings.Join(states, "\n"))
		}
	}
	if conflicts < 8 {
		t.Errorf("only %d cases have a conflict", conflicts)
	}
}

// TestEveryRuleIsTried: each rule about a topology has a case above.
func TestEveryRuleIsTried(t *testing.T) {
	tried := map[string]bool{"inventory-file": true, "inventory-value": true, "inventory-contradiction": true}
	for _, test := range wrongValues {
		tried[test.id] = true
	}
	for _, r := range Rules() {
		if !tried[r.ID] || r.Meaning == "" {
			t.Errorf("%+v", r)
		}
	}
}
