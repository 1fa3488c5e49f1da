package rehearsal

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// What happened to a farm before the change: each function takes one world and gives another.

// enact carries out a plan by its own commands, as the Page writes them, but for those that an inventory shows to be done.
// It returns the world that they leave, and what each command did.
func (s *stage) enact(w world, p *plan.Plan) (world, []stepLog, error) {
	var log []stepLog
	for _, step := range p.Visits() {
		for _, command := range step.Commands {
			if command.State == plan.Done {
				continue
			}
			made, after, err := s.enactCommand(w, step, command)
			if err != nil {
				return w, nil, fmt.Errorf("%s: %w", command.Text, err)
			}
			log = append(log, stepLog{command.Text, made})
			w = after
		}
	}
	return w, log, nil
}

func (s *stage) enactCommand(w world, step plan.Step, command plan.Command) ([]Mutation, world, error) {
	if command.Kind == plan.File {
		made, after := w.withSetting(command)
		return made, after, nil
	}
	host := command.On
	if w.farm.host(host) == nil {
		host = s.bundle.hostsOf(step, w.farm)[0] // a role in words
	}
	if command.State != "" {
		return s.enactDue(w, host, command)
	}
	o, err := s.execute(w, host, command.Text)
	return o.Mutations, o.after, idle(o.Mutations, o, err)
}

// idle is the error of a command that did nothing.
func idle(made []Mutation, o outcome, err error) error {
	if err == nil && len(made) == 0 {
		return fmt.Errorf("does nothing on the farm: %s", o.lastLines())
	}
	return err
}

// withSetting is the world with that element of the plan in a host's web.config, in place of one with its key, or without
// it. Where that is so already nothing is done.
func (w world) withSetting(command plan.Command) ([]Mutation, world) {
	path := webConfigPath(command.On)
	made := plannedFileMutation(command, w.files[path])
	if len(made) == 0 {
		return nil, w
	}
	old := regexp.MustCompile(`\s*<add key="` + regexp.QuoteMeta(made[0].Object) + `" value="[^"]*"/>`)
	next := world{w.farm, maps.Clone(w.files)}
	data := old.ReplaceAllString(w.files[path], "")
	if !strings.HasPrefix(command.Text, plan.RemovedKey) {
		data = strings.Replace(data, "\r\n  </appSettings>", "\r\n    "+command.Text+"\r\n  </appSettings>", 1)
	}
	next.files[path] = data
	return made, next
}

// chapter is a part of a farm's history: it makes of one world the next.
type chapter func(*stage, world) (world, error)

// tell is the world at the end of a history.
func (s *stage) tell(history []chapter) (world, error) {
	w := s.fresh()
	for _, next := range history {
		var err error
		if w, err = next(s, w.copy()); err != nil {
			return w, fmt.Errorf("the farm's history: %w", err)
		}
	}
	return s.started(w)
}

// kind is what a rehearsal has to know of a kind of change: the farms that it meets, and where it leads.
type kind struct {
	begin   []chapter // up to the change
	end     []chapter // what has become of that farm, but for files; nil: what the plan's commands do says it all
	before  []chapter // another farm before the change, one that has seen its opposite; nil: none
	after   []chapter // that farm after the change
	working bool      // OWA and Lync work together on every server at every moment of the change
	off     bool      // nobody sees anybody's presence after the change
}

var kinds = map[plan.Change]kind{
	plan.Integrate:       {before: []chapter{integrate, disable}, after: []chapter{integrate}},
	plan.Disable:         {before: []chapter{integrate}, after: []chapter{integrate, disable}, off: true},
	plan.Reapply:         {begin: []chapter{integrate, update}, end: []chapter{integrate}},
	plan.RemoveDuplicate: {begin: []chapter{integrate, duplicate}, end: []chapter{integrate}},
	plan.Retire:          {begin: []chapter{integrate, tune}, end: []chapter{retired}, off: true},
	plan.AddServer: {
		begin: []chapter{integrateWithoutNewServers}, end: []chapter{integrate}, before: []chapter{integrate}, after: []chapter{integrate},
	},
	plan.RenewCertificate: {
		begin: []chapter{earlierCertificates, integrateEarlier}, end: []chapter{earlierCertificates, integrate}, working: true,
	},
}

// kind refuses a change that the rehearsal does not know: it would not know where to begin.
func (b *bundle) kind() (kind, error) {
	k, known := kinds[b.plan.Change]
	if !known {
		return k, fmt.Errorf("the plan is for the change %q, which the rehearsal does not know", b.plan.Change)
	}
	return k, nil
}

func integrate(s *stage, w world) (world, error) {
	return s.changed(w, s.bundle.topology, plan.Integrate)
}

func disable(s *stage, w world) (world, error) { return s.changed(w, s.bundle.topology, plan.Disable) }

// integrateWithoutNewServers is the farm to which add-server adds: its new servers are there, and nothing is set on them.
func integrateWithoutNewServers(s *stage, w world) (world, error) {
	return s.changed(w, s.bundle.plan.Earlier.Topology, plan.Integrate)
}

func integrateEarlier(s *stage, w world) (world, error) {
	return s.changed(w, s.bundle.earlierTopology(), plan.Integrate)
}

// changed is the world long after another change to that topology: everybody has signed in, and what only time sets is
// past.
func (s *stage) changed(w world, t *topology.Topology, name plan.Change) (world, error) {
	p, findings := plan.Build(t, nil, name)
	if p == nil {
		return w, fmt.Errorf("the topology makes no %s: %s", name, findings[0].Message)
	}
	after, _, err := s.enact(w, p)
	if err != nil {
		return w, fmt.Errorf("%s: %w", name, err)
	}
	next := s.signIn(after)
	f := next.farm
	f.Exchange.Directory = Directory{Overrides: f.Exchange.Directory.Overrides, Earlier: []SettingOverride{}}
	for i := range f.Lync.Replicas {
		f.Lync.Replicas[i].BehindUntil = 0
	}
	for i := range f.Hosts {
		f.Hosts[i].AppPool.RecycledAt = 0
	}
	return next, nil
}

// update is a cumulative update on every Mailbox server: OWA starts again, in Exchange 2013 with a new web.config.
func update(s *stage, w world) (world, error) {
	for _, server := range s.bundle.plan.Servers() {
		pool := &w.farm.host(server.FQDN).AppPool
		pool.Initialised = false
		if !s.bundle.plan.UsesOverride() {
			w.files[webConfigPath(server.FQDN)] = webConfig
			pool.ServerName, pool.Thumbprint = "", ""
		}
	}
	return w, nil
}

// duplicate has somebody enter the discovered servers by hand too, and enable that. The entry is not made with the
// default settings: a back-out has to bring back these.
func duplicate(s *stage, w world) (world, error) {
	f := &w.farm.Lync
	for _, pool := range s.bundle.plan.DiscoveredPools() {
		i := slices.IndexFunc(f.Pools, func(p Pool) bool { return p.FQDN == pool.Registrar })
		entry := TrustedPool{
			FQDN: pool.FQDN, Registrar: pool.Registrar, Site: f.Pools[i].Site, RequiresReplication: true, TreatAsAuthenticated: true,
			Computers: []string{}, Endpoints: []Endpoint{},
			Applications: []Application{{ID: strings.ToLower(pool.ApplicationID), Port: 5199}},
		}
		for _, server := range pool.MailboxServers {
			entry.Computers = append(entry.Computers, server.FQDN)
		}
		f.Trusted = append(f.Trusted, entry)
	}
	f.Enabled = slices.Clone(f.Trusted)
	return w, nil
}

// tune has somebody set what New-CsTrustedApplicationPool can set and integrate does not: a back-out has to bring it back.
func tune(s *stage, w world) (world, error) {
	for _, pool := range s.bundle.plan.TrustedPools() {
		for _, pools := range [][]TrustedPool{w.farm.Lync.Trusted, w.farm.Lync.Enabled} {
			i := slices.IndexFunc(pools, func(p TrustedPool) bool { return p.FQDN == pool.FQDN })
			pools[i].ThrottleAsServer, pools[i].Ports = false, map[string]int{"AudioPortStart": 60000, "AudioPortCount": 400}
		}
	}
	return w, nil
}

// retired is a farm where nothing of the topology is left: a fresh one, but for the dial plans and the policies of the pilot
// users, which stay, and for the virtual directories and policies, which are switched off. An override that integrate had taken over is gone.
func retired(s *stage, w world) (world, error) {
	p, _ := plan.Build(s.bundle.topology, nil, plan.Integrate)
	p.Steps = slices.DeleteFunc(p.Steps, func(step plan.Step) bool { return step.ID != "sip-dial-plans" && step.ID != "pilot-policy" })
	w, _, err := s.enact(w, p)
	off := Settings{"InstantMessagingEnabled": false, "InstantMessagingType": "None"}
	exchange, servers, policies := &w.farm.Exchange, p.ClientAccess(), s.bundle.plan.MailboxPolicies()
	for i, d := range exchange.VirtualDirectories {
		named := slices.ContainsFunc(servers.Names, func(name string) bool { return shortName(name) == d.Server })
		if d.Website == frontEnd && (named || servers.All) {
			exchange.VirtualDirectories[i].Settings = maps.Clone(off)
		}
	}
	for i, policy := range exchange.Policies {
		if policies.All || slices.Contains(policies.Names, policy.Name) {
			exchange.Policies[i].Settings = maps.Clone(off)
		}
	}
	for _, o := range p.Overrides() {
		named := func(stored SettingOverride) bool { return stored.Name == o.Name }
		exchange.Directory.Overrides = slices.DeleteFunc(exchange.Directory.Overrides, named)
		for i := range w.farm.Hosts {
			h := &w.farm.Hosts[i]
			if slices.ContainsFunc(h.Running, named) {
				h.Running, h.AppPool.ServerName, h.AppPool.Thumbprint = slices.DeleteFunc(h.Running, named), "", ""
			}
		}
	}
	return w, err
}

// earlierTopology is the topology with the thumbprints that a renewal replaces: those that the plan names, and made
// up ones for servers of which it knows none.
func (b *bundle) earlierTopology() *topology.Topology {
	earlier := *b.topology
	earlier.Pools = slices.Clone(earlier.Pools)
	for i := range earlier.Pools {
		servers := slices.Clone(earlier.Pools[i].MailboxServers)
		for k, server := range servers {
			servers[k].Thumbprint = strings.ToUpper(digestOf("before " + server.Thumbprint)[:40])
			for _, r := range b.plan.Replaces {
				if r.Server == server.FQDN {
					servers[k].Thumbprint = r.Old
				}
			}
		}
		earlier.Pools[i].MailboxServers = servers
	}
	return &earlier
}

// earlierCertificates gives the servers the certificates that are replaced, beside the new ones.
func earlierCertificates(s *stage, w world) (world, error) {
	for _, pool := range s.bundle.earlierTopology().Pools {
		for _, m := range pool.MailboxServers {
			server := w.farm.server(m.FQDN)
			if server.certificate(m.Thumbprint) == nil {
				old := server.Certificates[len(server.Certificates)-1]
				old.Thumbprint, old.NotBefore, old.NotAfter = m.Thumbprint, -700*day, 40*day
				server.Certificates = slices.Insert(server.Certificates, 0, old)
			}
		}
	}
	return w, nil
}
