package inventory

import (
	"slices"

	"lyncowa/internal/finding"
)

// Rule is one thing that an inventory can find. Its id is stable.
type Rule struct {
	ID       string
	Severity finding.Severity
	Meaning  string // one line
}

// Rules are all rules of this package: about the files, then about a topology that is held against them.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	{"inventory-file", finding.Error, "a file is not what an inventory script writes"},
	{"inventory-value", finding.Error, "a value of an inventory is too long, has hidden characters or is not of its kind"},
	{"inventory-contradiction", finding.Warning, "two inventories say different things about one object; the newer one counts"},

	{"inventory-unread", finding.Warning, "the inventories do not hold what a field is compared with"},
	{"inventory-version", finding.Error, "a server or the Lync deployment has another version than the topology says"},
	{"inventory-server", finding.Error, "a server is not in the Exchange organisation, or has another role"},
	{"inventory-registrar", finding.Error, "the registrar is no Lync pool with a Registrar service"},
	{"inventory-site", finding.Error, "siteId is another name of a site, or of no site"},
	{"inventory-pool-registrar", finding.Error, "the trusted application pool exists with another registrar"},
	{"inventory-pool-site", finding.Error, "the trusted application pool exists in another site"},
	{"inventory-pool-room", finding.Error, "the trusted application pool exists and cannot take the computers"},
	{"inventory-foreign-application", finding.Error, "the trusted application pool holds an application of somebody else"},
	{"inventory-port", finding.Error, "the application exists with another port, or another application has the port"},
	{"inventory-um", finding.Error, "umColocated is not what the servers are"},
	{"inventory-double-entry", finding.Error, "Lync would know a server twice"},
	{"inventory-certificate-missing", finding.Error, "the certificate is not on that server"},
	{"inventory-certificate-key", finding.Error, "the certificate has no private key on that server"},
	{"inventory-certificate-dates", finding.Error, "the certificate is not valid when the change ends"},
	{"inventory-certificate-soon", finding.Warning, "the certificate ends less than 30 days after the change"},
	{"inventory-certificate-trust", finding.Error, "the certificate is self-signed or not valid"},
	{"inventory-certificate-name", finding.Error, "the certificate has no name by which Lync knows that server"},
	{"inventory-certificate-subject", finding.Warning, "only an alternative name of the certificate is known to Lync, not its subject"},
	{"inventory-ucma", finding.Error, "OWA does not find the UCMA runtime on that server"},
	{"inventory-override", finding.Error, "a setting override of somebody else is for that server"},
	{"inventory-dial-plan", finding.Error, "a dial plan does not exist or is no SipName plan"},
	{"inventory-policy", finding.Error, "an OWA mailbox policy does not exist"},
	{"inventory-pilot", finding.Warning, "whether the pilot users have SIP addresses is not in an inventory"},
}

func severityOf(id string) finding.Severity {
	if i := slices.IndexFunc(rules, func(r Rule) bool { return r.ID == id }); i >= 0 {
		return rules[i].Severity
	}
	return finding.Error
}
