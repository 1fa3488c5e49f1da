package rehearsal

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// trouble is a case of part 6: something is wrong, and the script of that step refuses with that exit code and says
// why, with nothing changed.
type trouble struct {
	name      string
	step      string             // id; the row does not apply where the step is not run; "": the first that changes something
	last      bool               // on the last host of the step instead of the first
	backOut   bool               // it is about the step's back-out
	applies   func(*bundle) bool // nil: always
	exit      int                // 0: 2, refused
	arrange   func(*scene)       // makes the trouble
	phrase    string             // of the sentence that says why; {server}, {pool} and {registrar} are the topology's
	preflight int                // exit code of the preflight in the same trouble; 0: it cannot see it
}

// scene is what a row may arrange: the world in which the script runs, and the script itself.
type scene struct {
	bundle *bundle
	world  world
	run    invocation
	how    manner
}

func (s *scene) host() *Host     { return s.world.farm.host(s.run.host) }
func (s *scene) server() *Server { return s.world.farm.server(s.run.host) }
func (s *scene) lync() *Lync     { return &s.world.farm.Lync }

// pool is the first pool whose trusted application pool the change makes or removes, or else the first one.
func (s *scene) pool() topology.Pool { return firstPool(s.bundle) }

func firstPool(b *bundle) topology.Pool {
	for _, pool := range b.topology.Pools {
		if pool.UMColocated == (b.plan.Change == plan.RemoveDuplicate) {
			return pool
		}
	}
	return b.topology.Pools[0]
}

// entry is the trusted pool of the topology's name.
func (s *scene) entry() *TrustedPool {
	i := slices.IndexFunc(s.lync().Trusted, func(p TrustedPool) bool { return p.FQDN == s.pool().FQDN })
	return &s.lync().Trusted[i]
}

// certificate is the one that the change uses on the host of the scene.
func (s *scene) certificate() *Certificate {
	server := s.server()
	return &server.Certificates[len(server.Certificates)-1]
}

// edit replaces the host's web.config by what change makes of it; "" removes the file.
func (s *scene) edit(change func(string) string) {
	path := webConfigPath(s.run.host)
	if data := change(s.world.files[path]); data != "" {
		s.world.files[path] = data
		return
	}
	delete(s.world.files, path)
}

// trusted puts a trusted pool of the topology's name into the topology, as somebody else may have left it there.
func (s *scene) trusted(computers []string, applications ...Application) {
	pool := s.pool()
	left := TrustedPool{
		FQDN: pool.FQDN, Registrar: pool.Registrar, Site: siteIdentity(pool.SiteID), ThrottleAsServer: true, TreatAsAuthenticated: true,
		Computers: computers, Applications: append([]Application{}, applications...), Endpoints: []Endpoint{},
	}
	s.lync().Trusted = append(s.lync().Trusted, left)
	s.lync().Enabled = append(s.lync().Enabled, left)
}

// plannedComputers are the computers of the trusted pool as the change makes it.
func (s *scene) plannedComputers() []string {
	if computers := s.pool().TrustedComputers; len(computers) > 0 {
		return computers
	}
	return []string{s.pool().FQDN}
}

// inBundle is the path of a file of the bundle on the host of the scene.
func (s *scene) inBundle(name string) string { return bundleFolder(s.run.host, s.bundle) + "/" + name }

// The farms and changes that a row is about.

func all(conditions ...func(*bundle) bool) func(*bundle) bool {
	return func(b *bundle) bool {
		return !slices.ContainsFunc(conditions, func(holds func(*bundle) bool) bool { return !holds(b) })
	}
}

func not(condition func(*bundle) bool) func(*bundle) bool {
	return func(b *bundle) bool { return !condition(b) }
}

func of(change plan.Change) func(*bundle) bool {
	return func(b *bundle) bool { return b.plan.Change == change }
}

func exchange(year string) func(*bundle) bool {
	return func(b *bundle) bool { return b.plan.Versions.Exchange == year }
}

func withOverride(b *bundle) bool  { return b.plan.UsesOverride() }
func withWebConfig(b *bundle) bool { return !b.plan.UsesOverride() }

// sharedOverride: the last server takes over the override that an earlier one made.
func sharedOverride(b *bundle) bool {
	servers := b.plan.Servers()
	last := len(servers) - 1
	return withOverride(b) && slices.ContainsFunc(servers[:last], func(s plan.Server) bool { return s.Override == servers[last].Override })
}

func colocated(b *bundle) bool {
	return b.plan.HasUM() && b.topology.Pools[0].UMColocated
}
func manyComputers(b *bundle) bool  { return len(firstPool(b).TrustedComputers) > 1 }
func namedPolicies(b *bundle) bool  { return !b.topology.MailboxPolicies.All }
func namedServers(b *bundle) bool   { return !b.topology.Pools[0].ClientAccessServers.All }
func namedDialPlans(b *bundle) bool { return len(b.topology.Pools[0].SipDialPlans.Names) > 0 }

// rehearseTrouble is part 6.
func (r *rehearsal) rehearseTrouble() error {
	var tries []try
	for _, t := range troubles {
		n := t.find(r.forward.runs)
		if n < 0 || t.applies != nil && !t.applies(r.bundle) {
			continue
		}
		i := r.forward.runs[n].invocation
		if t.backOut {
			tries = append(tries, t.try(backOuts([]invocation{i})[0], r.forward.end(), 2))
			continue
		}
		tries = append(tries, t.try(i, r.before(r.forward, n), cmp.Or(t.exit, 2)))
		if t.preflight == 0 {
			continue
		}
		check := slices.IndexFunc(r.forward.runs, func(o outcome) bool {
			return o.step.Kind == plan.KindCheck && o.step.Shell == i.step.Shell && (o.host == i.host || !t.last)
		})
		tries = append(tries, t.try(r.forward.runs[check].invocation, r.before(r.forward, check), t.preflight))
	}
	return r.tryAll(tries)
}

// find returns the number of the run that the row is about, or -1.
func (t trouble) find(runs []outcome) int {
	found := -1
	for n, o := range runs {
		about := o.step.ID == t.step || t.step == "" && o.step.Kind == plan.KindChange && o.step.BackOut != ""
		if about && (found < 0 || t.last) {
			found = n
		}
	}
	return found
}

// try runs one script in the trouble; the script is to end with exit.
func (t trouble) try(i invocation, w world, exit int) try {
	return try{
		name: t.name + ": " + i.String(),
		do: func(s *stage) (string, string, outcome, error) {
			c := &scene{bundle: s.bundle, world: world{w.farm.clone(), maps.Clone(w.files)}, run: i}
			t.arrange(c)
			o, err := s.run(c.world, c.run, c.how)
			if err != nil {
				return "", "", o, err
			}
			phrase := c.fill(t.phrase)
			return fmt.Sprintf("exit %d, %q, nothing changed", o.Exit, phrase), firstOf(
				wrongExit(o, exit),
				silent(o, phrase),
				anyMutation(o),
				different(c.world, o.after),
				strayFile(c.world, o),
			), o, nil
		},
	}
}

func (s *scene) fill(phrase string) string {
	pool := s.pool()
	return strings.NewReplacer("{server}", s.run.host, "{pool}", pool.FQDN, "{registrar}", pool.Registrar, "{site}", pool.SiteID, "{script}", path.Base(s.run.script)).Replace(phrase)
}
