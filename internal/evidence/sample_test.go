package evidence

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

var update = flag.Bool("update", false, "rewrite the evidence and the expected output in testdata")

// digest is that of the bundle of the sample.
const digest = "5a3e000000000000000000000000000000000000000000000000000000000000"

// The hosts and the accounts of the sample.
const (
	mbx1 = "dub-mbx-01.contoso.com"
	mbx2 = "dub-mbx-02.contoso.com"
	fe   = "dub-fe-01.contoso.com"
	jl   = `CONTOSO\jlindqvist`
	ah   = `CONTOSO\ahaddad`
)

// The scripts of its plan.
const (
	s10 = "scripts/10-exchange-preflight-exchange.ps1"
	s20 = "scripts/20-lync-preflight-lync.ps1"
	s40 = "scripts/40-lync-trusted-application.ps1"
	s50 = "scripts/50-lync-enable-topology.ps1"
	s60 = "scripts/60-exchange-owa-virtual-directories.ps1"
	s70 = "scripts/70-exchange-im-settings.ps1"
	s80 = "scripts/80-exchange-mailbox-policies.ps1"
	s90 = "scripts/90-exchange-verify-exchange.ps1"
	s95 = "scripts/95-lync-verify-lync.ps1"
	b40 = "back-out/40-lync-trusted-application.ps1"
	b60 = "back-out/60-exchange-owa-virtual-directories.ps1"
	b70 = "back-out/70-exchange-im-settings.ps1"
	b80 = "back-out/80-exchange-mailbox-policies.ps1"
)

func samplePlan(t testing.TB) *plan.Plan {
	t.Helper()
	text, err := os.ReadFile("testdata/topology.yaml")
	if err != nil {
		t.Fatal(err)
	}
	top, findings := topology.Load("topology.yaml", text)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	p, findings := plan.Build(top, text, plan.Integrate)
	if findings.HasErrors() {
		t.Fatal(findings)
	}
	return p
}

// recorder writes evidence as the scripts do: one JSON line an event, in the order of time.
type recorder struct {
	files map[string]*bytes.Buffer // by host
	now   time.Time
	runs  int
}

func newRecorder() *recorder {
	return &recorder{files: map[string]*bytes.Buffer{}, now: time.Date(2026, 7, 4, 8, 15, 0, 123e6, time.UTC)}
}

// run writes one run. Each line is "STATUS text"; the last one is "END code", or the run was interrupted.
func (r *recorder) run(host, account, script string, lines ...string) string {
	r.runs++
	r.now = r.now.Add(90 * time.Second).Truncate(time.Second).Add(123 * time.Millisecond)
	id := fmt.Sprintf("%s-%08x", r.now.Format("20060102T150405Z"), uint32(0x3f9c21ab+r.runs*0x01010101))
	r.lines(id, 1, host, account, script, append([]string{"START|" + script}, lines...)...)
	return id
}

func (r *recorder) lines(id string, from int, host, account, script string, lines ...string) {
	for i, line := range lines {
		status, text, _ := strings.Cut(line, "|")
		e := Event{id, from + i, Moment{r.now}, host, account, digest, script, status, text, nil, 0}
		if status == "END" {
			code := int(text[0] - '0')
			e.Exit, e.Text = &code, ""
		}
		r.write(e)
		r.now = r.now.Add(1500 * time.Millisecond)
	}
}

func (r *recorder) write(e Event) {
	if r.files[e.Host] == nil {
		r.files[e.Host] = &bytes.Buffer{}
	}
	encoder := json.NewEncoder(r.files[e.Host])
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		panic(err)
	}
}

// reads is a run that only reads, and comes through.
func (r *recorder) reads(host, account, script string) {
	r.run(host, account, script, "OK|certificate: valid until 2027-05-01", "DONE|every check that this computer can make passed; nothing was changed", "END|0")
}

// webConfig is what step 70 does on a server.
func (r *recorder) webConfig(host string) {
	r.run(host, jl, s70, "OK|UCMA: found",
		`BEFORE|web.config: {"Sha256":"9c41f0b2","IMServerName":null,"IMCertificateThumbprint":null}`,
		"ATTEMPT|web.config of OWA on "+host,
		"CHANGED|web.config of OWA on "+host+": set IMCertificateThumbprint 3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2, IMServerName lync-dub.contoso.com",
		"ATTEMPT|OWA application pool on "+host,
		"CHANGED|OWA application pool on "+host+": recycle MSExchangeOWAAppPool",
		"DONE|2 change(s)", "END|0")
}

// trustedPool is what step 40 does.
func (r *recorder) trustedPool() {
	r.run(fe, ah, s40, "EXPORT|configuration.zip: 77d1"+strings.Repeat("0", 60),
		`BEFORE|owa-dub.contoso.com: {"Pool":false,"Computers":[],"Applications":[]}`,
		"ATTEMPT|trusted application pool owa-dub.contoso.com",
		"CHANGED|trusted application pool owa-dub.contoso.com: create with the registrar lync-dub.contoso.com in the site Dublin",
		"ATTEMPT|trusted application OutlookWebApp of owa-dub.contoso.com",
		"CHANGED|trusted application OutlookWebApp of owa-dub.contoso.com: create with the port 5199",
		"DONE|2 change(s)", "END|0")
}

func (r *recorder) enable() {
	r.run(fe, ah, s50, "ATTEMPT|Lync topology", "CHANGED|Lync topology: enable", "WAITING|replication: at most 840 seconds left", "DONE|1 change(s)", "END|0")
}

func (r *recorder) policies() {
	r.run(mbx1, jl, s80, `BEFORE|Default: {"InstantMessagingEnabled":true,"InstantMessagingType":"None"}`, "ATTEMPT|OWA mailbox policy Default",
		"CHANGED|OWA mailbox policy Default: set InstantMessagingEnabled True, InstantMessagingType OCS", "DONE|1 change(s)", "END|0")
}

// sample is the evidence of three hosts: complete and verified, with one failure on the way that was repaired.
func sample() *recorder {
	r := newRecorder()
	r.reads(mbx1, jl, s10)
	r.reads(mbx2, jl, s10)
	r.reads(fe, ah, s20)
	r.trustedPool()
	r.enable()
	r.run(mbx1, jl, s60, `BEFORE|DUB-MBX-01\owa (Default Web Site): {"InstantMessagingEnabled":true,"InstantMessagingType":"None"}`,
		`ATTEMPT|OWA virtual directory DUB-MBX-01\owa (Default Web Site)`, "FAILED|the server DUB-DC-02 is not operational", "NEXT|remove the cause and run this script again", "END|3")
	r.run(mbx1, jl, s60, `ATTEMPT|OWA virtual directory DUB-MBX-01\owa (Default Web Site)`,
		`CHANGED|OWA virtual directory DUB-MBX-01\owa (Default Web Site): set InstantMessagingEnabled True, InstantMessagingType OCS`, "DONE|1 change(s)", "END|0")
	notes := r.run(mbx1, jl, ownNotes, "ANSWER|Run "+s70+" on this computer? -> yes", "STARTED|"+s70)
	r.webConfig(mbx1)
	r.lines(notes, 4, mbx1, jl, ownNotes, "ENDED|"+s70+" exit 0", "ANSWER|Step 70 is done on dub-mbx-01.contoso.com. Does OWA work there, and may dub-mbx-02.contoso.com be next? -> yes", "END|0")
	r.webConfig(mbx2)
	r.policies()
	r.reads(mbx1, jl, s90)
	r.reads(mbx2, jl, s90)
	r.reads(fe, ah, s95)
	return r
}

// save writes the files of a recorder below a folder.
func (r *recorder) save(t testing.TB, dir string) string {
	t.Helper()
	for _, host := range slices.Sorted(maps.Keys(r.files)) {
		writeFile(t, filepath.Join(dir, host, eventsFile), r.files[host].String())
	}
	return dir
}

func writeFile(t testing.TB, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func judgeFolders(t testing.TB, ticket string, folders ...string) *Report {
	t.Helper()
	e, err := Load(folders...)
	if err != nil {
		t.Fatal(err)
	}
	return Judge(samplePlan(t), digest, e, ticket)
}

// ids are the ids of the findings, each once, in their order; those of warnings in parentheses.
func ids(r *Report) []string {
	var all []string
	for _, f := range r.Findings {
		id := f.ID
		if f.Severity == "warning" {
			id = "(" + id + ")"
		}
		if !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	slices.Sort(all)
	return all
}

// The committed evidence is what the recorder writes, so that its form stays that of the scripts.
func TestSampleIsCurrent(t *testing.T) {
	const dir = "testdata/evidence"
	if *update {
		sample().save(t, dir)
	}
	for host, text := range sample().files {
		if got, err := os.ReadFile(filepath.Join(dir, host, eventsFile)); err != nil || !bytes.Equal(got, text.Bytes()) {
			t.Errorf("%s: %v; run the test with -update", host, err)
		}
	}
}
