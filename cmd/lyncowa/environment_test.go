package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// The list is what the library reads: its sources name no other variable.
func TestVariablesOfCompletionAreKnown(t *testing.T) {
	folder, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/spf13/cobra").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(string(folder[:len(folder)-1]), "*.go"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d sources, %v", len(files), err)
	}
	known := []string{`"BASH_COMP_DEBUG_FILE"`, "activeHelpGlobalEnvVar", "activeHelpEnvVar(cmd.Root().Name())", "configEnvVar(cmd.Root().Name(), suffix)", "configEnvVar(configEnvVarGlobalPrefix, suffix)"}
	var found []string
	for _, file := range files {
		if match, _ := filepath.Match("*_test.go", filepath.Base(file)); match {
			continue
		}
		for _, call := range regexp.MustCompile(`os\.(?:Getenv|LookupEnv|Environ)\((.*?)\)(?:; |\n)`).FindAllStringSubmatch(readText(t, file), -1) {
			found = append(found, call[1])
		}
	}
	slices.Sort(found)
	slices.Sort(known)
	if !slices.Equal(found, known) {
		t.Errorf("cobra reads %q, known are %q", found, known)
	}
}

func TestEnvironmentDecidesNothing(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	for _, args := range [][]string{{"__complete", "val"}, {"__complete", "plan", "--no-such-flag", ""}} {
		usual, err := exec.Command("lyncowa", args...).CombinedOutput()
		cmd := exec.Command("lyncowa", args...)
		cmd.Env = append(cmd.Environ(), "BASH_COMP_DEBUG_FILE="+log)
		for _, name := range ofCompletion[1:] {
			cmd.Env = append(cmd.Env, name+"=false")
		}
		got, err2 := cmd.CombinedOutput()
		if exitOf(err2) != exitOf(err) || string(got) != string(usual) {
			t.Errorf("%q: %q (%v), not %q (%v)", args, got, err2, usual, err)
		}
	}
	if _, err := os.Lstat(log); err == nil {
		t.Error("a file was written that no argument names")
	}
}
