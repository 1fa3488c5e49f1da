package rehearsal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// What happened to a farm before the change: each function takes one world and gives another.

// enact carries out a plan by its own commands, as the Page writes them. It returns the world that they leave, and
// what each command did.
func (s *stage) enact(w world, p *plan.Plan) (world, []stepLog, error) {
	var log []stepLog
	for _, step := range p.Steps {
		for _, command := range step.Commands {
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
		host = s.bundle.hostsOf(step)[0] // a role in words
	}
	o, err := s.execute(w, host, command.Text)
	if err == nil && len(o.Mutations) == 0 {
		err = fmt.Errorf("does nothing on the farm: %s", o.lastLines())
	}
	return o.Mutations, o.after, err
}

// withSetting is the world with that element of the plan in a host's web.config. Where it is there already nothing
// is done.
func (w world) withSetting(command plan.Command) ([]Mutation, world) {
	path := webConfigPath(command.On)
	made := plannedFileMutation(command, w.files[path])
	if len(made) == 0 {
		return nil, w
	}
	setting := appSetting{made[0].Object, made[0].Parameters["value"]}
	settings := appSettings(w.files[path])
	next := world{w.farm, maps.Clone(w.files)}
	i := slices.IndexFunc(settings, func(s appSetting) bool { return s.key == setting.key })
	if i < 0 {
		next.files[path] = strings.Replace(w.files[path], "  </appSettings>", "    "+command.Text+"\r\n  </appSettings>", 1)
	} else {
		next.files[path] = strings.Replace(w.files[path], settings[i].element(), setting.element(), 1)
	}
	return made, next
}

// element is the setting as withSetting writes it.
func (s appSetting) element() string {
	return fmt.Sprintf(`<add key="%s" value="%s"/>`, s.key, s.value)
}

// changed is the world after another change to that topology.
func (s *stage) changed(w world, t *topology.Topology, name plan.Change) (world, error) {
	p, findings := plan.Build(t, nil, name)
	if p == nil {
		return w, fmt.Errorf("the topology makes no %s: %s", name, findings[0].Message)
	}
	after, _, err := s.enact(w, p)
	if err != nil {
		return w, fmt.Errorf("%s as part of the farm's history: %w", name, err)
	}
	return s.longAgo(after), nil
}

// integrated is the world that the change integrate left long ago.
func (s *stage) integrated() (world, error) {
	return s.changed(s.fresh(), s.bundle.topology, plan.Integrate)
}

// integratedEarlier is the same with the certificates that a renewal replaces; the new ones are installed.
func (s *stage) integratedEarlier() (world, error) {
	return s.changed(s.withEarlierCertificates(s.fresh()), s.bundle.earlierTopology(), plan.Integrate)
}

// integratedWithBoth is the same as integrated, but the replaced certificates are installed still.
func (s *stage) integratedWithBoth() (world, error) {
	return s.changed(s.withEarlierCertificates(s.fresh()), s.bundle.topology, plan.Integrate)
}

// disabled is the integrated world after the change disable.
func (s *stage) disabled(w world) (world, error) {
	return s.changed(w, s.bundle.topology, plan.Disable)
}

// longAgo is a world in use for long: the services have been started again since, everybody has signed in, and the
// log has nothing else to tell.
func (s *stage) longAgo(w world) world {
	next := s.signIn(w)
	f := next.farm
	f.Clock = 0
	f.Exchange.Directory = Directory{Overrides: f.Exchange.Directory.Overrides, Earlier: []SettingOverride{}}
	for i := range f.Lync.Replicas {
		f.Lync.Replicas[i].BehindUntil = 0
	}
	for i := range f.Hosts {
		f.Hosts[i].Events, f.Hosts[i].AppPool.RecycledAt = []LogEvent{}, 0
	}
	f.startEvents()
	return next
}

// updated is the world after a cumulative update on every Mailbox server: OWA starts again, in Exchange 2013 with a
// new web.config.
func (s *stage) updated(w world) world {
	next := world{w.farm.clone(), maps.Clone(w.files)}
	for _, server := range s.bundle.plan.Servers() {
		pool := &next.farm.host(server.FQDN).AppPool
		pool.SignedIn = false
		if !s.bundle.plan.UsesOverride() {
			next.files[webConfigPath(server.FQDN)] = webConfig
			pool.ServerName, pool.Thumbprint = "", ""
		}
	}
	return next
}

// duplicated is the world in which somebody has entered the discovered servers by hand too, and enabled that.
func (s *stage) duplicated(w world) world {
	next := world{w.farm.clone(), w.files}
	f := &next.farm.Lync
	for _, pool := range s.bundle.plan.DiscoveredPools() {
		f.Trusted = append(f.Trusted, manualEntry(f, pool))
	}
	f.Enabled = slices.Clone(f.Trusted)
	f.Known = next.farm.knownServers()
	next.farm.startEvents()
	return next
}

// manualEntry is not made with the default settings: a back-out has to bring back these.
func manualEntry(f *Lync, pool topology.Pool) TrustedPool {
	i := slices.IndexFunc(f.Pools, func(p Pool) bool { return p.FQDN == pool.Registrar })
	entry := TrustedPool{
		FQDN: pool.FQDN, Registrar: pool.Registrar, Site: f.Pools[i].Site, RequiresReplication: true, TreatAsAuthenticated: true,
		Computers: []string{}, Endpoints: []Endpoint{},
		Applications: []Application{{ID: strings.ToLower(pool.ApplicationID), Port: 5199}},
	}
	for _, server := range pool.MailboxServers {
		entry.Computers = append(entry.Computers, server.FQDN)
	}
	return entry
}

// earlierTopology is the topology with the thumbprints that a renewal replaces: those that the plan names, and made
// up ones for servers of which it knows none.
func (b *bundle) earlierTopology() *topology.Topology {
	known := map[string]string{}
	for _, r := range b.plan.Replaces {
		known[r.Server] = r.Old
	}
	earlier := *b.topology
	earlier.Pools = slices.Clone(earlier.Pools)
	for i := range earlier.Pools {
		servers := slices.Clone(earlier.Pools[i].MailboxServers)
		for k, server := range servers {
			old, told := known[server.FQDN]
			if !told {
				old = strings.ToUpper(digestOf("before " + server.Thumbprint)[:40])
			}
			servers[k].Thumbprint = old
		}
		earlier.Pools[i].MailboxServers = servers
	}
	return &earlier
}

// withEarlierCertificates gives the servers the certificates that are replaced, beside the new ones.
func (s *stage) withEarlierCertificates(w world) world {
	for _, pool := range s.bundle.earlierTopology().Pools {
		for _, m := range pool.MailboxServers {
			server := w.farm.server(m.FQDN)
			if slices.ContainsFunc(server.Certificates, func(c Certificate) bool { return c.Thumbprint == m.Thumbprint }) {
				continue
			}
			old := server.Certificates[len(server.Certificates)-1]
			old.Thumbprint, old.NotBeforeDays, old.NotAfterDays = m.Thumbprint, -700, 30
			server.Certificates = slices.Insert(server.Certificates, 0, old)
		}
	}
	return w
}
