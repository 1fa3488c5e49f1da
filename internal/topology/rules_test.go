package topology

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every id that this package reports has a row in the table of rules, even if no test meets it.
func TestEveryReportedRuleHasARow(t *testing.T) {
	reported := slices.Collect(maps.Keys(syntaxRules))
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range regexp.MustCompile(`(?:report|newFault)\((?:e, newFault\()?"([a-z0-9-]+)"`).FindAllSubmatch(text, -1) {
			reported = append(reported, string(call[1]))
		}
	}
	for _, id := range reported {
		if !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == id }) {
			t.Errorf("%s has no row in rules.go", id)
		}
	}
	for _, r := range rules {
		if !slices.Contains(reported, r.ID) && r.ID != hiddenCharacter {
			t.Errorf("%s is never reported", r.ID)
		}
	}
}

// Every pair of known versions has one row. A refused pair is refused with its reason.
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
		{"port in quotes", with(linePort, `    port: "5199"`), "remove the quotes: port: 5199"},
		{"port octal", with(linePort, "    port: 012"), "a leading zero makes it octal; write 12, or 10 if octal was meant"},
		{"port no octal", with(linePort, "    port: 0899"), "a leading zero is not allowed; write 899"},
		{"port hexadecimal", with(linePort, "    port: 0x144F"), "write 5199 if that is what you mean"},
		{"site with prefix", with(lineSite, "    siteId: site:Redmond"), "write the SiteId without it"},
		{"name", with(lineName, "name: Litware OWA"), "write name: litware-owa"},
		{"pilot user", and("pilotUsers: [\"sip:a@b.c\"]"), "write a@b.c"},
		{"double entry", and("    mailboxServers: [m.litwareinc.com]\n    clientAccessServers: [c.litwareinc.com]\n    sipDialPlans: all"), "write trustedComputers: [], or keep the server out of the dial plans"},
		{"pool among computers", and("    trustedComputers: [t.litwareinc.com, atl-owa-001.litwareinc.com]"), "give the pool its own name (the subject name of the certificate), or remove it from trustedComputers"},
		{"pool among computers by default", and("    mailboxServers: [t.litwareinc.com, atl-owa-001.litwareinc.com]"), "write trustedComputers: [] and give the servers a certificate with the name of the pool; or give the pool its own name, after retiring it if it is there already"},
		{"canary as a switch", and("    canary: true"), "write the FQDN of one of the mailboxServers of this pool, or leave the field out"},
		{"server as a switch", and("    mailboxServers: [true]"), "write the FQDN"},
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
