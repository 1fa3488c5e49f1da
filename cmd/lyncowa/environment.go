package main

import "os"

// ofCompletion are the variables by which the library that completes command lines would let itself be told something:
// one of them names a file that it then writes a log into. Nothing but the command line decides what lyncowa does.
var ofCompletion = []string{
	"BASH_COMP_DEBUG_FILE",
	"COBRA_ACTIVE_HELP", "LYNCOWA_ACTIVE_HELP",
	"COBRA_COMPLETION_DESCRIPTIONS", "LYNCOWA_COMPLETION_DESCRIPTIONS",
}

// forgetCompletion takes those variables out of the environment of this process.
func forgetCompletion() {
	for _, name := range ofCompletion {
		_ = os.Unsetenv(name) // no system refuses one of these names
	}
}
