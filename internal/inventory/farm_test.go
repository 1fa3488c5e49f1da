package inventory

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"lyncowa/internal/finding"
)

// thumbprints of the test farm.
const (
	poolThumbprint = "3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2" // on dub-mbx-01
	ownThumbprint  = "8B61E07F45D2C93AA1F05B7C6E12D489B3C70F19" // on dub-mbx-02
	selfThumbprint = "0A11E07F45D2C93AA1F05B7C6E12D489B3C70FFF" // self-signed, on both
)

func is(b bool) *bool { return &b }

func certificateOf(server, thumbprint, name string) Certificate {
	return Certificate{
		Server: server, Thumbprint: thumbprint, Subject: "CN=" + name + ", O=Contoso", Names: []string{name, "autodiscover.contoso.com"},
		NotBefore: "2025-05-01T00:00:00Z", NotAfter: "2027-05-01T00:00:00Z", HasPrivateKey: is(true), SelfSigned: is(false), Status: "Valid", Root: "Enterprise",
	}
}

// testFarm is a farm with two Mailbox servers beside a Client Access server, before the integration. No two identifiers
// of one object are equal.
func testFarm() (exchange, lync *File) {
	exchange = &File{
		FormatVersion: 1, Kind: Exchange, Scope: "organisation", TakenAt: "2026-03-02T09:14:00Z", Host: "dub-mbx-01.contoso.com", Product: "Version 15.0 (Build 1497.2)",
		Objects: Objects{
			Servers: []Server{
				{"dub-cas-01.contoso.com", "DUB-CAS-01", "Version 15.0 (Build 1497.2)", "ClientAccess", "Dublin-AD"},
				{"dub-mbx-01.contoso.com", "DUB-MBX-01", "Version 15.0 (Build 1497.2)", "Mailbox", "Dublin-AD"},
				{"dub-mbx-02.contoso.com", "DUB-MBX-02", "Version 15.0 (Build 1497.2)", "Mailbox", "Dublin-AD"},
			},
			Certificates: []Certificate{
				certificateOf("dub-mbx-01.contoso.com", poolThumbprint, "owa-dub.contoso.com"),
				certificateOf("dub-mbx-02.contoso.com", ownThumbprint, "dub-mbx-02.contoso.com"),
			},
			VirtualDirectories: []VirtualDirectory{
				{"dub-cas-01.contoso.com", `DUB-CAS-01\owa (Default Web Site)`, "https://dub-cas-01.contoso.com/owa", "https://OWA-dub.contoso.com/owa", is(true), "None"},
			},
			MailboxPolicies: []MailboxPolicy{{"Default", is(true), is(true), "None"}, {"Executives", is(false), is(true), "Ocs"}},
			MailboxCounts:   []MailboxCount{{"policy", "Default", 4812}, {"policy", "Executives", 31}},
			DialPlans:       []DialPlan{{"Dublin plan", "SipName"}, {"Old plan", "TelExtn"}},
			UMServices:      []UMHolder{{"dub-mbx-01.contoso.com", []string{}}, {"dub-mbx-02.contoso.com", []string{"Old plan"}}},
			CallRouters:     []UMHolder{{"dub-cas-01.contoso.com", []string{}}},
			UCMA:            []UCMA{{"dub-mbx-01.contoso.com", `C:\UCMA\Microsoft.Rtc.Internal.Ucweb.dll`, "file"}},
			WebConfig:       []WebConfig{{Server: "dub-mbx-01.contoso.com"}},
		},
	}
	for _, server := range []string{"dub-mbx-01.contoso.com", "dub-mbx-02.contoso.com"} {
		c := certificateOf(server, selfThumbprint, "owa-dub.contoso.com")
		c.SelfSigned = is(true)
		exchange.Objects.Certificates = append(exchange.Objects.Certificates, c)
	}
	lync = &File{
		FormatVersion: 1, Kind: Lync, Scope: "organisation", TakenAt: "2026-03-02T09:31:00Z", Host: "dub-fe-01.contoso.com", Product: "Lync Server 2013 (5.0.8308.0): Volume license key installed.",
		Objects: Objects{
			Sites: []Site{{"Site:Dublin1", "1", "Dublin, Ireland"}, {"Site:Cork1", "2", "Cork"}},
			Pools: []Pool{
				{"lync-cork.contoso.com", "Site:Cork1", true, []string{"cork-fe-01.contoso.com"}},
				{"lync-dub.contoso.com", "Site:Dublin1", true, []string{"dub-fe-01.contoso.com", "dub-fe-02.contoso.com"}},
				{"store.contoso.com", "Site:Dublin1", false, []string{"store.contoso.com"}},
			},
			TrustedPools: []TrustedPool{},
			Applications: []Application{},
		},
	}
	return exchange, lync
}

// loaded passes files through JSON, as they come from the scripts.
func loaded(t *testing.T, files ...*File) []*File {
	t.Helper()
	var read []*File
	for _, f := range files {
		text, err := json.MarshalIndent(f, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		file, findings := Load(f.Kind+"-"+f.Host+".json", text)
		if file == nil {
			t.Fatalf("%v\n%s", findings, text)
		}
		read = append(read, file)
	}
	return read
}

func merged(t *testing.T, files ...*File) *Farm {
	t.Helper()
	farm, findings := Merge(loaded(t, files...))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return farm
}

// TestNewestFactsCount: whatever the order of the files.
func TestNewestFactsCount(t *testing.T) {
	old, lync := testFarm()
	newer, _ := testFarm()
	newer.TakenAt, newer.Scope, newer.Host = "2026-03-02T10:00:00Z", "server", "dub-mbx-02.contoso.com"
	newer.Objects = Objects{
		Servers:      []Server{old.Objects.Servers[2]},
		Certificates: []Certificate{certificateOf("dub-mbx-02.contoso.com", poolThumbprint, "new.contoso.com")},
		WebConfig:    []WebConfig{{Server: "dub-mbx-02.contoso.com", ServerName: "lync-dub.contoso.com"}},
	}
	files := loaded(t, old, lync, newer)
	for range files {
		files = append(files[1:], files[0])
		farm, findings := Merge(files)
		if len(findings) > 0 {
			t.Error(findings)
		}
		if len(farm.Servers) != 3 || len(farm.WebConfig) != 2 || len(farm.certificates["dub-mbx-01.contoso.com"]) != 2 {
			t.Errorf("%d servers, %d web.config, certificates %v", len(farm.Servers), len(farm.WebConfig), farm.certificates["dub-mbx-01.contoso.com"])
		}
		if got := farm.certificates["dub-mbx-02.contoso.com"]; len(got) != 1 || got[0].commonName() != "new.contoso.com" {
			t.Errorf("certificates of dub-mbx-02: %v", got)
		}
	}
}

func TestContradictionsAreFindings(t *testing.T) {
	for takenAt, want := range map[string]finding.Severity{"2026-03-02T10:00:00Z": finding.Warning, "2026-03-02T09:31:00Z": finding.Error} {
		_, lync := testFarm()
		_, other := testFarm()
		other.Host, other.TakenAt = "cork-fe-01.contoso.com", takenAt
		other.Objects.Sites[0].SiteID = "7"
		files := loaded(t, lync, other)
		_, findings := Merge(files)
		if len(findings) != 1 || findings[0].ID != "inventory-contradiction" || findings[0].Severity != want || !strings.Contains(findings[0].Message, `sites: "site:dublin1"`) {
			t.Errorf("%s: %v", takenAt, findings)
		}
	}
}

func largeFarm(t *testing.T) (text []byte, lync *File) {
	t.Helper()
	exchange, lync := testFarm()
	o := &exchange.Objects
	o.Servers, o.Certificates, o.VirtualDirectories, o.UMServices, o.CallRouters = nil, nil, nil, nil, nil
	for i := range 10000 {
		name := fmt.Sprintf("mbx-%05d", i)
		server := name + ".contoso.com"
		o.Servers = append(o.Servers, Server{server, strings.ToUpper(name), "Version 15.0 (Build 1497.2)", "Mailbox, ClientAccess", "Dublin-AD"})
		o.Certificates = append(o.Certificates, certificateOf(server, poolThumbprint, "owa-dub.contoso.com"), certificateOf(server, ownThumbprint, "x.contoso.com"))
		o.VirtualDirectories = append(o.VirtualDirectories, VirtualDirectory{server, name + `\owa`, "https://" + server + "/owa", "https://owa-dub.contoso.com/owa", is(true), "None"})
		o.UMServices = append(o.UMServices, UMHolder{server, []string{}})
		o.CallRouters = append(o.CallRouters, UMHolder{server, []string{}})
	}
	text, err := json.MarshalIndent(exchange, "", "    ")
	if err != nil {
		t.Fatal(err)
	}
	return text, loaded(t, lync)[0]
}
