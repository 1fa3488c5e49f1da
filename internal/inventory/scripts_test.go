package inventory

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestScriptsAreASCIIWithCRLF(t *testing.T) {
	scripts, err := Scripts()
	if err != nil || len(scripts) != 2 {
		t.Fatalf("%d scripts, %v", len(scripts), err)
	}
	for _, s := range scripts {
		text := string(s.Text)
		if strings.Count(text, "\n") != strings.Count(text, "\r\n") {
			t.Errorf("%s has lines without CRLF", s.Name)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r > 0x7e }); i >= 0 {
			t.Errorf("%s is not ASCII at byte %d", s.Name, i)
		}
		if strings.Contains(strings.ToLower(text), "refresh") {
			t.Errorf("%s mentions Refresh, which makes a server read its settings again", s.Name)
		}
	}
}

// farm is what the stand-ins answer with (testdata/stand-ins.ps1).
type farm struct {
	Degraded   bool         `json:"degraded"`
	Absent     []string     `json:"absent"` // cmdlets that the rights do not include
	Host       string       `json:"host"`
	Install    string       `json:"install"`
	DLL        string       `json:"dll"`
	Services   []string     `json:"services"`
	Servers    []farmServer `json:"servers"`
	Events     []farmEvent  `json:"events"`
	NoEventLog bool         `json:"noEventLog"`
}

type farmServer struct {
	Name         string            `json:"name"`
	FQDN         string            `json:"fqdn"`
	Version      string            `json:"version"`
	Roles        string            `json:"roles"`
	Site         string            `json:"site"`
	Down         bool              `json:"down"`
	Certificates []farmCertificate `json:"certificates"`
}

type farmCertificate struct {
	Raw   []byte   `json:"raw"` // base64 in JSON
	Names []string `json:"names"`
}

type farmEvent struct {
	Log     string `json:"log"`
	ID      int    `json:"id"`
	Time    string `json:"time"`
	Message string `json:"message"`
}

// read runs a script on a farm. It returns the file that the script wrote, what it printed and its exit code.
func (f farm) read(t *testing.T, script, switches string) (file map[string]any, printed string, code int) {
	t.Helper()
	engine, err := exec.LookPath("pwsh")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("no PowerShell engine (pwsh) on PATH, or one that could reach real servers: the inventory scripts were not run")
	}
	dir := t.TempDir()
	scripts, err := Scripts()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		write(t, filepath.Join(dir, s.Name), string(s.Text))
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "farm"), string(text))
	command := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", "testdata/stand-ins.ps1",
		filepath.Join(dir, "farm"), filepath.Join(dir, "inventory-"+script+".ps1"), dir, switches)
	out, err := command.CombinedOutput()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	written, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(written) != 1 {
		return nil, string(out), code
	}
	data, err := os.ReadFile(written[0])
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(data); !strings.Contains(string(out), "SHA-256 "+hex.EncodeToString(sum[:])) {
		t.Errorf("the SHA-256 of the file was not printed:\n%s", out)
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatalf("%v:\n%s", err, data)
	}
	if _, findings := Load(filepath.Base(written[0]), data); len(findings) > 0 {
		t.Errorf("the file has findings: %v", findings)
	}
	return file, string(out), code
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// dublin is a farm of one server whose certificate has more names than one byte counts.
func dublin(t *testing.T, version string) farm {
	t.Helper()
	install := t.TempDir()
	separator := string(filepath.Separator)
	write(t, filepath.Join(install, "ClientAccess", "Owa", "web.config"), `<?xml version="1.0"?><configuration><appSettings>
		<add key="IMServerName" value="lync-dub.contoso.com"/><add key="Other" value="1"/></appSettings></configuration>`)
	names := []string{"owa-dub.contoso.com"}
	for i := range 12 {
		names = append(names, fmt.Sprintf("host-%02d.contoso.com", i))
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: names[0]}, DNSNames: names,
		NotBefore: time.Date(2025, 5, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 5, 1, 0, 0, 0, 0, time.UTC),
	}
	raw, err := x509.CreateCertificate(rand.Reader, &template, &template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return farm{
		Host: "DUB-MBX-01", Install: install + separator, DLL: install, Services: []string{"MSExchangeUM"},
		Servers: []farmServer{{
			Name: "DUB-MBX-01", FQDN: "DUB-MBX-01.contoso.com", Version: version, Roles: "Mailbox", Site: "Dublin",
			Certificates: []farmCertificate{{raw, names}},
		}},
		Events: []farmEvent{{"Application", 112, "2026-03-01T08:00:00Z", ""}, {"Lync Server", 44024, "2026-03-01T08:00:00Z", "dub-mbx-01.contoso.com"}},
	}
}

func section(file map[string]any, name string) string {
	text, _ := json.Marshal(file["objects"].(map[string]any)[name])
	return string(text)
}

func unread(file map[string]any) string {
	text, _ := json.Marshal(file["unread"])
	return string(text)
}

// TestExchangeScript: the same facts come from a shell with Exchange's types and from one without.
func TestExchangeScript(t *testing.T) {
	for _, c := range []struct {
		version  string
		degraded bool
	}{
		{"Version 15.0 (Build 1497.2)", false},
		{"Version 15.0 (Build 1497.2)", true},
		{"Version 15.1 (Build 2375.7)", true},
		{"Version 15.2 (Build 1118.7)", false},
	} {
		version := c.version
		t.Run(fmt.Sprint(version[:12], " degraded ", c.degraded), func(t *testing.T) {
			t.Parallel()
			f := dublin(t, version)
			f.Degraded = c.degraded
			file, printed, code := f.read(t, "exchange", "")
			if code != 0 {
				t.Fatalf("exit code %d:\n%s", code, printed)
			}
			sum := sha1.Sum(f.Servers[0].Certificates[0].Raw)
			names, _ := json.Marshal(f.Servers[0].Certificates[0].Names)
			wantFacts(t, file, map[string]string{
				"servers":            `"name":"DUB-MBX-01","roles":"Mailbox, ClientAccess","server":"dub-mbx-01.contoso.com","site":"Dublin","version":"` + version + `"`,
				"certificates":       `"names":` + string(names) + `,"notAfter":"2027-05-01T00:00:00Z","notBefore":"2025-05-01T00:00:00Z"`,
				"virtualDirectories": `"enabled":true,"externalUrl":"https://owa-dub.contoso.com/owa"`,
				"mailboxPolicies":    `"type":"None"`,
				"mailboxCounts":      `{"by":"policy","count":1,"name":""},{"by":"policy","count":2,"name":"Default"},{"by":"server","count":3,"name":"dub-mbx-01.contoso.com"}`,
				"ucma":               `"found":"folder"`,
				"webConfig":          `"imCertificateThumbprint":"","imPortNumber":"","imServerName":"lync-dub.contoso.com"`,
				"windowsServices":    `"name":"MSExchangeUM","server":"dub-mbx-01.contoso.com","status":"Running"},{"name":"MSExchangeUMCR","server":"dub-mbx-01.contoso.com","status":"absent"`,
				"applicationPools":   `"state":"Started"`,
				"events":             `"count":1,"id":112,"newest":"2026-03-01T08:00:00Z"`,
			})
			wantFacts(t, file, map[string]string{"certificates": strings.ToUpper(hex.EncodeToString(sum[:]))})
			if strings.Contains(version, "15.2") != (section(file, "dialPlans") == "null") {
				t.Errorf("dial plans: %s", section(file, "dialPlans"))
			}
			if strings.Contains(version, "15.0") != (section(file, "effectiveOverrides") == "null") {
				t.Errorf("effective overrides: %s", section(file, "effectiveOverrides"))
			}
			for _, text := range []string{"User 1", base64.StdEncoding.EncodeToString(f.Servers[0].Certificates[0].Raw[:30])} {
				if all, _ := json.Marshal(file); strings.Contains(string(all), text) {
					t.Errorf("the file holds %q", text)
				}
			}
		})
	}
}

func wantFacts(t *testing.T, file map[string]any, want map[string]string) {
	t.Helper()
	for name, text := range want {
		if got := section(file, name); !strings.Contains(got, text) {
			t.Errorf("%s is %s, without %s", name, got, text)
		}
	}
}

// TestGapsAreRecorded: what cannot be read is unread, with its reason, and all else is there.
func TestGapsAreRecorded(t *testing.T) {
	t.Parallel()
	f := dublin(t, "Version 15.0 (Build 1497.2)")
	f.Absent = []string{"Get-UMService", "Get-CASMailbox"}
	f.NoEventLog = true
	f.Servers = append(f.Servers, farmServer{Name: "DUB-MBX-02", FQDN: "DUB-MBX-02.contoso.com", Version: "Version 15.0 (Build 1497.2)", Roles: "Mailbox", Down: true})
	write(t, filepath.Join(f.Install, "ClientAccess", "Owa", "web.config"), `<configuration><appSettings>
		<add key="imservername" value="a"/><add key="IMServerName" value="b"/></appSettings></configuration>`)
	file, printed, code := f.read(t, "exchange", "")
	if code != 1 {
		t.Fatalf("exit code %d:\n%s", code, printed)
	}
	for _, text := range []string{
		`"reason":"this shell has no Get-UMService: your rights or this version do not include it","section":"umServices"`,
		`"section":"mailboxCounts"`,
		`"of":"dub-mbx-02.contoso.com","reason":"The server DUB-MBX-02.contoso.com cannot be reached. The RPC server is unavailable.","section":"certificates"`,
		`"reason":"web.config has the key IMServerName 2 times","section":"webConfig"`,
		`"reason":"Attempted to perform an unauthorized operation.","section":"events"`,
	} {
		if !strings.Contains(strings.ReplaceAll(unread(file), "dub-mbx-02.contoso.com cannot", "DUB-MBX-02.contoso.com cannot"), text) {
			t.Errorf("unread is without %s:\n%s", text, unread(file))
		}
	}
	if section(file, "umServices") != "null" || !strings.Contains(section(file, "certificates"), "dub-mbx-01") {
		t.Errorf("UM services %s, certificates %s", section(file, "umServices"), section(file, "certificates"))
	}
}

func TestThisServerOnly(t *testing.T) {
	t.Parallel()
	f := dublin(t, "Version 15.0 (Build 1497.2)")
	f.Servers = append(f.Servers, farmServer{Name: "DUB-MBX-02", FQDN: "dub-mbx-02.contoso.com", Version: "Version 15.0 (Build 1497.2)", Roles: "Mailbox"})
	file, printed, code := f.read(t, "exchange", "ThisServer")
	if code != 0 || file["scope"] != "server" {
		t.Fatalf("exit code %d, scope %v:\n%s", code, file["scope"], printed)
	}
	wantFacts(t, file, map[string]string{"servers": "dub-mbx-01", "webConfig": "lync-dub", "mailboxPolicies": "null"})
	if strings.Contains(section(file, "servers"), "dub-mbx-02") {
		t.Errorf("servers: %s", section(file, "servers"))
	}
}

func TestLyncScript(t *testing.T) {
	t.Parallel()
	f := dublin(t, "Version 15.0 (Build 1497.2)")
	file, printed, code := f.read(t, "lync", "")
	if code != 0 || !strings.Contains(fmt.Sprint(file["product"]), "5.0.8308.0") {
		t.Fatalf("exit code %d, product %v:\n%s", code, file["product"], printed)
	}
	wantFacts(t, file, map[string]string{
		"sites":        `{"displayName":"Dublin, 'Ireland'","identity":"Site:Dublin1","siteId":"1"}`,
		"pools":        `{"computers":["dub-fe-01.contoso.com"],"pool":"lync-dub.contoso.com","registrar":true,"site":"Site:Dublin1"},{"computers":["store.contoso.com"],"pool":"store.contoso.com","registrar":false`,
		"trustedPools": `{"computers":["dub-mbx-01.contoso.com"],"pool":"owa-dub.contoso.com","registrar":"lync-dub.contoso.com","site":"Site:Dublin1"}`,
		"applications": `{"applicationId":"outlookwebapp","pool":"owa-dub.contoso.com","port":5199}`,
		"replicas":     `"upToDate":true`,
		"discovery":    `"text":"dub-mbx-01.contoso.com"`,
	})
	f.Events = []farmEvent{}
	if file, _, code = f.read(t, "lync", ""); code != 1 || !strings.Contains(unread(file), "no event 44024") {
		t.Errorf("without the event: exit code %d, unread %s", code, unread(file))
	}
}

// TestWrongShell: the script of the other product refuses in one sentence and writes nothing.
func TestWrongShell(t *testing.T) {
	t.Parallel()
	for script, absent := range map[string]string{"exchange": "Get-ExchangeServer", "lync": "Get-CsSite"} {
		f := dublin(t, "Version 15.0 (Build 1497.2)")
		f.Absent = []string{absent}
		file, printed, code := f.read(t, script, "")
		if code != 2 || file != nil || !strings.HasPrefix(printed, "REFUSED: this shell has no "+absent) {
			t.Errorf("%s: exit code %d, wrote %v: %s", script, code, file != nil, printed)
		}
	}
}
