package topology

import (
	"reflect"
	"strings"
	"testing"
)

// Any input gives a topology or errors without a panic, the same each time, and every place lies inside the file.
func FuzzLoad(f *testing.F) {
	seeds := []string{
		litware, string(Sample()), and(secondPool), "\xff\xfe" + "a\x00", "a: [b, {c: 'd\n", "a: \"\\u202e\n\n b\\\n c\": d\n",
		"? a\n: - b\n  - &c *d\n---\n...\n", "a: >-\n  b\n\n  c\n<<: *x\n", "%YAML 1.1\n---\n{a: b}\n", "\t- !x y\r\rz", "a: 'b''\n   c'",
		and("mailboxPolicies: [\"a\n\n  \\x07\", 'b\n  ''c']"), strings.ReplaceAll(litware, "\n", "\r\n"), "\ufeffa: \u2028*",
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			t.Skip("large files have tests of their own")
		}
		top, list := Load("t.yaml", data)
		checkPromises(t, data, top, list)
		again, sameList := Load("t.yaml", data)
		if !reflect.DeepEqual(top, again) || !reflect.DeepEqual(list, sameList) {
			t.Error("the same file was loaded differently")
		}
	})
}
