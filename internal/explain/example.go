package explain

import (
	"regexp"
	"strconv"
	"strings"
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

// Complete is the topology that an example is part of: its fields take the place of those of the smallest one, in
// the pool if its first field is one of a pool.
func Complete(example string) string {
	top := blocks(codePoints(example))
	whole := blocks(Smallest)
	pool := poolBlocks(whole)
	if len(top) > 0 && holds(append(pool, poolOnly...), top[0].key) {
		return override(whole, []block{{"owaPools", "owaPools:\n" + asPool(override(pool, top))}})
	}
	return override(whole, top)
}

// block is one field at the left margin with everything that belongs to it.
type block struct{ key, text string }

// poolOnly are the fields of a pool that the smallest topology does not have, and the two mistakes that the wrong
// examples make in a pool.
var poolOnly = []block{
	{key: "applicationId"},
	{key: "mailboxServer"},
	{key: "mailboxServers"},
	{key: "clientAccessServers"},
	{key: "trustedComputers"},
	{key: "sipDialPlans"},
	{key: "<<"},
}

func blocks(text string) []block {
	var list []block
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case line == "":
		case len(list) > 0 && strings.ContainsAny(line[:1], " \t\n"):
			list[len(list)-1].text += line
		default:
			key, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			list = append(list, block{key, strings.TrimSuffix(line, "\n") + "\n"})
		}
	}
	return list
}

// poolBlocks are the fields of the one pool of the smallest topology.
func poolBlocks(whole []block) []block {
	_, pool, _ := strings.Cut(whole[len(whole)-1].text, "\n")
	var lines strings.Builder
	for _, line := range strings.SplitAfter(pool, "\n") {
		lines.WriteString(strings.TrimLeft(line, " -"))
	}
	return blocks(lines.String())
}

func holds(list []block, key string) bool {
	for _, b := range list {
		if b.key == key {
			return true
		}
	}
	return false
}

// override puts the edits in place of the blocks of the same key, and the rest of them at the end.
func override(base, edits []block) string {
	var out strings.Builder
	for _, b := range base {
		if !holds(edits, b.key) {
			out.WriteString(b.text)
		}
		for _, e := range edits {
			if e.key == b.key {
				out.WriteString(e.text)
			}
		}
	}
	for _, e := range edits {
		if !holds(base, e.key) {
			out.WriteString(e.text)
		}
	}
	return out.String()
}

// asPool indents fields as the one entry of owaPools.
func asPool(fields string) string {
	indented := "    " + strings.ReplaceAll(strings.TrimSuffix(fields, "\n"), "\n", "\n    ") + "\n"
	return "  - " + strings.TrimPrefix(indented, "    ")
}

var codePoint = regexp.MustCompile(`<U\+([0-9A-F]{4})>`)

// codePoints puts the characters in that the examples write as their code points.
func codePoints(example string) string {
	return codePoint.ReplaceAllStringFunc(example, func(s string) string {
		n, _ := strconv.ParseUint(s[3:7], 16, 32)
		return string(rune(n))
	})
}
