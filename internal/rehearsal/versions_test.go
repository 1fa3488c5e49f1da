package rehearsal

import (
	"io/fs"
	"regexp"
	"testing"

	"lyncowa/internal/rehearsal/facts"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// A product version is described in internal/topology. This test names what else has to know it.
func TestEveryVersionIsKnown(t *testing.T) {
	module := ""
	for _, m := range templates.Modules() {
		module += string(m.Text)
	}
	for _, pair := range topology.Supported() {
		for _, c := range []struct {
			product facts.Product
			year    string
			table   string // of the module: the version that a server of that year reports
			farm    map[string]string
		}{
			{facts.Exchange, pair.Exchange, "ExchangeVersion", exchangeVersions},
			{facts.Lync, pair.Lync, "LyncVersion", lyncVersions},
		} {
			if !regexp.MustCompile(`\$script:` + c.table + ` = @\{.*'` + c.year + `' = `).MatchString(module) {
				t.Errorf("$script:%s of the module in templates/common does not have %s", c.table, c.year)
			}
			if c.farm[c.year] == "" {
				t.Errorf("fresh.go does not know what %s %s reports as its version", c.product, c.year)
			}
			if _, err := fs.Stat(farmFolder(), "stand-ins/"+facts.StandInFile(c.product, c.year)); err != nil {
				t.Errorf("%v: add %s %s to StandInVersions of internal/rehearsal/facts, then run make stand-ins", err, c.product, c.year)
			}
		}
	}
}
