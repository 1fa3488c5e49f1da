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
				if c.Verdict != Excluded || c.WayOut == "" {
					t.Errorf("%+v", c)
				}
			}
		})
	}
}

func TestHealthyFarmHasNoCause(t *testing.T) {
	exchange, lync := healthy()
	for _, c := range diagnosed(t, rightTopology, exchange, lync) {
		if c.Verdict != Excluded {
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
