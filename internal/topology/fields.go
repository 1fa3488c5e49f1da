package topology

// The tables of all fields, in the order of the sample. Messages, schema, guide and `lyncowa help topology` come from
// these rows. Descriptions are for first-time readers: what to write, where to look it up, what it decides.

var topologyFields = mapping[Topology]{
	name:        "the topology",
	description: "The integration of Lync Server with Outlook Web App. `lyncowa validate` finds everything that this schema finds, and more.",
	rules:       append(rulesWithoutUM(), withoutOverride(), allOfSeveralPools, withoutPilots),
	rows: []row[Topology]{
		{
			key: "apiVersion", need: Required,
			hint:        "write apiVersion: " + APIVersion,
			description: "The version of this format.",
			value:       in(apiVersion, func(*Topology) *string { return new(string) }),
		},
		{
			key: "name", need: Required,
			hint:        "choose a short name for the bundle, for example name: litware-owa-im",
			description: "The name of the bundle: 1-63 of a-z, 0-9 and dashes, with a letter or digit at both ends.",
			example:     "litware-owa-im",
			value:       in(bundleName, func(t *Topology) *string { return &t.Name }),
		},
		{
			key:   "versions",
			hint:  "write exchange and lync below it; or leave the field out, then both are 2013",
			value: in(object(versionFields), func(t *Topology) *Versions { return &t.Versions }),
		},
		{
			key:   "change",
			hint:  "fill in what you know; or leave the field out, then the record has blanks",
			value: in(object(changeFields), func(t *Topology) *Change { return &t.Change }),
		},
		{
			key: "owaPools", need: Required,
			hint:        "describe at least one OWA pool; `lyncowa init` writes a commented sample",
			description: "One block for each OWA FQDN. With several Lync sites, write one block for each site.",
			value:       in(list(object(poolFields), "an OWA pool"), func(t *Topology) *[]Pool { return &t.Pools }),
		},
		{
			key:         "pilotPolicy",
			hint:        "name the policy, or leave the field out; then the pilot users keep their policies",
			description: "An existing OWA mailbox policy that nobody but the pilot users may have. Step 65 enables instant messaging in it and assigns it to them, before anybody else gets instant messaging. Needs pilotUsers. `lyncowa explain pilot-policy` shows how to create one.",
			example:     "OWA IM pilots",
			value:       in(objectName, func(t *Topology) *string { return &t.PilotPolicy }),
		},
		{
			key:         "mailboxPolicies",
			hint:        "list the policies, or write all; the default is Default",
			description: "OWA mailbox policies in which instant messaging is enabled; `all` for every policy. Policies apply to the whole organisation (P11).",
			example:     []string{defaultMailboxPolicy}, standard: []string{defaultMailboxPolicy},
			value: in(selection(objectName.described("Name of an OWA mailbox policy.")), func(t *Topology) *Selection { return &t.MailboxPolicies }),
		},
		{
			key:         "pilotUsers",
			hint:        "list the pilot users, or leave the field out",
			description: "Users who verify the change. Each needs a mailbox on this Exchange and is enabled for Lync (P12, P14). Write an address, or mailbox and sip if the two differ.",
			example:     []string{"kim.akers@litwareinc.com"},
			value:       in(pilotUsers, func(t *Topology) *[]Pilot { return &t.PilotUsers }),
		},
	},
}

var versionFields = mapping[Versions]{
	name:        "versions",
	description: "The product versions, by their year. Lync 2015 is Skype for Business Server 2015.",
	rules:       pairRules(),
	rows: []row[Versions]{
		{
			key: "exchange", standard: 2013,
			description: "Version of Exchange Server.",
			value:       in(exchangeVersion, func(v *Versions) *string { return &v.Exchange }),
		},
		{
			key: "lync", standard: 2013,
			description: "Version of Lync Server, or of Skype for Business Server from 2015 on.",
			value:       in(lyncVersion, func(v *Versions) *string { return &v.Lync }),
		},
	},
}

var changeFields = mapping[Change]{
	name:        "change",
	description: "Text for the change record. Scripts do not use it. Each missing field is a blank in the record.",
	rows: []row[Change]{
		changeRow("id", line, func(c *Change) *string { return &c.ID },
			"Number of the change in your ticket system.", "CHG0012345"),
		changeRow("title", line, func(c *Change) *string { return &c.Title },
			"Title of the change, on one line.", "Presence and instant messaging in Outlook Web App"),
		changeRow("reason", paragraph, func(c *Change) *string { return &c.Reason },
			"Why the change is needed.", "Users ask for presence in the browser."),
		changeRow("type", line, func(c *Change) *string { return &c.Type },
			"Type of the change in your change form: standard, normal or emergency.", "normal"),
		changeRow("priority", rating, func(c *Change) *string { return &c.Priority },
			"Priority of the change in your change form.", "3"),
		changeRow("category", line, func(c *Change) *string { return &c.Category },
			"Category of the change in your change form.", "Messaging"),
		changeRow("likelihood", rating, func(c *Change) *string { return &c.Likelihood },
			"Likelihood of problems, in the terms of your risk matrix.", "low"),
		changeRow("impact", rating, func(c *Change) *string { return &c.Impact },
			"Impact of problems, in the terms of your risk matrix.", "medium"),
		changeRow("assignmentGroup", line, func(c *Change) *string { return &c.AssignmentGroup },
			"The group that implements the change.", "UC Operations"),
		changeRow("requester", line, func(c *Change) *string { return &c.Requester },
			"Who requested the change.", "Service desk"),
		changeRow("owner", line, func(c *Change) *string { return &c.Owner },
			"Who is responsible for the change.", "Messaging team"),
		changeRow("implementer", line, func(c *Change) *string { return &c.Implementer },
			"Who runs the scripts.", "Messaging team"),
		changeRow("windowStart", moment, func(c *Change) *string { return &c.WindowStart },
			"When the change may start: date, time and time zone in RFC 3339 format.", "2026-05-02T22:00:00+02:00"),
		changeRow("windowEnd", moment, func(c *Change) *string { return &c.WindowEnd },
			"When the change must be finished, in the same format. Must be after windowStart. Certificates must last longer.", "2026-05-03T02:00:00+02:00"),
		changeRow("risk", paragraph, func(c *Change) *string { return &c.Risk },
			"What can go wrong, in your own words.", "Low; every step has a back-out."),
		changeRow("userImpact", paragraph, func(c *Change) *string { return &c.UserImpact },
			"What users notice, in your own words.", "A short interruption of Outlook Web App on one server at a time."),
		changeRow("contacts", paragraph, func(c *Change) *string { return &c.Contacts },
			"Whom to call during the change.", "Operations centre, extension 4711"),
	},
}

func changeRow(key string, k kind[string], part func(*Change) *string, description, example string) row[Change] {
	return row[Change]{key: key, description: description, example: example, value: in(k, part)}
}

var poolFields = mapping[Pool]{
	name:        "this OWA pool",
	description: "The servers behind one OWA FQDN, connected to one Lync pool.",
	excused:     func(p *Pool) bool { return p.UMColocated },
	rules:       []rule{dialPlansNeedNames, canaryWithoutOverride},
	rows: []row[Pool]{
		{
			key: "fqdn", need: Required,
			hint:        owaFQDNHint,
			description: "The OWA FQDN. It is the subject name of the certificate, one of its subject alternative names, and the name of the trusted application pool (P3).",
			example:     "atl-owa-001.litwareinc.com",
			value:       in(fqdn, func(p *Pool) *string { return &p.FQDN }),
		},
		{
			key: "registrar", need: Required,
			hint:        registrarHint,
			description: "FQDN of the Lync pool nearest to the servers, never of an Exchange server. It hosts the trusted application pool (P3) and becomes IMServerName (P8).",
			example:     "atl-cs-001.litwareinc.com",
			value:       in(fqdn, func(p *Pool) *string { return &p.Registrar }),
		},
		{
			key: "siteId", need: Sometimes,
			hint:        "write the SiteId that Get-CsSite | Select-Object DisplayName, SiteId shows",
			description: "The SiteId of that Lync pool's site: not its DisplayName, and without the prefix site:. Get-CsSite | Select-Object DisplayName, SiteId shows both (P3). Required unless umColocated is true.",
			example:     "Redmond",
			value:       in(siteID, func(p *Pool) *string { return &p.SiteID }),
		},
		{
			key: "port", need: Sometimes,
			hint:        "choose any free port of 1024-65535, for example port: 5199",
			description: "Any free port, as a plain decimal number; best 1024 or above. Lync, Exchange and IIS already use many ports, such as 5061 (P4). Required unless umColocated is true.",
			example:     5199,
			value:       in(port, func(p *Pool) *int { return &p.Port }),
		},
		{
			key: thumbprintKey, need: Required,
			hint:        thumbprintHint + "; for a new certificate: lyncowa certificate-request FILE",
			description: "Thumbprint of the Exchange certificate on the Mailbox servers: 40 hexadecimal digits. Copy it from Get-ExchangeCertificate (P8, P9). The Windows certificate dialog adds an invisible character.",
			example:     "EA5A332496CC05DA69B75B66111C0F78A110D22D",
			value:       in(thumbprint, func(p *Pool) *string { return &p.Thumbprint }),
		},
		{
			key: "umColocated", need: Required,
			hint:        "check whether both UM services run on the same computer, then write true or false; there is no default",
			description: "true only if the UM service and the UM Call Router run on the same computer and that computer hosts a SipName dial plan. Lync then discovers the computer, and a trusted application pool would be a harmful second entry (P2). There is no default: check the servers first.",
			value:       in(trueOrFalse, func(p *Pool) *bool { return &p.UMColocated }),
		},
		{
			key:         "applicationId",
			hint:        "leave the field out; the default is OutlookWebApp",
			description: "The id of the trusted application: letters and digits (P4).",
			standard:    DefaultApplicationID,
			value:       in(applicationID, func(p *Pool) *string { return &p.ApplicationID }),
		},
		{
			key:         "mailboxServers",
			hint:        "list the servers, or leave the field out; the default is the fqdn",
			description: "Exchange Mailbox servers. They run OWA's back end, and step 70 changes them (P8). Default: the fqdn alone. A server belongs to one pool only.",
			example:     []string{"atl-mbx-001.litwareinc.com"},
			value:       in(mailboxServers, func(p *Pool) *[]MailboxServer { return &p.MailboxServers }),
		},
		{
			key:         "clientAccessServers",
			hint:        "list the servers, or leave the field out; the default is the fqdn",
			description: "Exchange Client Access servers. Step 60 sets their OWA virtual directories (P7). Default: the fqdn alone. `all` means every one in the organisation; it allows only one pool and no dial plans.",
			example:     []string{"atl-cas-001.litwareinc.com"},
			value:       in(selection(fqdn.described("FQDN of a Client Access server.")), func(p *Pool) *Selection { return &p.ClientAccessServers }),
		},
		{
			key:         "trustedComputers",
			hint:        "write trustedComputers: [] for none",
			description: "Computers of the trusted pool (P3). Default: mailboxServers if given, else none. [] means none. With none, the pool FQDN is the only computer.",
			value:       in(orNone(names(fqdn.described("FQDN of a computer."))), func(p *Pool) *[]string { return &p.TrustedComputers }),
		},
		{
			key:         "sipDialPlans",
			hint:        "list the dial plans, write all, or leave the field out to change none",
			description: "SipName UM dial plans that the servers join; `all` for every plan (P6). Never add a name of the trusted pool to a dial plan (P2).",
			example:     []string{"Litware dial plan"},
			value:       in(selection(objectName.described("Name of a SipName dial plan.")), func(p *Pool) *Selection { return &p.SipDialPlans }),
		},
		{
			key:         "canary",
			hint:        "write the FQDN of one of the mailboxServers of this pool, or leave the field out",
			description: "FQDN of the Mailbox server that is changed and verified first. The other servers follow after a sign-off. Needs pilotUsers; the mailbox of one of them must be active on this server.",
			example:     "atl-mbx-001.litwareinc.com",
			value:       in(fqdn, func(p *Pool) *string { return &p.Canary }),
		},
		{
			key:         "settingOverride",
			hint:        "name the setting override, or leave the field out to create one",
			description: "Exchange 2016 and later: the name of an existing setting override for OwaServer, IMSettings. This change takes it over, and the back-out restores it. Get-SettingOverride lists the names. Without this field, the change refuses servers that already have an override.",
			example:     "IM Override",
			value:       in(overrideName, func(p *Pool) *string { return &p.SettingOverride }),
		},
	},
}

var pilotUsers = distinct(list(objectOr("mailbox", pilotFields), ""), ".mailbox", func(p Pilot) string { return p.Mailbox })

var pilotFields = mapping[Pilot]{
	name:        "this pilot user",
	description: "A user with a SIP address that differs from the mailbox address.",
	rows: []row[Pilot]{
		{
			key: "mailbox", need: Required,
			hint:        "write an e-mail address of the mailbox",
			description: "An e-mail address of the mailbox.",
			value:       in(address, func(p *Pilot) *string { return &p.Mailbox }),
		},
		{
			key:         "sip",
			hint:        "write the SIP address, or leave the field out; the default is the address of the mailbox",
			description: "The SIP address, without sip:. Default: the address of the mailbox.",
			value:       in(address, func(p *Pilot) *string { return &p.SIP }),
		},
	},
}

var mailboxServers = distinct(list(objectOr("fqdn", serverFields), ""), ".fqdn", func(s MailboxServer) string { return s.FQDN })

var serverFields = mapping[MailboxServer]{
	name:        "this mailbox server",
	description: "A server with its own certificate.",
	rows: []row[MailboxServer]{
		{
			key: "fqdn", need: Required,
			hint:        owaFQDNHint,
			description: "FQDN of the server.",
			value:       in(fqdn, func(s *MailboxServer) *string { return &s.FQDN }),
		},
		{
			key:         thumbprintKey,
			hint:        thumbprintHint,
			description: "Thumbprint of this server's own certificate. Default: the thumbprint of the pool.",
			value:       in(thumbprint, func(s *MailboxServer) *string { return &s.Thumbprint }),
		},
	},
}

// thumbprintKey is the key of a certificate's thumbprint, for a pool and for a server.
const thumbprintKey = "certificateThumbprint"

// Hints that several rows share.
const (
	owaFQDNHint    = "write the OWA FQDN, which is the subject name of the certificate"
	registrarHint  = "write the FQDN of the Lync pool nearest to the servers"
	thumbprintHint = "copy it from Get-ExchangeCertificate"
)
