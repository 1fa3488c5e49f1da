package topology

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// pair is one row of the support table (procedure, section 3): two products that are, or are not, rendered
// together.
type pair struct {
	exchange, lync string
	refused        string // the reason; "" if lyncowa renders the pair
}

// Reasons that several rows share.
const (
	noLync2013 = "Microsoft's integration page does not support Lync Server 2013 with Exchange 2016 and later (its page of Exchange 2019 requirements says otherwise; lyncowa follows the integration page)"
)

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

// refusedExchange are the versions that go with nothing, with the reason.
var refusedExchange = map[string]string{
	"2010": "Exchange 2010 keeps the settings in the virtual directory and its hosts usually have PowerShell 2.0; it integrates with Lync Server 2013 too, but without unified contact store, archiving and high-resolution photos",
	"SE":   "Microsoft announced the end of instant messaging in Outlook Web App with Exchange 2019 CU15 and Exchange Server Subscription Edition",
}

// exchange is what differs between the versions of Exchange.
type exchange struct {
	um       bool // has unified messaging (P6)
	override bool // OWA takes its settings from a setting override, not from web.config (P8)
}

// exchanges are the versions of Exchange by their year. A new version is a row here and its rows in pairs.
var exchanges = map[string]exchange{
	"2013": {um: true},
	"2016": {um: true, override: true},
	"2019": {override: true},
}

// lync is what differs between the versions of Lync.
type lync struct{ product, shell string }

// lyncs are the versions of Lync by their year. A new version is a row here and its rows in pairs.
var lyncs = map[string]lync{
	"2013": {"Lync Server 2013", "Lync Server Management Shell"},
	"2015": {"Skype for Business Server 2015", "Skype for Business Server Management Shell"},
	"2019": {"Skype for Business Server 2019", "Skype for Business Server Management Shell"},
}

// HasUM reports whether Exchange has unified messaging.
func (v Versions) HasUM() bool { return exchanges[v.Exchange].um }

// UsesOverride reports whether OWA takes the Lync pool and the certificate from a setting override in Active
// Directory. Otherwise it takes them from web.config.
func (v Versions) UsesOverride() bool { return exchanges[v.Exchange].override }

// LyncProduct is the name of the Lync product.
func (v Versions) LyncProduct() string { return lyncs[v.Lync].product }

// LyncShell is the name of that product's management shell.
func (v Versions) LyncShell() string { return lyncs[v.Lync].shell }

// withoutUM are the versions of Exchange that have no unified messaging.
func withoutUM() []string {
	var years []string
	for year, facts := range exchanges {
		if !facts.um {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	return years
}

// versionsDraft is Versions with places.
type versionsDraft struct{ exchange, lync located[string] }

var versionKeys = []string{"exchange", "lync"}

// versions reads the product versions and refuses a pair that lyncowa does not render.
func (l *loader) versions(e entry) (versionsDraft, bool) {
	o, ok := l.object(e, "versions", versionKeys)
	if !ok {
		return versionsDraft{}, false
	}
	v := versionsDraft{
		exchange: optional(o, "exchange", l.exchangeVersion),
		lync:     optional(o, "lync", l.lyncVersion),
	}
	l.checkPair(v)
	return v, true
}

func (l *loader) exchangeVersion(e entry) (string, bool) {
	s, ok := l.year(e)
	if !ok {
		return "", false
	}
	if reason, refused := refusedExchange[strings.ToUpper(s)]; refused {
		l.report("version-refused", e.place(), "write 2013, 2016 or 2019", "exchange %s is refused: %s", s, reason)
		return "", false
	}
	return s, l.isKnownVersion(e, s, func(p pair) string { return p.exchange })
}

func (l *loader) lyncVersion(e entry) (string, bool) {
	s, ok := l.year(e)
	return s, ok && l.isKnownVersion(e, s, func(p pair) string { return p.lync })
}

// year reads a version, written as a number or as a text.
func (l *loader) year(e entry) (string, bool) {
	if e.value.Kind == yaml.ScalarNode && (e.value.Tag == "!!int" || e.value.Tag == "!!float") {
		return e.value.Value, true
	}
	return l.text(e)
}

func (l *loader) isKnownVersion(e entry, s string, column func(pair) string) bool {
	var known []string
	for _, p := range pairs {
		known = append(known, column(p))
	}
	slices.Sort(known)
	if known = slices.Compact(known); slices.Contains(known, s) {
		return true
	}
	l.report("version-unknown", e.place(), "write one of "+strings.Join(known, ", "), "%s %s is no version that lyncowa knows", e.name, quote(s))
	return false
}

func (l *loader) checkPair(v versionsDraft) {
	if v.exchange.given && !v.exchange.ok || v.lync.given && !v.lync.ok {
		return
	}
	years := v.versions()
	at := v.exchange.at
	if !v.exchange.given {
		at = v.lync.at
	}
	for _, p := range pairs {
		if p.exchange == years.Exchange && p.lync == years.Lync && p.refused != "" {
			l.report("version-pair", at, "allowed pairs: "+allowedPairs(), "Exchange %s with %s is refused: %s", p.exchange, lyncs[p.lync].product, p.refused)
		}
	}
}

func allowedPairs() string {
	var allowed []string
	for _, p := range pairs {
		if p.refused == "" {
			allowed = append(allowed, "exchange "+p.exchange+" with lync "+p.lync)
		}
	}
	return strings.Join(allowed, "; ")
}

// defaultVersion is what a version is that the file does not give.
const defaultVersion = "2013"

func (v versionsDraft) versions() Versions {
	return Versions{Exchange: orDefault(v.exchange, defaultVersion), Lync: orDefault(v.lync, defaultVersion)}
}

// orDefault is the value, or the default of its field.
func orDefault[T any](v located[T], value T) T {
	if v.ok {
		return v.value
	}
	return value
}
