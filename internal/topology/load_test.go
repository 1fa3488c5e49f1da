package topology

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/finding"
)

// litware is the smallest complete topology, with the values of the Page.
const litware = `apiVersion: lyncowa/v1
name: litware-owa-im
owaPools:
  - fqdn: atl-owa-001.litwareinc.com
    registrar: atl-cs-001.litwareinc.com
    siteId: Redmond
    port: 5199
    certificateThumbprint: EA5A332496CC05DA69B75B66111C0F78A110D22D
    umColocated: false
`

// Lines of litware, for edits.
const (
	lineAPIVersion = 1 + iota
	lineName
	linePools
	lineFQDN
	lineRegistrar
	lineSite
	linePort
	lineThumbprint
	lineColocated
	lineNext // where further fields of the pool begin
)

// with is litware with one line replaced by a text of one or more lines, or removed for "".
func with(line int, text string) string {
	lines := strings.SplitAfter(litware, "\n")
	if text != "" {
		text += "\n"
	}
	lines[line-1] = text
	return strings.Join(lines, "")
}

// and is litware with something after it.
func and(text string) string { return litware + text + "\n" }

// places are findings as "line:column id", warnings with a question mark.
func places(l finding.List) []string {
	got := make([]string, len(l))
	for i, f := range l {
		got[i] = fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.ID)
		if f.Severity == finding.Warning {
			got[i] += "?"
		}
	}
	return got
}

// secondPool is another pool of the same domain.
const secondPool = `  - fqdn: bos-owa-001.litwareinc.com
    registrar: bos-cs-001.litwareinc.com
    siteId: Boston
    port: 5199
    certificateThumbprint: EA5A332496CC05DA69B75B66111C0F78A110D22D
    umColocated: false
`

var label63 = strings.Repeat("a", 63)

// name253 is the longest name there can be.
var name253 = label63 + "." + label63 + "." + label63 + "." + strings.Repeat("a", 46) + ".litwareinc.com"

func TestRules(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // findings, separated by a comma and a blank
	}{
		{"litware", litware, ""},
		{"colocated needs neither site nor port", strings.NewReplacer("    siteId: Redmond\n", "", "    port: 5199\n", "", "false", "true").Replace(litware), ""},

		{"api version missing", with(lineAPIVersion, ""), "1:1 missing-field"},
		{"api version of tomorrow", with(lineAPIVersion, "apiVersion: lyncowa/v2"), "1:13 api-version"},
		{"api version empty", with(lineAPIVersion, "apiVersion:"), "1:1 empty-field"},
		{"api version as number", with(lineAPIVersion, "apiVersion: 1"), "1:13 wrong-type"},
		{"name missing", with(lineName, ""), "1:1 missing-field"},
		{"name null", with(lineName, "name: ~"), "2:1 empty-field"},
		{"name empty", with(lineName, `name: ""`), "2:7 empty-field"},
		{"name blank", with(lineName, `name: "  "`), "2:7 empty-field"},
		{"name upper case", with(lineName, "name: Litware"), "2:7 name-form"},
		{"name with dash at the end", with(lineName, "name: litware-"), "2:7 name-form"},
		{"name with 63", with(lineName, "name: "+label63), ""},
		{"name with 64", with(lineName, "name: "+label63+"a"), "2:7 name-form"},
		{"name as path", with(lineName, "name: ../x"), "2:7 name-form"},
		{"name as list", with(lineName, "name: [x]"), "2:7 wrong-type"},
		{"name as mapping", with(lineName, "name: {x: y}"), "2:7 wrong-type"},
		{"name as number", with(lineName, "name: 2013"), "2:7 wrong-type"},
		{"name with line end", with(lineName, `name: "a\n"`), "2:7 name-form"},
		{"pools missing", "apiVersion: lyncowa/v1\nname: x\n", "1:1 missing-field"},
		{"pools null", "apiVersion: lyncowa/v1\nname: x\nowaPools:\n", "3:1 empty-field"},
		{"pools empty", "apiVersion: lyncowa/v1\nname: x\nowaPools: []\n", "3:11 empty-field"},
		{"pools as mapping", "apiVersion: lyncowa/v1\nname: x\nowaPools:\n  fqdn: x\n", "4:3 wrong-type"},
		{"pools as text", "apiVersion: lyncowa/v1\nname: x\nowaPools: x\n", "3:11 wrong-type"},
		{"pool as text", "apiVersion: lyncowa/v1\nname: x\nowaPools:\n  - x\n", "4:5 wrong-type"},
		{"pool null", "apiVersion: lyncowa/v1\nname: x\nowaPools:\n  -\n", "4:4 empty-field"},
		{"root as list", "- x\n", "1:1 wrong-type"},
		{"root as text", "x\n", "1:1 wrong-type"},
		{"root null", "---\n", "0:0 file-empty"},

		{"unknown key", with(lineRegistrar, "    registar: a.litwareinc.com"), "4:5 missing-field, 5:5 unknown-key"},
		{"unknown key at the top", and("owapools: x"), "10:1 unknown-key"},
		{"key as list", and("? [a]\n: b"), "10:3 wrong-type"},
		{"duplicate key", and("name: x"), "10:1 duplicate-key"},
		{"duplicate key in a pool", with(linePort, "    port: 5199\n    port: 5200"), "8:5 duplicate-key"},

		{"fqdn missing", with(lineFQDN, "  - applicationId: x"), "4:5 missing-field"},
		{"fqdn empty", with(lineFQDN, "  - fqdn:"), "4:5 empty-field"},
		{"fqdn as number", with(lineFQDN, "  - fqdn: 12"), "4:11 wrong-type"},
		{"fqdn as list", with(lineFQDN, "  - fqdn: [a.b]"), "4:11 wrong-type"},
		{"fqdn as truth value", with(lineFQDN, "  - fqdn: true"), "4:11 wrong-type"},
		{"one label", with(lineFQDN, "  - fqdn: atl-owa-001"), "4:11 fqdn-labels"},
		{"underscore", with(lineFQDN, "  - fqdn: atl_owa.litwareinc.com"), "4:14 fqdn-character"},
		{"leading dash", with(lineFQDN, "  - fqdn: -atl.litwareinc.com"), "4:11 fqdn-label"},
		{"trailing dash", with(lineFQDN, "  - fqdn: atl.litwareinc-.com"), "4:15 fqdn-label"},
		{"63 in a label", with(lineFQDN, "  - fqdn: "+label63+".litwareinc.com"), ""},
		{"64 in a label", with(lineFQDN, "  - fqdn: a"+label63+".litwareinc.com"), "4:11 fqdn-label"},
		{"253 in all", with(lineFQDN, "  - fqdn: "+name253), ""},
		{"254 in all", with(lineFQDN, "  - fqdn: "+strings.Replace(name253, ".litwareinc", "a.litwareinc", 1)), "4:11 fqdn-length"},
		{"empty label", with(lineFQDN, "  - fqdn: atl..litwareinc.com"), "4:15 fqdn-label"},
		{"IPv4", with(lineFQDN, "  - fqdn: 10.1.2.3"), "4:11 fqdn-address"},
		{"IPv6", with(lineFQDN, "  - fqdn: \"fe80::1\""), "4:11 fqdn-address"},
		{"number as top label", with(lineFQDN, "  - fqdn: atl.litwareinc.1"), "4:11 fqdn-address"},
		{"wildcard without quotes", with(lineFQDN, "  - fqdn: *.litwareinc.com"), "4:11 yaml-alias"},
		{"wildcard", with(lineFQDN, "  - fqdn: \"*.litwareinc.com\""), "4:12 fqdn-wildcard"},
		{"trailing dot", with(lineFQDN, "  - fqdn: atl.litwareinc.com."), "4:29 fqdn-trailing-dot"},
		{"internationalised", with(lineFQDN, "  - fqdn: bücher.litwareinc.com"), "4:12 fqdn-internationalised"},
		{"A-label", with(lineFQDN, "  - fqdn: xn--bcher-kva.litwareinc.com"), ""},
		{"no IDN either", with(lineFQDN, "  - fqdn: atl—owa.litwareinc.com"), "4:14 fqdn-character"},
		{"URL", with(lineFQDN, "  - fqdn: https://atl.litwareinc.com"), "4:16 fqdn-character"},
		{"blank in quotes", with(lineFQDN, "  - fqdn: \" atl.litwareinc.com\""), "4:12 fqdn-character"},
		{"upper case", with(lineFQDN, "  - fqdn: ATL-OWA-001.LitwareInc.COM"), ""},
		{"quote breaking out", with(lineFQDN, "  - fqdn: atl';calc.litwareinc.com"), "4:14 fqdn-character"},

		{"registrar missing", with(lineRegistrar, ""), "4:5 missing-field"},
		{"registrar is the OWA FQDN", with(lineRegistrar, "    registrar: ATL-OWA-001.litwareinc.com"), "5:16 registrar-is-owa-fqdn"},
		{"registrar is a server", and("    mailboxServers: [atl-owa-001.litwareinc.com]\n    clientAccessServers: [atl-cs-001.litwareinc.com]"), "5:16 registrar-is-exchange-server"},
		{"registrar is another OWA FQDN", strings.Replace(and(secondPool), "registrar: bos-cs-001", "registrar: atl-owa-001", 1), "11:16 registrar-is-exchange-server"},
		{"shared registrar", strings.Replace(and(secondPool), "registrar: bos-cs-001", "registrar: atl-cs-001", 1), ""},

		{"thumbprint missing", with(lineThumbprint, ""), "4:5 missing-field"},
		{"thumbprint lower case with blanks", with(lineThumbprint, "    certificateThumbprint: ea 5a 33 24 96 cc 05 da 69 b7 5b 66 11 1c 0f 78 a1 10 d2 2d"), ""},
		{"thumbprint with 39", with(lineThumbprint, "    certificateThumbprint: "+strings.Repeat("A", 39)), "8:28 thumbprint-length"},
		{"thumbprint with 41", with(lineThumbprint, "    certificateThumbprint: "+strings.Repeat("A", 41)), "8:28 thumbprint-length"},
		{"thumbprint of zeros", with(lineThumbprint, "    certificateThumbprint: "+strings.Repeat("0", 40)), "8:28 thumbprint-zero"},
		{"thumbprint of zeros and blanks", with(lineThumbprint, `    certificateThumbprint: "`+strings.Repeat("00 ", 20)+`"`), "8:28 thumbprint-zero"},
		{"thumbprint of zeros and a one", with(lineThumbprint, "    certificateThumbprint: "+strings.Repeat("0", 39)+"1"), ""},
		{"thumbprint of digits", with(lineThumbprint, "    certificateThumbprint: 0"+strings.Repeat("1", 39)), ""},
		{"thumbprint like a number with exponent", with(lineThumbprint, "    certificateThumbprint: "+strings.Repeat("1", 37)+"E11"), ""},
		{"thumbprint with G", with(lineThumbprint, "    certificateThumbprint: EAG"), "8:30 thumbprint-character"},
		{"thumbprint with U+200E in front", with(lineThumbprint, "    certificateThumbprint: \u200EEA5A332496CC05DA69B75B66111C0F78A110D22D"), "8:28 thumbprint-character"},
		{"thumbprint with U+200E escaped", with(lineThumbprint, `    certificateThumbprint: "EA\u200E5A332496CC05DA69B75B66111C0F78A110D22D"`), "8:31 thumbprint-character"},
		{"thumbprint with U+00A0", with(lineThumbprint, "    certificateThumbprint: EA\u00A05A332496CC05DA69B75B66111C0F78A110D22D"), "8:30 thumbprint-character"},
		{"thumbprint with tab", with(lineThumbprint, "    certificateThumbprint: EA\t5A332496CC05DA69B75B66111C0F78A110D22D"), "8:30 thumbprint-character"},
		{"thumbprint with colon", with(lineThumbprint, "    certificateThumbprint: EA:5A"), "8:30 thumbprint-character"},

		{"port missing", with(linePort, ""), "4:5 missing-field"},
		{"port empty", with(linePort, "    port:"), "7:5 empty-field"},
		{"port 0", with(linePort, "    port: 0"), "7:11 port-range"},
		{"port 65535", with(linePort, "    port: 65535"), ""},
		{"port 65536", with(linePort, "    port: 65536"), "7:11 port-range"},
		{"port beyond any number", with(linePort, "    port: 99999999999999999999999"), "7:11 port-range"},
		{"port negative", with(linePort, "    port: -1"), "7:11 port-range"},
		{"port in quotes", with(linePort, `    port: "5199"`), "7:11 port-form"},
		{"port in single quotes", with(linePort, `    port: '5199'`), "7:11 port-form"},
		{"port hexadecimal", with(linePort, "    port: 0x144F"), "7:11 port-form"},
		{"port octal", with(linePort, "    port: 012"), "7:11 port-form"},
		{"port octal of today", with(linePort, "    port: 0o12"), "7:11 port-form"},
		{"port with underscore", with(linePort, "    port: 5_199"), "7:11 port-form"},
		{"port with plus", with(linePort, "    port: +5199"), "7:11 port-form"},
		{"port as float", with(linePort, "    port: 5199.0"), "7:11 port-form"},
		{"port with exponent", with(linePort, "    port: 5e3"), "7:11 port-form"},
		{"port as word", with(linePort, "    port: sip"), "7:11 port-form"},
		{"port as list", with(linePort, "    port: [5199]"), "7:11 wrong-type"},
		{"port 5061", with(linePort, "    port: 5061"), "7:11 port-known?"},
		{"port 443", with(linePort, "    port: 443"), "7:11 port-known?"},
		{"port 1023", with(linePort, "    port: 1023"), "7:11 port-low?"},
		{"port 1024", with(linePort, "    port: 1024"), ""},

		{"site missing", with(lineSite, ""), "4:5 missing-field"},
		{"site blank", with(lineSite, `    siteId: " "`), "6:13 empty-field"},
		{"site with prefix", with(lineSite, "    siteId: Site:Redmond"), "6:13 site-prefix"},
		{"site with prefix after a blank", with(lineSite, "    siteId: ' site:Redmond'"), "6:13 site-prefix, 6:13 text-padding?"},
		{"site as wildcard", with(lineSite, "    siteId: *"), "6:13 site-wildcard"},
		{"site with wildcard", with(lineSite, "    siteId: Red?"), "6:16 site-wildcard"},
		{"site with bracket", with(lineSite, "    siteId: Red[a-z]"), "6:16 site-wildcard"},
		{"site with 256", with(lineSite, "    siteId: "+strings.Repeat("ö", 256)), ""},
		{"site with 257", with(lineSite, "    siteId: "+strings.Repeat("ö", 257)), "6:13 site-length"},
		{"site with U+3164", with(lineSite, "    siteId: Red\u3164mond"), "6:16 hidden-character"},
		{"site with U+3164 escaped", with(lineSite, `    siteId: "Red\u3164mond"`), "6:17 hidden-character"},
		{"site with U+2800 alone", with(lineSite, "    siteId: \u2800"), "6:13 hidden-character"},
		{"site with U+1D159", with(lineSite, "    siteId: Redmond\U0001D159"), "6:20 hidden-character"},
		{"site with U+FE0F", with(lineSite, "    siteId: Red\uFE0Fmond"), "6:16 hidden-character"},
		{"site with a joiner", with(lineSite, "    siteId: می\u200Cخواهم"), ""},
		{"symbol with U+FE0F in free text", and("change: {title: \u26A0\uFE0F careful}"), ""},
		{"site with padding", with(lineSite, `    siteId: "Redmond "`), "6:13 text-padding?"},
		{"site as number", with(lineSite, "    siteId: 4"), ""},
		{"site as octal number", with(lineSite, "    siteId: 04"), "6:13 wrong-type"},
		{"site as hexadecimal number", with(lineSite, "    siteId: 0x4"), "6:13 wrong-type"},
		{"site as fraction", with(lineSite, "    siteId: 4.0"), "6:13 wrong-type"},
		{"site below zero", with(lineSite, "    siteId: -4"), "6:13 wrong-type"},
		{"site with line end", with(lineSite, `    siteId: "Red\nmond"`), "6:17 line-end"},
		{"site with line end in a block", with(lineSite, "    siteId: |\n      Redmond"), "6:13 line-end"},
		{"site with escaped bidi", with(lineSite, `    siteId: "Red\u202Emond"`), "6:17 hidden-character"},
		{"site with bidi", with(lineSite, "    siteId: Red\u202Emond"), "6:16 hidden-character"},
		{"site with U+2028", with(lineSite, "    siteId: Red\u2028mond"), "6:16 hidden-character"},
		{"site with escaped U+2029", with(lineSite, `    siteId: "Red\Pmond"`), "6:17 hidden-character"},
		{"site with escaped NUL", with(lineSite, `    siteId: "Red\0mond"`), "6:17 hidden-character"},
		{"site with tab", with(lineSite, "    siteId: \"Red\tmond\""), "6:17 hidden-character"},
		{"site with private use", with(lineSite, `    siteId: "\U000F002A"`), "6:14 hidden-character, 6:14 site-wildcard"},
		{"site that wants to break out", with(lineSite, "    siteId: \"O'Hara ‘’‚‛ \\\" ` $(calc) #> Zürich 東京\""), ""},

		{"application id", with(lineNext-1, "    umColocated: false\n    applicationId: Owa2"), ""},
		{"application id with blank", and("    applicationId: Outlook Web App"), "10:27 application-id-character"},
		{"application id with dash", and("    applicationId: Outlook-Web"), "10:27 application-id-character"},
		{"application id with 256", and("    applicationId: " + strings.Repeat("a", 256)), ""},
		{"application id with 257", and("    applicationId: " + strings.Repeat("a", 257)), "10:20 application-id-length"},
		{"application id with umlaut", and("    applicationId: Öwa"), "10:20 application-id-character"},
		{"application id with other digits", and("    applicationId: owa٣"), "10:23 application-id-character"},
		{"application id empty", and("    applicationId:"), "10:5 empty-field"},

		{"umColocated missing", with(lineColocated, ""), "4:5 missing-field"},
		{"umColocated empty", with(lineColocated, "    umColocated:"), "9:5 empty-field"},
		{"umColocated yes", with(lineColocated, "    umColocated: yes"), "9:18 um-colocated-form"},
		{"umColocated in quotes", with(lineColocated, `    umColocated: "true"`), "9:18 um-colocated-form"},
		{"umColocated True", with(lineColocated, "    umColocated: True"), "9:18 um-colocated-form"},
		{"umColocated 1", with(lineColocated, "    umColocated: 1"), "9:18 um-colocated-form"},
		{"umColocated as list", with(lineColocated, "    umColocated: [true]"), "9:18 wrong-type"},

		{"versions as texts", and(`versions: {exchange: "2013", lync: '2015'}`), ""},
		{"versions empty", and("versions: {}"), "10:11 empty-field"},
		{"versions as text", and("versions: 2013"), "10:11 wrong-type"},
		{"versions with unknown key", and("versions: {exchnage: 2013}"), "10:12 unknown-key"},
		{"exchange empty", and("versions: {exchange: }"), "10:12 empty-field"},
		{"exchange unknown", and("versions: {exchange: 2014}"), "10:22 version-unknown"},
		{"exchange as float", and("versions: {exchange: 2013.0}"), "10:22 version-unknown"},
		{"exchange 2010", and("versions: {exchange: 2010}"), "10:22 version-refused"},
		{"exchange SE", and("versions: {exchange: SE}"), "10:22 version-refused"},
		{"exchange 2016", and("versions: {exchange: 2016, lync: 2015}"), ""},
		{"exchange 2019", and("versions: {exchange: 2019, lync: '2019'}"), ""},
		{"exchange 2016 with lync 2013", and("versions: {exchange: 2016}"), "10:22 version-pair"},
		{"lync 2019 with exchange 2013", and("versions: {lync: 2019}"), "10:18 version-pair"},
		{"lync unknown", and("versions: {lync: 2010}"), "10:18 version-unknown"},
		{"colocated with exchange 2019", with(lineColocated, "    umColocated: true\nversions: {exchange: 2019, lync: 2019}"), "9:18 colocated-without-um"},
		{"dial plans with exchange 2019", and("    sipDialPlans: all\n    clientAccessServers: [a.litwareinc.com]\n    mailboxServers: [a.litwareinc.com]\n    trustedComputers: []\nversions: {exchange: 2019, lync: 2019}"), "10:19 dial-plans-without-um"},

		{"change", and("change:\n  id: CHG1\n  reason: |\n    Two\n    lines\n  windowStart: 2026-05-02T22:00:00+02:00\n  windowEnd: \"2026-05-02T20:30:00Z\""), ""},
		{"change empty", and("change:"), "10:1 empty-field"},
		{"change as list", and("change: [a]"), "10:9 wrong-type"},
		{"change id empty", and("change: {id: }"), "10:10 empty-field"},
		{"change id as number", and("change: {id: 4711}"), "10:14 wrong-type"},
		{"change title with line end", and("change: {title: \"a\\nb\"}"), "10:19 line-end"},
		{"change reason with escape character", and("change: {reason: \"a\\eb\"}"), "10:20 hidden-character"},
		{"window without zone", and("change: {windowStart: 2026-05-02T22:00:00}"), "10:23 window-form"},
		{"window as date", and("change: {windowEnd: 2026-05-02}"), "10:21 window-form"},
		{"window as word", and("change: {windowEnd: soon}"), "10:21 window-form"},
		{"window with one digit for the hour", and("change: {windowStart: '2026-05-02T9:00:00Z'}"), "10:23 window-form"},
		{"window with a comma", and("change: {windowStart: '2026-05-02T22:00:00,5Z'}"), "10:23 window-form"},
		{"window with the offset of nowhere", and("change: {windowStart: '2026-05-02T22:00:00+25:00'}"), "10:23 window-form"},
		{"window as number", and("change: {windowEnd: 5}"), "10:21 wrong-type"},
		{"window that ends before", and("change:\n  windowStart: 2026-05-02T22:00:00+02:00\n  windowEnd: 2026-05-02T20:00:00Z"), "12:14 window-order"},

		{"policies all", and("mailboxPolicies: all"), ""},
		{"policies as one name", and("mailboxPolicies: Default"), "10:18 selection-form"},
		{"policies All", and("mailboxPolicies: All"), "10:18 selection-form"},
		{"policies empty", and("mailboxPolicies: []"), "10:18 empty-field"},
		{"policies null", and("mailboxPolicies:"), "10:1 empty-field"},
		{"policies with empty entry", and("mailboxPolicies: [a, \"\"]"), "10:22 empty-field"},
		{"policies with number", and("mailboxPolicies: [5]"), "10:19 wrong-type"},
		{"policies as mapping", and("mailboxPolicies: {a: b}"), "10:18 wrong-type"},
		{"policy with an empty line", and("mailboxPolicies: [\"a  \n\n  b\"]"), "12:3 line-end"},
		{"change reason with an escape in its third line", and("change: {reason: \"a  \n\n  b\\x07\"}"), "12:4 hidden-character"},
		{"policy with an escape after a joined line", and("mailboxPolicies: [\"\\u0041\\\n  b\\x07\"]"), "11:4 hidden-character"},
		{"policy with a hidden character in its second line", and("mailboxPolicies: ['a''\n  ''b\u2066c']"), "11:6 hidden-character"},
		{"policies twice", and("mailboxPolicies: [Default, default]"), "10:28 duplicate-entry"},
		{"policy of the name all", and("mailboxPolicies: [all]"), "10:19 selection-all-name?"},
		{"policies that want to break out", and("mailboxPolicies:\n  - \"'; Remove-Mailbox #>\"\n  - \"‘$(x)’ `n\"\n  - Ärzte"), ""},
		{"policy with line end", and(`mailboxPolicies: ["a\r\nb"]`), "10:21 line-end"},
		{"policy with private use", and(`mailboxPolicies: ["a\U000F002A"]`), "10:21 hidden-character"},
		{"dial plan with bidi", and("    trustedComputers: []\n    mailboxServers: [m.litwareinc.com]\n    clientAccessServers: [m.litwareinc.com]\n    sipDialPlans: [\"a\\u2066b\"]"), "13:22 hidden-character"},
		{"dial plans as one name", and("    sipDialPlans: Plan"), "10:19 selection-form"},
		{"dial plans empty", and("    sipDialPlans: []"), "10:19 empty-field"},

		{"pilot users", and("pilotUsers: [anna@litwareinc.com, \"o'hara+x@litwareinc.com\"]"), ""},
		{"pilot user without at", and("pilotUsers: [anna]"), "10:14 pilot-address"},
		{"pilot user with sip", and("pilotUsers: [\"sip:anna@litwareinc.com\"]"), "10:14 pilot-address"},
		{"pilot user with display name", and("pilotUsers: [Anna <anna@litwareinc.com>]"), "10:14 pilot-address"},
		{"pilot user with two at", and("pilotUsers: [a@b@litwareinc.com]"), "10:14 pilot-address"},
		{"pilot user twice", and("pilotUsers: [anna@litwareinc.com, Anna@litwareinc.com]"), "10:35 duplicate-entry"},
		{"pilot users as text", and("pilotUsers: anna@litwareinc.com"), "10:13 wrong-type"},

		{"servers", and("    mailboxServers:\n      - atl-owa-001.litwareinc.com\n      - fqdn: b.litwareinc.com\n        certificateThumbprint: " + strings.Repeat("b", 40) + "\n    trustedComputers: []"), ""},
		{"servers empty", and("    mailboxServers: []"), "10:21 empty-field"},
		{"servers as text", and("    mailboxServers: a.litwareinc.com"), "10:21 wrong-type"},
		{"server without fqdn", and("    mailboxServers: [{certificateThumbprint: " + strings.Repeat("b", 40) + "}]"), "10:22 missing-field"},
		{"server with unknown key", and("    mailboxServers: [{fqdn: atl-owa-001.litwareinc.com, thumbprint: a}]"), "10:57 unknown-key"},
		{"server with bad thumbprint", and("    mailboxServers: [{fqdn: atl-owa-001.litwareinc.com, certificateThumbprint: x}]"), "10:80 thumbprint-character"},
		{"server twice", and("    mailboxServers: [atl-owa-001.litwareinc.com, ATL-owa-001.litwareinc.com]\n    trustedComputers: []"), "10:50 duplicate-entry"},
		{"Client Access servers all", and("    clientAccessServers: all"), ""},
		{"Client Access servers all with two pools", and("    clientAccessServers: all\n" + secondPool), "10:26 all-client-access"},
		{"Client Access servers all with dial plans", and("    mailboxServers: [m.litwareinc.com]\n    trustedComputers: []\n    clientAccessServers: all\n    sipDialPlans: all"), "12:26 all-client-access"},
		{"Client Access servers as one name", and("    clientAccessServers: a.litwareinc.com"), "10:26 selection-form"},
		{"Client Access servers empty", and("    clientAccessServers: []"), "10:26 empty-field"},
		{"Client Access default", and("    mailboxServers: [m.litwareinc.com]"), "10:21 client-access-default?"},
		{"Client Access server of two pools", and("    clientAccessServers: [c.litwareinc.com]\n" + secondPool + "    clientAccessServers: [c.litwareinc.com]"), ""},

		{"same fqdn twice", strings.Replace(and(secondPool), "bos-owa", "atl-owa", 1), "10:11 duplicate-fqdn"},
		{"server in two pools", and("    mailboxServers: [atl-owa-001.litwareinc.com]\n" + secondPool + "    clientAccessServers: [c.litwareinc.com]\n    mailboxServers: [ATL-OWA-001.litwareinc.com]"), "18:22 server-in-two-pools"},
		{"default server in two pools", and(secondPool + "    clientAccessServers: [c.litwareinc.com]\n    mailboxServers: [atl-owa-001.litwareinc.com]"), "17:22 server-in-two-pools"},
		{"computer in two pools", and("    trustedComputers: [t.litwareinc.com]\n" + secondPool + "    trustedComputers: [t.litwareinc.com]"), "17:24 server-in-two-pools"},
		{"two pools", and(secondPool), ""},

		{"pool among computers", and("    trustedComputers: [t.litwareinc.com, atl-owa-001.litwareinc.com]"), "10:42 pool-among-computers"},
		{"pool among computers by default", and("    mailboxServers: [t.litwareinc.com, atl-owa-001.litwareinc.com]"), "10:40 pool-among-computers"},
		{"pool among computers where none is made", strings.Replace(and("    mailboxServers: [t.litwareinc.com, atl-owa-001.litwareinc.com]"), "false", "true", 1), ""},
		{"trusted computers null", and("    trustedComputers:"), "10:5 empty-field"},
		{"trusted computers as text", and("    trustedComputers: a.litwareinc.com"), "10:23 wrong-type"},

		{"double entry of the pool", and("    sipDialPlans: [Plan]"), "4:11 double-entry"},
		{"double entry of a mailbox server", and("    mailboxServers: [m.litwareinc.com]\n    clientAccessServers: [c.litwareinc.com]\n    sipDialPlans: all"), "10:22 double-entry"},
		{"double entry of a Client Access server", and("    mailboxServers: [m.litwareinc.com]\n    trustedComputers: [c.litwareinc.com]\n    clientAccessServers: [c.litwareinc.com]\n    sipDialPlans: all"), "12:27 double-entry"},
		{"double entry by the default", and("    mailboxServers: [m.litwareinc.com]\n    trustedComputers: []\n    sipDialPlans: all"), "4:11 double-entry, 10:21 client-access-default?"},
		{"double entry in another pool", and(secondPool + "    mailboxServers: [m.litwareinc.com]\n    trustedComputers: []\n    clientAccessServers: [atl-owa-001.litwareinc.com]\n    sipDialPlans: all"), "18:27 double-entry"},
		{"no double entry without trusted computers", and("    mailboxServers: [m.litwareinc.com]\n    trustedComputers: []\n    clientAccessServers: [c.litwareinc.com]\n    sipDialPlans: all"), ""},
		{"no double entry colocated", strings.Replace(and("    sipDialPlans: all"), "false", "true", 1), ""},

		{"sample under another name", with(lineName, "name: contoso"), ""},
		{"sample registrar and thumbprint", with(lineFQDN, "  - fqdn: owa.contoso.com"), "5:16 sample-value, 8:28 sample-value"},
		{"sample thumbprint", strings.ReplaceAll(litware, "litwareinc", "contoso"), "8:28 sample-value"},
		{"sample thumbprint of a server", strings.NewReplacer("litwareinc", "contoso", "D22D", "D22E").Replace(and("    mailboxServers: [{fqdn: atl-owa-001.contoso.com, certificateThumbprint: ea5a332496cc05da69b75b66111c0f78a110d22d}]")), "10:77 sample-value"},
		{"sample pilot user", strings.NewReplacer("litwareinc", "contoso", "D22D", "D22E").Replace(litware) + "pilotUsers: [kim.akers@litwareinc.com]", "10:14 sample-value"},
		{"no sample value", strings.NewReplacer("litwareinc", "contoso", "D22D", "D22E").Replace(litware), ""},
		{"another thumbprint among sample names", with(lineThumbprint, "    certificateThumbprint: "+strings.Repeat("A", 40)), ""},

		{"alias", and("mailboxPolicies: &a [x]\npilotUsers: *a"), "11:13 yaml-alias"},
		{"unknown anchor", and("pilotUsers: *a\nmailboxPolicies: 5"), "10:13 yaml-alias, 11:18 selection-form"},
		{"anchor alone", and("mailboxPolicies: &a [x]"), ""},
		{"anchor on a faulty text", with(lineFQDN, "  - fqdn: &a atl_owa.litwareinc.com"), "4:11 fqdn-character"},
		{"alias bomb", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "1:1 missing-field, 1:1 missing-field, 1:1 missing-field, 1:1 unknown-key, 2:1 unknown-key, 2:8 yaml-alias, 2:12 yaml-alias, 3:1 unknown-key, 3:5 yaml-alias, 3:9 yaml-alias"},
		{"merge key", with(lineSite, "    siteId: Redmond\n    <<: {port: 5}"), "7:5 yaml-merge-key"},
		{"tag", with(linePort, "    port: !!int 5199"), "7:11 yaml-tag"},
		{"tag on a mapping", and("versions: !x {exchange: 2013}"), "10:11 yaml-tag"},
		{"second document", and("---\nname: y"), "10:1 yaml-document"},
		{"second document empty", and("---"), "10:1 yaml-document"},
		{"end of document", and("..."), ""},
		{"depth 32", and("x: " + strings.Repeat("[", 31) + strings.Repeat("]", 31)), "10:1 unknown-key"},
		{"depth 33", and("x: " + strings.Repeat("[", 33) + strings.Repeat("]", 33)), "10:35 yaml-depth"},
		{"hidden character in a comment", and("# a\u202Eb"), "10:4 hidden-character"},
		{"hidden characters in one run", and("# a\x00b\x7F"), "10:4 hidden-character, 10:6 hidden-character"},
		{"byte order mark inside", and("# a\uFEFFb"), "10:4 hidden-character"},
		{"joiners", and("# a\u200Db\u200C"), ""},
		{"next line", and("# a\u0085name: b"), "10:4 hidden-character"},
		{"empty", "", "0:0 file-empty"},
		{"comments only", "# a\n\n# b\n", "0:0 file-empty"},
		{"blanks only", " \n\n", "0:0 file-empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			top, list := Load("t.yaml", []byte(test.text))
			if got := strings.Join(places(list), ", "); got != test.want {
				t.Errorf("got  %s\nwant %s\n%+v", got, test.want, list)
			}
			checkPromises(t, []byte(test.text), top, list)
		})
	}
}

// checkPromises checks what Load promises for any input.
func checkPromises(t *testing.T, data []byte, top *Topology, list finding.List) {
	t.Helper()
	checkSchema(t, data, top)
	if (top == nil) != list.HasErrors() {
		t.Errorf("topology %v with findings %v", top, places(list))
	}
	l := loader{}
	text, _ := l.decode(data)
	lines := finding.Lines(text)
	for _, f := range list {
		if f.Message == "" || f.File != "t.yaml" || !slices.ContainsFunc(rules, func(r Rule) bool { return r.ID == f.ID }) || strings.ContainsFunc(f.Message+f.Hint, finding.Hidden) {
			t.Errorf("finding %+v", f)
		}
		if f.Line == 0 && f.Column == 0 {
			continue
		}
		if f.Line < 1 || f.Line > len(lines) || f.Column < 1 || f.Column > len(lines[f.Line-1])+1 {
			t.Errorf("%d:%d %s lies outside the file", f.Line, f.Column, f.ID)
		}
	}
	if !slices.IsSortedFunc(list, func(a, b finding.Finding) int { return a.Line - b.Line }) {
		t.Errorf("not sorted: %v", places(list))
	}
}
