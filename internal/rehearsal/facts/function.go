package facts

import (
	"regexp"
	"strings"

	"lyncowa/internal/pattern"
)

// declaration is one parameter of a param block: its name and the types and attributes before it.
type declaration struct {
	name       string
	attributes []string
}

// function reads a definition after its keyword.
func (r *reader) function(start int) {
	defer r.deeper(0)()
	r.skip(true)
	from := r.at
	for !endsWord(r.peek(0)) {
		r.at++
	}
	name := r.source(from)
	if name == "" {
		r.failHere("where a function's name must stand")
		return
	}
	r.skip(true)
	var parameters []declaration
	if r.peek(0) == '(' {
		parameters = r.parameterList()
		r.skip(true)
	}
	r.expect('{', "after a function's name")
	inBody, attributes := r.body('}')
	r.expect('}', "after a function's statements")
	f := describe(withoutScope(name), append(parameters, inBody...), attributes)
	f.offset = start
	r.script.Functions = append(r.script.Functions, f)
}

func withoutScope(name string) string {
	for _, scope := range []string{"global:", "script:", "local:", "private:"} {
		if len(name) > len(scope) && strings.EqualFold(name[:len(scope)], scope) {
			return name[len(scope):]
		}
	}
	return name
}

// parameterList reads ( [attribute] [type] $Name = default, ... ).
func (r *reader) parameterList() []declaration {
	defer r.deeper(0)()
	r.expect('(', "before parameters")
	var list []declaration
	for r.skip(true); r.peek(0) != ')' && r.peek(0) != end; r.skip(true) {
		list = append(list, r.declaration())
		r.skip(true)
		if r.peek(0) == ',' {
			r.at++
			continue
		}
		break
	}
	r.expect(')', "after parameters")
	return list
}

func (r *reader) declaration() declaration {
	attributes, _ := r.attributes()
	r.skip(true)
	start := r.at
	if r.peek(0) != '$' {
		r.failHere("where a parameter must stand")
		return declaration{}
	}
	r.variable()
	d := declaration{name: strings.Trim(r.source(start), "${}"), attributes: attributes}
	r.skip(true)
	if r.peek(0) == '=' {
		r.at++
		r.skip(true)
		r.expression(grammar{overLines: true, noComma: true})
	}
	return d
}

var (
	switchType    = pattern.Of(`(?i)^\[\s*(?:System\.Management\.Automation\.)?switch(?:parameter)?\s*\]$`)
	plainType     = pattern.Of(`^\[\s*([\w.]+(?:\[\])?)\s*\]$`)
	parameterMark = pattern.Of(`(?i)^\[\s*Parameter\s*\(`)
	bindingMark   = pattern.Of(`(?i)^\[\s*CmdletBinding\s*\(`)
	aliasMark     = pattern.Of(`(?i)^\[\s*Alias\s*\(`)
	mandatory     = pattern.Of(`(?i)\bMandatory\b\s*(=\s*\$\w+)?`)
	should        = pattern.Of(`(?i)\bSupportsShouldProcess\b\s*(=\s*\$\w+)?`)
	fromPipeline  = pattern.Of(`(?i)\bValueFromPipeline(?:ByPropertyName)?\b\s*(=\s*\$\w+)?`)
	quotedName    = pattern.Of(`'([^']*)'|"([^"]*)"`)
)

// describe turns the texts of a definition into facts.
func describe(name string, declarations []declaration, attributes []string) Function {
	f := Function{Name: name}
	for _, a := range attributes {
		if bindingMark().MatchString(a) {
			f.Advanced = true
			f.ShouldProcess = set(should(), a)
		}
	}
	for _, d := range declarations {
		p := Parameter{Name: d.name}
		for _, a := range d.attributes {
			f.Advanced = f.Advanced || parameterMark().MatchString(a)
			p = p.with(a)
		}
		f.Parameters = append(f.Parameters, p)
	}
	return f
}

// with returns the parameter with what one attribute or type says about it.
func (p Parameter) with(attribute string) Parameter {
	switch {
	case switchType().MatchString(attribute):
		p.Type, p.Switch = "SwitchParameter", true
	case plainType().MatchString(attribute):
		p.Type = plainType().FindStringSubmatch(attribute)[1]
	case parameterMark().MatchString(attribute):
		p.Required = p.Required || set(mandatory(), attribute)
		if set(fromPipeline(), attribute) {
			p.Pipeline = "True"
		}
	case aliasMark().MatchString(attribute):
		for _, m := range quotedName().FindAllStringSubmatch(attribute, -1) {
			p.Aliases = append(p.Aliases, m[1]+m[2])
		}
	}
	return p
}

// set reports whether an attribute sets a named argument: alone, or to anything but $false.
func set(argument *regexp.Regexp, attribute string) bool {
	m := argument.FindString(attribute)
	return m != "" && !strings.HasSuffix(strings.ToLower(m), "$false")
}
