package topology

import (
	"slices"
	"strings"
	"time"
)

// What must hold between several fields. A field with an error is empty here and takes no part.

// crossCheck fills in the defaults and reports what is wrong between fields.
func (l *loader) crossCheck(t *Topology) {
	l.checkSample(t) // before the defaults: only what the file gives can be a value of the sample
	l.fillDefaults(t)
	l.checkWindow(t.Change)
	l.checkPair(t.Versions)
	pools := l.named(t.Pools)
	l.checkUM(t.Versions, pools)
	l.checkOverrides(t.Versions, pools)
	l.checkFQDNs(pools)
	l.checkRegistrars(pools)
	l.checkOneServerOnePool(pools)
	l.checkPoolAmongComputers(pools)
	l.checkDoubleEntry(pools)
	l.checkClientAccess(pools)
}

// name is a name with its place.
type name struct {
	value string
	at    place
}

// namedPool is an OWA pool with its names and their places.
type namedPool struct {
	Pool
	path         string
	fqdn         []name // one, or none if it is wrong
	mailbox      []name
	clientAccess []name
	computers    []name // of the trusted pool
}

func (l *loader) named(pools []Pool) []namedPool {
	list := make([]namedPool, len(pools))
	for i, p := range pools {
		path := itemPath("owaPools", i, ".")
		var mailbox []string
		for _, s := range p.MailboxServers {
			mailbox = append(mailbox, s.FQDN)
		}
		list[i] = namedPool{
			Pool: p, path: path,
			fqdn:         l.single(path+"fqdn", p.FQDN),
			mailbox:      l.names(path+"mailboxServers", ".fqdn", mailbox),
			clientAccess: l.names(path+"clientAccessServers", "", p.ClientAccessServers.Names),
			computers:    l.names(path+"trustedComputers", "", p.TrustedComputers),
		}
	}
	return list
}

// names are those of a list, each at that key of its entry.
func (l *loader) names(path, key string, values []string) []name {
	list := make([]name, len(values))
	for i, v := range values {
		list[i] = name{v, l.placeAt(itemPath(path, i, key))}
	}
	return list
}

// pilots are the addresses of the pilot users' mailboxes.
func (l *loader) pilots(pilots []Pilot) []name {
	addresses := make([]string, len(pilots))
	for i, p := range pilots {
		addresses[i] = p.Mailbox
	}
	return l.names("pilotUsers", ".mailbox", addresses)
}

// single is the name in one field, none if it has no right one.
func (l *loader) single(path, value string) []name {
	if value == "" {
		return nil
	}
	return []name{{value, l.placeAt(path)}}
}

func (p namedPool) exchangeServers() []name { return slices.Concat(p.mailbox, p.clientAccess) }

// checkWindow refuses a change window that ends before it starts.
func (l *loader) checkWindow(c Change) {
	start, noStart := time.Parse(time.RFC3339, c.WindowStart)
	end, noEnd := time.Parse(time.RFC3339, c.WindowEnd)
	if noStart == nil && noEnd == nil && !start.Before(end) {
		l.report("window-order", l.placeAt("change.windowEnd"), "check day and time zone of both",
			"windowEnd %s is not after windowStart %s", c.WindowEnd, c.WindowStart)
	}
}

// checkUM refuses what needs unified messaging where Exchange has none.
func (l *loader) checkUM(v Versions, pools []namedPool) {
	if v.HasUM() {
		return
	}
	for _, p := range pools {
		if p.UMColocated {
			l.report("colocated-without-um", l.placeAt(p.path+"umColocated"), "write umColocated: false",
				"umColocated is true, but Exchange %s has no unified messaging", v.Exchange)
		}
		if path := p.path + "sipDialPlans"; l.isRight(path) {
			l.report("dial-plans-without-um", l.placeAt(path), "leave sipDialPlans out",
				"sipDialPlans is given, but Exchange %s has no unified messaging", v.Exchange)
		}
	}
}

// rulesWithoutUM say the same in the schema.
func rulesWithoutUM() []rule {
	var rules []rule
	for _, version := range yearsOf(exchanges) {
		if exchanges[version].um {
			continue
		}
		pool := schema{Properties: properties{{"umColocated", schema{Const: false}}, {"sipDialPlans", nothing}}}
		rules = append(rules, rule{
			Comment: "Exchange " + version + " has no unified messaging.",
			If:      having("versions", having("exchange", schema{Enum: years(version)})),
			Then:    schema{Properties: properties{{"owaPools", schema{Items: &pool}}}},
		})
	}
	return rules
}

// checkOverrides refuses to take over a setting override that could not hold what the pool needs: it is one object
// with one Lync pool, one certificate and one scope.
func (l *loader) checkOverrides(v Versions, pools []namedPool) {
	lines := map[string]int{}
	for _, p := range pools {
		at, name := l.placeAt(p.path+"settingOverride"), strings.ToLower(p.SettingOverride)
		if name == "" {
			continue
		}
		if !v.UsesOverride() {
			l.report("override-without-use", at, "leave settingOverride out",
				"settingOverride is given, but Exchange %s takes the settings from web.config", v.Exchange)
		}
		if slices.ContainsFunc(p.MailboxServers, func(s MailboxServer) bool { return s.Thumbprint != p.MailboxServers[0].Thumbprint }) {
			l.report("override-certificates", at, "give the servers one certificate, or leave settingOverride out and remove the existing override first",
				"settingOverride %s holds one thumbprint, and the mailbox servers have different ones", quote(p.SettingOverride))
		}
		if line, twice := lines[name]; twice {
			l.report("override-twice", at, "name it in one of the two pools",
				"settingOverride %s belongs to another OWA pool already, by line %d", quote(p.SettingOverride), line)
			continue
		}
		lines[name] = at.line
	}
}

// withoutOverride says in the schema which versions of Exchange have no setting override for instant messaging.
func withoutOverride() rule {
	var with []string
	for _, version := range yearsOf(exchanges) {
		if exchanges[version].override {
			with = append(with, version)
		}
	}
	uses := having("versions", having("exchange", schema{Enum: years(with...)}))
	pool := schema{Properties: properties{{"settingOverride", nothing}}}
	return rule{
		Comment: "Only these versions of Exchange take the settings from a setting override.",
		If:      schema{Not: &uses},
		Then:    schema{Properties: properties{{"owaPools", schema{Items: &pool}}}},
	}
}

// needsOfSeparateUM says in the schema that these fields are required unless umColocated is true.
func needsOfSeparateUM(keys []string) rule {
	return rule{
		Comment: "Separate UM services need a trusted application pool, and that needs a site and a port.",
		If:      having("umColocated", schema{Const: false}),
		Then:    schema{Required: keys},
	}
}

func (l *loader) checkFQDNs(pools []namedPool) {
	lines := make(map[string]int, len(pools))
	for _, p := range pools {
		for _, fqdn := range p.fqdn {
			if line, twice := lines[fqdn.value]; twice {
				l.report("duplicate-fqdn", fqdn.at, "put the servers of one OWA FQDN into one pool, under mailboxServers",
					"the OWA pool %s stands here a second time; the first is in line %d", fqdn.value, line)
				continue
			}
			lines[fqdn.value] = fqdn.at.line
		}
	}
}

func (l *loader) checkRegistrars(pools []namedPool) {
	isServer := map[string]bool{}
	for _, p := range pools {
		for _, s := range slices.Concat(p.fqdn, p.exchangeServers(), p.computers) {
			isServer[s.value] = true
		}
	}
	for _, p := range pools {
		switch at := l.placeAt(p.path + "registrar"); {
		case p.Registrar == "":
		case p.Registrar == p.FQDN:
			l.report("registrar-is-owa-fqdn", at, registrarHint, "the registrar %s is the OWA FQDN itself", p.Registrar)
		case isServer[p.Registrar]:
			l.report("registrar-is-exchange-server", at, registrarHint, "the registrar %s is an Exchange server of this topology", p.Registrar)
		}
	}
}

// checkOneServerOnePool refuses a name that two pools have, as a Mailbox server or in the trusted pool: its web.config
// has one registrar, and Lync puts a computer into one pool. A Client Access server may serve several pools.
func (l *loader) checkOneServerOnePool(pools []namedPool) {
	type owner struct {
		pool, last int // the first pool that has the name, and the last one: each pool is told once
		line       int
	}
	owners := map[string]owner{}
	for i, p := range pools {
		for _, s := range slices.Concat(p.fqdn, p.mailbox, p.computers) {
			first, known := owners[s.value]
			if !known {
				owners[s.value] = owner{i, i, s.at.line}
				continue
			}
			if first.last == i {
				continue
			}
			owners[s.value] = owner{first.pool, i, first.line}
			if s.value != pools[first.pool].FQDN || s.value != p.FQDN { // else it is duplicate-fqdn
				l.report("server-in-two-pools", s.at, "leave it in the pool whose registrar it shall use",
					"%s belongs to another OWA pool already, by line %d", s.value, first.line)
			}
		}
	}
}

// hasTrustedPool reports whether Lync gets a trusted pool of this name. Where UM is colocated it gets none (P2).
func (l *loader) hasTrustedPool(p namedPool) bool {
	return p.FQDN != "" && !p.UMColocated && l.isRight(p.path+"umColocated")
}

// checkPoolAmongComputers refuses a pool of several computers that has the name of one. Once made, it cannot be
// repaired in place.
func (l *loader) checkPoolAmongComputers(pools []namedPool) {
	for _, p := range pools {
		if !l.hasTrustedPool(p) || len(p.computers) < 2 {
			continue
		}
		for _, c := range p.computers {
			if c.value == p.FQDN {
				l.report("pool-among-computers", c.at,
					"give the pool a name of its own (subject name of the certificate), or name in trustedComputers only the other computers",
					"the pool FQDN %s is one of %d trusted computers", c.value, len(p.computers))
			}
		}
	}
}

// checkDoubleEntry refuses a trusted pool or computer that Lync also discovers as a server of a SipName dial plan. OWA
// integration stops working with two entries of one name (P2).
func (l *loader) checkDoubleEntry(pools []namedPool) {
	trusted := map[string]string{} // the trusted pool of each name
	for _, p := range pools {
		if l.hasTrustedPool(p) {
			for _, n := range slices.Concat(p.computers, p.fqdn) {
				trusted[n.value] = p.FQDN
			}
		}
	}
	for _, p := range pools {
		if !l.isRight(p.path + "sipDialPlans") {
			continue
		}
		seen := map[string]bool{}
		for _, s := range p.exchangeServers() {
			pool, double := trusted[s.value]
			if !double || seen[s.value] {
				continue
			}
			seen[s.value] = true
			hint := "write trustedComputers: [], or leave it out of the dial plans"
			if s.value == pool {
				hint = "keep it out of the dial plans: name other servers in mailboxServers and clientAccessServers, with trustedComputers: [], or leave sipDialPlans out"
			}
			l.report("double-entry", s.at, hint,
				"%s goes into the trusted pool %s and, by sipDialPlans, into a dial plan: Lync would know it twice", s.value, pool)
		}
	}
}

// checkClientAccess checks the scope of step 60 (P7).
func (l *loader) checkClientAccess(pools []namedPool) {
	for _, p := range pools {
		at, all := l.placeAt(p.path+"clientAccessServers"), p.ClientAccessServers.All
		isMailbox := slices.ContainsFunc(p.mailbox, func(s name) bool { return s.value == p.FQDN })
		switch {
		case all && len(pools) > 1:
			l.report("all-client-access", at, "name the servers of each pool",
				"clientAccessServers: all works on the whole organisation, which several pools cannot share")
		case all && l.isRight(p.path+"sipDialPlans"):
			l.report("all-client-access", at, "name the servers: the dial plans need their names",
				"clientAccessServers: all does not say which servers go into the dial plans")
		case !l.isGiven(p.path+"clientAccessServers") && p.FQDN != "" && len(p.mailbox) > 0 && !isMailbox:
			l.report("client-access-default", l.placeAt(p.path+"mailboxServers"),
				"write clientAccessServers with the names of the Client Access servers",
				"clientAccessServers is not given and falls back to %s, which is not among the mailbox servers and is probably no server", p.FQDN)
		}
	}
}

// The same two rules in the schema.
var (
	dialPlansNeedNames = rule{
		Comment: "The dial plans need the names of the servers.",
		If:      having("clientAccessServers", schema{Const: "all"}),
		Then:    schema{Properties: properties{{"sipDialPlans", nothing}}},
	}
	allOfSeveralPools = rule{
		Comment: "Several pools cannot share what works on the whole organisation.",
		If:      having("owaPools", schema{MinItems: 2}),
		Then: schema{Properties: properties{{"owaPools", schema{Items: &schema{
			Properties: properties{{"clientAccessServers", schema{Not: &schema{Const: "all"}}}},
		}}}}},
	}
)
