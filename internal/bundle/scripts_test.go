package bundle_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/rehearsal/facts"
	"lyncowa/internal/topology"
)

// hostile are texts that try to break out of a literal, a comment or a line. A free-text field accepts all of them.
var hostile = []string{
	`'; Remove-Item C:\ -Recurse; '`, "\u2018\u2019\u201a\u201b quotes", `"double" $(exit 3) ` + "`n", "#> <# not help", "Zoë Müller 東京",
	`$env:PATH`, "{{ .Secret }}", "%s %d", "@'", "[a-c]x", "1e3", "Keys", "Count",
}

// shapes are topologies that between them reach every branch of the templates.
func shapes() map[string]string {
	head := "apiVersion: lyncowa/v1\nname: shape\n"
	pool := func(n int, more string) string {
		return fmt.Sprintf("  - fqdn: owa-%d.contoso.com\n    registrar: cs-%d.contoso.com\n    siteId: Site %d\n    port: 5199\n    certificateThumbprint: %040X\n%s", n, n, n, 0xABCDEF, more)
	}
	servers := "    mailboxServers: [mbx-1.contoso.com, mbx-2.contoso.com, mbx-3.contoso.com]\n    clientAccessServers: [cas-1.contoso.com]\n"
	quoted := make([]string, len(hostile))
	for i, text := range hostile {
		quoted[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	names := "[" + strings.Join(quoted, ", ") + "]"
	return map[string]string{
		"page":           head + "owaPools:\n" + pool(1, "    umColocated: false\n"),
		"2015":           head + "versions: {lync: 2015}\nowaPools:\n" + pool(1, "    umColocated: false\n"),
		"2016":           head + "versions: {exchange: 2016, lync: 2019}\nowaPools:\n" + pool(1, "    umColocated: false\n"+servers) + pool(2, "    umColocated: true\n    sipDialPlans: all\n"),
		"2016, one pool": head + "versions: {exchange: 2016, lync: 2015}\nowaPools:\n" + pool(1, "    umColocated: false\n"),
		"2019":           head + "versions: {exchange: 2019, lync: 2019}\nowaPools:\n" + pool(1, "    umColocated: false\n"+servers),
		"colocated":      head + "owaPools:\n" + pool(1, "    umColocated: true\n    sipDialPlans: all\n"),
		"computers":      head + "owaPools:\n" + pool(1, "    umColocated: false\n"+servers),
		"mixed":          head + "owaPools:\n" + pool(1, "    umColocated: false\n"+servers) + pool(2, "    umColocated: true\n"),
		"all":            head + "mailboxPolicies: all\nowaPools:\n" + pool(1, "    umColocated: false\n    clientAccessServers: all\n"),
		"dial plans":     head + "owaPools:\n" + pool(1, "    umColocated: false\n    trustedComputers: []\n    sipDialPlans: [A, B]\n"+servers),
		"hostile":        head + "mailboxPolicies: " + names + "\nowaPools:\n" + pool(1, "    umColocated: false\n    trustedComputers: []\n    sipDialPlans: "+names+"\n"+servers),
		"hostile site":   head + "owaPools:\n" + strings.Replace(pool(1, "    umColocated: false\n"), "Site 1", quoted[0], 1),
		"pilots, change": head + "pilotUsers: [kim@contoso.com]\nchange: {title: '#> <script> $(exit)'}\nowaPools:\n" + pool(1, "    umColocated: false\n"),
	}
}

// everyBundle calls do with the scripts of each shape and each kind of change that is possible for it.
func everyBundle(t *testing.T, do func(t *testing.T, p *plan.Plan, scripts map[string][]byte)) {
	for shape, yaml := range shapes() {
		top, findings := topology.Load("topology.yaml", []byte(yaml))
		if top == nil {
			t.Fatalf("%s: %v", shape, findings)
		}
		for _, change := range plan.Changes() {
			p, findings := plan.Build(top, []byte(yaml), change)
			if p == nil {
				t.Logf("%s, %s: %s", shape, change, findings[0].Message)
				continue
			}
			t.Run(shape+"/"+string(change), func(t *testing.T) {
				b, err := bundle.Render(p)
				if err != nil {
					t.Fatal(err)
				}
				scripts := map[string][]byte{}
				for _, f := range b.Files {
					if ext := filepath.Ext(f.Path); ext == ".ps1" || ext == ".psm1" {
						scripts[f.Path] = f.Data
					}
				}
				do(t, p, scripts)
			})
		}
	}
}

// Windows PowerShell reads a file without byte order mark in the ANSI code page, where the bytes of UTF-8 can become
// quotes. A lone line feed breaks a signature.
func TestScriptsArePureASCIIWithCRLF(t *testing.T) {
	everyBundle(t, func(t *testing.T, _ *plan.Plan, scripts map[string][]byte) {
		for path, data := range scripts {
			for i, c := range data {
				if c > 0x7e || c < 0x20 && c != '\r' && c != '\n' && c != '\t' {
					t.Fatalf("%s: byte %#x at %d", path, c, i)
				}
			}
			if bytes.Count(data, []byte("\n")) != bytes.Count(data, []byte("\r\n")) || !bytes.HasSuffix(data, []byte("\r\n")) {
				t.Errorf("%s has a line without CRLF", path)
			}
		}
	})
}

func TestScriptsCallOnlyWhatTheProductHas(t *testing.T) {
	everyBundle(t, func(t *testing.T, p *plan.Plan, scripts map[string][]byte) {
		target := facts.Target{Lync: p.Versions.Lync, Exchange: p.Versions.Exchange}
		for _, problem := range facts.CheckScripts(scripts, target) {
			t.Error(problem)
		}
	})
}

// Where Lync discovers every server, a manual entry is the fault that P2 warns of.
func TestColocatedBundlesTouchNoTopology(t *testing.T) {
	everyBundle(t, func(t *testing.T, p *plan.Plan, scripts map[string][]byte) {
		if len(p.TrustedPools()) > 0 || p.Change == plan.RemoveDuplicate {
			return
		}
		for path, data := range scripts {
			commands, err := facts.Commands(data)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range commands {
				if strings.HasPrefix(c.Name, "New-Cs") || c.Name == "Enable-CsTopology" {
					t.Errorf("%s:%d calls %s", path, c.Line, c.Name)
				}
			}
		}
	})
}

// Every mutating cmdlet stops at errors and does not prompt: the script has asked ShouldProcess before.
func TestMutationsStopAndDoNotPrompt(t *testing.T) {
	mutating := []string{"New-Cs", "Remove-Cs", "Enable-Cs", "Set-Owa", "Set-UM", "New-Setting", "Set-Setting", "Remove-Setting"}
	everyBundle(t, func(t *testing.T, _ *plan.Plan, scripts map[string][]byte) {
		for path, data := range scripts {
			for n, line := range strings.Split(string(data), "\r\n") {
				text := strings.TrimSpace(line)
				for _, verb := range mutating {
					if strings.HasPrefix(text, verb) && !strings.HasSuffix(text, "-Confirm:$false -ErrorAction Stop") {
						t.Errorf("%s:%d: %s", path, n+1, text)
					}
				}
			}
		}
	})
}

// Exchange 2013 has no setting override, 2016 and later ignore web.config, and 2019 has no unified messaging.
func TestScriptsFitTheVersion(t *testing.T) {
	everyBundle(t, func(t *testing.T, p *plan.Plan, scripts map[string][]byte) {
		forbidden := []string{"SettingOverride", "DiagnosticInfo"}
		if p.UsesOverride() {
			forbidden = []string{"-WebConfig", "appSettings", "Appcmd.exe' recycle"}
		}
		if !p.HasUM() {
			forbidden = append(forbidden, "-UM", "DialPlan", "MSExchangeUM")
		}
		for path, data := range scripts {
			for _, word := range forbidden {
				if bytes.Contains(data, []byte(word)) {
					t.Errorf("%s for Exchange %s holds %s", path, p.Versions.Exchange, word)
				}
			}
		}
	})
}
