package explain

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"gopkg.in/yaml.v3"

	"lyncowa/internal/evidence"
	"lyncowa/internal/finding"
	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

func load(t *testing.T) *Articles {
	t.Helper()
	a, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// isShown is false for an example that is described or is a command line, and not a part of a topology.
func isShown(example string) bool {
	return !strings.HasPrefix(example, "(") && !strings.HasPrefix(example, "lyncowa ")
}

// Every rule has its article, in the order of the rules. So has every finding of the other packages.
func TestEveryFindingIsExplained(t *testing.T) {
	a := load(t)
	var want []string
	for _, r := range topology.Rules() {
		want = append(want, r.ID)
	}
	others := otherFindings(t)
	for _, r := range inventory.Rules() {
		others = append(others, r.ID)
	}
	for _, r := range evidence.Rules() {
		others = append(others, r.ID)
	}
	slices.Sort(others)
	want = append(want, slices.Compact(others)...)
	got := a.findingsAndSteps()
	got = got[:len(got)-len(a.Steps)]
	slices.Sort(got[len(topology.Rules()):])
	if !slices.Equal(got, want) {
		t.Errorf("explained are\n%s\nbut there are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// otherFindings are the ids of findings that other packages than topology make, sorted.
func otherFindings(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, pattern := range []string{"../*/*.go", "../../cmd/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, made := range madeFinding.FindAllStringSubmatch(string(text), -1) {
				if !strings.HasSuffix(file, "_test.go") {
					ids = append(ids, made[1]+made[2])
				}
			}
		}
	}
	slices.Sort(ids)
	return ids
}

var madeFinding = regexp.MustCompile(`(?:ID:\s+"([a-z-]+)",\s+Severity: |g\.report\("([a-z-]+)")`)

func TestEveryStepIsExplained(t *testing.T) {
	var want []string
	for _, s := range plan.Catalogue() {
		if !slices.Contains(want, s.ID) {
			want = append(want, s.ID)
		}
	}
	var got []string
	for _, s := range load(t).Steps {
		got = append(got, s.ID)
		if s.What == "" || s.Why == "" || s.Fix == "" {
			t.Errorf("%s: %+v", s.ID, s)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A changing step shows its commands, another one shows none.
func TestStepExamples(t *testing.T) {
	for _, s := range load(t).Steps {
		if changes := s.In[0].Kind == plan.KindChange; changes != (len(s.Commands()) > 0) {
			t.Errorf("%s is a %s and shows %q", s.ID, s.In[0].Kind, s.Commands())
		}
	}
}

// described are the examples that cannot be shown.
var described = map[string]string{
	"file-too-large":    strings.Repeat("#", 2<<20),
	"file-empty":        "# to be done\n",
	"file-encoding":     Complete("siteId: K\xf6ln\n"),
	"file-binary":       "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00",
	"too-many-findings": Complete("pilotUsers:\n" + strings.Repeat("  - amira\n", 51)),
	"too-many-warnings": lowPorts(51),
}

// lowPorts is a topology of many pools with a port below 1024.
func lowPorts(pools int) string {
	text := "apiVersion: lyncowa/v1\nname: x\nowaPools:\n"
	for i := range pools {
		text += fmt.Sprintf("  - {fqdn: owa%d.contoso.com, registrar: lync.contoso.com, siteId: Dublin, port: 900, umColocated: false, certificateThumbprint: %040d}\n", i, i+1)
	}
	return text
}

// A wrong example has exactly the finding of its article. A right one has none.
func TestExamples(t *testing.T) {
	for _, r := range topology.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			articles := load(t).findings()
			f := articles[slices.IndexFunc(articles, func(f Finding) bool { return f.ID == r.ID })]
			wrong, isDescribed := described[f.ID]
			if isDescribed == isShown(f.Wrong) {
				t.Fatalf("described: %v, shown: %q", isDescribed, f.Wrong)
			}
			if !isDescribed {
				wrong = Complete(f.Wrong)
			}
			_, list := topology.Load("t.yaml", []byte(wrong))
			if strings.HasPrefix(f.ID, "too-many-") {
				list = list[len(list)-1:]
			}
			if len(list) != 1 || list[0].ID != r.ID {
				t.Errorf("the wrong example has %+v\n%.999s", list, wrong)
			}
			if !isShown(f.Right) {
				return
			}
			if _, list := topology.Load("t.yaml", []byte(Complete(f.Right))); len(list) > 0 {
				t.Errorf("the right example has %+v\n%s", list, Complete(f.Right))
			}
		})
	}
}

func TestArticlesAreComplete(t *testing.T) {
	a := load(t)
	for _, g := range a.Groups {
		for _, f := range g.Findings {
			if f.What == "" || f.Why == "" || f.Fix == "" || f.Wrong == "" || f.Right == "" || len(f.Sources) == 0 ||
				f.Severity != finding.Error && f.Severity != finding.Warning {
				t.Errorf("%+v", f)
			}
			for _, key := range f.Sources {
				if a.sources[key].Says == "" {
					t.Errorf("%s cites %s, which is not there", f.ID, key)
				}
			}
			if text, _ := a.Text(f.ID); strings.ContainsFunc(text, func(r rune) bool {
				return r != '\n' && r != '\t' && r < ' ' || r >= 0x7F && r <= 0x9F || r >= 0x200E && r <= 0x206F
			}) {
				t.Errorf("%s would reach a terminal with a hidden character", f.ID)
			}
		}
	}
}

// Every statement of the procedure states something, and something rests on it.
func TestStatements(t *testing.T) {
	a := load(t)
	if n := len(a.Statements); n != 15 {
		t.Errorf("%d statements, want those of the page", n)
	}
	for _, s := range a.Statements {
		text, found := a.Text(strings.ToLower(s.Key))
		begins := strings.HasPrefix(text, s.Key+" (source)\n  "+strings.Fields(s.Fact)[0])
		if !found || !begins || !strings.Contains(text, "\nfrom\n  Integrating ") {
			t.Errorf("%s: %v, %q", s.Key, found, text)
		}
		if len(s.Steps)+len(s.Findings) == 0 {
			t.Errorf("nothing rests on %s", s.Key)
		}
		if !strings.Contains(a.List(), "\n  "+s.Key+" ") || !slices.Contains(a.IDs(), s.Key) {
			t.Errorf("%s is not listed", s.Key)
		}
	}
	for key, want := range map[string]string{
		"P4": "\n  port-range                    a port is outside 1-65535\n",
		"P5": "\n  enable-topology               50  Enable the Lync topology and wait for replication\n",
	} {
		if text, _ := a.Text(key); !strings.Contains(text, want) {
			t.Errorf("%q does not rest on %s: %s", want, key, text)
		}
	}
	if _, found := a.Text("P16"); found {
		t.Error("there is no P16")
	}
}

func TestNear(t *testing.T) {
	a := load(t)
	for id, want := range map[string]string{
		"port-rnge": "port-range", "PORT-RANGE": "port-range", "trusted-aplication": "trusted-application", "fqdn-lable": "fqdn-label",
		"thumbprint": "thumbprint-length",
	} {
		if got := a.Near(id); !slices.Contains(got, want) {
			t.Errorf("near %s are %v, want %s among them", id, got, want)
		}
	}
	if got := a.Near("zzzzzzzzzzzzzzzzzz"); len(got) > 0 {
		t.Errorf("got %v", got)
	}
}

// onlyRules are the findings that a schema cannot have: it sees values and not the text, and it cannot compare distant
// fields. An editor underlines every other one.
var onlyRules = []string{
	"yaml-tag", "yaml-document", "yaml-merge-key", "duplicate-key", "text-padding", "port-known", "port-low",
	"selection-all-name", "window-order",
	"duplicate-entry", "duplicate-fqdn", "registrar-is-owa-fqdn", "registrar-is-exchange-server", "server-in-two-pools",
	"pool-among-computers", "double-entry", "client-access-default", "sample-value",
	"override-certificates", "override-twice", "canary-not-a-server", "canary-alone", "pilot-policy-for-all",
}

// timestamps are a type of their own for this parser and texts for an editor.
var timestamps = regexp.MustCompile(`\d{4}-\d\d-\d\dT\S+`)

func TestSchemaSeesTheWrongExamples(t *testing.T) {
	var s jsonschema.Schema
	if err := json.Unmarshal(topology.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	schema, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range load(t).Groups {
		for _, f := range group.Findings {
			var value any
			if !isShown(f.Wrong) || yaml.Unmarshal([]byte(timestamps.ReplaceAllString(Complete(f.Wrong), `"$0"`)), &value) != nil {
				continue // no editor takes it for YAML
			}
			if seen := schema.Validate(value) != nil; seen == slices.Contains(onlyRules, f.ID) {
				t.Errorf("%s: an editor underlines it: %v", f.ID, seen)
			}
		}
	}
}
