package topology

// The schema of every field, in the order of the sample. The descriptions are for somebody who sees the file for the
// first time: what to write, where to look it up, what it decides.

func topologySchema() schema {
	s := closedObject("The integration of Lync Server with Outlook Web App, as lyncowa reads it. `lyncowa validate` finds everything that this schema finds, and more.",
		[]string{"apiVersion", "name", "owaPools"}, fields{
			{"apiVersion", schema{Description: "The version of this format.", Const: APIVersion}},
			{"name", schema{
				Description: "Names the bundle: 1-63 of a-z, 0-9 and dashes, with a letter or digit at both ends.",
				Type:        "string", Pattern: bundleNamePattern, Examples: []any{"litware-owa-im"},
			}},
			{"versions", versionsSchema()},
			{"change", changeSchema()},
			{"owaPools", listSchema(poolSchema()).described("One block for each OWA FQDN. Several Lync sites: one block a site.")},
			{"mailboxPolicies", selectionSchema(lineSchema("Name of an OWA mailbox policy.")).
				described("OWA mailbox policies that get instant messaging; `all` for every one. Policies count for the whole organisation (P11).", []string{defaultMailboxPolicy}).
				withDefault([]string{defaultMailboxPolicy})},
			{"pilotUsers", listSchema(mailSchema()).
				described("Addresses of users to verify the change with: mailbox on this Exchange, enabled for Lync (P12, P14).", []string{"kim.akers@litwareinc.com"})},
		})
	s.Dialect, s.ID, s.Title = "https://json-schema.org/draft/2020-12/schema", SchemaID, "lyncowa topology"
	s.AllOf = append(withoutUMSchemas(), allOfSeveralPools())
	return s
}

func changeSchema() schema {
	s := closedObject("For the change record only; nothing of it enters a script. What is left out is a blank to fill in.", nil, fields{
		{"id", lineSchema("Number of the change in your ticket system.", "CHG0012345")},
		{"title", lineSchema("One line that says what the change is.", "Presence and instant messaging in Outlook Web App")},
		{"reason", paragraphSchema("Why it is wanted.", "Users ask for presence in the browser.")},
		{"requester", lineSchema("Who asked for it.", "Service desk")},
		{"owner", lineSchema("Who answers for it.", "Messaging team")},
		{"implementer", lineSchema("Who runs the scripts.", "Messaging team")},
		{"windowStart", momentSchema("When the change may begin: date, time and offset as RFC 3339 writes them.", "2026-05-02T22:00:00+02:00")},
		{"windowEnd", momentSchema("When it has to be done, after windowStart.", "2026-05-03T02:00:00+02:00")},
		{"risk", paragraphSchema("What may go wrong, in the words of your organisation.", "Low; every step has a back-out.")},
		{"userImpact", paragraphSchema("What users notice, in the words of your organisation.", "A short interruption of Outlook Web App on one server at a time.")},
		{"contacts", paragraphSchema("Whom to call during the change.", "Operations centre, extension 4711")},
	})
	s.MinProperties = 1
	return s
}

func poolSchema() schema {
	host := "atl-owa-001.litwareinc.com"
	s := closedObject("The servers behind one OWA FQDN, joined to one Lync pool.", []string{"fqdn", "registrar", "certificateThumbprint", "umColocated"}, fields{
		{"fqdn", fqdnSchema("The OWA FQDN. It equals the subject name of the certificate, is in its subject alternative names, and names the trusted application pool (P3).", host)},
		{"registrar", fqdnSchema("FQDN of the Lync pool nearest to the servers. It hosts the trusted application pool (P3) and becomes IMServerName (P8). Not an Exchange server.", "atl-cs-001.litwareinc.com")},
		{"siteId", siteSchema()},
		{"port", schema{
			Description: "Any free port of your choice, as a plain decimal number; best 1024 or above. Lync, Exchange and IIS use many, 5061 above all (P4). Required unless umColocated is true.",
			Type:        "integer", Minimum: 1, Maximum: 65535, Examples: []any{5199},
		}},
		{"certificateThumbprint", thumbprintSchema("Thumbprint of the Exchange certificate on the Mailbox servers: 40 hexadecimal digits, as Get-ExchangeCertificate shows it (P8, P9). Copied from the certificate dialog it begins with an invisible character.", "EA5A332496CC05DA69B75B66111C0F78A110D22D")},
		{"umColocated", schema{
			Description: "true only if the UM service and the UM Call Router run on the same computer and it hosts a SipName dial plan: Lync discovers it then, and a trusted application pool would be a harmful second entry (P2). There is no default: look before you write.",
			Type:        "boolean",
		}},
		{"applicationId", schema{
			Description: "The id of the trusted application: letters and digits (P4).",
			Type:        "string", Pattern: "^[A-Za-z0-9]+$", Default: defaultApplicationID,
		}},
		{"mailboxServers", listSchema(serverSchema()).described("Exchange Mailbox servers, where OWA's back end runs and step 70 acts (P8). Default: the fqdn alone. No server in two pools.", []string{"atl-mbx-001.litwareinc.com"})},
		{"clientAccessServers", selectionSchema(fqdnSchema("FQDN of a Client Access server.")).
			described("Exchange Client Access servers, whose OWA virtual directories step 60 sets (P7). Default: the fqdn alone. `all`: every one of the organisation; only with one pool and without dial plans.", []string{"atl-cas-001.litwareinc.com"})},
		{"trustedComputers", trustedSchema()},
		{"sipDialPlans", selectionSchema(lineSchema("Name of a SipName dial plan.")).
			described("SipName UM dial plans to which the servers are added; `all` for every one (P6). A name in the trusted pool must not be added to a dial plan as well (P2).", []string{"Litware dial plan"})},
	})
	s.AllOf = []rule{
		{
			Comment: "Separate UM services need a trusted application pool, and that needs a site and a port.",
			If:      having("umColocated", schema{Const: false}),
			Then:    schema{Required: []string{"siteId", "port"}},
		},
		{
			Comment: "The dial plans need the names of the servers.",
			If:      having("clientAccessServers", schema{Const: "all"}),
			Then:    schema{Properties: fields{{"sipDialPlans", nothing}}},
		},
	}
	return s
}

func siteSchema() schema {
	s := lineSchema("The SiteId of that Lync pool's site, without site: and not its DisplayName: Get-CsSite | Select-Object DisplayName, SiteId (P3). Required unless umColocated is true.", "Redmond")
	s.Type = []string{"string", "integer"}
	s.Not = &schema{Type: "string", Pattern: `^[ \t]*[Ss][Ii][Tt][Ee]:|[*?\[\]]`}
	return s
}

// trustedSchema allows the empty list, which says none.
func trustedSchema() schema {
	s := listSchema(fqdnSchema("FQDN of a computer.")).described("Computers of the trusted pool (P3). Default: the mailboxServers if those are given, else none: the pool FQDN is then its one computer. [] says none.")
	s.MinItems = 0
	return s
}

func serverSchema() schema {
	named := closedObject("A server with a certificate of its own.", []string{"fqdn"}, fields{
		{"fqdn", fqdnSchema("FQDN of the server.")},
		{"certificateThumbprint", thumbprintSchema("Thumbprint of this server's own certificate. Default: the one of the pool.")},
	})
	return schema{AnyOf: []schema{fqdnSchema("FQDN of the server."), named}}
}
