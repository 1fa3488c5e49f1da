package facts

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// parsed is what one of the two readers finds in a script.
type parsed struct {
	Errors    []string
	Commands  []parsedCommand
	Functions []string
}

type parsedCommand struct {
	Offset         int // in UTF-16 code units
	Operator, Name string
	Elements       []string
	Piped          bool
}

// moreSyntax is text whose commands are of interest only where both readers can be asked.
var moreSyntax = map[string]string{
	"numbers":       "7z x; 5kb; 0x10; 1.5; .5 + 1; 7-2; 3d; 2tb * 2; 1e5; 10.ToString; 5 + -3; 1,2,3",
	"sigils":        "Get-A $ x%y a=b [int] [Math]::Pi *.txt ~ ! ? - -- -? a! 'b'c \"d\"e",
	"dots":          "$a.b.c; $a::b; 'x'.Length; (1).GetType(); Get-A 'x'.Length; Get-A $x.y.z(1).w; ..\\x.cmd; .\\y.cmd; Get-A .5 .x",
	"operators":     "$a -ceq 'b' -or $c -inotmatch $d; -split $x; $a -replace 'x','y' -f 1; $a = -not $b; $a -bor -bnot $c; $x -shl 2",
	"casts":         "[int] '5'; [int]-5; [int](Get-A); [string]$x -eq 'y'; [pscustomobject]@{ a = 1 }; [void]$x.Add((Get-B)); [int[]](1, 2); [scriptblock]{ Get-C }; [int[]]::new",
	"redirects":     "Get-A 2>$null >x.txt; Get-B *>&1; Get-C a2>b; Get-D 3>&1 4>>c; & { Get-E } > $null; if (Get-F 2>&1) { }; $a > $b",
	"hash lines":    "$h = @{\n  A = 1 # one\n  B = 'x' ; C = Get-C |\n    Get-D\n\n  'E' = { Get-E }\n  F = if ($x) { Get-F } else { 1 }\n}",
	"calls":         "& $a.b 1; & $a[0] 2; & \"$x\\y.exe\" z; & (Get-Command x) -Y; &$a; & 'a b' c; . 'x y.ps1'; & Get-A; & { param($x) Get-B $x } 1; & $a { Get-C }",
	"nested quotes": "\"a $(\"b $('c' + \"d $(Get-A -X \"$y\")\") e\") f\"; \"$($a.b[0].c)\"; \"$a[0] $a.b ${c d} `$e $\"; \"$env:x $script:y\"",
	"string ends":   "'‘'' ; Get-A '”' \"'\" “‘” ; Get-B ”x“; Get-C 'a'‘b’",
	"comments":      "Get-A <# x #> y # z\nGet-B x<#y#>z #\n#>\n<# a\n#b #> Get-C",
	"blank kinds":   "Get-A\u00a0x\u2009y\u0085z\u000bw\u000cv\u2028u",
	"line ends":     "Get-A `\r  x\rGet-B\r\n\r\nGet-C `\r\n y\n",
	"assignments":   "$a.b = $c[0] = Get-A; ($d) = Get-B; ${e} += Get-C; $f %= 2; [int]$g = Get-D | Get-E; $h, $i = 1, (Get-F); $j = @(Get-G); $k = & Get-H; $l = { Get-I }; $m = foreach ($n in 1) { Get-J }; $o = switch (1) { 1 { Get-K } }; $p = try { Get-L } finally { }; $q = 1, 2 | Get-M",
	"conditions":    "if ((Get-A) -and ($b = Get-B) -or -not (Get-C | Get-D)) { } elseif (!$x) { } else { }; while (-not $y.Z(1)) { }; do { } while ((Get-E))",
	"loops":         "for (;;) { Get-A; break }; for ($i = Get-B; (Get-C) -lt $i; $i = Get-D) { }; foreach ($x in (Get-E), $y) { }; foreach($z in Get-F -X 1 | Get-G) { continue }",
	"switches":      "switch -wildcard -casesensitive ($x) { 'a*' { Get-A; break } \"$b\" { Get-B } (Get-C) { Get-D } 5 { } { $_ -gt (Get-E) } { } default { Get-F } }\nswitch ($a, $b) { x { } }",
	"functions":     "function A { } function global:B-C { param($x, [int]$y = 5, $z = (Get-A)) Get-B } filter D { process { Get-C $_ } } function E ([switch] $f, [string[]]$g = @('a', 'b')) { Get-D }",
	"parameters":    "Get-A -x:1 -y: 2 -z:(Get-B) -w:$a.b -v:'c','d' -u -t:@(1) -s$r -q.p -o[0] -n'm' -j{i} -h(1) –g ―f",
	"arrays":        "Get-A a,b , c, (Get-B),$d,@{e=1} f; Get-D 1,2,3 -X 4,'5'; Get-E a, `\n b",
	"words":         "Get-A a`b `$c d`\"e f'g h'i j\"k $l m\"n; Get-B x:y x=y x:'y z' /a:\"$b c\" http://x/y?z#w a;Get-C \\\\s\\h C:\\d",
	"returns":       "function f { return $a, (Get-A); return; return Get-B | Get-C; return @{ x = Get-D }; return -not (Get-E); throw 'x'; throw \"y $(Get-F)\"; throw; exit 3; exit }",
	"traps":         "trap { Get-A; break }; trap [System.Exception] { continue }; try { Get-B } catch { Get-C } finally { Get-D }; try { } catch [A.B],[C] { throw }",
	"begin":         "begin { Get-A } process { Get-B } end { Get-C }",
	"module":        "Set-StrictMode -Version 2.0\nfunction f { $PSCmdlet.ShouldProcess('a', 'b') }\nExport-ModuleMember -Function 'f', 'g'",
	"member chains": "$x.'a b'.$c.\"d\".(Get-A).e(); [a.b]::C.D(1, @(Get-B), { Get-C }); $x[0][1].y; $x.y = Get-D; $x++; $x.y--; $x.\n  z; @(1)[0]; @{a=1}.a; {a}.b; \"x\".y(\n1,\n(Get-E)\n)",
	"attributes":    "[Diagnostics.CodeAnalysis.SuppressMessageAttribute('A', '', Justification = 'x')]\n[CmdletBinding(DefaultParameterSetName='X')]\nparam(\n[Parameter(Mandatory, Position = 0, ParameterSetName = 'X', HelpMessage = \"a 'b'\")]\n[ValidateSet('a', 'b')] [ValidatePattern('^[a-z]{1,3}$')]\n[ValidateScript({ Test-A $_ -X })]\n[string[]]\n$A = @('x'),\n\n[ValidateRange(1, [int]::MaxValue)] [int] $B = 1 + 2\n)\nGet-A",
	"type at start": "[int]$x = 5; [string]::Join(',', (Get-A)); [xml](Get-B) | Get-C; [IO.File]::ReadAllText((Join-A 'b' 'c'))",
	"hereends":      "$a = @\"\r\n$(Get-A)\r\n 'x' \"y\" @\"\r\n\"@ + 'z'; Get-B @'\r\na\r\n'@ -X",
	"unary":         "!(Get-A); -not (Get-B); ! $a; -$b; +$c; - $d; ++$e; -bnot 5; -join (Get-C); ,(Get-D); -(Get-E)",
	"dash commands": "Get-A -5 -.5 -$x -(Get-B) - -- --x -1a",
	"stop sign":     "icacls x --% y | Get-A",
	"data":          "data { 'x' }; data a { @{ b = 1 } }; data -SupportedCommand Get-A { Get-A }; data b -SupportedCommand Get-A, Get-B { Get-B }",
}

// TestAgainstEngine asks a PowerShell engine's own parser about the tricky texts, about the broken ones and
// about every script of the examples, and compares place, name and elements of each command.
func TestAgainstEngine(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell engine on PATH: the reader was not compared with the engine's own parser")
	}
	texts := map[string]string{}
	for _, test := range tricky {
		texts["tricky: "+test.name] = test.text
	}
	for name, text := range moreSyntax {
		texts["more: "+name] = text
	}
	for _, path := range exampleScripts(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.ToSlash(path)] = string(text)
	}
	theirs := askEngine(t, engine, texts)
	t.Logf("%d texts compared with the engine's own parser", len(texts))
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(theirs[name].comparable(), ours(text).comparable()); diff != "" {
				t.Errorf("the reader differs from the engine (-engine +reader) in:\n%s\n%s", text, diff)
			}
		})
	}
}

func askEngine(t *testing.T, engine string, texts map[string]string) map[string]parsed {
	t.Helper()
	input := filepath.Join(t.TempDir(), "texts.json")
	content, err := json.Marshal(texts)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(input, content, 0o600); err != nil {
		t.Fatal(err)
	}
	answer, err := exec.Command(engine, "-NoProfile", "-NonInteractive", "-File", "testdata/parse.ps1", input).Output()
	if err != nil {
		t.Fatalf("the engine failed: %v\n%s", err, answer)
	}
	var found map[string]parsed
	if err := json.Unmarshal(answer, &found); err != nil {
		t.Fatalf("the engine's answer: %v\n%s", err, answer)
	}
	return found
}

// ours reads a text and describes it in the engine's terms.
func ours(text string) parsed {
	script, err := Read([]byte(text))
	p := parsed{Errors: []string{}, Commands: []parsedCommand{}, Functions: []string{}}
	if err != nil {
		p.Errors = append(p.Errors, err.Error())
	}
	chars := []rune(strings.TrimPrefix(text, "\ufeff"))
	for _, c := range script.Commands {
		o := parsedCommand{Offset: len(utf16.Encode(chars[:c.offset])), Operator: c.Operator, Name: c.Name, Elements: []string{}, Piped: c.Piped}
		for _, e := range c.Elements {
			o.Elements = append(o.Elements, inEngineTerms(e))
		}
		p.Commands = append(p.Commands, o)
	}
	for _, f := range script.Functions {
		p.Functions = append(p.Functions, f.Name)
	}
	return p
}

// comparable leaves out the scope and the order of functions.
func (p parsed) comparable() parsed {
	for i, name := range p.Functions {
		p.Functions[i] = withoutScope(name)
	}
	slices.Sort(p.Functions)
	return p
}

func inEngineTerms(e Element) string {
	switch {
	case e.Kind == Splat:
		return "@" + e.Name
	case e.Kind == Argument:
		return "<" + e.Text + ">"
	case e.Attached:
		return "-" + e.Name + ":" + e.Text
	default:
		return "-" + e.Name
	}
}

// exampleScripts returns the scripts and modules of every committed bundle.
func exampleScripts(t *testing.T) []string {
	t.Helper()
	var found []string
	for _, pattern := range []string{"*.ps1", "*.psm1"} {
		paths, err := filepath.Glob(filepath.Join("..", "..", "..", "examples", "*", "*", "*", pattern))
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, paths...)
	}
	slices.Sort(found)
	return found
}

// TestEngineRefusesToo holds the reader's refusals against the engine's: it must not refuse what is good.
func TestEngineRefusesToo(t *testing.T) {
	engine, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("no PowerShell engine on PATH: the reader's refusals were not compared with the engine's")
	}
	texts := map[string]string{}
	for _, test := range broken {
		if !test.stricter {
			texts[test.name] = test.text
		}
	}
	for name, found := range askEngine(t, engine, texts) {
		if len(found.Errors) == 0 {
			t.Errorf("%s: the engine accepts %q", name, texts[name])
		}
	}
}
