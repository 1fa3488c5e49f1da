package topology

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// entry is one value of the file: of a key in a mapping, or in a list.
type entry struct {
	name  string // how messages call it: "port", "an entry of mailboxServers"
	at    place  // where to point when the value has no place of its own: the key
	value *yaml.Node
}

// object is a mapping whose keys are all known.
type object struct {
	name    string // how messages call it: "the topology", "an OWA pool"
	at      place
	entries map[string]entry
}

// located is a value that was read, with its place. It is ok only if the file gave it and every rule of its
// field holds; given says that the file has the field at all.
type located[T any] struct {
	value     T
	at        place
	given, ok bool
}

// required reads a field that has to be there.
func required[T any](l *loader, o object, key string, read func(entry) (T, bool)) located[T] {
	if _, ok := o.entries[key]; !ok {
		l.report("missing-field", o.at, fieldHints[key], "%s has no %s", o.name, key)
		return located[T]{at: o.at}
	}
	return optional(o, key, read)
}

// optional reads a field if it is there.
func optional[T any](o object, key string, read func(entry) (T, bool)) located[T] {
	e, given := o.entries[key]
	if !given {
		return located[T]{at: o.at}
	}
	value, ok := read(e)
	return located[T]{value: value, at: e.place(), given: true, ok: ok}
}

// place is where the value stands, or its key if there is no value.
func (e entry) place() place {
	if e.value.Tag == "!!null" {
		return e.at
	}
	return at(e.value)
}

// object reads a mapping; keys that it does not know are findings.
func (l *loader) object(e entry, name string, known []string) (object, bool) {
	if !l.isKind(e, yaml.MappingNode) {
		return object{}, false
	}
	o := object{name: name, at: at(e.value), entries: make(map[string]entry, len(known))}
	for i := 0; i+1 < len(e.value.Content); i += 2 {
		key, value := e.value.Content[i], e.value.Content[i+1]
		switch {
		case key.Kind == refused:
		case key.Kind != yaml.ScalarNode:
			l.report("wrong-type", at(key), "write one word and a colon", "a key of %s is %s, not a text", name, kindNames[key.Kind])
		case !slices.Contains(known, key.Value):
			l.report("unknown-key", at(key), didYouMean(key.Value, known), "%s has no field %s", name, quote(key.Value))
		default:
			o.entries[key.Value] = entry{name: key.Value, at: at(key), value: value}
		}
	}
	return o, true
}

// list reads the entries of a list, which must not be empty.
func (l *loader) list(e entry) ([]entry, bool) {
	if !l.isKind(e, yaml.SequenceNode) {
		return nil, false
	}
	name := "an entry of " + e.name
	entries := make([]entry, len(e.value.Content))
	for i, n := range e.value.Content {
		entries[i] = entry{name: name, at: at(n), value: n}
	}
	return entries, true
}

// isKind reports an entry that is empty or of another kind than the wanted one.
func (l *loader) isKind(e entry, want yaml.Kind) bool {
	switch {
	case e.value.Kind == refused:
		return false
	case isEmpty(e.value):
		l.reportEmpty(e)
		return false
	case e.value.Kind != want:
		l.report("wrong-type", e.place(), typeHint(e.value.Kind, want), "%s is %s, not %s", e.name, kindNames[e.value.Kind], kindNames[want])
		return false
	}
	return true
}

func isEmpty(n *yaml.Node) bool {
	if n.Kind == yaml.ScalarNode {
		return n.Tag == "!!null" || strings.TrimSpace(n.Value) == ""
	}
	return len(n.Content) == 0
}

func (l *loader) reportEmpty(e entry) {
	hint := fieldHints[e.name]
	if hint == "" {
		hint = "fill it in or take it out"
	}
	l.report("empty-field", e.place(), hint, "%s is empty", e.name)
}

// kindNames are YAML's kinds in words.
var kindNames = map[yaml.Kind]string{
	yaml.ScalarNode:   "a single value",
	yaml.MappingNode:  "a mapping",
	yaml.SequenceNode: "a list",
	yaml.AliasNode:    "an alias",
}

func typeHint(got, want yaml.Kind) string {
	switch {
	case want == yaml.SequenceNode && got == yaml.ScalarNode:
		return "write each entry on a line of its own, with a dash and a blank before it"
	case want == yaml.SequenceNode:
		return "put a dash and a blank before each entry"
	case want == yaml.MappingNode:
		return "write its fields below it, indented, each as key: value"
	case got == yaml.SequenceNode:
		return "write one value without dash or brackets"
	}
	return "write one value behind the colon"
}

// fieldHints say what to write into a field that is missing or empty.
var fieldHints = map[string]string{
	"apiVersion":            "write apiVersion: " + APIVersion,
	"name":                  "choose a short name; it names the bundle, for example name: litware-owa-im",
	"owaPools":              "describe at least one OWA pool; `lyncowa init` writes a commented sample",
	"fqdn":                  "write the OWA FQDN, which is the subject name of the certificate",
	"registrar":             "write the FQDN of the Lync pool nearest to the servers",
	"siteId":                "write the SiteId that Get-CsSite | Select-Object DisplayName, SiteId shows",
	"port":                  "choose any free port of 1024-65535, for example port: 5199",
	"certificateThumbprint": "copy it from Get-ExchangeCertificate",
	"umColocated":           "look whether both UM services run on the same computer, then write true or false; there is no default",
	"mailboxServers":        "name the servers, or leave the field out: then it is the fqdn",
	"clientAccessServers":   "name the servers, or leave the field out: then it is the fqdn",
	"trustedComputers":      "write trustedComputers: [] for none",
	"sipDialPlans":          "name the dial plans, write all, or leave the field out: then none is changed",
	"mailboxPolicies":       "name the policies, write all, or leave the field out: then it is Default",
	"change":                "fill in what you know, or leave the field out: the record has blanks then",
	"versions":              "write exchange and lync below it, or leave the field out: both are 2013 then",
	"applicationId":         "leave the field out: then it is OutlookWebApp",
	"pilotUsers":            "name the pilot users, or leave the field out",
}
