package explain

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"lyncowa/internal/topology"
)

// Smallest is the smallest topology, which the examples are parts of.
const Smallest = `apiVersion: lyncowa/v1
name: contoso-owa-im
owaPools:
  - fqdn: owa.contoso.com
    registrar: lync.contoso.com
    siteId: Dublin
    port: 5199
    certificateThumbprint: 3F2A9C61D0B84E7795AC13E8246FB0D7C15A88E2
    umColocated: false
`

var (
	fieldName = regexp.MustCompile(`(?m)^([^\s#][^:\n]*):`) // at the left margin
	codePoint = regexp.MustCompile(`<U\+([0-9A-F]{4})>`)
)

// Complete is the topology that an example is part of: its fields replace those of the smallest topology. They are fields
// of the pool if the topology itself has no field of the first one's name.
func Complete(example string) string {
	example = codePoint.ReplaceAllStringFunc(example, func(s string) string {
		n, _ := strconv.ParseUint(s[3:7], 16, 32)
		return string(rune(n))
	})
	whole := strings.Replace(Smallest, "  - fqdn", "  -\n    fqdn", 1) // one field per line
	names := fieldName.FindAllStringSubmatch(example, -1)
	margin := ""
	firstLine, _, _ := strings.Cut(example, "\n")
	first, _, isField := strings.Cut(firstLine, ":")
	if isField && !slices.ContainsFunc(topology.Fields(), func(f topology.Field) bool { return f.Name == first }) {
		margin = "    "
		example = indent(margin, example)
	}
	for _, name := range names {
		field := regexp.MustCompile(`(?m)^` + margin + regexp.QuoteMeta(name[1]) + `:.*\n(?:` + margin + ` .*\n)*`)
		whole = field.ReplaceAllString(whole, "")
	}
	return whole + example
}
