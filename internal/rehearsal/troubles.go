package rehearsal

import (
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// troubles are the cases of part 6, a row a case.
var troubles = []trouble{
	// The place and the person.
	{name: "wrong shell", step: "trusted-application", preflight: 2, phrase: "wrong shell", arrange: func(s *scene) { s.run.host = s.bundle.topology.Pools[0].MailboxServers[0].FQDN }},
	{name: "wrong shell", step: "owa-virtual-directories", preflight: 2, phrase: "wrong shell", arrange: func(s *scene) { s.run.host = s.bundle.lyncHost() }},
	{name: "wrong host", step: "im-settings", preflight: 2, phrase: "wrong host", arrange: func(s *scene) { s.run.host = bystander }},
	{name: "remote session", step: "trusted-application", preflight: 2, phrase: "remote", arrange: func(s *scene) { s.host().Remote = true }},
	{name: "remote session", step: "enable-topology", phrase: "remote", arrange: func(s *scene) { s.host().Remote = true }},
	{name: "remote session", step: "im-settings", preflight: 2, phrase: "remote", arrange: func(s *scene) { s.host().Remote = true }},
	{name: "shell not elevated", step: "trusted-application", preflight: 2, phrase: "not elevated", arrange: func(s *scene) { s.leave("S-1-16-12288") }},
	{name: "shell not elevated", step: "im-settings", preflight: 2, phrase: "not elevated", arrange: func(s *scene) { s.leave("S-1-16-12288") }},
	{name: "no rights", step: "trusted-application", preflight: 2, phrase: "RTCUniversalServerAdmins", arrange: func(s *scene) { s.leave("S-1-5-21-1-2-3-1104") }},
	{name: "no rights", step: "enable-topology", phrase: "RTCUniversalServerAdmins", arrange: func(s *scene) { s.leave("S-1-5-21-1-2-3-1104") }},
	{name: "another Lync version", step: "trusted-application", preflight: 2, phrase: "reports", arrange: func(s *scene) { s.lync().Version = "Microsoft Lync Server 2010 (4.0.7577.0): Enterprise Edition" }},
	{name: "another Exchange version", step: "im-settings", preflight: 2, phrase: "reports", arrange: func(s *scene) { s.server().Version = "Version 14.3 (Build 123.4)" }},
	{name: "Exchange without instant messaging in OWA", step: "im-settings", applies: exchange("2019"), preflight: 2, phrase: "CU15", arrange: func(s *scene) { s.server().Version = "Version 15.2 (Build 1748.10)" }},

	// The Lync topology.
	{name: "wrong site", step: "trusted-application", applies: of(plan.Integrate), preflight: 1, phrase: "{site}", arrange: func(s *scene) {
		for i := range s.lync().Sites {
			s.lync().Sites[i].SiteID += "-other"
		}
	}},
	{name: "no such registrar", step: "trusted-application", preflight: 1, phrase: "{registrar}", arrange: func(s *scene) {
		s.lync().Pools = slices.DeleteFunc(s.lync().Pools, func(p Pool) bool { return p.FQDN == s.pool().Registrar })
	}},
	{name: "OWA FQDN is a pool of Lync servers", step: "trusted-application", applies: of(plan.Integrate), preflight: 1, phrase: "{pool}", arrange: func(s *scene) {
		s.lync().Pools = append(s.lync().Pools, Pool{FQDN: s.pool().FQDN, Site: siteIdentity(s.pool().SiteID), Services: []string{"Registrar"}, Computers: []string{"other." + s.pool().FQDN}})
	}},
	{name: "duplicate known server", step: "trusted-application", applies: of(plan.Integrate), preflight: 1, phrase: "discover", arrange: func(s *scene) {
		for i := range s.host().Events {
			if s.host().Events[i].ID == 44024 {
				s.host().Events[i].Message += " " + s.plannedComputers()[0]
			}
		}
	}},
	{name: "foreign application in the pool", step: "trusted-application", applies: of(plan.Integrate), preflight: 1, phrase: "somebodyelse", arrange: func(s *scene) {
		s.trusted(s.plannedComputers(), Application{ID: "somebodyelse", Port: s.pool().Port + 1})
	}},
	{name: "port taken", step: "trusted-application", applies: of(plan.Integrate), preflight: 1, phrase: "port", arrange: func(s *scene) {
		s.trusted(s.plannedComputers(), Application{ID: "somebodyelse", Port: s.pool().Port})
	}},
	{name: "pool without room for another computer", step: "trusted-application", applies: all(of(plan.Integrate), manyComputers), preflight: 1, phrase: "{pool}", arrange: func(s *scene) {
		s.trusted([]string{s.pool().FQDN})
	}},
	{name: "computer in another trusted pool", step: "trusted-application", applies: of(plan.Integrate), preflight: 1, phrase: "portal.farm.example", arrange: func(s *scene) {
		s.lync().Trusted[0].Computers = append(s.lync().Trusted[0].Computers, s.plannedComputers()[0])
	}},
	{name: "foreign application when going back", step: "trusted-application", applies: of(plan.Integrate), backOut: true, phrase: "somebodyelse", arrange: func(s *scene) {
		for i := range s.lync().Trusted {
			if s.lync().Trusted[i].FQDN == s.pool().FQDN {
				s.lync().Trusted[i].Applications = append(s.lync().Trusted[i].Applications, Application{ID: "somebodyelse", Port: 6100})
			}
		}
	}},

	// Exchange.
	{name: "certificate absent", step: "im-settings", preflight: 1, phrase: "is not on {server}", arrange: func(s *scene) { s.server().Certificates = []Certificate{} }},
	{name: "certificate expired", step: "im-settings", preflight: 1, phrase: "outside its dates", arrange: func(s *scene) { s.certificate().NotAfterDays = -1 }},
	{name: "certificate not valid yet", step: "im-settings", preflight: 1, phrase: "outside its dates", arrange: func(s *scene) { s.certificate().NotBeforeDays = 2 }},
	{name: "certificate without key", step: "im-settings", preflight: 1, phrase: "no private key", arrange: func(s *scene) { s.certificate().HasPrivateKey = false }},
	{name: "certificate not trusted", step: "im-settings", preflight: 1, phrase: "has the status", arrange: func(s *scene) { s.certificate().Status = "Invalid" }},
	{name: "certificate of another name", step: "im-settings", preflight: 1, phrase: "subject CN", arrange: func(s *scene) { s.certificate().Subject = "CN=other.farm.example" }},
	{name: "certificate with the name in the subject only", step: "im-settings", preflight: 1, phrase: "subject alternative names", arrange: func(s *scene) { s.certificate().Names = []string{"other.farm.example"} }},
	{name: "wildcard certificate", step: "im-settings", preflight: 1, phrase: "wildcard", arrange: func(s *scene) { s.certificate().Subject = "CN=*.farm.example" }},
	{name: "UCMA missing", step: "im-settings", preflight: 1, phrase: "UCMA", arrange: func(s *scene) { delete(s.host().Registry, ucmaKey) }},
	{name: "UCMA's library missing", step: "im-settings", preflight: 1, phrase: "UCMA", arrange: func(s *scene) {
		delete(s.world.files, hostFolder(s.run.host)+"/ucma/Microsoft.Rtc.Internal.Ucweb.dll")
	}},
	{name: "web.config missing", step: "im-settings", applies: withWebConfig, preflight: 1, phrase: "web.config", arrange: func(s *scene) { s.edit(func(string) string { return "" }) }},
	{name: "web.config malformed", step: "im-settings", applies: withWebConfig, preflight: 1, phrase: "well-formed", arrange: func(s *scene) {
		s.edit(func(data string) string { return strings.Replace(data, "</system.web>", "", 1) })
	}},
	{name: "web.config with duplicate keys", step: "im-settings", applies: withWebConfig, preflight: 1, phrase: "IMServerName", arrange: func(s *scene) {
		s.edit(func(data string) string {
			return strings.Replace(data, "</appSettings>", `<add key="IMServerName" value="a"/><add key="imservername" value="b"/></appSettings>`, 1)
		})
	}},
	{name: "web.config in use", step: "im-settings", applies: withWebConfig, preflight: 1, phrase: "web.config", arrange: func(s *scene) { s.how.lock = true }},
	{name: "remote session", step: "owa-virtual-directories", applies: of(plan.Disable), preflight: 2, phrase: "remote", arrange: func(s *scene) { s.host().Remote = true }},
	{name: "shell not elevated", step: "owa-virtual-directories", applies: of(plan.Disable), preflight: 2, phrase: "not elevated", arrange: func(s *scene) { s.leave("S-1-16-12288") }},
	{name: "another Exchange version", step: "owa-virtual-directories", applies: of(plan.Disable), preflight: 2, phrase: "reports", arrange: func(s *scene) { s.server().Version = "Version 14.3 (Build 123.4)" }},
	{name: "no virtual directory", step: "owa-virtual-directories", applies: namedServers, preflight: 1, phrase: "virtual director", arrange: func(s *scene) {
		s.world.farm.Exchange.VirtualDirectories = []VirtualDirectory{}
	}},
	{name: "no such mailbox policy", step: "mailbox-policies", applies: namedPolicies, preflight: 1, phrase: "polic", arrange: func(s *scene) {
		s.world.farm.Exchange.Policies = []Policy{{"Farm bystanders", newSettings()}}
	}},
	{name: "no such dial plan", step: "sip-dial-plans", applies: namedDialPlans, preflight: 1, phrase: "dial plan", arrange: func(s *scene) {
		s.world.farm.Exchange.DialPlans = []DialPlan{}
	}},
	{name: "dial plan not of type SipName", step: "sip-dial-plans", applies: namedDialPlans, preflight: 1, phrase: "SipName", arrange: func(s *scene) {
		for i := range s.world.farm.Exchange.DialPlans {
			s.world.farm.Exchange.DialPlans[i].URIType = "TelExtn"
		}
	}},
	{name: "colocated, but there is no UM service", step: "im-settings", applies: colocated, preflight: 1, phrase: "MSExchangeUM", arrange: func(s *scene) {
		s.host().Services = []Service{{"MSExchangeUMCR", "Running"}}
	}},
	{name: "colocated, but in no SipName dial plan", step: "im-settings", applies: colocated, phrase: "SipName", arrange: func(s *scene) {
		s.server().UMDialPlans, s.server().CallRouterDialPlans = []string{}, []string{}
	}},

	// A renewal.
	{name: "new certificate not on every server", step: "im-settings", last: true, applies: of(plan.RenewCertificate), preflight: 1, phrase: "is not on {server}", arrange: func(s *scene) {
		s.server().Certificates = s.server().Certificates[:1]
	}},
	{name: "new certificate without key on one server", step: "im-settings", last: true, applies: of(plan.RenewCertificate), preflight: 1, phrase: "no private key", arrange: func(s *scene) {
		s.certificate().HasPrivateKey = false
	}},

	// A duplicate that is more than one.
	{name: "foreign application in the pool", step: "trusted-application", applies: of(plan.RemoveDuplicate), preflight: 1, phrase: "application somebodyelse", arrange: func(s *scene) {
		s.entry().Applications = append(s.entry().Applications, Application{ID: "somebodyelse", Port: 6100})
	}},
	{name: "foreign computer in the pool", step: "trusted-application", applies: of(plan.RemoveDuplicate), preflight: 1, phrase: "computer other.farm.example", arrange: func(s *scene) {
		s.entry().Computers = append(s.entry().Computers, "other.farm.example")
	}},
	{name: "endpoint in the pool", step: "trusted-application", applies: of(plan.RemoveDuplicate), preflight: 1, phrase: "endpoint", arrange: func(s *scene) {
		s.entry().Endpoints = append(s.entry().Endpoints, Endpoint{Address: "room@farm.example", ApplicationID: s.entry().Applications[0].ID})
	}},
	{name: "server not discovered", step: "trusted-application", applies: of(plan.RemoveDuplicate), preflight: 1, phrase: "is not discovered", arrange: func(s *scene) {
		for i := range s.host().Events {
			if s.host().Events[i].ID == 44024 {
				s.host().Events[i].Message = "Exchange UM servers that were found: none"
			}
		}
	}},
	{name: "server in no SipName dial plan", step: "preflight-exchange", applies: of(plan.RemoveDuplicate), exit: 1, phrase: "is in no SipName dial plan", arrange: func(s *scene) {
		s.server().UMDialPlans, s.server().CallRouterDialPlans = []string{}, []string{}
	}},

	// The setting override.
	{name: "foreign setting override", step: "im-settings", applies: withOverride, preflight: 1, phrase: "Somebody else's", arrange: func(s *scene) {
		s.override(SettingOverride{Name: "Somebody else's", Servers: []string{}})
	}},
	{name: "foreign setting override for this server", step: "im-settings", applies: withOverride, preflight: 1, phrase: "Somebody else's", arrange: func(s *scene) {
		s.override(SettingOverride{Name: "Somebody else's", Servers: []string{s.server().Name}})
	}},
	{name: "setting override of this name for other servers", step: "im-settings", applies: withOverride, preflight: 1, phrase: "exists for BYSTANDER", arrange: func(s *scene) {
		s.override(SettingOverride{Name: s.bundle.plan.Overrides()[0].Name, Servers: []string{"BYSTANDER"}})
	}},
	{name: "back-out on another server first", step: "im-settings", backOut: true, last: true, applies: sharedOverride, phrase: "run this back-out on", arrange: func(s *scene) {}},
	{name: "another server has not made the setting override yet", step: "im-settings", last: true, applies: sharedOverride, phrase: "run this script on", arrange: (*scene).withoutOverride},
	{name: "no setting override to renew", step: "im-settings", applies: all(of(plan.RenewCertificate), withOverride), preflight: 1, phrase: "nothing to renew", arrange: (*scene).withoutOverride},
	{name: "no setting override in effect", step: "verify-exchange", applies: all(withOverride, not(of(plan.Disable))), exit: 1, phrase: "setting override in effect", arrange: func(s *scene) {
		s.host().Running = []SettingOverride{}
	}},

	// The bundle.
	{name: "edited script", phrase: "{script}", arrange: func(s *scene) {
		s.world.files[s.inBundle(s.run.script)] += "# edited\r\n"
	}},
	{name: "edited module", phrase: "common.psm1", arrange: func(s *scene) {
		s.world.files[s.inBundle("scripts/common.psm1")] += "# edited\r\n"
	}},
	{name: "missing file", phrase: "plan.json", arrange: func(s *scene) { delete(s.world.files, s.inBundle("plan.json")) }},
	{name: "extra script", phrase: "71-extra.ps1", arrange: func(s *scene) { s.world.files[s.inBundle("scripts/71-extra.ps1")] = "exit 0\r\n" }},
	{name: "another digest", phrase: "digest", arrange: func(s *scene) { s.how.digest = strings.Repeat("0", 64) }},
	{name: "no digest", phrase: "digest", arrange: func(s *scene) { s.how.digest = " " }},
	{name: "back-out without a before-state", backOut: true, phrase: "before-state", arrange: func(s *scene) {
		s.world.files = s.world.files.without(isEvidence)
	}},
}

// override puts a setting override for instant messaging into Active Directory, in place of one of that name.
func (s *scene) override(left SettingOverride) {
	left.Component, left.Section = "OwaServer", "IMSettings"
	left.Parameters = []string{"IMServerName=other.farm.example", "IMCertificateThumbprint=" + strings.Repeat("0", 40)}
	directory := &s.world.farm.Exchange.Directory
	directory.Overrides = slices.DeleteFunc(directory.Overrides, func(o SettingOverride) bool { return o.Name == left.Name })
	directory.Overrides = append(directory.Overrides, left)
}

// withoutOverride takes every setting override for instant messaging out of Active Directory.
func (s *scene) withoutOverride() {
	directory := &s.world.farm.Exchange.Directory
	directory.Overrides = slices.DeleteFunc(directory.Overrides, func(o SettingOverride) bool { return o.Section == "IMSettings" })
}

// leave takes the person out of a group.
func (s *scene) leave(sid string) {
	s.host().Groups = slices.DeleteFunc(s.host().Groups, func(g Group) bool { return g.SID == sid })
}
