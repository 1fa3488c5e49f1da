package facts

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// bundlePlan is what this test needs of a bundle's plan.json.
type bundlePlan struct {
	Versions struct{ Exchange, Lync string }
	Steps    []struct {
		ID, Shell string
		Commands  []struct{ Kind, Text string }
	}
}

// TestCommittedBundles reads every command of every script of the examples, and of their plans, and refuses
// what the facts do not have for the plan's versions.
func TestCommittedBundles(t *testing.T) {
	plans, err := filepath.Glob(filepath.Join("..", "..", "..", "examples", "*", "*", "plan.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range plans {
		bundle := filepath.Dir(path)
		t.Run(filepath.Base(bundle), func(t *testing.T) {
			plan := readPlan(t, path)
			target := Target{Lync: plan.Versions.Lync, Exchange: plan.Versions.Exchange}
			scripts := readScripts(t, bundle)
			if len(scripts) == 0 {
				t.Fatal("the bundle has a plan but no scripts")
			}
			for _, p := range CheckScripts(scripts, target) {
				t.Error(p)
			}
			checkPlanned(t, plan, target)
		})
	}
}

// checkPlanned checks the commands that the board reads.
func checkPlanned(t *testing.T, plan bundlePlan, target Target) {
	t.Helper()
	for _, step := range plan.Steps {
		for _, c := range step.Commands {
			if c.Kind == "file" {
				continue // an element of web.config
			}
			name := "plan.json/00-" + step.Shell + "-" + step.ID + ".ps1"
			for _, p := range CheckScripts(map[string][]byte{name: []byte(c.Text)}, target) {
				t.Error(p)
			}
		}
	}
}

func readPlan(t *testing.T, path string) bundlePlan {
	t.Helper()
	var plan bundlePlan
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &plan); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	if plan.Versions.Exchange == "" || plan.Versions.Lync == "" {
		t.Fatalf("%s names no versions", path)
	}
	return plan
}

func readScripts(t *testing.T, bundle string) map[string][]byte {
	t.Helper()
	scripts := map[string][]byte{}
	for _, pattern := range []string{"*.ps1", "*.psm1"} {
		paths, err := filepath.Glob(filepath.Join(bundle, "*", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			inBundle, err := filepath.Rel(bundle, path)
			if err != nil {
				t.Fatal(err)
			}
			scripts[filepath.ToSlash(inBundle)] = text
		}
	}
	return scripts
}
