package topology

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// pair is one row of the support table (procedure, section 3): a version of each product, and why lyncowa refuses them.
type pair struct {
	exchange, lync string
	refused        string // the reason; "" if lyncowa supports the pair
}

const noLync2013 = "Microsoft's integration page does not support Lync Server 2013 with Exchange 2016 and later (Microsoft's Exchange 2019 requirements disagree; lyncowa follows the integration page)"

var pairs = []pair{
	{"2013", "2013", ""},
	{"2013", "2015", ""},
	{"2013", "2019", "Skype for Business Server 2019 is not supported with Exchange 2013"},
	{"2016", "2013", noLync2013},
	{"2016", "2015", ""},
	{"2016", "2019", ""},
	{"2019", "2013", noLync2013},
	{"2019", "2015", ""},
	{"2019", "2019", ""},
}

// refusedExchange maps the versions that lyncowa never supports to the reason.
var refusedExchange = map[string]string{
	"2010": "Exchange 2010 keeps the settings in the virtual directory, and its servers usually have PowerShell 2.0, so these scripts do not fit",
	"SE":   "Microsoft announced that Exchange Server Subscription Edition and Exchange 2019 CU15 remove instant messaging from Outlook Web App",
}

// exchange is how the versions of Exchange differ.
type exchange struct {
	um       bool // has unified messaging (P6)
	override bool // OWA reads its settings from a setting override, not from web.config (P8)
}

// exchanges are the versions of Exchange by year. A new version needs a row here and rows in pairs.
var exchanges = map[string]exchange{
	"2013": {um: true},
	"2016": {um: true, override: true},
	"2019": {override: true},
}

// lync is how the versions of Lync differ.
type lync struct{ product, shell string }

// lyncs are the versions of Lync by year. A new version needs a row here and rows in pairs.
var lyncs = map[string]lync{
	"2013": {"Lync Server 2013", "Lync Server Management Shell"},
	"2015": {"Skype for Business Server 2015", "Skype for Business Server Management Shell"},
	"2019": {"Skype for Business Server 2019", "Skype for Business Server Management Shell"},
}

// defaultVersion is the version of a product if the file gives none.
const defaultVersion = "2013"

// HasUM reports whether Exchange has unified messaging.
func (v Versions) HasUM() bool { return exchanges[v.Exchange].um }

// UsesOverride reports whether OWA reads the Lync pool and the certificate from a setting override in Active
// Directory. Otherwise it reads them from web.config.
func (v Versions) UsesOverride() bool { return exchanges[v.Exchange].override }

// LyncProduct is the name of the Lync product.
func (v Versions) LyncProduct() string { return lyncs[v.Lync].product }

// LyncShell is the name of that product's management shell.
func (v Versions) LyncShell() string { return lyncs[v.Lync].shell }

// The kinds of the two version fields: a year, written as a number or as text.
var (
	exchangeVersion = kind[string]{
		read: func(l *loader, e entry) (string, bool) {
			s, ok := l.year(e)
			if reason, refused := refusedExchange[strings.ToUpper(s)]; refused && ok {
				l.report("version-refused", e.place(), "write 2013, 2016 or 2019", "exchange %s is refused: %s", s, reason)
				return "", false
			}
			return s, ok && l.isKnownVersion(e, s, yearsOf(exchanges))
		},
		schema: schema{Enum: years(yearsOf(exchanges)...)},
	}
	lyncVersion = kind[string]{
		read: func(l *loader, e entry) (string, bool) {
			s, ok := l.year(e)
			return s, ok && l.isKnownVersion(e, s, yearsOf(lyncs))
		},
		schema: schema{Enum: years(yearsOf(lyncs)...)},
	}
)

func (l *loader) year(e entry) (string, bool) {
	if e.value.Kind == yaml.ScalarNode && (e.value.Tag == "!!int" || e.value.Tag == "!!float") {
		return e.value.Value, true
	}
	return l.text(e)
}

func (l *loader) isKnownVersion(e entry, s string, known []string) bool {
	if slices.Contains(known, s) {
		return true
	}
	l.report("version-unknown", e.place(), "write one of "+strings.Join(known, ", "),
		"lyncowa does not know %s %s", e.name, quote(s))
	return false
}

// yearsOf are the versions of a product.
func yearsOf[P any](products map[string]P) []string { return slices.Sorted(maps.Keys(products)) }

// years are the spellings of versions in a file: each as a number and as text.
func years(versions ...string) []any {
	var values []any
	for _, v := range versions {
		if n, err := strconv.Atoi(v); err == nil {
			values = append(values, n)
		}
		values = append(values, v)
	}
	return values
}

// checkPair refuses two versions that are not supported together.
func (l *loader) checkPair(v Versions) {
	if l.isWrong("versions.exchange") || l.isWrong("versions.lync") {
		return
	}
	at := l.placeAt("versions.exchange")
	if !l.isGiven("versions.exchange") {
		at = l.placeAt("versions.lync")
	}
	for _, p := range pairs {
		if p.exchange == v.Exchange && p.lync == v.Lync && p.refused != "" {
			l.report("version-pair", at, "allowed pairs: "+allowedPairs(),
				"Exchange %s with %s is refused: %s", p.exchange, lyncs[p.lync].product, p.refused)
		}
	}
}

// Supported returns the pairs of versions that lyncowa supports.
func Supported() []Versions {
	var supported []Versions
	for _, p := range pairs {
		if p.refused == "" {
			supported = append(supported, Versions{Exchange: p.exchange, Lync: p.lync})
		}
	}
	return supported
}

func allowedPairs() string {
	var allowed []string
	for _, v := range Supported() {
		allowed = append(allowed, "exchange "+v.Exchange+" with lync "+v.Lync)
	}
	return strings.Join(allowed, "; ")
}

// pairRules are the rules of the schema for the Lync versions that each Exchange version supports.
func pairRules() []rule {
	var rules []rule
	for _, exchange := range yearsOf(exchanges) {
		var lync []string
		for _, p := range pairs {
			if p.exchange == exchange && p.refused == "" {
				lync = append(lync, p.lync)
			}
		}
		r := rule{
			Comment: "Lync versions that are supported with Exchange " + exchange + ".",
			If:      having("exchange", schema{Enum: years(exchange)}),
			Then:    schema{Properties: properties{{"lync", schema{Enum: years(lync...)}}}},
		}
		if exchange == defaultVersion {
			r.If.Required = nil
		}
		if !slices.Contains(lync, defaultVersion) {
			r.Then.Required = []string{"lync"}
		}
		rules = append(rules, r)
	}
	return rules
}
