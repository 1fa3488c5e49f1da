package facts

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Limits is what the scripts of a bundle may use.
type Limits struct {
	Target  Target
	Allowed []string // cmdlets and programs; nil: every cmdlet that the target has, and every program by its full path
	Newer   []string // cmdlets that came after Windows PowerShell 3.0 and are called only where they exist
	Classes []string // .NET classes, without System.; nil: every one
}

// Problem is one thing in a script that is wrong.
type Problem struct {
	Script string // path in the bundle
	Fault
}

// Check holds the scripts of one bundle, by their path in it, against the facts and the limits. Functions of a module
// are known in every script. A script whose name says its shell (40-lync-..., 70-exchange-...) may call only that
// product's cmdlets. What only a run can tell is not judged: splatted parameters, the values of arguments, and for
// Windows cmdlets parameter sets, which the facts do not have. The problems are sorted by place.
func Check(scripts map[string]Script, limits Limits) []Problem {
	var shared []Function
	for name, script := range scripts {
		if path.Ext(name) == ".psm1" {
			shared = append(shared, script.Functions...)
		}
	}
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(scripts)) {
		script := scripts[name]
		s := scope{limits, starters[name], slices.Concat(shared, script.Functions)}
		s.Target = limits.Target.forScript(name)
		faults := slices.Concat(script.Problems, s.checkCommands(script.Commands), s.checkClasses(script.UsedClasses()))
		slices.SortStableFunc(faults, func(a, b Fault) int { return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column)) })
		for _, fault := range faults {
			problems = append(problems, Problem{name, fault})
		}
	}
	return problems
}

// starters are the scripts that start other scripts of the bundle, which only a run can name, each with the variable
// that holds the path.
var starters = map[string]string{"run.ps1": "$script"}

var shellName = regexp.MustCompile(`\b(lync|exchange)\b`)

// forScript takes away the product in whose shell the script does not run. The module is that of the product family.
func (t Target) forScript(name string) Target {
	if path.Ext(name) == ".psm1" && t.Exchange == "2019" {
		t.Exchange = "2016" // one module for both, and 2019 has fewer cmdlets
	}
	switch Product(shellName.FindString(path.Base(name))) {
	case Lync:
		t.Exchange = ""
	case Exchange:
		t.Lync = ""
	}
	return t
}

// scope is what one script may use.
type scope struct {
	Limits
	starts    string     // the variable by which it calls a script of the bundle; "" for none
	functions []Function // its own and those of the modules
}

func (p Place) fault(format string, args ...any) Fault { return Fault{p, fmt.Sprintf(format, args...)} }

func (s scope) checkCommands(commands []Command) []Fault {
	var faults []Fault
	for _, c := range commands {
		switch c.Kind {
		case Named:
			faults = append(faults, s.checkNamed(c)...)
		case Dynamic:
			if s.starts == c.Name {
				continue
			}
			faults = append(faults, c.fault("calls a command that only a run could name: %s", c.Name))
		}
	}
	return faults
}

var program = regexp.MustCompile(`(?i)^[a-z]:\\[^/*?"<>|]+\.exe$`)

// checkNamed finds what the name stands for, functions first as PowerShell does.
func (s scope) checkNamed(c Command) []Fault {
	for _, f := range s.functions {
		if strings.EqualFold(f.Name, c.Name) {
			return f.signature().check(c)
		}
	}
	if full, found := aliases()[strings.ToLower(c.Name)]; found {
		return []Fault{c.fault("%s is an alias of %s: write the name", c.Name, full)}
	}
	known, isCmdlet := s.lookup(c.Name)
	isPath := strings.ContainsAny(c.Name, `\/`)
	switch {
	case isPath && !program.MatchString(c.Name):
		return []Fault{c.fault(`%s is no program by its full path (C:\...\name.exe)`, c.Name)}
	case !isPath && !isCmdlet:
		return []Fault{s.unknown(c)}
	case s.Allowed != nil && !containsFold(s.Allowed, c.Name):
		return []Fault{c.fault("calls %s, which is not on the list of allowed commands", c.Name)}
	case isPath:
		return nil
	}
	return known.signature().check(c)
}

// lookup returns the cmdlet as the target has it; a newer one as the first Windows that has it.
func (s scope) lookup(name string) (Cmdlet, bool) {
	if !containsFold(s.Newer, name) {
		return Lookup(s.Target, name)
	}
	for _, c := range byName()[strings.ToLower(name)] {
		return c.at(c.Versions[0]), true
	}
	return Cmdlet{}, false
}

// unknown tells why a name stands for nothing.
func (s scope) unknown(c Command) Fault {
	for _, k := range byName()[strings.ToLower(c.Name)] {
		switch version := s.Target.Version(k.Product); {
		case k.Product == Windows:
			return c.fault("%s is newer than Windows PowerShell %s: it came with %s", k.Name, WindowsVersion, k.Versions[0])
		case version == "":
			return c.fault("%s is a cmdlet of the %s shell", k.Name, k.Product)
		default:
			return c.fault("%s is not in %s %s, only in %s", k.Name, k.Product, version, strings.Join(k.Versions, ", "))
		}
	}
	return c.fault("%s is no known cmdlet and no function of the script or its module", c.Name)
}

// checkClasses holds the classes against the list. Of DateTime a script uses nothing that reads the clock:
// Get-Date does.
func (s scope) checkClasses(classes []Class) []Fault {
	var faults []Fault
	for _, c := range classes {
		switch {
		case s.Classes != nil && !containsFold(s.Classes, c.Name):
			faults = append(faults, c.fault("uses the class %s, which is not on the list of allowed classes", c.Name))
		case c.Member == "new":
			faults = append(faults, c.fault("[%s]::new is newer than Windows PowerShell %s: write New-Object", c.Name, WindowsVersion))
		case strings.EqualFold(c.Name, "DateTime") && containsFold([]string{"Now", "UtcNow", "Today"}, c.Member):
			faults = append(faults, c.fault("reads the clock past Get-Date"))
		}
	}
	return faults
}

// UsedClasses returns the classes that the script names, without what a script may leave out, and those of which
// New-Object makes an object.
func (s Script) UsedClasses() []Class {
	classes := slices.Clone(s.Classes)
	for _, c := range s.Commands {
		if !strings.EqualFold(c.Name, "New-Object") {
			continue
		}
		made := Class{Place: c.Place, Name: "(computed)"}
		if i := slices.IndexFunc(c.Elements, func(e Element) bool { return e.Value != nil }); i >= 0 {
			made.Name = *c.Elements[i].Value
		}
		classes = append(classes, made)
	}
	for i, c := range classes {
		classes[i].Name = strings.TrimSuffix(strings.TrimPrefix(strings.ReplaceAll(c.Name, " ", ""), "System."), "[]")
	}
	return classes
}
