package topology

import (
	"slices"

	"lyncowa/internal/finding"
)

// Rule describes one kind of finding of Load. Its id is stable: people search for it and scripts filter by it.
type Rule struct {
	ID       string
	Severity finding.Severity
	Meaning  string // one line
}

// Rules returns all rules of this package in the order in which Load checks: file, YAML, fields, whole topology.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	// The file.
	{"file-too-large", finding.Error, "the file is larger than 1 MiB"},
	{"file-empty", finding.Error, "the file contains only spaces and comments"},
	{"file-binary", finding.Error, "the file is not a text file"},
	{"file-encoding", finding.Error, "the file is neither UTF-8 nor UTF-16 with a byte order mark"},
	{"hidden-character", finding.Error, "the file contains a control, bidirectional or otherwise invisible character"},
	{"too-many-findings", finding.Error, "the file has too many findings; only the first ones are shown"},
	{"too-many-warnings", finding.Warning, "the file has too many warnings; only the first ones are shown"},

	// Its YAML.
	{"yaml-syntax", finding.Error, "the text is not valid YAML"},
	{"yaml-tab", finding.Error, "a tab indents a line"},
	{"yaml-indentation", finding.Error, "the indentation of a line does not match its block"},
	{"yaml-unclosed-quote", finding.Error, "a quote is not closed"},
	{"yaml-unclosed-bracket", finding.Error, "a bracket is not closed"},
	{"yaml-after-quote", finding.Error, "text follows a closing quote"},
	{"yaml-escape", finding.Error, "a backslash in double quotes starts an unknown escape"},
	{"yaml-colon", finding.Error, "a value without quotes contains a second colon"},
	{"yaml-missing-colon", finding.Error, "a line has no colon, or no space after it"},
	{"yaml-reserved", finding.Error, "a value starts with a character that YAML reserves"},
	{"yaml-depth", finding.Error, "lists and mappings are nested more than 32 levels deep"},
	{"yaml-document", finding.Error, "a second document follows the first"},
	{"yaml-alias", finding.Error, "an alias is used instead of a value"},
	{"yaml-merge-key", finding.Error, "a merge key (<<) is used"},
	{"yaml-tag", finding.Error, "a tag such as !!str is used"},

	// Its fields.
	{"duplicate-key", finding.Error, "a mapping contains the same key twice"},
	{"unknown-key", finding.Error, "a key is not a field of the topology"},
	{"missing-field", finding.Error, "a required field is missing"},
	{"empty-field", finding.Error, "a field has no value"},
	{"wrong-type", finding.Error, "a value has the wrong type, such as a list instead of text"},
	{"api-version", finding.Error, "this version of lyncowa does not read this apiVersion"},
	{"name-form", finding.Error, "name is not 1-63 of a-z, 0-9 and dashes with a letter or digit at both ends"},
	{"version-unknown", finding.Error, "lyncowa does not know a product version"},
	{"version-refused", finding.Error, "lyncowa does not support a product version; the finding gives the reason"},
	{"version-pair", finding.Error, "two product versions are not supported together; the finding gives the reason"},
	{"line-end", finding.Error, "a text of one line contains a line end"},
	{"text-padding", finding.Warning, "a name starts or ends with a space"},
	{"window-form", finding.Error, "a change window is not a date and time in RFC 3339 format"},
	{"window-order", finding.Error, "a change window ends before it starts"},
	{"fqdn-labels", finding.Error, "a name has only one label; a fully qualified one has two or more"},
	{"fqdn-label", finding.Error, "a label of a name is empty, too long, or starts or ends with a dash"},
	{"fqdn-length", finding.Error, "a name is longer than 253 characters"},
	{"fqdn-character", finding.Error, "a name contains a character that host names do not allow"},
	{"fqdn-address", finding.Error, "a name is an IP address"},
	{"fqdn-wildcard", finding.Error, "a name contains a wildcard"},
	{"fqdn-trailing-dot", finding.Error, "a name ends with a dot"},
	{"fqdn-internationalised", finding.Error, "an internationalised name is not in its ASCII form"},
	{"thumbprint-character", finding.Error, "a thumbprint contains a character that is not a hexadecimal digit"},
	{"thumbprint-length", finding.Error, "a thumbprint does not have 40 hexadecimal digits"},
	{"thumbprint-zero", finding.Error, "a thumbprint has only zeros"},
	{"port-form", finding.Error, "a port is not written as a plain decimal number"},
	{"port-range", finding.Error, "a port is outside 1-65535"},
	{"port-known", finding.Warning, "Lync, Exchange or IIS is known to use this port"},
	{"port-low", finding.Warning, "a port is below 1024"},
	{"site-prefix", finding.Error, "siteId has the prefix site:"},
	{"site-wildcard", finding.Error, "siteId contains a wildcard character"},
	{"site-length", finding.Error, "siteId is longer than 256 characters"},
	{"application-id-character", finding.Error, "applicationId contains a character that is not an ASCII letter or digit"},
	{"application-id-length", finding.Error, "applicationId is longer than 256 characters"},
	{"um-colocated-form", finding.Error, "umColocated is not a plain true or false"},
	{"selection-form", finding.Error, "a selection is neither a list of names nor the word all"},
	{"selection-all-name", finding.Warning, "a list contains the name all, which does not mean everything"},
	{"pilot-address", finding.Error, "a pilot user is not an address"},
	{"duplicate-entry", finding.Error, "a list contains the same entry twice"},

	// The whole.
	{"duplicate-fqdn", finding.Error, "two OWA pools have the same fqdn"},
	{"registrar-is-owa-fqdn", finding.Error, "the registrar is the OWA FQDN itself"},
	{"registrar-is-exchange-server", finding.Error, "the registrar is an Exchange server of this topology"},
	{"server-in-two-pools", finding.Error, "a server belongs to two OWA pools"},
	{"pool-among-computers", finding.Error, "the pool FQDN is one of several trusted computers"},
	{"double-entry", finding.Error, "Lync would know a server twice: through the trusted pool and through a SipName dial plan"},
	{"all-client-access", finding.Error, "clientAccessServers: all is combined with several pools or with dial plans"},
	{"client-access-default", finding.Warning, "clientAccessServers defaults to a name that is probably not a server"},
	{"dial-plans-without-um", finding.Error, "sipDialPlans is given for an Exchange version without unified messaging"},
	{"override-without-use", finding.Error, "settingOverride is given for an Exchange version that reads web.config"},
	{"override-certificates", finding.Error, "settingOverride is given for servers with different certificates"},
	{"override-twice", finding.Error, "two OWA pools name the same settingOverride"},
	{"canary-not-a-server", finding.Error, "canary is not one of the pool's Mailbox servers"},
	{"canary-alone", finding.Error, "every Mailbox server is a canary, so no server can follow one"},
	{"canary-without-pilots", finding.Error, "canary is given without pilotUsers"},
	{"canary-override", finding.Error, "canary is combined with settingOverride"},
	{"pilot-policy-without-pilots", finding.Error, "pilotPolicy is given without pilotUsers"},
	{"pilot-policy-for-all", finding.Error, "pilotPolicy is also one of the mailboxPolicies"},
	{"colocated-without-um", finding.Error, "umColocated is true for an Exchange version without unified messaging"},
	{"sample-value", finding.Error, "a value of the sample is mixed with other names"},
}

// severityOf is the severity of a rule.
func severityOf(id string) finding.Severity {
	if i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return rules[i].Severity
	}
	return finding.Error
}
