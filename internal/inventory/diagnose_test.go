package inventory

import (
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// healthy is the configured test farm with every fact that a diagnosis asks for.
func healthy() (exchange, lync *File) {
	exchange, lync = configured()
	for _, server := range []string{"dub-mbx-01.contoso.com", "dub-mbx-02.contoso.com"} {
		exchange.Objects.ApplicationPools = append(exchange.Objects.ApplicationPools, ApplicationPool{server, "MSExchangeOWAAppPool", "Started"})
	}
	exchange.Objects.UCMA = append(exchange.Objects.UCMA, UCMA{"dub-mbx-02.contoso.com", `C:\UCMA\Microsoft.Rtc.Internal.Ucweb.dll`, "file"})
	for _, server := range []string{"dub-mbx-01.contoso.com", "dub-mbx-02.contoso.com"} {
		exchange.Objects.Events = append(exchange.Objects.Events, Event{server, 112, 1, "2026-03-01T08:00:00Z"})
	}
	lync.Objects.Replicas = []Replica{{"dub-fe-01.contoso.com", is(true), "2026-03-02T09:00:00Z"}}
	return exchange, lync
}

func diagnosed(t *testing.T, yaml string, files ...*File) []Cause {
	t.Helper()
	top, findings := topology.Load("t.yaml", []byte(yaml))
	if top == nil {
		t.Fatal(findings)
	}
	return merged(t, files...).Diagnose([]byte(yaml), top)
}

// TestDiagnosis: on a farm with one cause, that cause comes first and is the only one that is seen.
func TestDiagnosis(t *testing.T) {
	for _, test := range []struct {
		name  string
		farm  func(exchange, lync *File)
		cause string
		fact  string
	}{
		{"key missing", func(e, _ *File) { e.Objects.WebConfig[1].ServerName = "" }, "OWA has no Lync pool", "dub-mbx-02.contoso.com: web.config has no IMServerName"},
		{"thumbprint of another certificate", func(e, _ *File) { e.Objects.WebConfig[0].Thumbprint = ownThumbprint }, "OWA has no Lync pool", "IMCertificateThumbprint is " + ownThumbprint},
		{"expired", func(e, _ *File) { e.Objects.Certificates[0].NotAfter = "2026-03-01T00:00:00Z" }, "the certificate is outside its dates", "ends on 2026-03-01"},
		{"double entry", func(e, _ *File) { colocatedServer(e) }, "Lync knows a server twice", "Lync discovers it"},
		{"not known", func(_, l *File) { l.Objects.TrustedPools, l.Objects.Applications = []TrustedPool{}, []Application{} }, "Lync does not know the servers", "there is no such pool"},
		{"replication behind", func(_, l *File) { l.Objects.Replicas[0].UpToDate = is(false) }, "replication to a Lync server is behind", "dub-fe-01"},
		{"policy off", func(e, _ *File) { e.Objects.MailboxPolicies[0].Enabled = is(false) }, "a mailbox policy has instant messaging off", "instant messaging off"},
		{"UCMA folder", func(e, _ *File) { e.Objects.UCMA[0].Found = "folder" }, "OWA does not find the UCMA runtime", "is a folder"},
		{"application pool stopped", func(e, _ *File) { e.Objects.ApplicationPools[0].State = "Stopped" }, "OWA's application pool is stopped", "the state is Stopped"},
		{"virtual directory", func(e, _ *File) { e.Objects.VirtualDirectories[0].Type = "None" }, "instant messaging is off on a virtual directory", "the type None"},
	} {
		t.Run(test.name, func(t *testing.T) {
			exchange, lync := healthy()
			test.farm(exchange, lync)
			causes := diagnosed(t, rightTopology, exchange, lync)
			if first := causes[0]; first.Verdict != Seen || !strings.HasPrefix(first.Name, test.cause) || !strings.Contains(strings.Join(first.Facts, "\n"), test.fact) {
				t.Errorf("first is %+v", first)
			}
			for _, c := range causes[1:] {
				if c.Verdict != unseen(c) || c.WayOut == "" {
					t.Errorf("%+v", c)
				}
			}
		})
	}
}

// unseen is the verdict on a cause of a healthy farm. No inventory excludes a firewall.
func unseen(c Cause) Verdict {
	if strings.HasPrefix(c.Name, "a firewall") {
		return NotVisible
	}
	return Excluded
}

// TestEventsTellWhereFactsAreMissing: and beside right facts an old event says nothing.
func TestEventsTellWhereFactsAreMissing(t *testing.T) {
	exchange, lync := healthy()
	exchange.Objects.Events = append(exchange.Objects.Events, Event{"dub-mbx-01.contoso.com", 102, 3, "2026-03-01T09:00:00Z"}, Event{"dub-mbx-01.contoso.com", 84, 1, "2026-03-01T09:00:00Z"})
	for _, c := range diagnosed(t, rightTopology, exchange, lync) {
		if c.Verdict != unseen(c) {
			t.Errorf("%+v", c)
		}
	}
	exchange.Objects.Certificates, exchange.Objects.UCMA = nil, nil
	causes := diagnosed(t, rightTopology, exchange, lync)
	if first, second := causes[0], causes[1]; !strings.Contains(first.Name, "UCMA") || first.Facts[0] != "dub-mbx-01.contoso.com: event 84 of 2026-03-01T09:00:00Z: the UCMA runtime is not there" || !strings.Contains(second.Name, "dates") {
		t.Errorf("%+v\n%+v", first, second)
	}
}

// TestDiscoveredServersAreListed: what Lync discovers is in no trusted pool.
func TestDiscoveredServersAreListed(t *testing.T) {
	yaml := strings.Replace(strings.Replace(rightTopology, "umColocated: false", "umColocated: true", 1), "    siteId: 1\n    port: 5199\n", "", 1)
	exchange, lync := healthy()
	for text, want := range map[string]Verdict{"DUB-MBX-01.contoso.com; dub-mbx-02.contoso.com": Excluded, "dub-mbx-01.contoso.com": NotVisible} {
		lync.Objects.Discovery = []Discovery{{"dub-fe-01.contoso.com", "2026-03-01T08:00:00Z", text}}
		for _, c := range diagnosed(t, yaml, exchange, lync) {
			if c.Name == "Lync does not know the servers" && c.Verdict != want {
				t.Errorf("%s: %+v", text, c)
			}
		}
	}
}

func TestHealthyFarmHasNoCause(t *testing.T) {
	exchange, lync := healthy()
	for _, c := range diagnosed(t, rightTopology, exchange, lync) {
		if c.Verdict != unseen(c) {
			t.Errorf("%+v", c)
		}
	}
	exchange.Objects = Objects{Servers: exchange.Objects.Servers}
	for _, c := range diagnosed(t, rightTopology, exchange, lync) {
		isExchange := !strings.HasPrefix(c.Name, "Lync knows") && !strings.HasPrefix(c.Name, "Lync does not know the servers") && !strings.HasPrefix(c.Name, "replication") && !strings.Contains(c.Name, "override")
		if isExchange != (c.Verdict == NotVisible) {
			t.Errorf("without the facts of Exchange: %+v", c)
		}
	}
}

func TestOverrideNotEffective(t *testing.T) {
	yaml := strings.Replace(rightTopology, "name: dublin\n", "name: dublin\nversions: {exchange: 2016, lync: 2015}\n", 1)
	exchange, lync := healthy()
	exchange2016(exchange)
	lync.Product = "Skype for Business Server 2015 (6.0.9319.0)"
	top, _ := topology.Load("t.yaml", []byte(yaml))
	p, _ := plan.Build(top, nil, plan.Integrate)
	for _, o := range p.Overrides() {
		exchange.Objects.Overrides = append(exchange.Objects.Overrides, Override{o.Name, "OwaServer", "IMSettings", o.Servers, o.Parameters()})
		exchange.Objects.EffectiveOverrides = append(exchange.Objects.EffectiveOverrides, EffectiveOverride{o.First, o.Name, o.Parameters()})
	}
	exchange.Objects.EffectiveOverrides[1].Parameters = []string{"IMServerName=old.contoso.com"}
	causes := diagnosed(t, yaml, exchange, lync)
	if causes[0].Name != "the setting override is not in effect" || causes[0].Verdict != Seen || causes[1].Verdict == Seen {
		t.Errorf("%+v\n%+v", causes[0], causes[1])
	}
}
