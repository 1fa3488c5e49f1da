package bundle_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/plan/plantest"
	"lyncowa/internal/topology"
)

// shapes are topologies that between them reach every branch of the templates.
func shapes(t *testing.T) map[string]string {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/shapes.txtar")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, f := range archive.Files {
		found[f.Name] = string(f.Data)
	}
	return found
}

// everyBundle calls do with the scripts of each shape and each kind of change that is possible for it.
func everyBundle(t *testing.T, do func(t *testing.T, p *plan.Plan, scripts map[string][]byte)) {
	for shape, yaml := range shapes(t) {
		top, findings := topology.Load("topology.yaml", []byte(yaml))
		if top == nil {
			t.Fatalf("%s: %v", shape, findings)
		}
		for _, change := range plan.Changes() {
			p, findings := plan.Build(top, []byte(yaml), change, plantest.Earlier(top))
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
			// The module is the same for every version of its family; nothing there acts before a script calls it.
			if !p.HasUM() && path == module {
				continue
			}
			for _, word := range forbidden {
				if bytes.Contains(data, []byte(word)) {
					t.Errorf("%s for Exchange %s holds %s", path, p.Versions.Exchange, word)
				}
			}
		}
	})
}
