package rehearsal

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// trouble is a case of part 6: something is wrong or unusual on the farm, and the script of a step either refuses with
// nothing changed, or sees that it is no obstacle.
type trouble struct {
	step      string             // id; the row does not apply where the step is not run; "": the first that changes something
	name      string             // of the case
	ends      ending             // how the script ends
	phrase    string             // what it says, a regular expression; {server}, {pool}, {registrar}, {site}, {home}, {first} and {script} are replaced
	arrange   func(*scene)       // makes the trouble
	preflight ending             // how the preflight ends in the same trouble; 0: it cannot see it
	applies   func(*bundle) bool // nil: always
	last      bool               // on the last host of the step instead of the first
	canary    bool               // on the first canary
	backOut   bool               // it is about the step's back-out
	after     bool               // the whole change is done already
	unsaid    string             // what the script must not say, a regular expression
}

func row(step, name string, ends ending, phrase string, arrange func(*scene)) trouble {
	return trouble{step: step, name: name, ends: ends, phrase: phrase, arrange: arrange}
}

func (t trouble) seen(preflight ending) trouble           { t.preflight = preflight; return t }
func (t trouble) when(applies func(*bundle) bool) trouble { t.applies = applies; return t }
func (t trouble) onLast() trouble                         { t.last = true; return t }
func (t trouble) onCanary() trouble                       { t.canary, t.applies = true, withCanary; return t }
func (t trouble) goingBack() trouble                      { t.backOut = true; return t }
func (t trouble) afterwards() trouble                     { t.after = true; return t }
func (t trouble) never(unsaid string) trouble             { t.unsaid = unsaid; return t }

// ending is an exit code with what else must be true.
type ending int

const (
	refuses  ending = iota + 1 // exit 2, nothing changed
	finds                      // exit 1 of a script that only reads
	passes                     // exit 0, nothing changed
	works                      // exit 0, and it does what it did in part 2
	waits                      // exit 0 or 1, nothing changed
	fails                      // exit 3
	previews                   // exit 0, nothing changed, no file written
	unsealed                   // exit 2, nothing changed, no file written
	recovers                   // exit 0, and it ends as it did in part 2, from wherever it began
	closes                     // the window is closed, nothing changed
)

var exits = map[ending][]int{
	refuses: {2}, finds: {1}, passes: {0}, works: {0}, waits: {0, 1}, fails: {3}, previews: {0}, unsealed: {2}, recovers: {0}, closes: {windowClosed},
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

// home is the Lync pool to which OWA on the host of the scene connects.
func (s *scene) home() *Pool {
	servers := s.bundle.plan.Servers()
	i := max(0, slices.IndexFunc(servers, func(server plan.Server) bool { return server.FQDN == s.run.host }))
	k := slices.IndexFunc(s.lync().Pools, func(p Pool) bool { return p.FQDN == servers[i].Pool.Registrar })
	return &s.lync().Pools[max(0, k)]
}

// windowEnd is when the change window ends, or now where that is later.
func (s *scene) windowEnd() int {
	return max(s.world.farm.Clock, s.world.farm.windowEnd(s.bundle.topology))
}

// editEvidence edits the evidence files whose names end so.
func (s *scene) editEvidence(suffix string, edit func(data string) string) {
	for name, data := range s.world.files {
		if isEvidence(name) && strings.HasSuffix(name, suffix) {
			s.world.files[name] = edit(data)
		}
	}
}

// edit replaces a text in the host's web.config.
func (s *scene) edit(old, text string) {
	path := webConfigPath(s.run.host)
	s.world.files[path] = strings.Replace(s.world.files[path], old, text, 1)
}

// trusted puts a trusted pool of the topology's name into the topology, as somebody else may have left it there.
func (s *scene) trusted(computers []string, applications ...Application) {
	pool := s.pool()
	i := slices.IndexFunc(s.lync().Pools, func(p Pool) bool { return p.FQDN == pool.Registrar })
	left := TrustedPool{
		FQDN: pool.FQDN, Registrar: pool.Registrar, Site: s.lync().Pools[i].Site, ThrottleAsServer: true, TreatAsAuthenticated: true,
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

// down has the Front End of that pool fall behind for ever.
func (s *scene) down(pool string) {
	for i := range s.lync().Replicas {
		if s.lync().Replicas[i].FQDN == registrarComputer(pool) {
			s.lync().Replicas[i].BehindUntil = 1 << 30
		}
	}
}

// discovery has the event 44024 of the host name these servers; where it is stale it is older than a change of them.
func (s *scene) discovery(names string, stale bool) {
	h := s.host()
	for i := range h.Events {
		if h.Events[i].ID == 44024 {
			h.Events[i].Message = "Exchange UM servers that were found: " + names
		}
	}
	if stale {
		h.Events = append(h.Events, LogEvent{"Lync Server", "LS Protocol Stack", 14495, 4, -3600, "Servers removed from the list of known servers: gone.farm.example"})
	}
}

// unread takes away what the first sign-in since the recycle leaves, as if nobody had signed in yet. The pilot users'
// mailboxes are active here, or they are on a database of this server's that is mounted on another.
func (s *scene) unread(here bool) {
	h, exchange := s.host(), &s.world.farm.Exchange
	h.Events = slices.DeleteFunc(h.Events, func(e LogEvent) bool { return e.ID == 112 })
	s.world.files = s.world.files.without(func(name string) bool { return strings.HasPrefix(name, imLogFolder(h.FQDN)) })
	owner, active := h.FQDN, bystander
	if here {
		owner, active = active, owner
	}
	for i := range exchange.Mailboxes {
		exchange.Mailboxes[i].Server = shortName(owner)
		exchange.Databases[i].Server, exchange.Databases[i].MountedOn = shortName(owner), mixedCase(active)
	}
}

// override puts a setting override for instant messaging into Active Directory, in place of one of that name.
func (s *scene) override(name string, servers ...string) {
	directory := &s.world.farm.Exchange.Directory
	directory.Overrides = slices.DeleteFunc(directory.Overrides, func(o SettingOverride) bool { return o.Name == name })
	directory.Overrides = append(directory.Overrides, SettingOverride{
		Name: name, Component: "OwaServer", Section: "IMSettings", Servers: append([]string{}, servers...),
		Parameters: []string{"IMServerName=other.farm.example", "IMCertificateThumbprint=" + strings.Repeat("0", 40)},
	})
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

// removesPool: the change takes a trusted application pool out.
func removesPool(b *bundle) bool {
	return b.plan.Change == plan.RemoveDuplicate || b.plan.Change == plan.Retire
}

func exchange(year string) func(*bundle) bool {
	return func(b *bundle) bool { return b.plan.Versions.Exchange == year }
}

// withWindow: the change window ends long enough after the farm's beginning of time to have a certificate end in between.
func withWindow(b *bundle) bool { return (&Farm{}).windowEnd(b.topology) > 2*day }

func withOverride(b *bundle) bool  { return b.plan.UsesOverride() }
func withWebConfig(b *bundle) bool { return !b.plan.UsesOverride() }

// sharedOverride: the last server takes over the override that an earlier one made for it.
func sharedOverride(b *bundle) bool {
	return withOverride(b) && firstOfLast(b) != lastServer(b).FQDN
}

// lastServer is the one on which step 70 runs last.
func lastServer(b *bundle) plan.Server {
	servers := b.plan.CanaryFirst()
	return servers[len(servers)-1]
}

// firstOfLast is the server that writes the setting override of the last server, or else the first server.
func firstOfLast(b *bundle) string {
	for _, o := range b.plan.Overrides() {
		if o.Name == lastServer(b).Override {
			return o.First
		}
	}
	return b.plan.Servers()[0].FQDN
}

func colocated(b *bundle) bool      { return b.plan.HasUM() && b.topology.Pools[0].UMColocated }
func manyComputers(b *bundle) bool  { return len(firstPool(b).TrustedComputers) > 1 }
func namedPolicies(b *bundle) bool  { return !b.topology.MailboxPolicies.All }
func namedServers(b *bundle) bool   { return !b.topology.Pools[0].ClientAccessServers.All }
func namedDialPlans(b *bundle) bool { return len(b.topology.Pools[0].SipDialPlans.Names) > 0 }
func readsCertificate(b *bundle) bool {
	return !slices.Contains([]plan.Change{plan.Disable, plan.RemoveDuplicate, plan.Retire}, b.plan.Change)
}
func withPilots(b *bundle) bool { return len(b.topology.PilotUsers) > 0 }

// rehearseTrouble is part 6. Its farm is always that of the topology, which has what the cases are about.
func (r *rehearsal) rehearseTrouble() error {
	whole := r.forward
	if r.bundle.inventory != nil {
		var err error
		if whole, err = r.wholeRun(); err != nil || r.report.FirstFailure() != nil {
			return err
		}
	}
	var tries []try
	for _, t := range troubles {
		n := t.find(whole.runs, r.bundle.plan.Canaries())
		if n < 0 || t.applies != nil && !t.applies(r.bundle) {
			continue
		}
		done := whole.runs[n]
		i, w := done.invocation, r.before(whole, n)
		if t.backOut || t.after {
			w = whole.end()
		}
		if t.backOut {
			i = backOuts([]invocation{i})[0]
			k := slices.IndexFunc(r.backward.runs, func(o outcome) bool { return o.script == i.script && o.host == i.host })
			if k < 0 && t.ends == works {
				continue // part 4 was not played
			}
			if k >= 0 {
				done = r.backward.runs[k]
			}
		}
		tries = append(tries, t.try(i, w, t.ends, done))
		if t.preflight == 0 {
			continue
		}
		check := slices.IndexFunc(whole.runs, func(o outcome) bool {
			return o.step.Kind == plan.KindCheck && o.step.Shell == i.step.Shell && (o.host == i.host || !t.last && !t.canary)
		})
		tries = append(tries, t.try(whole.runs[check].invocation, r.before(whole, check), t.preflight, done))
	}
	return r.tryAll(tries)
}

// wholeRun is the whole change on the farm of the topology, where nothing of it is done yet.
func (r *rehearsal) wholeRun() (sequence, error) {
	kind, err := r.bundle.kind()
	if err != nil {
		return sequence{}, err
	}
	start, err := r.tell(kind.begin)
	if err != nil {
		return sequence{}, err
	}
	return r.through(start, r.bundle.runSheet(start.farm), "on the farm of the topology: ", func(o outcome) (string, string) {
		return fmt.Sprintf("exit %d, %s", o.Exit, count(len(o.Mutations), "mutation")), ""
	})
}

// find returns the number of the run that the row is about, or -1.
func (t trouble) find(runs []outcome, canaries []string) int {
	found := -1
	for n, o := range runs {
		about := o.step.ID == t.step || t.step == "" && o.step.Kind == plan.KindChange && o.step.BackOut != ""
		if t.canary && !slices.Contains(canaries, o.host) {
			continue
		}
		if about && (found < 0 || t.last) {
			found = n
		}
	}
	return found
}

// try runs one script in the trouble.
func (t trouble) try(i invocation, w world, ends ending, done outcome) try {
	return try{
		name: t.name + ": " + i.String(),
		do: func(s *stage) (string, string, outcome, error) {
			c := &scene{bundle: s.bundle, world: w.copy(), run: i}
			t.arrange(c)
			o, err := s.run(c.world, c.run, c.how)
			if err != nil {
				return "", "", o, err
			}
			complaint, what := firstOf(anyMutation(o), different(c.world, o.after)), "nothing changed"
			switch ends {
			case works:
				complaint, what = otherMutations(done, o), "does what it did in part 2"
				if t.backOut {
					what = "does what it did in part 4"
				}
			case previews:
				complaint, what = firstOf(complaint, anyFile(c.world, o.after)), "nothing changed, no file"
			}
			phrase := c.fill(t.phrase)
			detail := fmt.Sprintf("exit %d, %s", o.Exit, what)
			if phrase != "" {
				detail = fmt.Sprintf("exit %d, %q, %s", o.Exit, phrase, what)
			}
			return detail, firstOf(wrongExit(o, exits[ends]...), silent(o, phrase), t.spoken(o), complaint, strayFile(c.world, o)), o, nil
		},
	}
}

// spoken complains about a run that prints what it must not.
func (t trouble) spoken(o outcome) string {
	if found := regexp.MustCompile("(?i)" + t.unsaid).FindString(o.Text); t.unsaid != "" && found != "" {
		return fmt.Sprintf("it says %q: %s", found, o.lastLines())
	}
	return ""
}

func (s *scene) fill(phrase string) string {
	pool := s.pool()
	values := []string{
		"{server}", s.run.host, "{pool}", pool.FQDN, "{registrar}", pool.Registrar, "{site}", pool.SiteID, "{script}", path.Base(s.run.script),
		"{home}", s.home().FQDN, "{first}", firstOfLast(s.bundle),
	}
	for i := 1; i < len(values); i += 2 {
		values[i] = regexp.QuoteMeta(values[i])
	}
	return strings.NewReplacer(values...).Replace(phrase)
}
