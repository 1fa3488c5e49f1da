package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// network are the standard library's ways to a network. Parsing an address or an URL is none.
var network = []string{"net", "net/http", "net/rpc", "net/smtp", "net/textproto", "crypto/tls", "log/syslog"}

// netImporters are the packages of others that import net, each with the reason why nothing dials. A new one has
// to be looked at before it gets a row.
var netImporters = map[string]string{
	"crypto/x509":                     "parses addresses in certificates; sprig's certificate functions, which no template may call",
	"github.com/google/uuid":          "reads hardware addresses; sprig's uuidv4, which no template may call",
	"github.com/Masterminds/sprig/v3": "getHostByName, which no template may call: internal/bundle/templates.go lists what they may",
	"github.com/spf13/pflag":          "flags that hold addresses; lyncowa has none",
}

func TestNoPackageOfOursReachesANetwork(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for line := range strings.Lines(string(out)) {
		importer, imports, _ := strings.Cut(strings.TrimSpace(line), " ")
		for _, imported := range strings.Fields(imports) {
			if !slices.Contains(network, imported) {
				continue
			}
			reason, known := netImporters[importer]
			if !known || imported != "net" {
				t.Errorf("%s imports %s", importer, imported)
			}
			seen[importer] = reason
		}
	}
	if !maps.Equal(seen, netImporters) {
		t.Errorf("packages that import net: %q, listed: %q", slices.Sorted(maps.Keys(seen)), slices.Sorted(maps.Keys(netImporters)))
	}
}

// surroundings are the functions that read what is around a program and in none of its arguments.
var surroundings = []string{
	"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.UserHomeDir", "os.UserConfigDir", "os.UserCacheDir", "os.Hostname",
	"os.TempDir", "os.MkdirTemp", "os.CreateTemp", "exec.LookPath", "exec.Command", "exec.CommandContext", "syscall.Getenv", "user.Current", "user.Lookup", "time.Now",
}

// allowedSurroundings is everything that lyncowa reads of them: file -> calls.
var allowedSurroundings = map[string][]string{
	"cmd/lyncowa/messages.go":         {`os.Getenv("NO_COLOR")`, `os.Getenv("TERM")`},
	"cmd/lyncowa/schema.go":           {"os.CreateTemp"},                                      // beside the schema
	"internal/bundle/write.go":        {"os.MkdirTemp"},                                       // beside the target, never in the system's folder
	"internal/rehearsal/report.go":    {"os.CreateTemp"},                                      // beside the report
	"internal/rehearsal/rehearsal.go": {"os.MkdirTemp"},                                       // the simulated farm
	"internal/rehearsal/engine.go":    {"exec.LookPath", "exec.CommandContext", "os.Environ"}, // rehearse alone starts a program, with its surroundings
}

// Nothing but the arguments, the files that they name and these few things decide what lyncowa does.
func TestNothingElseIsReadOfTheSurroundings(t *testing.T) {
	found := map[string][]string{}
	for _, path := range productSources(t) {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", path), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, isCall := n.(*ast.CallExpr)
			if !isCall {
				return true
			}
			if name := calledName(call); slices.Contains(surroundings, strings.SplitN(name, "(", 2)[0]) {
				found[path] = append(found[path], name)
			}
			return true
		})
	}
	for path, calls := range found {
		for _, call := range calls {
			if !slices.Contains(allowedSurroundings[path], call) {
				t.Errorf("%s: %s", path, call)
			}
		}
	}
	for path, calls := range allowedSurroundings {
		for _, call := range calls {
			if !slices.Contains(found[path], call) {
				t.Errorf("%s does not call %s any more: take it off the list", path, call)
			}
		}
	}
}

// calledName is package.Function, with its argument where that is a variable's name: os.Getenv("TERM").
func calledName(call *ast.CallExpr) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	from, ok := selector.X.(*ast.Ident)
	if !ok {
		return ""
	}
	name := from.Name + "." + selector.Sel.Name
	if strings.HasSuffix(name, "env") && len(call.Args) == 1 {
		if literal, ok := call.Args[0].(*ast.BasicLit); ok {
			name += "(" + literal.Value + ")"
		}
	}
	return name
}

// productSources are the Go files that lyncowa is built from, below the module's folder, whatever the system.
func productSources(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-f", "{{if .Module}}{{if .Module.Main}}{{.ImportPath}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	var sources []string
	for _, path := range strings.Fields(string(out)) {
		folder := strings.TrimPrefix(path, "lyncowa/")
		entries, err := filepath.Glob(filepath.Join("../..", filepath.FromSlash(folder), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if name := filepath.Base(entry); !strings.HasSuffix(name, "_test.go") {
				sources = append(sources, folder+"/"+name)
			}
		}
	}
	if len(sources) < 50 {
		t.Fatalf("%d sources, want all", len(sources))
	}
	return sources
}
