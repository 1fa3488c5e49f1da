package rehearsal

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"maps"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lyncowa/internal/plan"
	"lyncowa/internal/rehearsal/facts"
	"lyncowa/internal/topology"
)

// uncertified are topologies whose thumbprints are those of nobody: THUMBPRINT-1 and so on, one for each server.
var uncertified = map[string]string{
	"Exchange 2013, a trusted pool and a discovered server": `apiVersion: lyncowa/v1
name: farm
owaPools:
  - fqdn: owa.contoso.com
    registrar: lync.contoso.com
    siteId: 1
    port: 5199
    certificateThumbprint: THUMBPRINT-1
    umColocated: false
    mailboxServers:
      - {fqdn: mbx-1.contoso.com, certificateThumbprint: THUMBPRINT-1}
      - {fqdn: mbx-2.contoso.com, certificateThumbprint: THUMBPRINT-2}
    clientAccessServers: [mbx-1.contoso.com, mbx-2.contoso.com]
  - fqdn: mbx-3.contoso.com
    registrar: lync.contoso.com
    certificateThumbprint: THUMBPRINT-3
    umColocated: true
`,
	"Exchange 2019, the pool is its own computer": `apiVersion: lyncowa/v1
name: farm
versions: {exchange: 2019, lync: 2019}
owaPools:
  - fqdn: owa.contoso.com
    registrar: lync.contoso.com
    siteId: 1
    port: 5199
    certificateThumbprint: THUMBPRINT-1
    umColocated: false
    trustedComputers: []
    mailboxServers:
      - {fqdn: mbx-1.farm.local, certificateThumbprint: THUMBPRINT-1}
      - {fqdn: mbx-2.farm.local, certificateThumbprint: THUMBPRINT-2}
    clientAccessServers: [mbx-1.farm.local, mbx-2.farm.local]
`,
}

// TestPrintedRequestsGiveRightCertificates runs the commands of certificate-request against the cmdlets' stand-ins, has
// an authority certify what they request, writes the thumbprints that they show into the topology, and runs the scripts.
func TestPrintedRequestsGiveRightCertificates(t *testing.T) {
	if !engineFound(t) {
		return
	}
	for name, source := range uncertified {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			blank := regexp.MustCompile(`THUMBPRINT-(\d)`).ReplaceAllString(source, strings.Repeat("A", 39)+"$1")
			certified, servers := certify(t, source, blank)
			s := stageOf(t, certified, "")
			w, err := s.started(s.fresh())
			if err != nil {
				t.Fatal(err)
			}
			for i := range w.farm.Exchange.Servers {
				if server := &w.farm.Exchange.Servers[i]; len(servers[server.FQDN]) > 0 {
					server.Certificates = servers[server.FQDN]
				}
			}
			for _, i := range s.bundle.runSheet(w.farm) {
				if i.step.Order > 70 {
					break
				}
				o, err := s.run(w, i, manner{})
				if err != nil {
					t.Fatal(err)
				}
				if o.Exit != 0 {
					t.Fatalf("%s: exit %d: %s", i, o.Exit, o.Text)
				}
				w = o.after
				if i.step.ID != "preflight-exchange" && i.step.ID != "im-settings" {
					continue
				}
				if !strings.Contains(o.Text, "under which Lync knows this server, also among its subject alternative names") {
					t.Errorf("%s does not judge the certificate's names: %s", i, o.Text)
				}
				for line := range strings.Lines(o.Text) {
					if strings.Contains(line, "certificate") && !strings.Contains(line, "OK") {
						t.Errorf("%s: %s", i, line)
					}
				}
			}
		})
	}
}

// certify runs the printed commands. It returns the topology with the thumbprints that they show, and the servers'
// certificates.
func certify(t *testing.T, source, blank string) (certified string, servers map[string][]Certificate) {
	t.Helper()
	// The request is printed for the topology as an author has it: without a thumbprint.
	without := regexp.MustCompile(`,? *(?:\n *)?certificateThumbprint: THUMBPRINT-\d`).ReplaceAllString(source, "")
	top, findings := topology.LoadForRequest("topology.yaml", []byte(without))
	if top == nil {
		t.Fatal(findings)
	}
	text, err := plan.CertificateRequest(top)
	if err != nil {
		t.Fatal(err)
	}
	define, rest, _ := strings.Cut(text, "\n# 2.")
	request, accept, found := strings.Cut(rest, "\n# 4.")
	if !found {
		t.Fatalf("no request and import in %s", text)
	}
	s := stageOf(t, blank, "testdata/certificates.ps1")
	w := s.fresh()
	for i := range w.farm.Exchange.Servers {
		w.farm.Exchange.Servers[i].Certificates = []Certificate{}
	}
	paste := func(command string) string {
		o, err := s.play(w, workstation, map[string]any{"script": "", "command": command, "arguments": map[string]any{}}, manner{person: true})
		if err != nil {
			t.Fatal(err)
		}
		if o.Exit != 0 || len(o.errors) > 0 {
			t.Fatalf("%s\n%s", command, o.Text)
		}
		w = o.after
		return o.Text
	}
	paste(define + "\n# 2." + request)
	issued := issue(t, w.files)
	w.files = maps.Clone(w.files)
	maps.Copy(w.files, issued)
	shown := paste(define + "\n# 4." + accept)

	certified, servers = blank, map[string][]Certificate{}
	pools := top.Pools
	for _, pool := range pools {
		for _, m := range pool.MailboxServers {
			server := w.farm.server(m.FQDN)
			if len(server.Certificates) != 1 {
				t.Fatalf("%s has %d certificates", m.FQDN, len(server.Certificates))
			}
			servers[server.FQDN] = server.Certificates
			line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(m.FQDN) + `  ([0-9A-F]{40})  .* Valid\r?$`).FindStringSubmatch(shown)
			if line == nil || line[1] != server.Certificates[0].Thumbprint {
				t.Fatalf("the thumbprint of %s is not shown: %s", m.FQDN, shown)
			}
			number := regexp.MustCompile(m.FQDN[:5]).FindString(m.FQDN)[4:] // mbx-1
			certified = strings.ReplaceAll(certified, strings.Repeat("A", 39)+number, line[1])
		}
	}
	return certified, servers
}

// stageOf is a stage for a topology, with more cmdlets for certificates if a file has what they do.
func stageOf(t *testing.T, source, behaviour string) *stage {
	t.Helper()
	b, err := readBundle(writeBundle(t, source, unchanged))
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	s, err := newStage(context.Background(), root, b, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.engine.close)
	if behaviour == "" {
		return s
	}
	does, err := os.ReadFile(behaviour)
	if err != nil {
		t.Fatal(err)
	}
	standIns := facts.StandIns(facts.Exchange, b.plan.Versions.Exchange, []string{"Import-ExchangeCertificate", "New-ExchangeCertificate"})
	for file, more := range map[string][]byte{standInFile(b, string(plan.ShellExchange)): standIns, "exchange.ps1": does} {
		name := filepath.Join(root, "farm", filepath.FromSlash(file))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, append(text, more...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// issue certifies each request among the files, as an authority does: it takes over the subject and the names.
func issue(t *testing.T, files tree) tree {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Farm CA"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	issued := tree{}
	for name, text := range files {
		server, isRequest := strings.CutSuffix(name, ".req")
		if !isRequest {
			continue
		}
		if bytes.ContainsFunc([]byte(text), func(r rune) bool { return r > 126 || r == 0 }) {
			t.Errorf("%s is not ASCII", name)
		}
		block, _ := pem.Decode([]byte(text))
		if block == nil {
			t.Fatalf("%s is no request: %s", name, text)
		}
		request, err := x509.ParseCertificateRequest(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := request.CheckSignature(); err != nil {
			t.Error(err)
		}
		certificate, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
			SerialNumber: big.NewInt(int64(2 + len(issued))), Subject: request.Subject, DNSNames: request.DNSNames,
			NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		}, authority, request.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		issued[server+".cer"] = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}))
	}
	if len(issued) == 0 {
		t.Fatal("no request was written")
	}
	return issued
}
