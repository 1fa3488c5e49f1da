package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected output in the tests' files")

// raceQuickExit keeps a program built with the race detector from sleeping a second before it ends.
const raceQuickExit = "atexit_sleep_ms=0"

// commands are the programs that tests start by name. All of them are this test binary.
var commands = map[string]func(){"lyncowa": main}

func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceQuickExit)
	testscript.Main(m, commands)
}

// TestScript runs the command line as a person would: one script a topic. $EXAMPLES holds the committed examples.
func TestScript(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", examples)
			env.Setenv("GORACE", raceQuickExit)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":   code,
			"follow": follow,
		},
	})
}

// follow runs what the last command suggests as the next one, and asks for its exit code: follow 0.
func follow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: follow N")
	}
	var suggested string
	for line := range strings.Lines(ts.ReadFile("stdout") + ts.ReadFile("stderr")) {
		if command, isNext := strings.CutPrefix(line, "next: "); isNext {
			suggested = strings.TrimSpace(command)
		}
	}
	words := shellWords(suggested)
	if len(words) < 2 || words[0] != "lyncowa" {
		ts.Fatalf("no command was suggested but %q", suggested)
	}
	ts.Logf("follow: %s", suggested)
	code(ts, false, append(args, words...))
}

// shellWords are the words of a command, as a shell takes it apart: what stands in quotation marks is one.
func shellWords(command string) []string {
	var words []string
	for _, word := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(command, -1) {
		words = append(words, strings.Trim(word, `'"`))
	}
	return words
}

// code runs lyncowa and asks for an exit code, which testscript's own exec cannot: code 3 lyncowa plan.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [argument...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := exitOf(err); got != args[0] {
		ts.Fatalf("exit code %s, want %s (%v)", got, args[0], err)
	}
}
