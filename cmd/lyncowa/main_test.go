package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"lyncowa/internal/bundle"
)

var update = flag.Bool("update", false, "rewrite the expected output in the tests' files")

// raceQuickExit is for a program that is built with the race detector: it would sleep a second before it ends.
const raceQuickExit = "atexit_sleep_ms=0"

// commands are the programs that tests start by name. All of them are this test binary.
var commands = map[string]func(){"lyncowa": main}

func TestMain(m *testing.M) {
	os.Setenv("GORACE", raceQuickExit)
	testscript.Main(m, commands)
}

// TestScript runs command lines as a person would, one script per topic. $EXAMPLES holds the committed examples.
func TestScript(t *testing.T) {
	examples, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	evidence, err := filepath.Abs("../../internal/evidence/testdata")
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
			env.Setenv("EVIDENCE", evidence)
			env.Setenv("GORACE", raceQuickExit)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"code":     code,
			"derive":   derive,
			"follow":   follow,
			"recorded": recorded,
		},
	})
}

// recorded writes the evidence of the tests as that of a bundle, whose digest is $BUNDLE_DIGEST then: recorded DIR BUNDLE.
func recorded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: recorded DIR BUNDLE")
	}
	digest := fmt.Sprintf("%x", sha256.Sum256([]byte(ts.ReadFile(filepath.Join(args[1], bundle.SumsPath)))))
	ts.Setenv("BUNDLE_DIGEST", digest)
	files, err := filepath.Glob(filepath.Join(ts.Getenv("EVIDENCE"), "evidence/*/events.jsonl"))
	ts.Check(err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		ts.Check(err)
		folder := filepath.Join(ts.MkAbs(args[0]), filepath.Base(filepath.Dir(name)))
		ts.Check(os.MkdirAll(folder, 0o755))
		sealed := recordedDigest.ReplaceAllString(string(text), `"digest":"`+digest+`"`)
		ts.Check(os.WriteFile(filepath.Join(folder, filepath.Base(name)), []byte(sealed), 0o644))
	}
}

var recordedDigest = regexp.MustCompile(`"digest":"[0-9a-f]{64}"`)

// follow runs the next command that the last one suggests, and checks its exit code: follow 0.
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

// shellWords splits a command as a shell does: text in quotation marks is one word.
func shellWords(command string) []string {
	var words []string
	for _, word := range regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`).FindAllString(command, -1) {
		words = append(words, strings.Trim(word, `'"`))
	}
	return words
}

// code runs a program and checks its exit code, which exec of testscript cannot: code 3 lyncowa plan.
func code(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N command [argument...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	if got := exitOf(err); got != args[0] {
		ts.Fatalf("exit code %s, want %s (%v)", got, args[0], err)
	}
}

func readText(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// derive writes a file that differs from another one in a few texts: derive new.yaml old.yaml 'port: 5199' 'port: 5200'.
// In a replacement \n is a line end.
func derive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 || len(args)%2 != 0 {
		ts.Fatalf("usage: derive NEW OLD (TEXT REPLACEMENT)...")
	}
	text := ts.ReadFile(args[1])
	for i := 2; i < len(args); i += 2 {
		if !strings.Contains(text, args[i]) {
			ts.Fatalf("%s does not contain %q", args[1], args[i])
		}
		text = strings.Replace(text, args[i], strings.ReplaceAll(args[i+1], `\n`, "\n"), 1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o644))
}

func mustRender(t *testing.T, source, target string) {
	t.Helper()
	if out, err := exec.Command("lyncowa", "render", source, "-o", target).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// snapshot is every path and every byte of a folder, in one string. Links and pipes only have their type.
func snapshot(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			fmt.Fprintf(&all, "%s %v\n", strings.TrimPrefix(name, dir), entry.Type())
			return nil
		}
		data, err := os.ReadFile(name)
		fmt.Fprintf(&all, "%s %d\n%s\n", strings.TrimPrefix(name, dir), len(data), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
