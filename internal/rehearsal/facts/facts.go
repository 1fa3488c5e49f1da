// Package facts knows the cmdlets of the procedure: which cmdlet and which parameter each version of Lync Server,
// Exchange Server and Windows PowerShell 3.0 has. The simulated farm's stand-ins are made of it, and scripts are held
// against it. It never reads PowerShell itself and never runs it.
package facts

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Product is whose command a cmdlet is.
type Product string

// The products. Windows stands for Windows PowerShell 3.0 and the modules of Windows Server 2012.
const (
	Lync     Product = "lync"
	Exchange Product = "exchange"
	Windows  Product = "windows"
)

// WindowsVersion is the one version of Windows PowerShell that scripts are written for.
const WindowsVersion = "3.0"

// Cmdlet is what Microsoft's reference says about one cmdlet.
type Cmdlet struct {
	Name          string      `json:"name"`
	Product       Product     `json:"product"`
	Versions      []string    `json:"versions"`                // "2010", "2013", "2015", "2016", "2019", "SE"; Windows: from which PowerShell on, "3.0", "4.0" or "5.1"
	ShouldProcess bool        `json:"shouldProcess,omitempty"` // has -WhatIf and -Confirm
	DefaultSet    string      `json:"defaultSet,omitempty"`    // empty where the reference names none
	Sets          []Set       `json:"sets,omitempty"`          // none for Windows: the facts do not have them
	Parameters    []Parameter `json:"parameters,omitempty"`    // sorted by name, without the common parameters
}

// Set is one parameter set: parameters that may be given together.
type Set struct {
	Name     string   `json:"name"`
	Required []string `json:"required,omitempty"` // sorted
	Optional []string `json:"optional,omitempty"` // sorted
}

// Parameter is one parameter of a cmdlet.
type Parameter struct {
	Name     string   `json:"name"`
	Type     string   `json:"type,omitempty"`     // as the reference writes it: "String", "Fqdn", "MultiValuedProperty"
	Required bool     `json:"required,omitempty"` // of a function; a cmdlet's parameter sets say it
	Switch   bool     `json:"switch,omitempty"`   // takes no argument
	Aliases  []string `json:"aliases,omitempty"`  // other names
	Pipeline string   `json:"pipeline,omitempty"` // "True", "True (ByPropertyName)"; empty: not from the pipeline, or not documented
	Versions []string `json:"versions,omitempty"` // where they differ from the cmdlet's
}

// Target is the version of each product that a script is written for, each by its year. An empty version
// means that no cmdlet of that product may be called.
type Target struct {
	Lync     string // "2013", "2015", "2019"
	Exchange string // "2013", "2016", "2019"
}

// Version returns the version of p that t names, "" for none.
func (t Target) Version(p Product) string {
	switch p {
	case Lync:
		return t.Lync
	case Exchange:
		return t.Exchange
	case Windows:
		return WindowsVersion
	}
	return ""
}

//go:embed facts.json
var factsJSON []byte

// cmdlets is every known cmdlet, sorted by name and then by product.
var cmdlets = sync.OnceValue(func() []Cmdlet {
	var all []Cmdlet
	if err := json.Unmarshal(factsJSON, &all); err != nil {
		panic(fmt.Sprintf("facts.json: %v", err)) // embedded at build time: no input reaches this
	}
	return all
})

// byName holds the facts by lower-case name; two products may share one.
var byName = sync.OnceValue(func() map[string][]Cmdlet {
	index := map[string][]Cmdlet{}
	for _, c := range cmdlets() {
		key := strings.ToLower(c.Name)
		index[key] = append(index[key], c)
	}
	return index
})

// Lookup returns the cmdlet of that name (case does not matter) as the versions of t have it: only their
// parameters, and only parameter sets that can be satisfied with these. False when there is none.
func Lookup(t Target, name string) (Cmdlet, bool) {
	for _, c := range byName()[strings.ToLower(name)] {
		if v := t.Version(c.Product); c.in(v) {
			return c.at(v), true
		}
	}
	return Cmdlet{}, false
}

// Parameter returns the parameter with that full name or alias; case does not matter. A parameter's own
// name goes before another one's alias.
func (c Cmdlet) Parameter(name string) (Parameter, bool) {
	for _, p := range c.Parameters {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	for _, p := range c.Parameters {
		if containsFold(p.Aliases, name) {
			return p, true
		}
	}
	return Parameter{}, false
}

// in reports whether the cmdlet exists in that version.
func (c Cmdlet) in(version string) bool { return version != "" && slices.Contains(c.Versions, version) }

// at returns the cmdlet as one version has it.
func (c Cmdlet) at(version string) Cmdlet {
	has := func(p Parameter) bool { return len(p.Versions) == 0 || slices.Contains(p.Versions, version) }
	var parameters []Parameter
	absent := map[string]bool{}
	for _, p := range c.Parameters {
		if has(p) {
			parameters = append(parameters, p)
		} else {
			absent[p.Name] = true
		}
	}
	c.Parameters = parameters
	c.Sets = setsWithout(c.Sets, absent)
	return c
}

// setsWithout drops the absent parameters, and the sets that need one of them.
func setsWithout(sets []Set, absent map[string]bool) []Set {
	isAbsent := func(name string) bool { return absent[name] }
	var kept []Set
	for _, s := range sets {
		if slices.ContainsFunc(s.Required, isAbsent) {
			continue
		}
		s.Optional = slices.DeleteFunc(slices.Clone(s.Optional), isAbsent)
		kept = append(kept, s)
	}
	return kept
}

// has reports whether the set takes the parameter of that full name.
func (s Set) has(name string) bool {
	return containsFold(s.Required, name) || containsFold(s.Optional, name)
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}
