package topology

import (
	"slices"

	"lyncowa/internal/finding"
)

// Rule is one thing that Load can find. Its id is stable: people search for it and scripts filter by it.
type Rule struct {
	ID       string
	Severity finding.Severity
	Meaning  string // one line
}

// Rules are all rules of this package, grouped as Load goes: the file, its YAML, its fields, the whole.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	// The file.
	{"file-too-large", finding.Error, "the file is larger than 1 MiB"},
	{"file-empty", finding.Error, "the file holds nothing but blanks and comments"},
	{"file-binary", finding.Error, "the file is not a text file"},
	{"file-encoding", finding.Error, "the file is neither UTF-8 nor UTF-16 with a byte order mark"},
	{"hidden-character", finding.Error, "a control, bidirectional or otherwise invisible character"},
	{"too-many-findings", finding.Error, "more findings than anybody reads; the first ones are shown"},
	{"too-many-warnings", finding.Warning, "more warnings than anybody reads; the first ones are shown"},

	// Its YAML.
	{"yaml-syntax", finding.Error, "the text is not valid YAML"},
	{"yaml-tab", finding.Error, "a tab indents a line"},
	{"yaml-indentation", finding.Error, "a line is indented unlike the lines it belongs to"},
	{"yaml-unclosed-quote", finding.Error, "a quote is opened and never closed"},
	{"yaml-unclosed-bracket", finding.Error, "a bracket is opened and never closed"},
	{"yaml-after-quote", finding.Error, "text follows a closing quote"},
	{"yaml-escape", finding.Error, "a backslash in double quotes begins no known escape"},
	{"yaml-colon", finding.Error, "a second colon stands in a value without quotes"},
	{"yaml-missing-colon", finding.Error, "a line has no colon, or no blank after it"},
	{"yaml-reserved", finding.Error, "a value begins with a character that YAML reserves"},
	{"yaml-depth", finding.Error, "lists and mappings are nested deeper than 32"},
	{"yaml-document", finding.Error, "a second document follows the first"},
	{"yaml-alias", finding.Error, "an alias stands where a value belongs"},
	{"yaml-merge-key", finding.Error, "a merge key (<<) is used"},
	{"yaml-tag", finding.Error, "a tag such as !!str is used"},

	// Its fields.
	{"duplicate-key", finding.Error, "a key stands twice in one mapping"},
	{"unknown-key", finding.Error, "a key that the topology does not have"},
	{"missing-field", finding.Error, "a required field is missing"},
	{"empty-field", finding.Error, "a field is there without a value"},
	{"wrong-type", finding.Error, "a field has a value of another type, such as a list for a text"},
	{"api-version", finding.Error, "apiVersion is not the one that this version of lyncowa reads"},
	{"name-form", finding.Error, "name is not 1-63 of a-z, 0-9 and dashes with a letter or digit at both ends"},
	{"version-unknown", finding.Error, "a product version that does not exist or that nobody has described"},
	{"version-refused", finding.Error, "a product version that lyncowa does not render, with the reason"},
	{"version-pair", finding.Error, "two product versions that do not go together, with the reason"},
	{"line-end", finding.Error, "a line end in a text that has to stand on one line"},
	{"text-padding", finding.Warning, "a name begins or ends with a blank"},
	{"window-form", finding.Error, "a change window is no date and time as RFC 3339 writes it"},
	{"window-order", finding.Error, "a change window ends before it starts"},
	{"fqdn-labels", finding.Error, "a name has only one label; a fully qualified one has two or more"},
	{"fqdn-label", finding.Error, "a label of a name is empty, too long, or begins or ends with a dash"},
	{"fqdn-length", finding.Error, "a name is longer than 253 characters"},
	{"fqdn-character", finding.Error, "a name holds a character that host names do not have"},
	{"fqdn-address", finding.Error, "an IP address stands where a name belongs"},
	{"fqdn-wildcard", finding.Error, "a wildcard stands where a name belongs"},
	{"fqdn-trailing-dot", finding.Error, "a name ends with a dot"},
	{"fqdn-internationalised", finding.Error, "an internationalised name is not in its ASCII form"},
	{"thumbprint-character", finding.Error, "a thumbprint holds a character that is no hexadecimal digit"},
	{"thumbprint-length", finding.Error, "a thumbprint does not have 40 hexadecimal digits"},
	{"thumbprint-zero", finding.Error, "a thumbprint has only zeros"},
	{"port-form", finding.Error, "a port is not written as a plain decimal number"},
	{"port-range", finding.Error, "a port is outside 1-65535"},
	{"port-known", finding.Warning, "a port that Lync, Exchange or IIS is known to use"},
	{"port-low", finding.Warning, "a port below 1024"},
	{"site-prefix", finding.Error, "siteId carries the prefix site:"},
	{"site-wildcard", finding.Error, "siteId holds a wildcard character"},
	{"site-length", finding.Error, "siteId is longer than 256 characters"},
	{"application-id-character", finding.Error, "applicationId holds something else than ASCII letters and digits"},
	{"application-id-length", finding.Error, "applicationId is longer than 256 characters"},
	{"um-colocated-form", finding.Error, "umColocated is not a plain true or false"},
	{"selection-form", finding.Error, "a selection is neither a list of names nor the word all"},
	{"selection-all-name", finding.Warning, "a list holds the name all, which is not the word all"},
	{"pilot-address", finding.Error, "a pilot user is not given by an address"},
	{"duplicate-entry", finding.Error, "a list holds an entry twice"},

	// The whole.
	{"duplicate-fqdn", finding.Error, "two OWA pools have the same fqdn"},
	{"registrar-is-owa-fqdn", finding.Error, "the registrar is the OWA FQDN itself"},
	{"registrar-is-exchange-server", finding.Error, "the registrar is an Exchange server of this topology"},
	{"server-in-two-pools", finding.Error, "a server belongs to two OWA pools"},
	{"pool-among-computers", finding.Error, "the pool FQDN is one of several trusted computers"},
	{"double-entry", finding.Error, "Lync would know a server twice: by the trusted pool and by a SipName dial plan"},
	{"all-client-access", finding.Error, "clientAccessServers: all with two pools or with dial plans"},
	{"client-access-default", finding.Warning, "clientAccessServers falls back to a name that is probably no server"},
	{"dial-plans-without-um", finding.Error, "SipName dial plans with an Exchange that has no unified messaging"},
	{"override-without-use", finding.Error, "settingOverride with an Exchange that takes the settings from web.config"},
	{"override-certificates", finding.Error, "settingOverride for servers that have different certificates"},
	{"override-twice", finding.Error, "two OWA pools name the same settingOverride"},
	{"colocated-without-um", finding.Error, "umColocated with an Exchange that has no unified messaging"},
	{"sample-value", finding.Error, "a value of the sample stands among other names"},
}

// severityOf is the severity of a rule.
func severityOf(id string) finding.Severity {
	if i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return rules[i].Severity
	}
	return finding.Error
}
