package facts

import (
	"cmp"
	"fmt"
	"slices"
)

// Script is what the reader finds in one script or module: every command, wherever it stands, and every
// function it defines.
type Script struct {
	Commands  []Command
	Functions []Function
}

// Kind says how a command names what it runs.
type Kind string

// The kinds of command.
const (
	Named   Kind = "named"   // a cmdlet, function, alias or program by its plain name
	Path    Kind = "path"    // a name with a folder in it: & 'C:\Windows\System32\whoami.exe'
	Block   Kind = "block"   // & { ... }
	Dynamic Kind = "dynamic" // known only when it runs: & $x, & "$folder\x.exe"
)

// Command is one command invocation.
type Command struct {
	Line, Column int    // of its first character, operator included; 1-based, in characters
	Operator     string // "", "&" or "."
	Kind         Kind
	Name         string // without quotes for Named and Path; the source text for Block and Dynamic
	Elements     []Element
	Piped        bool // takes a pipeline's objects: not the first command of its pipeline

	offset int
}

// ElementKind says what an element of a command line is.
type ElementKind string

// The kinds of element.
const (
	ParameterName ElementKind = "parameter" // -Name, or -Name:argument
	Argument      ElementKind = "argument"  // a value; one with commas is one argument
	Splat         ElementKind = "splat"     // @name: parameters that only the run knows
)

// Element is one element after a command's name. Whether an argument belongs to the parameter before it or
// stands for itself depends on the command: a switch takes none.
type Element struct {
	Kind     ElementKind
	Name     string // of a parameter without its dash ("-" for --, after which all is argument), of a splat without its @
	Attached bool   // the parameter has its argument after a colon
	Text     string // the argument as written, also the attached one
	Value    string // the argument's value where it is a constant, without quotes and escapes
	Constant bool
}

// Function is a function that a script defines, with its parameters as far as the text tells them.
type Function struct {
	Line, Column  int
	Name          string // without a scope such as script:
	Advanced      bool   // has the common parameters: CmdletBinding, or a Parameter attribute
	ShouldProcess bool   // has -WhatIf and -Confirm
	Parameters    []Parameter

	offset int
}

// SyntaxError is a place where the text is not PowerShell 3.0, or not understood.
type SyntaxError struct {
	Line, Column int // 1-based, in characters
	Message      string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message) }

// Commands returns every command of a script in the order of the text. The error is a *SyntaxError.
func Commands(script []byte) ([]Command, error) {
	s, err := Read(script)
	return s.Commands, err
}

// Read reads a script or module. The text is UTF-8, with or without BOM. It covers the language of Windows
// PowerShell 3.0; what is newer (class, &&) or not understood is a *SyntaxError and never passed over, since
// a command that the reader does not see is a command that nobody checks. Its time is linear in the text.
func Read(script []byte) (Script, error) {
	text, err := decode(script)
	if err != nil {
		return Script{}, err
	}
	r := &reader{text: text}
	r.body(end)
	if r.err != nil {
		r.err.Line, r.err.Column = position(text, r.errAt)
		return Script{}, r.err
	}
	r.place()
	return r.script, nil
}

// place turns offsets into lines and columns, in one pass for all.
func (r *reader) place() {
	commands, functions := r.script.Commands, r.script.Functions
	slices.SortStableFunc(commands, func(a, b Command) int { return cmp.Compare(a.offset, b.offset) })
	slices.SortStableFunc(functions, func(a, b Function) int { return cmp.Compare(a.offset, b.offset) })
	line, column, c, f := 1, 1, 0, 0
	for i, char := range r.text {
		for c < len(commands) && commands[c].offset == i {
			commands[c].Line, commands[c].Column = line, column
			c++
		}
		for f < len(functions) && functions[f].offset == i {
			functions[f].Line, functions[f].Column = line, column
			f++
		}
		line, column = advance(r.text, i, char, line, column)
	}
}

func position(text []rune, at int) (line, column int) {
	line, column = 1, 1
	for i, char := range text[:min(at, len(text))] {
		line, column = advance(text, i, char, line, column)
	}
	return line, column
}

// advance counts CR LF, LF and CR alone as one line end each.
func advance(text []rune, i int, char rune, line, column int) (int, int) {
	if char == '\n' || char == '\r' && (i+1 == len(text) || text[i+1] != '\n') {
		return line + 1, 1
	}
	return line, column + 1
}
