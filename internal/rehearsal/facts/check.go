package facts

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/pattern"
)

// Rule names what is wrong with a command.
type Rule string

// The rules.
const (
	Syntax              Rule = "syntax"               // the text cannot be read
	UnknownCommand      Rule = "unknown-command"      // neither a known cmdlet nor a function of script or module, nor a program by full path
	WrongShell          Rule = "wrong-shell"          // a Lync cmdlet in an Exchange script, or the reverse
	WrongVersion        Rule = "wrong-version"        // the cmdlet or parameter is missing in this version of the product
	TooNew              Rule = "too-new"              // the cmdlet or parameter is newer than Windows PowerShell 3.0
	AliasUsed           Rule = "alias"                // an alias in place of a command's name
	UnknownParameter    Rule = "unknown-parameter"    //
	AbbreviatedName     Rule = "abbreviated-name"     // a parameter by its alias or by the beginning of its name
	RepeatedParameter   Rule = "repeated-parameter"   //
	MissingArgument     Rule = "missing-argument"     // a parameter that is no switch, without an argument
	MissingParameter    Rule = "missing-parameter"    // no parameter set has all it requires
	ConflictingSets     Rule = "conflicting-sets"     // no parameter set takes all the parameters given
	UnresolvableProgram Rule = "unresolvable-program" // a program or script by another path than C:\...\name.exe
)

// Problem is one fault of one command.
type Problem struct {
	File         string // empty from Check
	Line, Column int
	Rule         Rule
	Command      string // the command's name as written
	Message      string
}

func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s [%s]", p.File, p.Line, p.Column, p.Message, p.Rule)
}

// Scope is what a script may call besides the cmdlets of Windows PowerShell 3.0 and programs by full path.
type Scope struct {
	Target    Target
	Functions []Function // of the script itself and of the modules it imports
}

// Check holds commands against the facts. What only a run can tell is not judged: dynamic names, splatted
// parameters, the values of arguments, and for Windows cmdlets parameter sets, which the facts do not have.
func Check(commands []Command, scope Scope) []Problem {
	var problems []Problem
	for _, c := range commands {
		problems = append(problems, scope.check(c)...)
	}
	return problems
}

// CheckScripts reads and checks the scripts of one bundle, given by their path in it. Files other than .ps1
// and .psm1 are passed over; functions of modules are known everywhere. A script whose name says its shell
// (40-lync-..., 70-exchange-...) may call only that product's cmdlets. The problems are sorted by place.
func CheckScripts(files map[string][]byte, target Target) []Problem {
	scripts := map[string]Script{}
	var problems []Problem
	var shared []Function
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if ext := path.Ext(name); ext != ".ps1" && ext != ".psm1" {
			continue
		}
		s, err := Read(files[name])
		if err != nil {
			problems = append(problems, unread(name, err))
			continue
		}
		scripts[name] = s
		if path.Ext(name) == ".psm1" {
			shared = append(shared, s.Functions...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		s := scripts[name]
		scope := Scope{Target: target.forScript(name), Functions: slices.Concat(shared, s.Functions)}
		for _, p := range Check(s.Commands, scope) {
			p.File = name
			problems = append(problems, p)
		}
	}
	slices.SortStableFunc(problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return problems
}

func unread(file string, err error) Problem {
	p := Problem{File: file, Rule: Syntax, Message: err.Error()}
	var at *SyntaxError
	if errors.As(err, &at) {
		p.Line, p.Column, p.Message = at.Line, at.Column, at.Message
	}
	return p
}

// forScript takes away the product in whose shell the script does not run.
func (t Target) forScript(name string) Target {
	switch base := path.Base(name); {
	case strings.Contains(base, "-lync-"):
		t.Exchange = ""
	case strings.Contains(base, "-exchange-"):
		t.Lync = ""
	}
	return t
}

var program = pattern.Of(`(?i)^[a-z]:\\[^/*?"<>|]+\.exe$`)

func (s Scope) check(c Command) []Problem {
	switch c.Kind {
	case Path:
		if !program().MatchString(c.Name) {
			return []Problem{c.problem(UnresolvableProgram, `%s is no program by its full path (C:\...\name.exe)`, c.Name)}
		}
	case Named:
		return s.checkNamed(c)
	}
	return nil
}

func (c Command) problem(rule Rule, format string, args ...any) Problem {
	return Problem{Line: c.Line, Column: c.Column, Rule: rule, Command: c.Name, Message: fmt.Sprintf(format, args...)}
}

// checkNamed finds what the name stands for, functions first as PowerShell does.
func (s Scope) checkNamed(c Command) []Problem {
	for _, f := range s.Functions {
		if strings.EqualFold(f.Name, c.Name) {
			return f.signature().check(c)
		}
	}
	if full, found := aliases()[strings.ToLower(c.Name)]; found {
		return []Problem{c.problem(AliasUsed, "%s is an alias of %s: write the name", c.Name, full)}
	}
	if known, found := Lookup(s.Target, c.Name); found {
		return known.signature().check(c)
	}
	return []Problem{s.unknown(c)}
}

// unknown tells why a name stands for nothing.
func (s Scope) unknown(c Command) Problem {
	for _, k := range Known(c.Name) {
		switch version := s.Target.Version(k.Product); {
		case k.Product == Windows:
			return c.problem(TooNew, "%s is newer than Windows PowerShell %s: it came with %s", k.Name, WindowsVersion, k.Versions[0])
		case version == "":
			return c.problem(WrongShell, "%s is a cmdlet of the %s shell", k.Name, k.Product)
		default:
			return c.problem(WrongVersion, "%s is not in %s %s, only in %s", k.Name, k.Product, version, strings.Join(k.Versions, ", "))
		}
	}
	return c.problem(UnknownCommand, "%s is no known cmdlet and no function of the script or its module", c.Name)
}
