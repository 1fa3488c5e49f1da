package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/bundle"
	"lyncowa/internal/explain"
	"lyncowa/internal/plan"
)

// What a topic says of the scripts is what the scripts say themselves.
func TestTopicKnowsTheScripts(t *testing.T) {
	target := filepath.Join(t.TempDir(), "bundle")
	mustRender(t, "../../examples/litware/topology.yaml", target)
	script, err := os.ReadFile(filepath.Join(target, "scripts", "40-lync-trusted-application.ps1"))
	if err != nil {
		t.Fatal(err)
	}
	help := strings.Join(strings.Fields(string(script)), " ")
	text := explain.Topic{Name: "scripts"}.Text()
	exits := regexp.MustCompile(`(?m)^  (\d)  (.*)$`).FindAllStringSubmatch(text, -1)
	for _, exit := range exits {
		if want := exit[1] + " " + exit[2]; !strings.Contains(help, want) {
			t.Errorf("the scripts do not say %q", want)
		}
	}
	if len(exits) != 4 {
		t.Errorf("exit codes of scripts: %q", exits)
	}
	explained := allOf(regexp.MustCompile(`(?m)^  ([A-Z][A-Z/ -]*[A-Z])  `), text)
	printed := allOf(regexp.MustCompile(`(?m)^[^#\n]*\bStatus(?: =)? '([A-Z][^']*)'`), scriptsOf(t, target))
	if diff := cmp.Diff(printed, explained); diff != "" || len(printed) < 10 {
		t.Errorf("%d words begin the lines of scripts; those that are printed (-) and explained (+):\n%s", len(printed), diff)
	}
	for _, name := range []string{bundle.ApprovalPath, bundle.EvidencePath} {
		if !strings.Contains(text, name) {
			t.Errorf("the topic does not name %s", name)
		}
	}
}

// allOf are the different texts that the parentheses of a pattern match, sorted.
func allOf(pattern *regexp.Regexp, text string) []string {
	var found []string
	for _, match := range pattern.FindAllStringSubmatch(text, -1) {
		found = append(found, match[1])
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// scriptsOf is the text of everything in a bundle that runs.
func scriptsOf(t *testing.T, target string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range []string{"scripts/*.ps*1", "back-out/*.ps1"} {
		names, err := filepath.Glob(filepath.Join(target, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %q, %v", pattern, names, err)
		}
		for _, name := range names {
			all.WriteString(readText(t, name))
		}
	}
	return all.String()
}

func TestTopicKnowsTheBundle(t *testing.T) {
	text := explain.Topic{Name: "approval"}.Text()
	for _, name := range []string{bundle.SumsPath, bundle.ApprovalPath, bundle.EvidencePath, "change-record.html"} {
		if !strings.Contains(text, name) {
			t.Errorf("the topic does not name %s", name)
		}
	}
}

// The README's table of the kinds of change says what lyncowa says.
func TestReadmeKnowsTheChanges(t *testing.T) {
	table := strings.ReplaceAll(readText(t, readme), "`", "")
	for _, change := range plan.Changes() {
		if row := fmt.Sprintf("\n| %s | %s |\n", change, explain.Purpose(change)); !strings.Contains(table, row) {
			t.Errorf("the README has no row %s", row)
		}
	}
}

// Every command line in a topic or in the examples of a help is one that lyncowa understands.
func TestHelpSuggestsWhatThereIs(t *testing.T) {
	root := newRoot()
	var lines []string
	for _, c := range root.Commands() {
		var page bytes.Buffer
		c.SetOut(&page)
		if err := c.Help(); err != nil {
			t.Fatal(err)
		}
		for _, line := range regexp.MustCompile(`(?m)^ +(lyncowa .*)$|(lyncowa help [a-z-]+)`).FindAllStringSubmatch(page.String(), -1) {
			lines = append(lines, line[1]+line[2])
		}
	}
	for _, line := range lines {
		mustBeCommand(t, "help", line)
	}
	if len(lines) < 30 {
		t.Errorf("only %d command lines: %q", len(lines), lines)
	}
}
