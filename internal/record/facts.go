package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// facts are what the templates ask of a plan. They decide nothing and hold no sentences.
type facts struct{ *plan.Plan }

// Planned reports whether the step with that id is to be done.
func (f facts) Planned(id string) bool {
	s, found := f.Step(id)
	return found && s.Status == plan.Planned
}

// Restarts reports whether OWA restarts on Mailbox servers.
func (f facts) Restarts() bool { return f.Planned("im-settings") || f.Planned("owa-recycle") }

// Reads reports whether every step only reads.
func (f facts) Reads() bool { return !slices.ContainsFunc(f.Steps, plan.Step.Changes) }

// Skipped are the steps that are left out.
func (f facts) Skipped() []plan.Step {
	return slices.DeleteFunc(slices.Clone(f.Steps), func(s plan.Step) bool { return s.Status != plan.Skipped })
}

// BackOuts are the steps that have a back-out, the last one first.
func (f facts) BackOuts() []plan.Step {
	steps := slices.DeleteFunc(f.Plan.Visits(), func(s plan.Step) bool { return s.BackOut == "" })
	slices.Reverse(steps)
	return steps
}

// CountBackOuts is how many back-out scripts there are.
func (f facts) CountBackOuts() int {
	n := 0
	for _, s := range f.Steps {
		if s.BackOut != "" {
			n++
		}
	}
	return n
}

// PlannedVisits are the steps in the order in which they are run, without the skipped ones.
func (f facts) PlannedVisits() []plan.Step {
	return slices.DeleteFunc(f.Plan.Visits(), func(s plan.Step) bool { return s.Status == plan.Skipped })
}

// CreatesTrustedPool reports whether a trusted application pool is new.
func (f facts) CreatesTrustedPool() bool {
	isNew := func(pool topology.Pool) bool { return !f.GrowsFrom(pool) }
	return f.EntersNames() && slices.ContainsFunc(f.TrustedPools(), isNew)
}

// EntersNames reports whether names become known to Lync through trusted application pools.
func (f facts) EntersNames() bool {
	return (f.Change == plan.Integrate || f.Grows()) && f.Planned("trusted-application")
}

// AddsComputers reports whether an existing trusted application pool gets computers.
func (f facts) AddsComputers(pool topology.Pool) bool {
	return !pool.UMColocated && f.GrowsFrom(pool) && len(f.NewComputers(pool)) > 0
}

// AddedTo are the OWA pools that are there before the change.
func (f facts) AddedTo() []topology.Pool {
	return slices.DeleteFunc(slices.Clone(f.OWAPools()), func(pool topology.Pool) bool { return !f.GrowsFrom(pool) })
}

// PoolsExist reports whether inventories tell that every trusted application pool of the change is there already.
func (f facts) PoolsExist() bool {
	for _, t := range f.Touches() {
		if t.Object == plan.TrustedPool {
			return t.Count == 0 && t.Done > 0
		}
	}
	return false
}

// LyncProduct is the name of the Lync product.
func (f facts) LyncProduct() string { return f.Versions.LyncProduct() }

// OWAServers are the Mailbox servers of the pools that the change is about.
func (f facts) OWAServers() []plan.Server {
	if f.Change == plan.RemoveDuplicate {
		return f.DiscoveredServers()
	}
	return f.Servers()
}

// CountServers is how many they are.
func (f facts) CountServers() int {
	n := 0
	for _, pool := range f.OWAPools() {
		n += len(pool.MailboxServers)
	}
	return n
}

// Registrars are the Lync pools of the pools that the change is about.
func (f facts) Registrars() []string { return plan.Registrars(f.OWAPools()) }

// TouchesBy are the objects that the change touches in one way.
func (f facts) TouchesBy(effect plan.Effect) []plan.Touched {
	return slices.DeleteFunc(f.Touches(), func(t plan.Touched) bool { return t.Effect != effect || t.Count == 0 && !t.Every })
}

// Size is how many objects a change creates, changes or removes, beside all of the organisation of some kinds.
type Size struct {
	Effect plan.Effect
	Count  int
	Every  []plan.Object
}

// Sizes are those of every effect.
func (f facts) Sizes() []Size {
	sizes := make([]Size, len(plan.Effects))
	for i, effect := range plan.Effects {
		sizes[i].Effect = effect
		for _, t := range f.TouchesBy(effect) {
			sizes[i].Count += t.Count
			if t.Every {
				sizes[i].Every = append(sizes[i].Every, t.Object)
			}
		}
	}
	return sizes
}

// DoneObjects is how many objects are as they should be already, as the inventories tell.
func (f facts) DoneObjects() int {
	n := 0
	for _, t := range f.Touches() {
		n += t.Done
	}
	return n
}

// ModuleDigest is the SHA-256 of the common module, which is the same in every bundle of a version and product family.
func (f facts) ModuleDigest() string { return templates.ModuleFor(f.UsesOverride()).SHA256() }

// Times of the topology, in its own offset; the zero time where it has none.
func (f facts) Start() time.Time { return plan.Moment(f.Topology.Change.WindowStart) }
func (f facts) End() time.Time   { return plan.Moment(f.Topology.Change.WindowEnd) }

// Free is free text of the topology. Page one has no room for a long one.
type Free struct {
	Field, Text string
	Long        bool
}

// Free puts a text on one line.
func (f facts) Free(text string) Free {
	const most = 45
	words := strings.Fields(text)
	return Free{Text: strings.Join(words, " "), Long: len(words) > most || len(text) > 8*most}
}

// LongTexts are those that page one refers to.
func (f facts) LongTexts() []Free {
	c := f.Topology.Change
	var long []Free
	for _, field := range [][2]string{{"title", c.Title}, {"reason", c.Reason}, {"risk", c.Risk}, {"userImpact", c.UserImpact}, {"contacts", c.Contacts}} {
		if text := f.Free(field[1]); text.Long {
			text.Field = field[0]
			long = append(long, text)
		}
	}
	return long
}

// Spelled is a name beyond ASCII, with the expression that stands for it in scripts.
type Spelled struct{ Name, Literal string }

// Spellings are the names of the topology that scripts cannot hold as they are, each once.
func (f facts) Spellings() []Spelled {
	var names []string
	for _, pool := range f.Topology.Pools {
		names = append(append(names, pool.SiteID), pool.SipDialPlans.Names...)
	}
	var spelled []Spelled
	for _, name := range append(append(names, f.Topology.MailboxPolicies.Names...), f.Topology.PilotPolicy) {
		s := Spelled{name, escape.Quote(name)}
		if strings.HasPrefix(s.Literal, "(") && !slices.Contains(spelled, s) {
			spelled = append(spelled, s)
		}
	}
	return spelled
}

// Host is an Exchange server with its part in the change.
type Host struct {
	FQDN         string
	Mailbox      *plan.Server // nil for a Client Access server only
	ClientAccess bool
	Pools        []string // OWA pools
	Old          string   // thumbprint that is replaced, "" for none known
}

// Hosts are the servers of the topology, each once, Mailbox servers first.
func (f facts) Hosts() []Host {
	old := map[string]string{}
	for _, r := range f.Replaces {
		old[r.Server] = r.Old
	}
	var hosts []Host
	at := map[string]int{}
	for _, s := range f.OWAServers() {
		at[s.FQDN] = len(hosts)
		hosts = append(hosts, Host{FQDN: s.FQDN, Mailbox: &s, Pools: []string{s.Pool.FQDN}, Old: old[s.FQDN]})
	}
	for _, pool := range f.OWAPools() {
		for _, name := range pool.ClientAccessServers.Names {
			i, known := at[name]
			if !known {
				i, at[name] = len(hosts), len(hosts)
				hosts = append(hosts, Host{FQDN: name})
			}
			hosts[i].ClientAccess = true
			if !slices.Contains(hosts[i].Pools, pool.FQDN) {
				hosts[i].Pools = append(hosts[i].Pools, pool.FQDN)
			}
		}
	}
	return hosts
}

// Listing is a group of commands of one step for page two: one command, or the shape of many that differ in their
// values only.
type Listing struct {
	Hosts  []string // that it runs on, for a step that runs per server
	Texts  []string
	Before []Before // of each text
	Count  int      // how many commands a shape stands for; 0 for commands as they are
}

// Before is what inventories tell of the commands that one text stands for.
type Before struct {
	plan.Totals
	Fact string // that all of them have; "" where they differ
}

// State is that of all of the commands; "" where they differ.
func (b Before) State() plan.State {
	switch n := b.Change + b.Done + b.Conflict + b.Unknown; n {
	case b.Done:
		return plan.Done
	case b.Change:
		return plan.ToChange
	case b.Conflict:
		return plan.Conflict
	case b.Unknown:
		return plan.Unknown
	}
	return ""
}

func (b *Before) add(c plan.Command) {
	if *b == (Before{}) {
		b.Fact = c.Fact
	} else if b.Fact != c.Fact {
		b.Fact = ""
	}
	b.Count(c.State)
}

// Listings are the commands of a step.
func (f facts) Listings(s plan.Step) []Listing { return listings(s, s.Commands) }

// ManualUndo are the commands of its way back by hand.
func (f facts) ManualUndo(s plan.Step) []Listing { return listings(s, s.ManualUndo) }

func listings(s plan.Step, commands []plan.Command) []Listing {
	if s.PerServer {
		return perHost(commands)
	}
	return inOrder(commands)
}

// exact is how many commands of one shape, or how many groups of hosts, a reader still compares one by one.
const exact = 8

// inOrder lists the commands that run once.
func inOrder(commands []plan.Command) []Listing {
	count := map[string]int{}
	for _, c := range commands {
		count[c.Shape]++
	}
	var all []Listing
	for _, c := range commands {
		if count[c.Shape] <= exact {
			all = append(all, Listing{Texts: []string{c.Text}, Before: make([]Before, 1)})
			all[len(all)-1].Before[0].add(c)
			continue
		}
		i := slices.IndexFunc(all, func(l Listing) bool { return l.Count > 0 && l.Texts[0] == c.Shape })
		if i < 0 {
			i, all = len(all), append(all, Listing{Texts: []string{c.Shape}, Before: make([]Before, 1), Count: count[c.Shape]})
		}
		all[i].Before[0].add(c)
	}
	return all
}

// perHost lists the commands of each server, once for all servers that get the same ones and have the same state.
func perHost(commands []plan.Command) []Listing {
	byText := group(commands, func(c plan.Command) string { return c.Text }, func(c plan.Command) string { return string(c.State) })
	if len(byText) <= exact {
		return byText
	}
	byShape := group(commands, func(c plan.Command) string { return c.Shape }, func(plan.Command) string { return "" })
	for i := range byShape {
		byShape[i].Count = len(byShape[i].Hosts)
	}
	return byShape
}

func group(commands []plan.Command, text, state func(plan.Command) string) []Listing {
	var groups []Listing
	at := map[string]int{}
	for len(commands) > 0 {
		host, n := commands[0].On, 0
		var texts []string
		key := ""
		for ; n < len(commands) && commands[n].On == host; n++ {
			texts = append(texts, text(commands[n]))
			key += texts[n] + "\n" + state(commands[n]) + "\n"
		}
		i, known := at[key]
		if !known {
			i, at[key] = len(groups), len(groups)
			groups = append(groups, Listing{Texts: texts, Before: make([]Before, n)})
		}
		groups[i].Hosts = append(groups[i].Hosts, host)
		for j := range n {
			groups[i].Before[j].add(commands[j])
		}
		commands = commands[n:]
	}
	return groups
}

// Rights are the rights that steps need, each once, with those steps.
func (f facts) Rights() []Right {
	var all []Right
	for _, s := range f.Steps {
		if s.Status == plan.Skipped {
			continue
		}
		i := slices.IndexFunc(all, func(r Right) bool { return r.Rights == s.Rights })
		if i < 0 {
			i, all = len(all), append(all, Right{Rights: s.Rights})
		}
		all[i].Steps = append(all[i].Steps, fmt.Sprint(s.Order))
	}
	return all
}

// Right is what some steps need.
type Right struct {
	Steps  []string
	Rights string
}

// Cited are the statements of the procedure that the planned steps rest on, each with those steps.
func (f facts) Cited() []Cited {
	var all []Cited
	for _, s := range f.Steps {
		if s.Status == plan.Skipped {
			continue
		}
		for _, id := range s.Sources {
			i := slices.IndexFunc(all, func(c Cited) bool { return c.ID == id })
			if i < 0 {
				i, all = len(all), append(all, Cited{ID: id})
			}
			all[i].Steps = append(all[i].Steps, fmt.Sprint(s.Order))
		}
	}
	slices.SortStableFunc(all, func(a, b Cited) int { return cmp.Compare(len(a.ID), len(b.ID))*2 + cmp.Compare(a.ID, b.ID) })
	return all
}

// Cited is a statement of the procedure, such as P3, and the steps that rest on it.
type Cited struct {
	ID    string
	Steps []string
}

// Ports are those of the trusted applications, each once.
func (f facts) Ports() []int {
	var ports []int
	for _, pool := range f.TrustedPools() {
		if !slices.Contains(ports, pool.Port) {
			ports = append(ports, pool.Port)
		}
	}
	return ports
}

// ConcernsLync reports whether the change has to do with Lync at all.
func (f facts) ConcernsLync() bool { return f.Change != plan.Disable }

// UndiscoveredPools are the trusted pools whose servers Lync knows by no other name.
func (f facts) UndiscoveredPools() []topology.Pool { return f.trusted(false) }

// SharedPools are those whose servers go into dial plans, while the trusted application pool is for the OWA name alone.
func (f facts) SharedPools() []topology.Pool { return f.trusted(true) }

func (f facts) trusted(inPlans bool) []topology.Pool {
	return slices.DeleteFunc(f.TrustedPools(), func(pool topology.Pool) bool { return pool.SipDialPlans.IsEmpty() == inPlans })
}

// ReplicationMinutes is the deadline of a script that waits for replication.
func (f facts) ReplicationMinutes() int { return plan.ReplicationMinutes }

// ServersAreKnown reports whether Lync knows a server of a trusted pool under its own name too.
func (f facts) ServersAreKnown() bool {
	return slices.ContainsFunc(f.Servers(), func(s plan.Server) bool { return slices.Contains(s.Known, s.FQDN) })
}
