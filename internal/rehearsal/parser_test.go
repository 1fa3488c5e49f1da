package rehearsal

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	diff "github.com/google/go-cmp/cmp"

	"lyncowa/internal/rehearsal/facts"
)

// parser lists what the scripts in files are made of.
type parser func(files []string) ([]facts.Script, error)

// list lists what scripts are made of, by their names: with the engine's own parser, else with tree-sitter.
func list(t *testing.T, texts tree) map[string]facts.Script {
	t.Helper()
	parse := engineParser(t)
	if parse == nil {
		parse = treeSitter()
	}
	if parse == nil {
		t.Skip("no script was parsed: there is no PowerShell on PATH, and tree-sitter needs `.ci/syntax/run go test ./...`")
	}
	return listWith(t, parse, texts)
}

func listWith(t *testing.T, parse parser, texts tree) map[string]facts.Script {
	t.Helper()
	lists, err := listScripts(t.TempDir(), texts, parse)
	if err != nil {
		t.Fatal(err)
	}
	return lists
}

// engineParser is nil where there is no engine.
func engineParser(t *testing.T) parser {
	t.Helper()
	if _, err := findEngine(""); err != nil {
		return nil
	}
	folder := t.TempDir()
	e, err := startEngine(context.Background(), "", folder, folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e.list
}

// treeSitter is nil where .ci/syntax/run has not made its packages ready.
func treeSitter() parser {
	if os.Getenv("SYNTAX_MODULES") == "" {
		return nil
	}
	return func(files []string) ([]facts.Script, error) {
		// Liftoff only: optimising the grammar's WebAssembly takes seconds in every process and saves milliseconds.
		command := exec.Command("node", append([]string{"--liftoff-only", "../../.ci/syntax/list.mjs"}, files...)...)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		out, err := command.Output()
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, &stderr)
		}
		var lists []facts.Script
		return lists, json.Unmarshal(out, &lists)
	}
}

// TestParsersAgree: what CI without an engine lists is what the engine lists.
func TestParsersAgree(t *testing.T) {
	t.Parallel()
	engine, sitter := engineParser(t), treeSitter()
	if engine == nil || sitter == nil {
		t.Skip("the two parsers were not compared: that needs PowerShell on PATH and `.ci/syntax/run go test ./...`")
	}
	texts := tree{}
	for _, test := range listed {
		texts[test.name+".ps1"] = test.text
	}
	for _, dir := range []string{"litware/litware-owa-im", "contoso-2016/contoso-2016", "fabrikam-2019/fabrikam-2019"} {
		b, err := readBundle("../../examples/" + dir + "-integrate")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range b.scripts() {
			texts[fileName(b.files[name])] = b.files[name] // each text once
		}
	}
	ours, theirs := listWith(t, sitter, texts), listWith(t, engine, texts)
	for name := range texts {
		if d := diff.Diff(brief(theirs[name]), brief(ours[name])); d != "" {
			t.Errorf("%s (-engine +tree-sitter):\n%s", name, d)
		}
	}
}

// listed is text, and what a list of it holds: each command, function and class on a line.
var listed = []struct{ name, text, want string }{
	{"parameters", "Get-A -Name 'it''s' -All -X: $true -Count:3 y @p -Z 1,2", `
1:1 Get-A -Name <it's> -All -X: -Count:3 <y> @p -Z <>`},
	{"pipelines", "Get-A | Set-B |\n # why\n Set-C > $null; 1 | Set-D 2>&1 >x.txt; Get-E `\n  -X", `
1:1 Get-A
1:9 Set-B (piped)
3:2 Set-C (piped)
3:21 Set-D (piped)
3:40 Get-E -X`},
	{"calls", "& 'C:\\W\\x.exe' /g; & Get-A; . .\\lib.ps1; & $x 1; & \"$a\\b\" z; & (Get-B); & { Get-C }; .{ Get-D }", `
1:1 C:\W\x.exe </g>
1:20 Get-A
1:29 .\lib.ps1
1:42 $x <1> (dynamic)
1:50 "$a\b" <z> (dynamic)
1:62 (Get-B) (dynamic)
1:65 Get-B
1:73 & (block)
1:77 Get-C
1:86 & (block)
1:89 Get-D`},
	{"strings", "\"a $(Get-A \"b $(Get-B)\") $x.y `$(Get-C)\"; '$(Get-D)'; $h = @\"\n$(Get-E)\n\"@; Get-F (\"x$(Get-G)\")", `
1:6 Get-A <>
1:17 Get-B
2:3 Get-E
3:5 Get-F <>
3:16 Get-G`},
	{"brackets", "$x[(Get-A)].$(Get-B).M((Get-C), { Get-D }); @{ a = Get-E; (Get-F) = @(Get-G; Get-H) }; [int](Get-I); -not (Get-J)", `
1:5 Get-A
1:15 Get-B
1:25 Get-C
1:35 Get-D
1:52 Get-E
1:60 Get-F
1:71 Get-G
1:78 Get-H
1:88 class int
1:94 Get-I
1:108 Get-J`},
	{"statements", "if (Test-A) { Get-A } elseif (Test-B) { } else { Get-B }\nforeach ($i in Get-C) { }; for ($i = Get-D; Test-C; Get-E) { }\n" +
		"do { Get-F } until (Test-D); while ($a = Read-A) { }; switch (Get-G) {\n'a' { Get-H; Get-I }\ndefault { Get-J } }\n" +
		"try { Get-K } catch [IO.IOException], [A] { Get-L } finally { Get-M }; trap { Get-N }; return Get-O; throw (New-P)", `
1:5 Test-A
1:15 Get-A
1:31 Test-B
1:50 Get-B
2:16 Get-C
2:38 Get-D
2:45 Test-C
2:53 Get-E
3:6 Get-F
3:21 Test-D
3:42 Read-A
3:63 Get-G
4:7 Get-H
4:14 Get-I
5:11 Get-J
6:7 Get-K
6:21 class IO.IOException
6:39 class A
6:45 Get-L
6:63 Get-M
6:79 Get-N
6:95 Get-O
6:109 New-P`},
	{"functions", "function Invoke-Change {\n[CmdletBinding(SupportsShouldProcess = $true)]\nparam(\n[Parameter(Mandatory = $true)] [string]$Target,\n" +
		"[Parameter(Mandatory = $false, ValueFromPipeline=$true)] [Alias('Do', \"Act\")] [scriptblock] $Change = { Get-A },\n[switch]$Quiet\n)\n& $Change; & $Target\n}\n" +
		"filter script:Select-It($Name, ${Other}) { function plain { Get-B } }", `
function Invoke-Change (advanced, ShouldProcess) Target* Change/Do/Act| Quiet?
function Select-It Name Other
function plain
4:32 class string
5:79 class scriptblock
5:105 Get-A
6:1 class switch
8:1 $Change (block)
8:12 $Target (dynamic)
10:61 Get-B`},
	{"classes", "[DateTime]::Now; [Convert]::ToString(1); [Collections.Generic.List[string]]$x = New-Object -TypeName 'A.B' 5; [int[]]$y = 1; $z -is [A]; [B]::new()", `
1:1 class DateTime::Now
1:18 class Convert::ToString
1:42 class Collections.Generic.List[string]
1:81 New-Object -TypeName <A.B> <5>
1:111 class int[]
1:133 class A
1:138 class B::new`},
}

func TestList(t *testing.T) {
	texts := tree{}
	for _, test := range listed {
		texts[test.name+".ps1"] = test.text
	}
	lists := list(t, texts)
	for _, test := range listed {
		if d := diff.Diff(strings.TrimSpace(test.want), brief(lists[test.name+".ps1"])); d != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, d)
		}
	}
}

// brief writes functions, then commands and classes by their place: an argument in <>, "*" after a mandatory parameter,
// "?" after a switch, "|" after one from the pipeline.
func brief(s facts.Script) string {
	type entry struct {
		facts.Place
		text string
	}
	var entries []entry
	for _, p := range s.Problems {
		entries = append(entries, entry{p.Place, fmt.Sprintf("%d:%d %s", p.Line, p.Column, p.Message)})
	}
	for _, f := range s.Functions {
		text := "function " + f.Name
		if f.Advanced && f.ShouldProcess {
			text += " (advanced, ShouldProcess)"
		}
		for _, p := range f.Parameters {
			text += " " + strings.Join(append([]string{p.Name}, p.Aliases...), "/")
			for _, mark := range []struct {
				set  bool
				text string
			}{{p.Required, "*"}, {p.Switch, "?"}, {p.Pipeline != "", "|"}} {
				if mark.set {
					text += mark.text
				}
			}
		}
		entries = append(entries, entry{text: text})
	}
	for _, c := range s.Commands {
		text := fmt.Sprintf("%d:%d %s", c.Line, c.Column, cmp.Or(c.Name, "&"))
		for _, e := range c.Elements {
			text += " " + element(e)
		}
		if c.Kind != facts.Named {
			text += fmt.Sprintf(" (%s)", c.Kind)
		}
		if c.Piped {
			text += " (piped)"
		}
		entries = append(entries, entry{c.Place, text})
	}
	for _, c := range s.Classes {
		entries = append(entries, entry{c.Place, strings.TrimSuffix(fmt.Sprintf("%d:%d class %s::%s", c.Line, c.Column, c.Name, c.Member), "::")})
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
	var lines []string
	for _, e := range entries {
		lines = append(lines, e.text)
	}
	return strings.Join(lines, "\n")
}

func element(e facts.Element) string {
	value := ""
	if e.Value != nil {
		value = *e.Value
	}
	switch {
	case e.Kind == facts.Splat:
		return "@" + e.Name
	case e.Kind == facts.Argument:
		return "<" + value + ">"
	case e.Attached:
		return "-" + e.Name + ":" + value
	}
	return "-" + e.Name
}
