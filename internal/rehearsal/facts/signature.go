package facts

import (
	"slices"
	"strings"
)

// signature is what a cmdlet or a function takes.
type signature struct {
	product    Product // empty for a function
	parameters []Parameter
	sets       []Set // none where nothing is known of them
	defaultSet string
}

// commonParameters are those of every cmdlet and advanced function.
var commonParameters = []Parameter{
	{Name: "Debug", Switch: true, Aliases: []string{"db"}},
	{Name: "ErrorAction", Aliases: []string{"ea"}},
	{Name: "ErrorVariable", Aliases: []string{"ev"}},
	{Name: "OutBuffer", Aliases: []string{"ob"}},
	{Name: "OutVariable", Aliases: []string{"ov"}},
	{Name: "Verbose", Switch: true, Aliases: []string{"vb"}},
	{Name: "WarningAction", Aliases: []string{"wa"}},
	{Name: "WarningVariable", Aliases: []string{"wv"}},
}

// shouldProcessParameters are those of every cmdlet and function that supports ShouldProcess.
var shouldProcessParameters = []Parameter{
	{Name: "Confirm", Switch: true, Aliases: []string{"cf"}},
	{Name: "WhatIf", Switch: true, Aliases: []string{"wi"}},
}

// newerCommonParameters maps common parameters to the Windows PowerShell they came with.
var newerCommonParameters = map[string]string{
	"pipelinevariable": "4.0", "informationaction": "5.0", "informationvariable": "5.0",
}

func (c Cmdlet) signature() signature {
	s := signature{product: c.Product, parameters: c.Parameters, sets: c.Sets, defaultSet: c.DefaultSet}
	return s.with(commonParameters, true).with(shouldProcessParameters, c.ShouldProcess)
}

// signature of a function has one set: its parameters as the text gives them.
func (f Function) signature() signature {
	set := Set{Name: f.Name}
	for _, p := range f.Parameters {
		if p.Required {
			set.Required = append(set.Required, p.Name)
		} else {
			set.Optional = append(set.Optional, p.Name)
		}
	}
	s := signature{parameters: f.Parameters, sets: []Set{set}}
	return s.with(commonParameters, f.Advanced).with(shouldProcessParameters, f.ShouldProcess)
}

// with adds parameters that the signature does not name itself.
func (s signature) with(added []Parameter, wanted bool) signature {
	if !wanted {
		return s
	}
	s.parameters = slices.Clone(s.parameters)
	for _, p := range added {
		if !slices.ContainsFunc(s.parameters, func(q Parameter) bool { return strings.EqualFold(p.Name, q.Name) }) {
			s.parameters = append(s.parameters, p)
		}
	}
	return s
}

// bound is what a command line gives to a signature.
type bound struct {
	names      []string // full names of the parameters given
	positional int      // arguments without a parameter
	splatted   bool     // more parameters that only the run knows
	unsure     bool     // a parameter was not found, so that the rest cannot be judged
}

// check holds one command line against the signature.
func (s signature) check(c Command) []Fault {
	b, problems := s.bind(c)
	if b.unsure {
		return problems
	}
	return append(problems, s.checkSets(c, b)...)
}

// bind gives the elements to parameters, as PowerShell's binder does.
func (s signature) bind(c Command) (bound, []Fault) {
	var b bound
	var problems []Fault
	for i := 0; i < len(c.Elements); i++ {
		e := c.Elements[i]
		takesNext := i+1 < len(c.Elements) && c.Elements[i+1].Kind == Argument && !e.Attached
		switch {
		case e.Kind == Argument:
			b.positional++
		case e.Kind == Splat:
			b.splatted = true
		default:
			p, wrong := s.find(c, e.Name)
			problems = append(problems, wrong...)
			if p.Name == "" {
				b.unsure = true
				break
			}
			if slices.Contains(b.names, p.Name) {
				problems = append(problems, c.fault("%s gets -%s twice", c.Name, p.Name))
			}
			b.names = append(b.names, p.Name)
			if !p.Switch && takesNext {
				i++
			} else if !p.Switch && !e.Attached {
				problems = append(problems, c.fault("-%s of %s has no argument", p.Name, c.Name))
			}
		}
	}
	return b, problems
}

// find returns the parameter that a name stands for, and what is wrong with the name.
func (s signature) find(c Command, name string) (Parameter, []Fault) {
	p, found := Cmdlet{Parameters: s.parameters}.Parameter(name)
	switch {
	case found && strings.EqualFold(p.Name, name):
		return p, nil
	case found:
		return p, []Fault{c.fault("-%s is an alias of -%s of %s: write the name", name, p.Name, c.Name)}
	}
	var matches []Parameter
	for _, p := range s.parameters {
		if len(name) < len(p.Name) && strings.EqualFold(p.Name[:len(name)], name) {
			matches = append(matches, p)
		}
	}
	if len(matches) == 1 {
		return matches[0], []Fault{c.fault("-%s is the beginning of -%s of %s: write the whole name", name, matches[0].Name, c.Name)}
	}
	return Parameter{}, []Fault{s.unknownParameter(c, name)}
}

// unknownParameter tells apart what another version has from what none has.
func (s signature) unknownParameter(c Command, name string) Fault {
	if version, newer := newerCommonParameters[strings.ToLower(name)]; newer {
		return c.fault("-%s is newer than Windows PowerShell %s: it came with %s", name, WindowsVersion, version)
	}
	for _, k := range byName()[strings.ToLower(c.Name)] {
		p, found := k.Parameter(name)
		switch {
		case s.product == "" || k.Product != s.product || !found:
		case s.product == Windows:
			return c.fault("-%s of %s is newer than Windows PowerShell %s: it came with %s", p.Name, k.Name, WindowsVersion, p.Versions[0])
		default:
			return c.fault("-%s of %s is not in this version, only in %s", p.Name, k.Name, strings.Join(p.Versions, ", "))
		}
	}
	return c.fault("%s has no parameter -%s", c.Name, name)
}

// checkSets looks for a parameter set that takes what is given and needs nothing more.
func (s signature) checkSets(c Command, b bound) []Fault {
	if len(s.sets) == 0 {
		return nil
	}
	fitting := slices.DeleteFunc(slices.Clone(s.sets), func(set Set) bool { return !s.takes(set, b.names) })
	if len(fitting) == 0 {
		return []Fault{c.fault("no parameter set of %s takes all of -%s", c.Name, strings.Join(b.names, ", -"))}
	}
	if b.splatted {
		return nil
	}
	var fewest []string
	for i, set := range fitting {
		missing := s.missing(set, c, b)
		if len(missing) <= b.positional {
			return nil
		}
		if i == 0 || len(missing) < len(fewest) || len(missing) == len(fewest) && set.Name == s.defaultSet {
			fewest = missing
		}
	}
	return []Fault{c.fault("%s needs -%s", c.Name, strings.Join(fewest, ", -"))}
}

// takes reports whether the set has every given parameter that belongs to any set.
func (s signature) takes(set Set, given []string) bool {
	return !slices.ContainsFunc(given, func(name string) bool {
		inAny := slices.ContainsFunc(s.sets, func(other Set) bool { return other.has(name) })
		return inAny && !set.has(name)
	})
}

// missing returns the parameters that the set requires and that neither the command line nor the pipeline gives.
// Where the facts say nothing of the pipeline, it may give any one of them.
func (s signature) missing(set Set, c Command, b bound) []string {
	documented := slices.ContainsFunc(s.parameters, func(p Parameter) bool { return p.Pipeline != "" })
	var missing []string
	for _, name := range set.Required {
		p, _ := Cmdlet{Parameters: s.parameters}.Parameter(name)
		if !slices.Contains(b.names, name) && (!c.Piped || p.Pipeline == "") {
			missing = append(missing, name)
		}
	}
	if c.Piped && !documented && len(missing) > 0 {
		missing = missing[1:]
	}
	return missing
}
