package topology

import (
	"regexp"
	"strings"
	"testing"
)

// The loader goes by isBundleName, an editor by the pattern of the schema.
func TestBundleNamePatternSaysTheSame(t *testing.T) {
	pattern := regexp.MustCompile(bundleNamePattern)
	names := []string{""}
	for start := 0; len(names[start]) < 4; start++ {
		for _, next := range []string{"a", "z", "0", "9", "-", "A", "_", "{", "`", "/", ":", "\n", "ä"} {
			names = append(names, names[start]+next)
		}
	}
	for length := 60; length < 67; length++ {
		names = append(names, strings.Repeat("a", length), strings.Repeat("-", length), "a"+strings.Repeat("-", length-2)+"a")
	}
	for _, name := range names {
		if got, want := isBundleName(name), pattern.MatchString(name); got != want {
			t.Errorf("%q: %v, the pattern says %v", name, got, want)
		}
	}
}
