package main

import (
	"bytes"
	"fmt"
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

// Every command says in one line what it does and shows an example.
func TestHelpOfEveryCommand(t *testing.T) {
	root := newRoot()
	for _, c := range root.Commands() {
		if !c.Runnable() {
			continue // a topic
		}
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: short help %q", c.Name(), c.Short)
		}
		if !strings.Contains(c.Example, "  lyncowa "+c.Name()) {
			t.Errorf("%s: examples %q", c.Name(), c.Example)
		}
	}
	completion, _, err := root.Find([]string{"completion"})
	if err != nil || len(completion.Commands()) != len(shells) {
		t.Fatalf("completion: %v", err)
	}
	for _, c := range completion.Commands() {
		if c.Long != shells[c.Name()].long || !strings.Contains(c.Example, "lyncowa completion "+c.Name()) {
			t.Errorf("%s: %q, %q", c.Name(), c.Long, c.Example)
		}
		for line := range strings.Lines(c.Long) {
			if len(line) > 90 {
				t.Errorf("%s: a line of %d characters: %s", c.Name(), len(line), line)
			}
		}
	}
}

// The topic explains each exit code and each word that the scripts print.
func TestTopicExplainsTheScripts(t *testing.T) {
	const target = "../../examples/litware/litware-owa-im-integrate"
	help := strings.Join(strings.Fields(readText(t, filepath.Join(target, "scripts", "40-lync-trusted-application.ps1"))), " ")
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

// scriptsOf is the text of all scripts and modules of a bundle.
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

func TestTopicNamesTheFiles(t *testing.T) {
	text := explain.Topic{Name: "approval"}.Text()
	for _, name := range []string{bundle.SumsPath, bundle.ApprovalPath, bundle.EvidencePath, "change-record.html"} {
		if !strings.Contains(text, name) {
			t.Errorf("the topic does not name %s", name)
		}
	}
}

// The README's table of the kinds of change has the words of the help.
func TestReadmeListsTheChanges(t *testing.T) {
	table := strings.ReplaceAll(readText(t, readme), "`", "")
	for _, change := range plan.Changes() {
		if row := fmt.Sprintf("\n| %s | %s |\n", change, explain.Purpose(change)); !strings.Contains(table, row) {
			t.Errorf("the README has no row %s", row)
		}
	}
}

// Every command line in a topic or in the examples of a command exists.
func TestCommandsInHelpExist(t *testing.T) {
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
