// Package pattern holds regular expressions back until a text first needs them. Most runs of the program need few of
// its patterns, and compiling all of them would be part of every start.
package pattern

import (
	"regexp"
	"sync"
)

// Of is a regular expression of our own, compiled at its first use. Like regexp.MustCompile it panics, at that moment,
// when it is none.
func Of(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
