package rehearsal

import (
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// troubles are the cases of part 6, a row a case. A phrase is a fact, a name or a number, that the sentence must hold,
// not its wording.
var troubles = slices.Concat(placeTroubles, lyncTroubles, certificateTroubles, exchangeTroubles, overrideTroubles, retireTroubles, pilotTroubles, bundleTroubles)

// The place and the person.
var placeTroubles = []trouble{
	row("trusted-application", "wrong shell", refuses, "wrong shell", func(s *scene) { s.run.host = s.bundle.topology.Pools[0].MailboxServers[0].FQDN }).seen(refuses),
	row("owa-virtual-directories", "wrong shell", refuses, "wrong shell", func(s *scene) { s.run.host = s.world.farm.lyncHost(s.bundle.topology.Pools[0].Registrar) }).seen(refuses),
	row("im-settings", "wrong host", refuses, "bystander", func(s *scene) { s.run.host = bystander }).seen(refuses),
	row("trusted-application", "remote session", refuses, "remote", remote).seen(refuses),
	row("enable-topology", "remote session", refuses, "remote", remote),
	row("owa-virtual-directories", "remote session", refuses, "remote", remote).seen(refuses),
	row("im-settings", "remote session", refuses, "remote", remote).seen(refuses),
	row("mailbox-policies", "remote session", refuses, "remote", remote).seen(refuses),
	row("trusted-application", "shell not elevated", refuses, "elevated", notElevated).seen(refuses),
	row("im-settings", "shell not elevated", refuses, "elevated", notElevated).seen(refuses),
	row("trusted-application", "no rights", refuses, "RTCUniversalServerAdmins", noRights).seen(refuses),
	row("enable-topology", "no rights", refuses, "RTCUniversalServerAdmins", noRights),
	row("trusted-application", "another Lync version", refuses, `4\.0\.7577`, func(s *scene) {
		s.lync().Version = "Microsoft Lync Server 2010 (4.0.7577.0): Volume license key installed."
	}).seen(refuses),
	row("im-settings", "another Exchange version", refuses, `14\.3`, oldExchange).seen(refuses),
	row("owa-virtual-directories", "another Exchange version", refuses, `14\.3`, oldExchange).seen(refuses).when(of(plan.Disable)),
	row("im-settings", "Exchange without instant messaging in OWA", refuses, "CU15", func(s *scene) {
		s.server().Version = "Version 15.2 (Build 1748.10)"
	}).seen(refuses).when(all(exchange("2019"), not(of(plan.Retire)))),

	// What needs Active Directory only runs in any Exchange Management Shell, also in a session that was imported by hand;
	// what needs a whole certificate does not.
	row("sip-dial-plans", "workstation", works, "", onWorkstation),
	row("owa-virtual-directories", "workstation", works, "", onWorkstation),
	row("mailbox-policies", "workstation", works, "", onWorkstation),
	row("sip-dial-plans", "session imported by hand", works, "", importedByHand),
	row("owa-virtual-directories", "session imported by hand", works, "", importedByHand),
	row("mailbox-policies", "session imported by hand", works, "", importedByHand),
	row("preflight-exchange", "session imported by hand", refuses, "Exchange Management Shell", degraded).when(readsCertificate),
	row("im-settings", "session imported by hand", refuses, "Exchange Management Shell", degraded),
	row("verify-exchange", "session imported by hand", refuses, "Exchange Management Shell", degraded).when(not(of(plan.Disable))),
	// The proxies of the Exchange shell do not pass a preference on, so a script that overlooks it changes everything.
	row("trusted-application", "$WhatIfPreference in the shell", previews, "this was -WhatIf", dryRun),
	row("owa-virtual-directories", "$WhatIfPreference in the shell", previews, "this was -WhatIf", dryRun),
	row("im-settings", "$WhatIfPreference in the shell", previews, "this was -WhatIf", dryRun),
	row("im-settings", "$WhatIfPreference in the shell when going back", previews, "this was -WhatIf", dryRun).goingBack(),
	row("owa-virtual-directories", "an Exchange cmdlet fails", fails, "Set-OwaVirtualDirectory failed", func(s *scene) { s.how.failAt = 1 }),
	row("mailbox-policies", "an Exchange cmdlet fails", fails, "Set-OwaMailboxPolicy failed", func(s *scene) { s.how.failAt = 1 }),
}

func remote(s *scene)        { s.host().Remote = true }
func notElevated(s *scene)   { s.leave("S-1-16-12288") }
func noRights(s *scene)      { s.leave("S-1-5-21-1-2-3-1104") }
func oldExchange(s *scene)   { s.server().Version = "Version 14.3 (Build 123.4)" }
func onWorkstation(s *scene) { s.run.host = workstation }
func dryRun(s *scene)        { s.how.prefers = true }
func degraded(s *scene)      { s.host().Degraded = true }
func importedByHand(s *scene) {
	onWorkstation(s)
	degraded(s)
}

// entering is a row about the trusted pools that the change integrate enters, which the preflight sees too.
func entering(name, phrase string, arrange func(*scene)) trouble {
	return row("trusted-application", name, refuses, phrase, arrange).seen(finds).when(of(plan.Integrate))
}

// leaving is a row about a trusted pool that the change removes.
func leaving(name, phrase string, arrange func(*scene)) trouble {
	return row("trusted-application", name, refuses, phrase, arrange).seen(finds).when(removesPool)
}

// growing is a row about a trusted pool to which the change add-server adds computers.
func growing(name, phrase string, arrange func(*scene)) trouble {
	return row("trusted-application", name, refuses, phrase, arrange).seen(finds).when(growsTrust)
}

// growsTrust: the first trusted pool is there before the change, with computers.
func growsTrust(b *bundle) bool {
	pool := firstPool(b)
	return b.plan.Change == plan.AddServer && !pool.UMColocated && b.plan.GrowsFrom(pool) && len(pool.TrustedComputers) > 0
}

// stale is a row about an event 44024 that is older than a change of the known servers, which proves nothing.
func stale(name, step string, applies func(*bundle) bool, arrange func(*scene)) trouble {
	return row(step, name, passes, "44024", arrange).when(applies).never("FAILED|back-out")
}

// The Lync topology.
var lyncTroubles = []trouble{
	entering("wrong site", "{site}", func(s *scene) { s.renameSite("42", "Anywhere") }),
	entering("display name in place of the SiteId", `\b42\b`, func(s *scene) { s.renameSite("42", s.pool().SiteID) }),
	entering("OWA FQDN is a pool of Lync servers", "{pool}", func(s *scene) {
		s.lync().Pools = append(s.lync().Pools, Pool{
			FQDN: s.pool().FQDN, Site: siteIdentity(s.pool().SiteID), Services: []string{"Registrar"}, Computers: []string{"other." + s.pool().FQDN},
		})
	}),
	entering("foreign application in the pool", "somebodyelse", func(s *scene) {
		s.trusted(s.plannedComputers(), Application{ID: "somebodyelse", Port: s.pool().Port + 1})
	}),
	entering("port taken", "port", func(s *scene) { s.trusted(s.plannedComputers(), Application{ID: "somebodyelse", Port: s.pool().Port}) }),
	entering("computer in another trusted pool", "portal.farm.example", func(s *scene) {
		s.lync().Trusted[0].Computers = append(s.lync().Trusted[0].Computers, s.plannedComputers()[0])
	}),
	entering("duplicate known server", "44024", func(s *scene) { s.discovery(s.plannedComputers()[0], false) }),
	row("trusted-application", "pool without room for another computer", refuses, "{pool}", func(s *scene) { s.trusted([]string{s.pool().FQDN}) }).seen(finds).when(all(of(plan.Integrate), manyComputers)),
	row("trusted-application", "no such registrar", refuses, "{registrar}", func(s *scene) {
		s.lync().Pools = slices.DeleteFunc(s.lync().Pools, func(p Pool) bool { return p.FQDN == s.pool().Registrar })
	}).seen(finds),
	row("trusted-application", "foreign application when going back", refuses, "somebodyelse", somebodyElse).when(of(plan.Integrate)).goingBack(),
	stale("stale 44024 that names the computer", "preflight-lync", all(of(plan.Integrate), not(colocated)), staleName),
	stale("stale 44024 that names the computer", "verify-lync", all(of(plan.Integrate), not(colocated)), staleName),
	stale("stale 44024 that does not name the server", "verify-lync", of(plan.RemoveDuplicate), func(s *scene) { s.discovery("none", true) }),

	// A farm that is not as the earlier topology says.
	growing("the pool is gone", "{pool}.*run the change integrate", func(s *scene) {
		s.lync().Trusted = slices.DeleteFunc(s.lync().Trusted, func(p TrustedPool) bool { return p.FQDN == s.pool().FQDN })
	}),
	growing("an earlier computer is gone from the pool", "earlier computers", func(s *scene) {
		s.entry().Computers = slices.DeleteFunc(s.entry().Computers, func(name string) bool {
			return strings.EqualFold(name, s.bundle.plan.ComputersBefore(s.pool())[0])
		})
	}),
	growing("the application has another port", "port", func(s *scene) { s.entry().Applications[0].Port++ }),
	growing("the pool is its own one computer", "ComputerFqdn", func(s *scene) { s.entry().Computers = []string{s.pool().FQDN} }),

	// A duplicate that is more than one.
	leaving("foreign application in the pool", "somebodyelse", somebodyElse),
	leaving("foreign computer in the pool", "other.farm.example", func(s *scene) {
		s.entry().Computers = append(s.entry().Computers, "other.farm.example")
	}),
	leaving("endpoint in the pool", "room@farm.example", func(s *scene) {
		s.entry().Endpoints = append(s.entry().Endpoints, Endpoint{Address: "room@farm.example", ApplicationID: s.entry().Applications[0].ID})
	}),
	leaving("server not discovered", "44024", func(s *scene) { s.discovery("none", false) }).when(of(plan.RemoveDuplicate)),
	leaving("computer of the pool serves another pool", "portal.farm.example", func(s *scene) {
		s.lync().Trusted[0].Computers = append(s.lync().Trusted[0].Computers, s.entry().Computers[0])
	}),
	leaving("pool with a file store", "store.farm.example", func(s *scene) { s.entry().FileStore = "FileStore:store.farm.example" }),
	leaving("application by another protocol", "Tcp", func(s *scene) { s.entry().Applications[0].EnableTCP = true }),
	leaving("application with a legacy name", "oldname", func(s *scene) { s.entry().Applications[0].Legacy = "oldname" }),
	row("preflight-exchange", "server in no SipName dial plan", finds, "SipName", inNoPlan).when(of(plan.RemoveDuplicate)),
	row("trusted-application", "evidence of version 0.1.0", works, "", siteByIdentity).when(of(plan.RemoveDuplicate)).goingBack(),
	row("trusted-application", "the captured site is gone", refuses, "site", siteGone).when(removesPool).goingBack(),
	row("trusted-application", "the captured site is gone, -WhatIf", refuses, "site", func(s *scene) { siteGone(s); s.how.whatIf = true }).when(of(plan.RemoveDuplicate)).goingBack(),

	// Replication.
	row("preflight-lync", "Front End of another pool down", passes, registrarComputer(otherPool), otherDown),
	row("enable-topology", "Front End of another pool down", works, registrarComputer(otherPool), otherDown),
	row("verify-lync", "Front End of another pool down", passes, registrarComputer(otherPool), otherDown),
	row("trusted-application", "Front End of the registrar down", refuses, "FE01.{registrar}", func(s *scene) { s.down(s.pool().Registrar) }).seen(finds),
	row("trusted-application", "Central Management Store behind", refuses, centralPool, func(s *scene) { s.down(centralPool) }).seen(finds),
	row("enable-topology", "Front End of the registrar down after the enabling", fails, "WAITING replication to FE01.{registrar}: at most .* seconds left.*goes on waiting", func(s *scene) {
		s.down(s.pool().Registrar)
	}).afterwards(),
	row("preflight-lync", "replicas busy with this change", passes, `WAITING.*left`, func(s *scene) {
		for i := range s.lync().Replicas {
			s.lync().Replicas[i].BehindUntil = s.world.farm.Clock + 300
		}
	}).afterwards().never("FAILED|mend"),
	row("enable-topology", "pending changes of other people, and nothing of this change due", passes, "EnableAnyway", func(s *scene) {
		s.trusted([]string{"app-09.farm.example"})
		s.lync().Enabled = s.lync().Enabled[:len(s.lync().Enabled)-1]
		s.lync().Trusted[len(s.lync().Trusted)-1].FQDN = "pending.farm.example"
	}).afterwards(),
}

func staleName(s *scene) { s.discovery(s.plannedComputers()[0], true) }
func siteGone(s *scene)  { s.renameSite("42", "Anywhere") }

// goingBackWith is a row about the back-out of web.config, which ends as in part 4.
func goingBackWith(name, phrase string, arrange func(*scene)) trouble {
	return row("im-settings", name, works, phrase, arrange).when(withWebConfig).goingBack()
}

// capturedBuild finds what tells an old file of web.config in its before-state.
var capturedBuild = regexp.MustCompile(`"(Build|Sha256)":\s*"[^"]*",|,\s*"(Build|Sha256)":\s*"[^"]*"`)

// siteByIdentity has the captured pools hold their site as version 0.1.0 captured it: by its identity only.
func siteByIdentity(s *scene) {
	s.editEvidence("trusted-application.before.json", func(data string) string { return capturedSiteID.ReplaceAllString(data, "") })
}

var capturedSiteID = regexp.MustCompile(`"SiteId":\s*"[^"]*",|,\s*"SiteId":\s*"[^"]*"`)

func somebodyElse(s *scene) {
	s.entry().Applications = append(s.entry().Applications, Application{ID: "somebodyelse", Port: 6100})
}
func otherDown(s *scene) { s.down(otherPool) }

func inNoPlan(s *scene) {
	s.server().UMDialPlans, s.server().CallRouterDialPlans = []string{}, []string{}
}

// renameSite gives the site of the scene's registrar another SiteId and display name.
func (s *scene) renameSite(id, display string) {
	lync := s.lync()
	i := slices.IndexFunc(lync.Pools, func(p Pool) bool { return p.FQDN == s.pool().Registrar })
	k := slices.IndexFunc(lync.Sites, func(site Site) bool { return site.Identity == lync.Pools[i].Site })
	lync.Sites[k].SiteID, lync.Sites[k].DisplayName = id, display
}

// certificate is a row about the certificate of a server, which the preflight sees too; ends is refuses or works.
func certificate(name string, ends ending, phrase string, arrange func(*scene)) trouble {
	if ends == works { // and no enumeration is printed without a cast
		return row("im-settings", name, works, phrase, arrange).seen(passes).when(readsCertificate).never("status [0-9]")
	}
	return row("im-settings", name, refuses, phrase, arrange).seen(finds).when(readsCertificate)
}

// The certificate. Its common name must be a name by which Lync knows that server; its status says nothing of Lync's
// trust, and an unreachable revocation list hinders nobody.
var certificateTroubles = []trouble{
	certificate("certificate absent", refuses, "{server}", func(s *scene) { s.server().Certificates = []Certificate{} }),
	certificate("certificate expired", refuses, "2026-01-04", func(s *scene) { s.certificate().NotAfter = -day }),
	certificate("certificate that ends soon after the change", works, "WARNING.*ends on 20.*less than 30 days after the change", endsSoon),
	row("verify-exchange", "certificate that ends soon after the change", passes, "WARNING.*ends on 20.*less than 30 days after the change", endsSoon).when(readsCertificate),
	certificate("certificate that ends inside the change window", refuses, "ends on 20.*before the change window ends", func(s *scene) {
		s.certificate().NotAfter = s.windowEnd() - 60
	}).when(all(withWindow, readsCertificate)),
	row("verify-exchange", "certificate expired", finds, "outside its dates", func(s *scene) { s.certificate().NotAfter = -day }).when(readsCertificate),
	certificate("certificate not valid yet", refuses, "2026-01-07", func(s *scene) { s.certificate().NotBefore = 2 * day }),
	certificate("certificate without key", refuses, "private key", noKey),
	certificate("self-signed certificate", refuses, "self-signed", func(s *scene) { s.certificate().SelfSigned = true }),
	certificate("certificate of an unknown root", refuses, "Untrusted|root", func(s *scene) { s.certificate().RootUnknown = true }),
	certificate("revocation list not reachable", works, "WARNING.*revocation", func(s *scene) { s.certificate().ListUnreachable = true }),
	certificate("wildcard certificate", refuses, "wildcard", func(s *scene) { s.named("*.farm.example", "*.farm.example") }),
	certificate("certificate of another name", refuses, "other.farm.example", func(s *scene) { s.named("other.farm.example", "other.farm.example") }),
	certificate("certificate with the name in the alternative names only", works, "WARNING.*other.farm.example", func(s *scene) {
		s.named("other.farm.example", append([]string{"other.farm.example"}, s.knownNames()...)...)
	}),
	certificate("certificate with the name in the subject only", refuses, "alternative names", func(s *scene) {
		s.named(s.knownNames()[0], "other.farm.example")
	}),
	certificate("certificate with one name only", works, "", func(s *scene) { s.named(s.knownNames()[0], s.knownNames()[0]) }),
	row("im-settings", "new certificate not on every server", refuses, "{server}", func(s *scene) { s.server().Certificates = s.server().Certificates[:1] }).seen(finds).when(of(plan.RenewCertificate)).onLast(),
	row("im-settings", "new certificate without key on one server", refuses, "private key", noKey).seen(finds).when(of(plan.RenewCertificate)).onLast(),
}

func endsSoon(s *scene) { s.certificate().NotAfter = s.windowEnd() + 10*day }

func noKey(s *scene) { s.certificate().HasPrivateKey = false }

// named gives the host's certificate that common name and those alternative names.
func (s *scene) named(common string, alternative ...string) {
	s.certificate().Subject, s.certificate().Names = "CN="+common+", OU=IT", alternative
}

// knownNames are the names by which Lync knows the host of the scene.
func (s *scene) knownNames() []string {
	servers := s.bundle.plan.Servers()
	i := slices.IndexFunc(servers, func(server plan.Server) bool { return server.FQDN == s.run.host })
	return knownNames(*servers[i].Pool, s.run.host)
}

// settings is a row about what im-settings needs on its server, which the preflight sees too.
func settings(name, phrase string, applies func(*bundle) bool, arrange func(*scene)) trouble {
	return row("im-settings", name, refuses, phrase, arrange).seen(finds).when(applies)
}

// signedIn is a row about the verification where nothing tells of a sign-in since the recycle, hours later: the pilot
// users' database belongs to one server and is mounted on another.
func signedIn(name string, ends ending, phrase string, here bool, arrange func(*scene)) trouble {
	return row("verify-exchange", name, ends, phrase, func(s *scene) {
		s.unread(here)
		s.world.farm.Clock += 4 * 3600 // past every cache
		arrange(s)
	}).when(all(withPilots, of(plan.Integrate)))
}

// Exchange.
var exchangeTroubles = []trouble{
	settings("server without the Mailbox role", "{server}: does not have the Mailbox role.*mailboxServers", all(exchange("2013"), not(of(plan.Retire))), func(s *scene) {
		s.server().Roles = []string{"ClientAccess"}
	}),
	settings("port 5061 of the Lync pool closed", `{home}: accepts no connection on port 5061 of 192\.0\.2\.\d+; let the firewalls`, not(of(plan.Retire)), func(s *scene) {
		s.home().PortClosed = true
	}),
	settings("Lync pool without an address", "{home}: its name has no address", not(of(plan.Retire)), func(s *scene) { s.home().Unresolved = true }),
	row("im-settings", "port 5061 of another Lync pool closed", works, "{home}: accepts connections on port 5061", func(s *scene) {
		for i := range s.lync().Pools {
			s.lync().Pools[i].PortClosed = s.lync().Pools[i].FQDN != s.home().FQDN
		}
	}).seen(passes).when(not(of(plan.Retire))).onLast(),
	row("im-settings", "Windows without Test-NetConnection", works, "NOT SEEN firewall: go/no-go: can this server reach {home} on port 5061", func(s *scene) {
		s.host().OldWindows = true
	}).seen(passes).when(not(of(plan.Retire))),
	settings("UCMA missing", "ImplementationDLLPath", not(of(plan.Retire)), func(s *scene) { delete(s.host().Registry, ucmaKey) }),
	settings("UCMA's library missing", "ImplementationDLLPath", not(of(plan.Retire)), func(s *scene) {
		delete(s.world.files, hostFolder(s.run.host)+"/"+ucmaLibrary)
	}),
	settings("a folder in ImplementationDLLPath", "ImplementationDLLPath", not(of(plan.Retire)), func(s *scene) {
		s.host().Registry[ucmaKey]["ImplementationDLLPath"] = "{host}/ucma"
	}),
	settings("web.config missing", "web.config", withWebConfig, func(s *scene) { delete(s.world.files, webConfigPath(s.run.host)) }),
	settings("web.config malformed", "web.config", withWebConfig, func(s *scene) { s.edit("</system.web>", "") }),
	settings("web.config with duplicate keys", "IMServerName", withWebConfig, func(s *scene) {
		s.edit("</appSettings>", `<add key="IMServerName" value="a"/><add key="imservername" value="b"/></appSettings>`)
	}),
	goingBackWith("a cumulative update since", "Version 15.0 .Build 1497.48.*restores only the two keys", func(s *scene) {
		s.server().Version = "Version 15.0 (Build 1497.48)"
	}),
	goingBackWith("captured web.config edited", "not the one that was captured.*restores only the two keys", func(s *scene) {
		s.editEvidence(".before.web.config", func(data string) string { return data + "<!-- edited -->" })
	}),
	goingBackWith("evidence of version 0.1.0", "comes back as a whole", func(s *scene) {
		s.editEvidence("im-settings.before.json", func(data string) string { return capturedBuild.ReplaceAllString(data, "") })
	}),
	settings("web.config in use", "web.config", withWebConfig, func(s *scene) { s.how.held = webConfigPath(s.run.host) }),
	settings("colocated, but there is no UM service", "MSExchangeUM", all(colocated, not(of(plan.Retire))), func(s *scene) {
		s.host().Services = []Service{{"MSExchangeUMCR", "Running"}}
	}),
	row("im-settings", "colocated, but in no SipName dial plan", refuses, "SipName", inNoPlan).when(all(colocated, not(of(plan.Retire)))),
	row("owa-virtual-directories", "no virtual directory", refuses, "virtual director", func(s *scene) { s.world.farm.Exchange.VirtualDirectories = []VirtualDirectory{} }).seen(finds).when(namedServers),
	row("owa-virtual-directories", "IIS of a Client Access server not reachable", refuses, "RPC|reach", func(s *scene) {
		for i := range s.world.farm.Exchange.Servers {
			s.world.farm.Exchange.Servers[i].Unreachable = true
		}
	}),
	row("mailbox-policies", "no such mailbox policy", refuses, "polic", func(s *scene) { s.world.farm.Exchange.Policies = []Policy{{"Farm bystanders", false, newSettings()}} }).seen(finds).when(namedPolicies),
	row("sip-dial-plans", "no such dial plan", refuses, "dial plan", func(s *scene) { s.world.farm.Exchange.DialPlans = []DialPlan{} }).seen(finds).when(namedDialPlans),
	row("sip-dial-plans", "dial plan not of type SipName", refuses, "SipName", func(s *scene) {
		for i := range s.world.farm.Exchange.DialPlans {
			s.world.farm.Exchange.DialPlans[i].URIType = "TelExtn"
		}
	}).seen(finds).when(namedDialPlans),

	// The verification: event 112 is of the first sign-in of a user whose mailbox is active on the server.
	signedIn("no event 112, and the database has failed over to this server", finds, "112", true, func(*scene) {}),
	signedIn("no event 112, and the database has failed over to another server", passes, "112", false, func(*scene) {}).when(all(withPilots, of(plan.Integrate), not(withCanary))),
	signedIn("OWA has not found the certificate", finds, "event 103", true, func(s *scene) {
		h := s.host()
		h.Events = append(h.Events, LogEvent{"Application", "MSExchange OWA", 103, 2, s.world.farm.Clock, "The certificate was not found."})
	}),
	row("verify-exchange", "pilot user with another SIP address", finds, "sip: other@farm.example", func(s *scene) {
		s.world.farm.Exchange.Mailboxes[0].SIP = "other@farm.example"
	}).when(all(withPilots, of(plan.Integrate))),
	row("verify-lync", "pilot user with another SIP address", finds, `{mailbox: \.\.\., sip: \.\.\.}`, func(s *scene) {
		s.lync().Users[0].Address = "other@farm.example"
	}).when(all(withPilots, of(plan.Integrate))),
	row("verify-exchange", "nobody has signed in yet", waits, "not yet", func(s *scene) { s.unread(true) }).when(all(withPilots, of(plan.Integrate))).never("FAILED"),
}

// The setting override.
var overrideTroubles = []trouble{
	settings("foreign setting override", "Somebody else's", all(withOverride, not(of(plan.Retire))), func(s *scene) { s.override("Somebody else's") }),
	settings("foreign setting override for this server", "Somebody else's", all(withOverride, not(of(plan.Retire))), func(s *scene) {
		s.override("Somebody else's", s.server().Name)
	}),
	settings("foreign setting override by a pattern", "Somebody else's", all(withOverride, not(of(plan.Retire))), func(s *scene) {
		s.override("Somebody else's", s.server().Name[:len(s.server().Name)-1]+"?")
	}),
	settings("setting override of this name for other servers", "BYSTANDER", withOverride, func(s *scene) {
		s.override(s.bundle.plan.Overrides()[0].Name, "BYSTANDER")
	}),
	settings("the setting override to extend is gone", "earlier topology", growsOverride, (*scene).withoutOverride),
	settings("the setting override to extend has another scope", "earlier topology", growsOverride, func(s *scene) {
		for i := range s.world.farm.Exchange.Directory.Overrides {
			if o := &s.world.farm.Exchange.Directory.Overrides[i]; o.Section == "IMSettings" {
				o.Servers = o.Servers[:1]
			}
		}
	}),
	settings("no setting override to renew", "renew", all(of(plan.RenewCertificate), withOverride), (*scene).withoutOverride),
	row("im-settings", "foreign setting override for other servers", works, "", func(s *scene) { s.override("Somebody else's", "BYSTAND*") }).seen(passes).when(withOverride),
	row("im-settings", "back-out on another server first", refuses, "{first}", func(*scene) {}).when(sharedOverride).onLast().goingBack(),
	row("im-settings", "back-out on another server first, -WhatIf", passes, "{first}", func(s *scene) { s.how.whatIf = true }).when(sharedOverride).onLast().goingBack(),
	row("im-settings", "another server has not made the setting override yet", refuses, "{first}", (*scene).withoutOverride).when(all(sharedOverride, not(of(plan.Retire)))).onLast(),
	row("im-settings", "another server of the setting override down", refuses, "server {first}.*start the server", func(s *scene) {
		s.world.farm.server(firstOfLast(s.bundle)).Unreachable = true
	}).when(all(sharedOverride, not(of(plan.Retire)))).onLast(),
	row("verify-exchange", "no setting override in effect", finds, "setting override", func(s *scene) { s.host().Running = []SettingOverride{} }).when(all(withOverride, not(of(plan.Disable)), not(of(plan.Retire)))),
	row("im-settings", "the topology service is not registered", refuses, "TopologyService|ADTopology", func(s *scene) { s.host().Processes = []string{"MSExchangeMailboxAssistants"} }).when(withOverride),
	row("im-settings", "Exchange 2016 CU3", works, "", cumulativeUpdate3).seen(passes).when(exchange("2016")),
	row("verify-exchange", "Exchange 2016 CU3", passes, "", cumulativeUpdate3).when(all(exchange("2016"), not(of(plan.Disable)))),
}

// removal is a row about what the change retire is to take out of Exchange.
func removal(step, name string, ends ending, phrase string, arrange func(*scene)) trouble {
	return row(step, name, ends, phrase, arrange).when(of(plan.Retire))
}

// The whole integration out: only what is of this topology, also where nothing of it works any more.
var retireTroubles = []trouble{
	removal("im-settings", "virtual directories still switched on", refuses, "step 60", func(s *scene) {
		for i := range s.world.farm.Exchange.VirtualDirectories {
			s.world.farm.Exchange.VirtualDirectories[i].Settings = instantMessagingSettings()
		}
	}),
	removal("im-settings", "expired certificate", works, "", func(s *scene) { s.certificate().NotAfter = -day }).seen(passes),
	removal("im-settings", "Exchange without instant messaging in OWA", works, "", func(s *scene) {
		s.server().Version = "Version 15.2 (Build 1748.10)"
	}).seen(passes).when(all(of(plan.Retire), exchange("2019"))),
	removal("im-settings", "web.config names another Lync pool", refuses, "other.farm.example", func(s *scene) {
		s.edit(s.pool().Registrar, "other.farm.example")
	}).seen(finds).when(all(of(plan.Retire), withWebConfig)),
	removal("im-settings", "setting override for every server", refuses, "every server", func(s *scene) { s.ownOverride().Servers = []string{} }).seen(finds).when(all(of(plan.Retire), withOverride)),
	removal("im-settings", "setting override with another Lync pool", refuses, "other.farm.example", func(s *scene) {
		s.ownOverride().Parameters[0] = "IMServerName=other.farm.example"
	}).seen(finds).when(all(of(plan.Retire), withOverride)),
	removal("im-settings", "setting override with other settings", refuses, "OtherSetting", func(s *scene) {
		s.ownOverride().Parameters = append(s.ownOverride().Parameters, "OtherSetting=1")
	}).seen(finds).when(all(of(plan.Retire), withOverride)),
	removal("im-settings", "foreign setting override for this server", works, "WARNING.*Somebody else's", func(s *scene) {
		s.override("Somebody else's", s.server().Name)
	}).when(all(of(plan.Retire), withOverride)),
	removal("im-settings", "another server has not removed the setting override yet", refuses, "{first}", func(s *scene) {
		s.override(s.bundle.plan.Overrides()[0].Name, s.server().Name)
	}).when(all(of(plan.Retire), sharedOverride)).onLast(),
	removal("preflight-exchange", "instant messaging on another virtual directory", passes, "NOT SEEN.*BYSTANDER", func(s *scene) {
		for i, d := range s.world.farm.Exchange.VirtualDirectories {
			if d.Server == shortName(bystander) {
				s.world.farm.Exchange.VirtualDirectories[i].Settings = instantMessagingSettings()
			}
		}
	}).when(all(of(plan.Retire), namedServers)),
	removal("preflight-exchange", "server in a SipName dial plan", passes, "NOT SEEN.*Other SIP", func(s *scene) {
		s.world.farm.addDialPlan("Other SIP", "SipName")
		s.server().UMDialPlans = append(s.server().UMDialPlans, "Other SIP")
	}).when(all(of(plan.Retire), not(exchange("2019")))),
}

func instantMessagingSettings() Settings {
	return Settings{"InstantMessagingEnabled": true, "InstantMessagingType": "Ocs"}
}

// ownOverride is the first of the topology's own setting overrides.
func (s *scene) ownOverride() *SettingOverride {
	stored := s.world.farm.Exchange.Directory.Overrides
	name := s.bundle.plan.Overrides()[0].Name
	return &stored[slices.IndexFunc(stored, func(o SettingOverride) bool { return o.Name == name })]
}

// growsOverride: an override that is there for several servers gets more.
func growsOverride(b *bundle) bool {
	overrides := b.plan.Overrides()
	return b.plan.Grows() && len(overrides) > 0 && len(b.plan.ScopeBefore(overrides[0])) > 1
}

// cumulativeUpdate3 is the last build that shows the values in effect in the old way.
func cumulativeUpdate3(s *scene) {
	for i := range s.world.farm.Exchange.Servers {
		s.world.farm.Exchange.Servers[i].Version = "Version 15.1 (Build 544.27)"
	}
}

// The bundle.
var bundleTroubles = []trouble{
	row("", "edited script", refuses, "{script}", func(s *scene) { s.world.files[s.inBundle(s.run.script)] += "# edited\r\n" }),
	row("", "edited module", refuses, "common.psm1", func(s *scene) { s.world.files[s.inBundle("scripts/common.psm1")] += "# edited\r\n" }),
	row("", "missing file", refuses, "plan.json", func(s *scene) { delete(s.world.files, s.inBundle("plan.json")) }),
	row("", "extra script", refuses, "71-extra.ps1", func(s *scene) { s.world.files[s.inBundle("scripts/71-extra.ps1")] = "exit 0\r\n" }),
	row("", "another digest", refuses, "digest", func(s *scene) { s.how.digest = strings.Repeat("0", 64) }),
	row("", "evidence that cannot be written", refuses, "evidence of this run cannot be written", func(s *scene) {
		folder := s.inBundle("evidence")
		s.world.files = s.world.files.without(func(name string) bool { return strings.HasPrefix(name, folder+"/") })
		s.world.files[folder] = ""
	}),
	row("", "no digest", refuses, "digest", func(s *scene) { s.how.digest = " " }),
	row("", "back-out without a before-state", refuses, "before-state", func(s *scene) { s.world.files = s.world.files.without(isEvidence) }).goingBack(),
}
