package topology

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var quotedID = regexp.MustCompile(`"([a-z]+(?:-[a-z0-9]+)+)"`)

// Every id in the sources is in the table, and every row of the table is used and tested.
func TestRulesAreOneTable(t *testing.T) {
	product, tests := sources(t, false), sources(t, true)
	used := map[string]bool{}
	for _, call := range regexp.MustCompile(`(?m)(?:report|whole)\("[a-z0-9-]+"|fault\{\s*"[a-z0-9-]+"|hiddenCharacter = "[a-z-]+"|^\s*"yaml-[a-z-]+":`).FindAllString(product, -1) {
		used[quotedID.FindStringSubmatch(call)[1]] = true
	}
	known := map[string]bool{}
	for _, r := range Rules() {
		if known[r.ID] {
			t.Errorf("%s stands twice", r.ID)
		}
		known[r.ID] = true
		if r.Meaning == "" || strings.ToLower(r.ID) != r.ID || !used[r.ID] {
			t.Errorf("%s: meaning %q, used %v", r.ID, r.Meaning, used[r.ID])
		}
		if !regexp.MustCompile(`\b` + r.ID + `\b`).MatchString(tests) {
			t.Errorf("%s is not tested", r.ID)
		}
	}
	for id := range used {
		if !known[id] {
			t.Errorf("%s is not in the table", id)
		}
	}
}

// sources are the Go files of this package but the table: the product's, or the tests'.
func sources(t *testing.T, tests bool) string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") != tests || file == "rules.go" || file == "rules_test.go" {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(text)
	}
	return b.String()
}

// A reason stands for every refused pair, and every pair of known versions has a row.
func TestPairs(t *testing.T) {
	rows := map[string]int{}
	for _, p := range pairs {
		rows[p.exchange+" "+p.lync]++
		_, list := Load("t.yaml", []byte(and("versions: {exchange: "+p.exchange+", lync: "+p.lync+"}")))
		if p.refused == "" && len(list) > 0 || p.refused != "" && (len(list) != 1 || list[0].ID != "version-pair" || !strings.Contains(list[0].Message, p.refused)) {
			t.Errorf("%+v: got %+v", p, list)
		}
	}
	for exchange := range exchanges {
		for lync := range lyncs {
			if rows[exchange+" "+lync] != 1 {
				t.Errorf("exchange %s with lync %s has %d rows", exchange, lync, rows[exchange+" "+lync])
			}
		}
	}
}

func TestHints(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"unknown key", with(lineRegistrar, "    registar: a.litwareinc.com"), "did you mean registrar?"},
		{"key of another case", and("owapools: x"), "did you mean owaPools?"},
		{"key far from any", and("versions: {x: y}"), "known fields: exchange, lync"},
		{"internationalised", with(lineFQDN, "  - fqdn: Bücher.litwareinc.com"), "write its ASCII form, xn--bcher-kva.litwareinc.com"},
		{"trailing dot", with(lineFQDN, "  - fqdn: atl.litwareinc.com."), "write atl.litwareinc.com"},
		{"port in quotes", with(linePort, `    port: "5199"`), "take the quotes off: port: 5199"},
		{"port octal", with(linePort, "    port: 012"), "a leading zero makes it octal; write 12, or 10 if octal was meant"},
		{"port no octal", with(linePort, "    port: 0899"), "a leading zero is not allowed; write 899"},
		{"port hexadecimal", with(linePort, "    port: 0x144F"), "write 5199 if that is what it means"},
		{"site with prefix", with(lineSite, "    siteId: site:Redmond"), "write the SiteId without it"},
		{"name", with(lineName, "name: Litware OWA"), "write name: litware-owa"},
		{"pilot user", and("pilotUsers: [\"sip:a@b.c\"]"), "write a@b.c"},
		{"double entry", and("    mailboxServers: [m.litwareinc.com]\n    clientAccessServers: [c.litwareinc.com]\n    sipDialPlans: all"), "write trustedComputers: [], or leave it out of the dial plans"},
		{"one policy", and("mailboxPolicies: Default"), "write the word all, or a list: mailboxPolicies: [Default]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, list := Load("t.yaml", []byte(test.text))
			for _, f := range list {
				if f.Hint == test.want {
					return
				}
			}
			t.Errorf("got %+v, want the hint %q", list, test.want)
		})
	}
}
