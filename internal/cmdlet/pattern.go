package cmdlet

import (
	"regexp"
	"sync"
)

// pattern is a regular expression of our own that is compiled when a text first needs it: most runs of the program
// read no PowerShell at all.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
