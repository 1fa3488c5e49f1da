package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Every command shows how it is used, says what it does in one line, and is listed by the program itself.
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

// A flag with few values completes to them: what help lists, a shell offers.
func TestEveryChoiceCompletes(t *testing.T) {
	choices := 0
	for _, c := range newRoot().Commands() {
		for _, name := range []string{"change", "format"} {
			flag := c.Flags().Lookup(name)
			if flag == nil {
				continue
			}
			choices++
			complete, found := c.GetFlagCompletionFunc(name)
			if !found {
				t.Errorf("%s --%s completes to nothing", c.Name(), name)
				continue
			}
			values, _ := complete(&cobra.Command{}, nil, "")
			if len(values) < 2 {
				t.Errorf("%s --%s completes to %q", c.Name(), name, values)
			}
		}
	}
	if choices < 8 {
		t.Errorf("only %d choices", choices)
	}
}
