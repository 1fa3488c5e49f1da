package topology

import (
	"regexp"
	"sync"
)

// pattern is a regular expression of our own that is compiled when a value first needs it: most runs need none, and
// all of them together took a tenth of the program's start.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
