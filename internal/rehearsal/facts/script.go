package facts

// Script is what a parser of PowerShell lists of one script or module, wherever in the text it stands: the engine's
// own parser (farm/list.ps1), or tree-sitter where there is no engine (.ci/syntax/list.mjs).
type Script struct {
	Problems  []Fault    `json:"problems"`
	Functions []Function `json:"functions"`
	Commands  []Command  `json:"commands"`
	Classes   []Class    `json:"classes"`
}

// Place is where in a script something starts, 1-based.
type Place struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Fault is a place that is not PowerShell 3.0.
type Fault struct {
	Place
	Message string `json:"message"`
}

// Kind says how a command names what it runs.
type Kind string

// The kinds of command.
const (
	Named   Kind = "named"   // a cmdlet, function, alias or program
	Block   Kind = "block"   // & { ... }, or a parameter that is declared as a script block
	Dynamic Kind = "dynamic" // known only when it runs: & $x, & "$folder\x.exe"
)

// Command is one command of a script.
type Command struct {
	Place
	Kind     Kind      `json:"kind"`
	Name     string    `json:"name"`  // the source text where the kind is Dynamic
	Piped    bool      `json:"piped"` // takes a pipeline's objects: not the first command of its pipeline
	Elements []Element `json:"elements"`
}

// Element is one element after a command's name. Whether an argument belongs to the parameter before it or stands
// for itself depends on the command: a switch takes none.
type Element struct {
	Kind     ElementKind `json:"kind"`
	Name     string      `json:"name"`     // of a parameter without its dash, of a splat without its @
	Attached bool        `json:"attached"` // the parameter has its argument after a colon
	Value    *string     `json:"value"`    // the argument, where the text alone tells it
}

// ElementKind says what an element of a command line is.
type ElementKind string

// The kinds of element.
const (
	ParameterName ElementKind = "parameter" // -Name, or -Name:argument
	Argument      ElementKind = "argument"  // a value; one with commas is one argument
	Splat         ElementKind = "splat"     // @name: parameters that only the run knows
)

// Function is a function that a script defines.
type Function struct {
	Name          string      `json:"name"`          // without a scope such as script:
	Advanced      bool        `json:"advanced"`      // has the common parameters: CmdletBinding, or a Parameter attribute
	ShouldProcess bool        `json:"shouldProcess"` // has -WhatIf and -Confirm
	Parameters    []Parameter `json:"parameters"`
}

// Class is a .NET class that a script names.
type Class struct {
	Place
	Name   string `json:"name"`
	Member string `json:"member"` // the static member that is read or called: Now of [DateTime]::Now
}
