package facts

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// brief writes a command as one line: place, operator, name, elements. A Path is marked by a slash, a dynamic
// name by a question mark, a block by braces.
func brief(c Command) string {
	mark := map[Kind]string{Path: "/", Dynamic: "?", Block: "{}"}[c.Kind]
	var out strings.Builder
	fmt.Fprintf(&out, "%d:%d %s%s%s", c.Line, c.Column, c.Operator, mark, c.Name)
	if c.Kind == Block {
		out.Reset()
		fmt.Fprintf(&out, "%d:%d %s{}", c.Line, c.Column, c.Operator)
	}
	for _, e := range c.Elements {
		switch e.Kind {
		case ParameterName:
			fmt.Fprintf(&out, " -%s", e.Name)
			if e.Attached {
				fmt.Fprintf(&out, ":%s", e.Text)
			}
		case Splat:
			fmt.Fprintf(&out, " @%s", e.Name)
		case Argument:
			fmt.Fprintf(&out, " <%s>", e.Text)
		}
	}
	if c.Piped {
		out.WriteString(" (piped)")
	}
	return out.String()
}

// tricky holds text and the commands in it. The same texts are read by the engine's own parser where there is one.
var tricky = []struct {
	name, text string
	want       []string
}{
	{"nothing", "", nil},
	{"comments only", "# Get-A\n<# Get-B\nGet-C #>\r\n", nil},
	{"name alone", "Get-A", []string{"1:1 Get-A"}},
	{"parameters", "Get-A -Name 'x' -All -Count:3 y", []string{"1:1 Get-A -Name <'x'> -All -Count:3 <y>"}},
	{"switch with value", "Set-A -Confirm:$false -X: $true", []string{"1:1 Set-A -Confirm:$false -X:$true"}},
	{"pipeline", "Get-A | Set-B -X 1", []string{"1:1 Get-A", "1:9 Set-B -X <1> (piped)"}},
	{"pipeline over lines", "Get-A |\n\n  # why\n  Set-B |\r\nGet-C", []string{"1:1 Get-A", "4:3 Set-B (piped)", "5:1 Get-C (piped)"}},
	{"continued line", "Get-A `\n  -Name `\r\n  x", []string{"1:1 Get-A -Name <x>"}},
	{"separators", "Get-A; Get-B;;Get-C", []string{"1:1 Get-A", "1:8 Get-B", "1:15 Get-C"}},
	{"assignment", "$a = Get-A\n$b.c[0] += Get-B\n[int]$d=Get-D;$e=$f=Get-E", []string{"1:6 Get-A", "2:12 Get-B", "3:9 Get-D", "3:21 Get-E"}},
	{"assignment of a statement", "$a = if ($x) { Get-A } else { Get-B }", []string{"1:16 Get-A", "1:31 Get-B"}},
	{"several variables", "$a, $b = Get-A", []string{"1:10 Get-A"}},
	{"return", "return Get-A -X 1", []string{"1:8 Get-A -X <1>"}},
	{"return of an expression", "return @(Get-A)", []string{"1:10 Get-A"}},
	{"throw and exit", "function f { throw (New-A) }\nexit (Get-Code)", []string{"1:21 New-A", "2:7 Get-Code"}},
	{"if, elseif, else", "if (Test-A) {Get-A}\nelseif (Test-B)\n{\nGet-B\n}\nelse\n{ Get-C }", []string{"1:5 Test-A", "1:14 Get-A", "2:9 Test-B", "4:1 Get-B", "7:3 Get-C"}},
	{"assignment in a condition", "while ($a = Read-A) { Use-A $a }", []string{"1:13 Read-A", "1:23 Use-A <$a>"}},
	{"negation", "if (-not (Test-A) -and !(Test-B)) { }", []string{"1:11 Test-A", "1:26 Test-B"}},
	{
		"loops", ":outer foreach ($i in Get-A) { continue outer }\nfor ($i = 0; $i -lt (Get-N); $i++) { Get-B }\ndo { Get-C } until (Test-D)\ndo { break } while ($false)",
		[]string{"1:23 Get-A", "2:22 Get-N", "2:38 Get-B", "3:6 Get-C", "3:21 Test-D"},
	},
	{
		"switch", "switch -Regex (Get-A) { '^a' { Get-B } foo { Get-C } { Test-D $_ } { Get-E } default { Get-F } }",
		[]string{"1:16 Get-A", "1:32 Get-B", "1:46 Get-C", "1:56 Test-D <$_>", "1:70 Get-E", "1:88 Get-F"},
	},
	{"switch over a file", "switch -file a.txt { x { Get-B } }", []string{"1:26 Get-B"}},
	{"try", "try { Get-A } catch [IO.IOException], [Exception] { Get-B }\ncatch { Get-C }\nfinally { Get-D }", []string{"1:7 Get-A", "1:53 Get-B", "2:9 Get-C", "3:11 Get-D"}},
	{"trap and data", "trap [Exception] { Get-A; continue }\ndata x -SupportedCommand ConvertTo-X { ConvertTo-X 'a' }", []string{"1:20 Get-A", "2:40 ConvertTo-X <'a'>"}},
	{"sub-expression", "Get-A $(Get-B -X $(Get-C))", []string{"1:1 Get-A <$(Get-B -X $(Get-C))>", "1:9 Get-B -X <$(Get-C)>", "1:20 Get-C"}},
	{"array", "@(Get-A; Get-B)", []string{"1:3 Get-A", "1:10 Get-B"}},
	{"parenthesised argument", "Get-A (Get-B).Name -X (Get-C)[0].M((Get-D), 1)", []string{"1:1 Get-A <(Get-B).Name> -X <(Get-C)[0].M((Get-D), 1)>", "1:8 Get-B", "1:24 Get-C", "1:37 Get-D"}},
	{"expandable string", `"a $(Get-A "b $(Get-B)") $x.y ${z w} $$"`, []string{"1:6 Get-A <\"b $(Get-B)\">", "1:17 Get-B"}},
	{"escapes in a string", "\"`$(Get-A) `\"\" + \"\"\"$(Get-B)\"\"\"", []string{"1:23 Get-B"}},
	{"verbatim string", "'$(Get-A) '' '; Get-B", []string{"1:17 Get-B"}},
	{"here-strings", "$a = @\"\nGet-A \"x\" $(Get-B)\n  \"@\n\"@\n$b = @'\n$(Get-C)\n'@\nGet-D", []string{"2:13 Get-B", "8:1 Get-D"}},
	{"here-string as argument", "Set-A -X @'\nx'y\n'@ -Y", []string{"1:1 Set-A -X <@'\nx'y\n'@> -Y"}},
	{"typographic quotes", "Get-A ‘it’’s’ -X “a ” -Y ‚b‛", []string{"1:1 Get-A <‘it’’s’> -X <“a ”> -Y <‚b‛>"}},
	{"typographic dashes", "Get-A –Name x —All", []string{"1:1 Get-A -Name <x> -All"}},
	{"no-break space", "Get-A\u00a0-Name\u2003x", []string{"1:1 Get-A -Name <x>"}},
	{"hash table", "@{ a = Get-A; 'b c' = Get-B\n d = @{ e = Get-E -X 1 }\n if = 1; (Get-K) = 2; 5 = 'x' }", []string{"1:8 Get-A", "1:23 Get-B", "2:13 Get-E -X <1>", "3:11 Get-K"}},
	{"hash table as argument", "Set-A @{Add='x'} -B @{ C = (Get-D) }", []string{"1:1 Set-A <@{Add='x'}> -B <@{ C = (Get-D) }>", "1:29 Get-D"}},
	{"call operator", "& 'C:\\Windows\\whoami.exe' /groups; & $x 1; & { Get-A } -Y; &(Get-B) z; & Get-C", []string{
		"1:1 &/C:\\Windows\\whoami.exe </groups>", "1:36 &?$x <1>", "1:44 &{} -Y", "1:48 Get-A", "1:60 &?(Get-B) <z>", "1:62 Get-B", "1:72 &Get-C",
	}},
	{"dot operator", ". .\\lib.ps1; . $profile; .{ Get-A }", []string{"1:1 ./.\\lib.ps1", "1:14 .?$profile", "1:26 .{}", "1:29 Get-A"}},
	{"program by path", `C:\Windows\System32\Inetsrv\Appcmd.exe recycle apppool /apppool.name:"MSExchangeOWAAppPool"`, []string{
		`1:1 /C:\Windows\System32\Inetsrv\Appcmd.exe <recycle> <apppool> </apppool.name:"MSExchangeOWAAppPool">`,
	}},
	{"arrays as arguments", "Get-A -X 'a', 'b',\n  $c -Y", []string{"1:1 Get-A -X <'a', 'b',\n  $c> -Y"}},
	{"splat", "$p = @{}; Get-A @p -X 1 @script:q", []string{"1:11 Get-A @p -X <1> @script:q"}},
	{"words of variables and text", `Get-A $env:TEMP\x $x.y[0].z a$b"c"d`, []string{`1:1 Get-A <$env:TEMP\x> <$x.y[0].z> <a$b"c"d>`}},
	{"hash sign inside a word", "Get-A x#y # z", []string{"1:1 Get-A <x#y>"}},
	{"redirections", "Get-A > $null; Get-B x 2>&1 | Get-C >> f.txt 2>$null; $x > y", []string{"1:1 Get-A", "1:16 Get-B <x>", "1:31 Get-C (piped)"}},
	{"stop parsing", "icacls --% X /grant Dom\\U:(CI) $(Get-A)\nGet-B", []string{"1:1 icacls <--%> <X /grant Dom\\U:(CI) $(Get-A)>", "2:1 Get-B"}},
	{"aliases and blocks", "ls | ? {$_.X} | % { Get-A } | foreach Name", []string{"1:1 ls", "1:6 ? <{$_.X}> (piped)", "1:17 % <{ Get-A }> (piped)", "1:21 Get-A", "1:31 foreach <Name> (piped)"}},
	{"keywords as arguments", "Get-A if -Name return; foreach-x y", []string{"1:1 Get-A <if> -Name <return>", "1:24 foreach-x <y>"}},
	{"expressions without commands", "1 + 2 * 0x1F - 1.5e3kb; $a -is [int]; 'a' -f 1, 2; -5; +3; ,1; !$x; $i++; --$j; 1..3; [Math]::Max(1, 2); $a.B('x').C; $x -join ','; -join $y; [string][char]65", nil},
	{"operator at the end of a line", "$a = 1 +\n  2\n$b = $a -and\n(Get-A)\nGet-B", []string{"4:2 Get-A", "5:1 Get-B"}},
	{"call in a member call", "$x.Do((Get-A -X 1), { Get-B })", []string{"1:8 Get-A -X <1>", "1:23 Get-B"}},
	{"index", "$x[(Get-A)]; $y[-1]; $z[0, 1]", []string{"1:5 Get-A"}},
	{"types", "[System.Collections.Generic.Dictionary[string,int[]]]$x = New-A\n[int[]]$y = @(); [Foo+Bar]::Baz; New-Object 'List[string]'; [string[,]]$z = $null", []string{"1:59 New-A", "2:34 New-Object <'List[string]'>"}},
	{"attributes with blocks", "function f { param([ValidateScript({ Test-A $_ })][string]$X = (Get-D), [Parameter(Mandatory=$true)]$Y) Get-B }", []string{"1:38 Test-A <$_>", "1:65 Get-D", "1:105 Get-B"}},
	{"script parameters", "#Requires -Version 3.0\n[CmdletBinding(SupportsShouldProcess=$true, ConfirmImpact='Medium')]\n[OutputType([string])]\nparam (\n [string]$A,\n [switch]$B\n)\nSet-StrictMode -Version 2.0", []string{"8:1 Set-StrictMode -Version <2.0>"}},
	{"type first in a block", "& { [void](Get-A); Get-B }\n[void](Get-C)", []string{"1:1 &{}", "1:12 Get-A", "1:20 Get-B", "2:8 Get-C"}},
	{"named blocks", "filter f { begin { Get-A } process { Get-B } end { Get-C } }", []string{"1:20 Get-A", "1:38 Get-B", "1:52 Get-C"}},
	{"functions in functions", "function script:Out-A($x = 1) { function Out-B { Get-A } ; Out-B }", []string{"1:50 Get-A", "1:60 Out-B"}},
	{"function by a program's path", "function C:\\Windows\\x.exe { Get-A }", []string{"1:29 Get-A"}},
	{"module call inside a change", "Invoke-Change -Target \"a $b\" -Change { New-A -X $c -Confirm:$false -ErrorAction Stop | Out-Null }", []string{
		"1:1 Invoke-Change -Target <\"a $b\"> -Change <{ New-A -X $c -Confirm:$false -ErrorAction Stop | Out-Null }>",
		"1:40 New-A -X <$c> -Confirm:$false -ErrorAction <Stop>", "1:88 Out-Null (piped)",
	}},
	{"parameter that ends early", "Get-A -X{ Get-B } -Y(Get-C)", []string{"1:1 Get-A -X <{ Get-B }> -Y <(Get-C)>", "1:11 Get-B", "1:22 Get-C"}},
	{"name in quotes in the middle", "Get-A -'x' -\"y\"", []string{"1:1 Get-A <-'x'> <-\"y\">"}},
	{"colon without a loop", ":x = 1; :y foreach ($i in 1) { Get-A }", []string{"1:1 :x <=> <1>", "1:32 Get-A"}},
	{"columns count characters", "'é𝄞'; Get-A", []string{"1:7 Get-A"}},
}

func TestCommands(t *testing.T) {
	for _, test := range tricky {
		t.Run(test.name, func(t *testing.T) {
			commands, err := Commands([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range commands {
				got = append(got, brief(c))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("commands of %q (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestCommandsOfBOM(t *testing.T) {
	commands, err := Commands([]byte("\ufeffGet-A"))
	if err != nil || len(commands) != 1 || brief(commands[0]) != "1:1 Get-A" {
		t.Errorf("got %v, %v", commands, err)
	}
}

func TestValues(t *testing.T) {
	tests := []struct {
		argument, value string
		constant        bool
	}{
		{"x", "x", true},
		{"'it''s'", "it's", true},
		{"‘a’‘b’", "a‘b", true},
		{"\"a`tb`\"\"\"c\"", "a\tb\"\"c", true},
		{"a`,b", "a,b", true},
		{"/n:\"x y\"z", "/n:x yz", true},
		{"@'\r\na\r\nb\r\n'@", "a\r\nb", true},
		{"\"$x\"", "", false},
		{"$true", "", false},
		{"'a'.Length", "", false},
		{"a,b", "", false},
		{"(Get-B)", "", false},
	}
	for _, test := range tests {
		commands, err := Commands([]byte("Get-A " + test.argument))
		if err != nil {
			t.Errorf("%s: %v", test.argument, err)
			continue
		}
		e := commands[0].Elements[0]
		if e.Constant != test.constant || test.constant && e.Value != test.value {
			t.Errorf("%s: value %q, constant %v; want %q, %v", test.argument, e.Value, e.Constant, test.value, test.constant)
		}
	}
}

// broken holds text that the reader refuses, and where. The engine refuses it too, except what is newer than
// Windows PowerShell 3.0, can only be meant otherwise, or is no matter of grammar.
var broken = []struct {
	name, text, want string
	stricter         bool // than the engine
}{
	{"open block", "if ($x) {\nGet-A", "2:6: the text ends after statements: '}' is missing", false},
	{"closing without opening", "Get-A\n}", "2:1: '}' is not expected where a command or an expression must start", false},
	{"wrong closing", "& { (Get-A } )", "1:12: '}' is not expected after a pipeline: ')' is missing", false},
	{"open string", "\n'abc", "2:1: the string has no end", false},
	{"open here-string", "@'\nabc'@", "1:1: the here-string has no end", false},
	{"open comment", "Get-A <# x", "1:7: the block comment has no end", false},
	{"drive instead of variable", `"$pool: x"`, "1:2: $pool: names a drive and no variable; write ${name}", false},
	{"newer operator", "Get-A && Get-B", "1:7: '&' is not expected after a statement", true},
	{"class", "class A { }", "1:1: class cannot start a statement here in PowerShell 3.0", true},
	{"try alone", "try { } Get-A", "1:9: 'G' is not expected after the block of try: catch or finally is missing", false},
	{"do alone", "do { }", "1:7: the text ends after the block of do: while or until is missing", false},
	{"missing operand", "$a = 1 +", "1:9: the text ends where an operand must stand", false},
	{"unknown operator", "$a -eqq 1", "1:4: there is no operator -eqq here", false},
	{"two operands", "$a $b", "1:4: '$' is not expected after an operand", false},
	{"empty pipe", "Get-A |", "1:8: the text ends where a command or an expression must start", false},
	{"command as method argument", "$x.M(Get-A)", "1:6: 'G' is not expected where an operand must stand", false},
	{"param after a statement", "Get-A\nparam($x)", "2:1: param cannot start a statement here in PowerShell 3.0", true},
	{"empty array element", "Get-A ,g", "1:7: ',' is not expected where an argument must stand", false},
	{"input redirection", "Get-A < x", "1:7: '<' is not expected in a command", false},
	{"splat outside a command", "$h = @x", "1:6: '@' is not expected where a command or an expression must start", false},
	{"key without value", "@{ a }", "1:6: '}' is not expected after the key of a hash table: '=' is missing", false},
	{"too deep", strings.Repeat("(", 10000), "1:84: more than 250 levels of nesting", true},
	{"not UTF-8", "'\x92'", "1:1: the text is not UTF-8", true},
}

func TestSyntaxErrors(t *testing.T) {
	for _, test := range broken {
		t.Run(test.name, func(t *testing.T) {
			commands, err := Commands([]byte(test.text))
			var syntax *SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("no syntax error, but %v", commands)
			}
			if err.Error() != test.want {
				t.Errorf("got  %s\nwant %s", err, test.want)
			}
		})
	}
}

func TestFunctions(t *testing.T) {
	script, err := Read([]byte(`
function Invoke-Change {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param(
        [Parameter(Mandatory = $true)] [string]$Target,
        [Parameter(Mandatory = $false, ValueFromPipeline=$true)] [Alias('Do', "Act")] [scriptblock] $Change = { Get-Nothing },
        [switch]$Quiet
    )
    $Target
}
filter script:Select-It($Name, ${Other}) { $_ }
function plain { Get-A }
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []Function{
		{Line: 2, Column: 1, Name: "Invoke-Change", Advanced: true, ShouldProcess: true, Parameters: []Parameter{
			{Name: "Target", Type: "string", Required: true},
			{Name: "Change", Type: "scriptblock", Aliases: []string{"Do", "Act"}, Pipeline: "True"},
			{Name: "Quiet", Type: "SwitchParameter", Switch: true},
		}},
		{Line: 11, Column: 1, Name: "Select-It", Parameters: []Parameter{{Name: "Name"}, {Name: "Other"}}},
		{Line: 12, Column: 1, Name: "plain"},
	}
	got := slices.Clone(script.Functions)
	for i := range got {
		got[i].offset = 0
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(Function{})); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
}

// TestReaderIsLinear holds the time of a long text against that of a tenth of it, for shapes that invite
// reading something twice.
func TestReaderIsLinear(t *testing.T) {
	shapes := map[string]string{
		"one line":  "Get-A -X (Get-B 'x') | Set-C @{ a = $(Get-D) };",
		"types":     "[a][b][c]$x;",
		"words":     "begin # comment\n",
		"unclosed":  "\"$(",
		"brackets":  "{[",
		"open text": "'",
	}
	for name, shape := range shapes {
		small, large := elapsed(shape, 2000), elapsed(shape, 20000)
		if large > 40*small+200*time.Millisecond {
			t.Errorf("%s: 2,000 repetitions took %v, 20,000 took %v", name, small, large)
		}
	}
}

// elapsed is the shortest of three times, so that a busy machine does not count.
func elapsed(shape string, n int) time.Duration {
	text := []byte(strings.Repeat(shape, n))
	shortest := time.Hour
	for range 3 {
		start := time.Now()
		_, _ = Read(text) // only its time counts here
		shortest = min(shortest, time.Since(start))
	}
	return shortest
}

// FuzzCommands: whatever the text, the reader ends, without panic, and every place it names lies in the text.
func FuzzCommands(f *testing.F) {
	for _, test := range tricky {
		f.Add([]byte(test.text))
	}
	for _, broken := range []string{"\"$(", "@\"\n", "[", "@{a=", "function", "switch(", "--%", "$", "`", "1>", "&", "param(", "${`"} {
		f.Add([]byte(broken))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		script, err := Read(text)
		lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 1
		var syntax *SyntaxError
		if errors.As(err, &syntax) && (syntax.Line < 1 || syntax.Line > lines || syntax.Column < 1) {
			t.Errorf("error at %d:%d of %d lines", syntax.Line, syntax.Column, lines)
		}
		for _, c := range script.Commands {
			if c.Line < 1 || c.Line > lines || c.Column < 1 || c.Kind == "" {
				t.Errorf("command %q of kind %q at %d:%d of %d lines", c.Name, c.Kind, c.Line, c.Column, lines)
			}
		}
	})
}
