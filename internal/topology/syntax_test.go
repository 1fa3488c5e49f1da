package topology

import (
	"strings"
	"testing"
)

// head is a correct beginning of two lines.
const head = "apiVersion: lyncowa/v1\nname: x\n"

// Each text has one fault. For most of them the place that the YAML parser gives is wrong or missing.
func TestSyntaxPlaces(t *testing.T) {
	tests := []struct {
		name, text, id string
		line, column   int
	}{
		{"tab indents", head + "owaPools:\n\t- fqdn: a.b\n", "yaml-tab", 4, 1},
		{"tab after blanks", head + "change:\n  id: a\n \tid: b\n", "yaml-tab", 5, 2},
		{"tab in first line", "\tname: x\n", "yaml-tab", 1, 1},
		{"tab in block text", head + "change:\n  reason: >\n\t x\n", "yaml-tab", 5, 1},
		{"unclosed double quote", head + "change:\n  id: \"a\n  title: b\n  risk: c\n", "yaml-unclosed-quote", 4, 7},
		{"unclosed single quote", head + "change:\n  id: 'a\n  title: b\n", "yaml-unclosed-quote", 4, 7},
		{"unclosed quote, closed by a later one", head + "change:\n  id: \"a\n  title: \"b\"\n  risk: c\n", "yaml-unclosed-quote", 4, 7},
		{"unclosed quote, closed by a later pair", head + "change:\n  id: 'a\n  title: 'b'\n  risk: 'c'\n", "yaml-unclosed-quote", 4, 7},
		{"unclosed quote at the end", head + "change:\n  id: \"", "yaml-unclosed-quote", 4, 7},
		{"unclosed quote ending in a backslash", head + "change:\n  id: \"x\\\n", "yaml-unclosed-quote", 4, 7},
		{"unclosed quote in brackets", head + "pilotUsers: [\n  \"a@b.c,\n  \"d@e.f\"]\n", "yaml-unclosed-quote", 4, 3},
		{"unclosed key quote", head + "\"change: x\n", "yaml-unclosed-quote", 3, 1},
		{"unclosed bracket", head + "pilotUsers: [a@b.c, d@e.f\nmailboxPolicies: all\n", "yaml-unclosed-bracket", 3, 13},
		{"unclosed bracket before closed ones", head + "pilotUsers: [a@b.c\nmailboxPolicies: [x]\nowaPools: [y]\n", "yaml-unclosed-bracket", 3, 13},
		{"unclosed inner bracket", head + "owaPools:\n  - {fqdn: a.b, mailboxServers: [c.d, port: 5}\n    \n", "yaml-unclosed-bracket", 4, 33},
		{"unclosed brace", head + "change: {id: 1\nversions: x\n", "yaml-unclosed-bracket", 3, 9},
		{"unclosed bracket at the end", head + "pilotUsers: [", "yaml-unclosed-bracket", 3, 13},
		{"unclosed bracket over lines", head + "pilotUsers: [\n  a@b.c,\n  d@e.f\n", "yaml-unclosed-bracket", 3, 13},
		{"unclosed bracket with apostrophe", head + "pilotUsers: [it's\n", "yaml-unclosed-bracket", 3, 13},
		{"unclosed bracket with a comment", head + "pilotUsers: [a, # ]\n", "yaml-unclosed-bracket", 3, 13},
		{"wrong closing bracket", head + "pilotUsers: [a}\n", "yaml-unclosed-bracket", 3, 13},
		{"closing bracket as value", head + "pilotUsers: ]\n", "yaml-reserved", 3, 13},
		{"closing bracket as line", head + "}\n", "yaml-reserved", 3, 1},
		{"second colon in first line", "name: a: b\napiVersion: lyncowa/v1\n", "yaml-colon", 1, 8},
		{"second colon", head + "change:\n  title: Presence: phase 1\n  id: x\n", "yaml-colon", 4, 18},
		{"second colon at the end", head + "change:\n  title: Presence:\n  id: x\n", "yaml-colon", 4, 18},
		{"second colon in a list", head + "mailboxPolicies:\n  - a: b: c\n", "yaml-colon", 4, 9},
		{"second colon after a quote", head + "change:\n  title: \"a\": b\n", "yaml-colon", 4, 13},
		{"second colon with CR LF", "apiVersion: lyncowa/v1\r\nname: a: b\r\n", "yaml-colon", 2, 8},
		{"line without colon", head + "change:\n  id: a\n  title b\n  risk: c\n", "yaml-missing-colon", 5, 3},
		{"no blank after the colon", head + "change:\n  id: a\n  title:b\n  risk: c\n", "yaml-missing-colon", 5, 3},
		{"first line without colon", "apiVersion lyncowa/v1\nname: x\n", "yaml-missing-colon", 1, 1},
		{"first key of a pool without colon", head + "owaPools:\n  - fqdn a.b\n    registrar: c.d\n", "yaml-missing-colon", 4, 5},
		{"last line without colon", head + "owaPools", "yaml-missing-colon", 3, 1},
		{"too deep", head + "change:\n  id: a\n   title: b\n", "yaml-indentation", 5, 4},
		{"too shallow", head + "owaPools:\n  - fqdn: a.b\n    port: 5\n   siteId: x\n", "yaml-indentation", 6, 4},
		{"too shallow in a mapping", head + "change:\n  id: a\n title: b\n", "yaml-indentation", 5, 2},
		{"deep below a value", head + "  versions: x\n", "yaml-indentation", 3, 3},
		{"key among entries", head + "owaPools:\n  - fqdn: a.b\n  port: 5\n", "yaml-indentation", 5, 3},
		{"entry among keys", head + "- x\n", "yaml-missing-colon", 3, 1},
		{"dash behind a key", head + "pilotUsers: - a@b.c\n", "yaml-indentation", 3, 13},
		{"text after a single quote", head + "change:\n  title: 'it's'\n  id: x\n", "yaml-after-quote", 4, 14},
		{"text after a double quote", head + "change:\n  title: \"a\" b\n", "yaml-after-quote", 4, 14},
		{"windows path", head + "change:\n  title: \"C:\\dir\"\n", "yaml-escape", 4, 13},
		{"short escape", head + "change:\n  title: \"\\u12\"\n", "yaml-escape", 4, 11},
		{"surrogate escape", head + "change:\n  title: \"\\ud800\"\n", "yaml-escape", 4, 11},
		{"at sign", head + "pilotUsers:\n  - @a\n", "yaml-reserved", 4, 5},
		{"backtick", head + "change:\n  title: `x`\n", "yaml-reserved", 4, 10},
		{"percent", head + "change:\n  title: %x\n", "yaml-reserved", 4, 10},
		{"comma", head + "change:\n  title: , x\n", "yaml-reserved", 4, 10},
		{"comment in a text of two lines", head + "change:\n  title: a # b\n    c\n  id: x\n", "yaml-missing-colon", 5, 5},
		{"two anchors", head + "change: &a &b x\n", "yaml-syntax", 3, 12},
		{"bad block header", head + "change:\n  title: |x\n    y\n", "yaml-syntax", 4, 10},
		{"unknown directive", "%x\n---\nname: x\n", "yaml-reserved", 1, 1},
		{"text after brackets", head + "pilotUsers: [a] b\n", "yaml-syntax", 3, 17},
		{"comma alone in brackets", head + "pilotUsers: [\n  ,\n  ]\n", "yaml-syntax", 3, 13},
		{"closed brackets at the wrong column", head + "change:\n  id: a\n   title: [b]\n", "yaml-indentation", 5, 4},
		{"entry at the wrong column", head + "owaPools:\n  - fqdn: a.b\n    mailboxServers:\n      - c.d\n        - fqdn: e.f\n", "yaml-indentation", 7, 9},
		{"text after a JSON topology", "{\"name\": \"x\"}\nmore\n", "yaml-missing-colon", 2, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, got := Load("t.yaml", []byte(test.text))
			if len(got) != 1 {
				t.Fatalf("got %d findings, want 1: %+v", len(got), got)
			}
			f := got[0]
			if f.ID != test.id || f.Line != test.line || f.Column != test.column {
				t.Errorf("got %d:%d %s, want %d:%d %s", f.Line, f.Column, f.ID, test.line, test.column, test.id)
			}
			for _, leak := range []string{"yaml:", "!!", "mapping values", "did not find", "found character"} {
				if strings.Contains(f.Message, leak) {
					t.Errorf("the message speaks as the parser does: %s", f.Message)
				}
			}
		})
	}
}

// The line is right in a large file too, where the search halves the file first.
func TestSyntaxPlaceInALargeFile(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + "change:\n  reason: \"several\n    lines\"\nowaPools:\n")
	for range 600 {
		b.WriteString("  - fqdn: a.b\n    mailboxServers: [\n      c.d\n    ]\n")
	}
	b.WriteString("    siteId: \"x\n")
	for range 200 {
		b.WriteString("  - fqdn: a.b\n")
	}
	_, got := Load("t.yaml", []byte(b.String()))
	if len(got) != 1 || got[0].ID != "yaml-unclosed-quote" || got[0].Line != 7+4*600 {
		t.Errorf("got %+v, want yaml-unclosed-quote in line %d", got, 7+4*600)
	}
}
