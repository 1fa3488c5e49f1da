package topology

import (
	"slices"
	"strings"
	"time"
)

// Rules that involve several fields. A field with an error is empty here, so these rules skip it.

// crossCheck fills in the defaults and reports conflicts between fields.
func (l *loader) crossCheck(t *Topology) {
	l.checkSample(t) // before the defaults: only values of the file can be values of the sample
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
	l.checkCanaries(t, pools)
	l.checkPilotPolicy(t)
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
	fqdn         []name // one, or none if the field has an error
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

// names are the values of a list, each with its place: the entry, or the given key of the entry.
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

// single is the name in one field, or none if the field is empty.
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
		l.report("window-order", l.placeAt("change.windowEnd"), "check the day and the time zone of both",
			"windowEnd %s is not after windowStart %s", c.WindowEnd, c.WindowStart)
	}
}

// checkUM refuses fields that need unified messaging if this Exchange version does not have it.
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

// rulesWithoutUM are the same rules in the schema.
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

// checkOverrides refuses a setting override that does not fit its pool: an override has exactly one Lync pool, one
// certificate and one scope.
func (l *loader) checkOverrides(v Versions, pools []namedPool) {
	lines := map[string]int{}
	for _, p := range pools {
		at, name := l.placeAt(p.path+"settingOverride"), strings.ToLower(p.SettingOverride)
		if name == "" {
			continue
		}
		if !v.UsesOverride() {
			l.report("override-without-use", at, "leave settingOverride out",
				"settingOverride is given, but Exchange %s reads the settings from web.config", v.Exchange)
		}
		if slices.ContainsFunc(p.MailboxServers, func(s MailboxServer) bool { return s.Thumbprint != p.MailboxServers[0].Thumbprint }) {
			l.report("override-certificates", at, "use one certificate on all servers; or remove the existing override and leave settingOverride out",
				"settingOverride %s has one thumbprint, but the mailbox servers have different ones", quote(p.SettingOverride))
		}
		if line, twice := lines[name]; twice {
			l.report("override-twice", at, "keep it in one of the two pools",
				"settingOverride %s already belongs to another OWA pool, in line %d", quote(p.SettingOverride), line)
			continue
		}
		lines[name] = at.line
	}
}

// withoutOverride is the rule of the schema that forbids settingOverride for Exchange versions that do not use it.
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
		Comment: "Only these versions of Exchange read the settings from a setting override.",
		If:      schema{Not: &uses},
		Then:    schema{Properties: properties{{"owaPools", schema{Items: &pool}}}},
	}
}

// needsOfSeparateUM is the rule of the schema that requires these fields unless umColocated is true.
func needsOfSeparateUM(keys []string) rule {
	return rule{
		Comment: "Without colocated UM services, the servers need a trusted application pool. The pool needs a site and a port.",
		If:      having("umColocated", schema{Const: false}),
		Then:    schema{Required: keys},
	}
}

func (l *loader) checkFQDNs(pools []namedPool) {
	lines := make(map[string]int, len(pools))
	for _, p := range pools {
		for _, fqdn := range p.fqdn {
			if line, twice := lines[fqdn.value]; twice {
				l.report("duplicate-fqdn", fqdn.at, "put all servers of one OWA FQDN into one pool, under mailboxServers",
					"the OWA pool %s is repeated; it is first given in line %d", fqdn.value, line)
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

// checkOneServerOnePool refuses a Mailbox server or trusted computer that two pools share. A server's web.config has
// one registrar, and a Lync computer belongs to one pool. A Client Access server may serve several pools.
func (l *loader) checkOneServerOnePool(pools []namedPool) {
	type owner struct {
		pool, last int // the first and the last pool that has the name: report it once for each pool
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
				l.report("server-in-two-pools", s.at, "keep it in the pool whose registrar it should use",
					"%s already belongs to another OWA pool, in line %d", s.value, first.line)
			}
		}
	}
}

// hasTrustedPool reports whether the change creates a trusted pool of this name. Colocated UM needs none (P2).
func (l *loader) hasTrustedPool(p namedPool) bool {
	return p.FQDN != "" && !p.UMColocated && l.isRight(p.path+"umColocated")
}

// checkPoolAmongComputers refuses a pool of several computers that has the name of one of them. Lync cannot repair
// such a pool in place.
func (l *loader) checkPoolAmongComputers(pools []namedPool) {
	for _, p := range pools {
		if !l.hasTrustedPool(p) || len(p.computers) < 2 {
			continue
		}
		for _, c := range p.computers {
			if c.value == p.FQDN {
				hint := "give the pool its own name (the subject name of the certificate), or remove it from trustedComputers"
				if !l.isGiven(p.path + "trustedComputers") { // perhaps the pool is there, and gets its second server
					hint = "write trustedComputers: [] and give the servers a certificate with the name of the pool; or give the pool its own name, after retiring it if it is there already"
				}
				l.report("pool-among-computers", c.at, hint,
					"the pool FQDN %s is one of %d trusted computers", c.value, len(p.computers))
			}
		}
	}
}

// checkDoubleEntry refuses a trusted pool or computer that Lync also discovers through a SipName dial plan. Two
// entries for one name break the integration (P2).
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
			hint := "write trustedComputers: [], or keep the server out of the dial plans"
			if s.value == pool {
				hint = "leave sipDialPlans out; or list other servers in mailboxServers and clientAccessServers, and write trustedComputers: []"
			}
			l.report("double-entry", s.at, hint,
				"%s would be in the trusted pool %s and, through sipDialPlans, in a dial plan: Lync would know it twice", s.value, pool)
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
			l.report("all-client-access", at, "list the servers of each pool",
				"clientAccessServers: all covers the whole organisation, so it allows only one pool")
		case all && l.isRight(p.path+"sipDialPlans"):
			l.report("all-client-access", at, "list the servers",
				"clientAccessServers: all does not name the servers that join the dial plans")
		case !l.isGiven(p.path+"clientAccessServers") && p.FQDN != "" && len(p.mailbox) > 0 && !isMailbox:
			l.report("client-access-default", l.placeAt(p.path+"mailboxServers"),
				"list the Client Access servers in clientAccessServers",
				"clientAccessServers is missing and defaults to %s, which is not a mailbox server and probably not a server", p.FQDN)
		}
	}
}

// The same two rules in the schema.
var (
	dialPlansNeedNames = rule{
		Comment: "Dial plans need the names of the servers.",
		If:      having("clientAccessServers", schema{Const: "all"}),
		Then:    schema{Properties: properties{{"sipDialPlans", nothing}}},
	}
	allOfSeveralPools = rule{
		Comment: "Only one pool can cover the whole organisation.",
		If:      having("owaPools", schema{MinItems: 2}),
		Then: schema{Properties: properties{{"owaPools", schema{Items: &schema{
			Properties: properties{{"clientAccessServers", schema{Not: &schema{Const: "all"}}}},
		}}}}},
	}
)

// checkCanaries refuses a canary that proves nothing: nobody can sign in on it, or no server follows it. A setting override
// that is taken over works on other servers already; a scope of the canary alone would take that away.
func (l *loader) checkCanaries(t *Topology, pools []namedPool) {
	canaries, servers := 0, 0
	var last place
	for _, p := range pools {
		servers += len(p.mailbox)
		if p.Canary == "" {
			continue
		}
		canaries++
		at := l.placeAt(p.path + "canary")
		last = at
		if !slices.ContainsFunc(p.mailbox, func(s name) bool { return s.value == p.Canary }) {
			if l.isRight(p.path+"mailboxServers") || !l.isGiven(p.path+"mailboxServers") {
				l.report("canary-not-a-server", at, "name one of the mailboxServers of this pool",
					"the canary %s is not a mailbox server of its OWA pool", p.Canary)
			}
			continue
		}
		if len(t.PilotUsers) == 0 && !l.isGiven("pilotUsers") {
			l.report("canary-without-pilots", at, "list pilotUsers; the mailbox of one must be active on the canary",
				"the canary %s needs pilot users who sign in on it", p.Canary)
		}
		if p.SettingOverride != "" {
			l.report("canary-override", l.placeAt(p.path+"settingOverride"), "leave canary out; or remove the existing override and leave settingOverride out",
				"settingOverride %s serves other servers already, and a canary would take it away from them", quote(p.SettingOverride))
		}
	}
	if canaries > 0 && canaries == servers {
		l.report("canary-alone", last, "leave canary out; or keep it in one of several OWA pools",
			"every mailbox server is a canary, so no server follows after the sign-off")
	}
}

// checkPilotPolicy refuses a pilot policy without pilots, and one that step 80 would also give to everybody.
func (l *loader) checkPilotPolicy(t *Topology) {
	if t.PilotPolicy == "" {
		return
	}
	at := l.placeAt("pilotPolicy")
	if len(t.PilotUsers) == 0 && !l.isGiven("pilotUsers") {
		l.report("pilot-policy-without-pilots", at, "list pilotUsers, or leave pilotPolicy out",
			"pilotPolicy %s needs pilot users who get it", quote(t.PilotPolicy))
	}
	if slices.ContainsFunc(t.MailboxPolicies.Names, func(name string) bool { return strings.EqualFold(name, t.PilotPolicy) }) {
		l.report("pilot-policy-for-all", at, "name a policy that nobody but the pilot users has",
			"pilotPolicy %s is also one of the mailboxPolicies, which belong to everybody", quote(t.PilotPolicy))
	}
}

// The rules about fields that need each other in the schema.
var (
	withoutPilots = rule{
		Comment: "A canary and a pilot policy need pilot users.",
		If:      schema{Not: &schema{Required: []string{"pilotUsers"}}},
		Then: schema{Properties: properties{
			{"pilotPolicy", nothing}, {"owaPools", schema{Items: &schema{Properties: properties{{"canary", nothing}}}}},
		}},
	}
	canaryWithoutOverride = rule{
		Comment: "A setting override that is taken over serves all servers already.",
		If:      schema{Required: []string{"canary"}},
		Then:    schema{Properties: properties{{"settingOverride", nothing}}},
	}
)
