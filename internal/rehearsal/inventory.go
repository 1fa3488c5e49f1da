package rehearsal

import (
	"fmt"
	"slices"
	"time"

	"lyncowa/internal/inventory"
	"lyncowa/internal/plan"
)

// readInventories reads the inventories that a plan lists, and which are sealed into its bundle; nil where it lists none.
func readInventories(p *plan.Plan, files tree) (*inventory.Farm, error) {
	var read []*inventory.File
	for _, i := range p.Inventories {
		if digestOf(files[i.Path]) != i.Digest {
			return nil, fmt.Errorf("%s is not the inventory that plan.json lists: lyncowa verify tells more", i.Path)
		}
		file, findings := inventory.Load(i.Path, []byte(files[i.Path]))
		if file == nil {
			return nil, fmt.Errorf("%s is no inventory: %s", i.Path, findings[0].Message)
		}
		read = append(read, file)
	}
	if read == nil {
		return nil, nil
	}
	farm, findings := inventory.Merge(read)
	if findings.HasErrors() {
		return nil, fmt.Errorf("the bundle's inventories: %s", findings[0].Message)
	}
	return farm, nil
}

// asRead returns the world that the bundle's inventories describe: each section that was read takes the place of what
// fresh makes of the topology. The rest stays as it is there, and rest names it.
func (s *stage) asRead() (w world, rest []string, err error) {
	r := newReading(s)
	if w, err = s.started(r.world()); err != nil {
		return w, nil, err
	}
	r.f = w.farm
	r.readEvents(w)
	slices.Sort(r.rest)
	return w, slices.Compact(r.rest), nil
}

// promisesPresence reports whether instant messaging is to work after the change: the farm has all that integrate brings, but
// for what this change does itself. Without an inventory the rehearsal's farm has it.
func (b *bundle) promisesPresence() bool {
	if k, err := b.kind(); err != nil || k.off || b.inventory == nil {
		return true
	}
	p, _ := plan.Build(b.topology, nil, plan.Integrate)
	b.inventory.Mark(p)
	for _, step := range p.Steps {
		if own, has := b.plan.Step(step.ID); has && own.Changes() {
			continue
		}
		for _, c := range step.Commands {
			if c.State != plan.Done {
				return false
			}
		}
	}
	return true
}

// reading is the facts on their way to a farm.
type reading struct {
	*inventory.Farm
	bundle *bundle
	made   *Farm // of the topology
	f      *Farm
	rest   []string
}

func newReading(s *stage) *reading {
	made := s.fresh().farm
	return &reading{Farm: s.bundle.inventory, bundle: s.bundle, made: made, f: made.clone()}
}

// world is the farm with its hosts' files, before Lync's services start.
func (r *reading) world() world {
	r.f.Start = r.Files[len(r.Files)-1].Time.Unix()
	r.readLync()
	r.readServers()
	r.readOrganisation()
	r.addAbsentHosts()
	w := world{r.f, tree{}}
	for _, h := range r.f.Hosts {
		w.layOut(h, r.bundle)
	}
	r.readHosts(w)
	return w
}

// unread notes sections that stay as the topology has them.
func (r *reading) unread(sections ...string) { r.rest = append(r.rest, sections...) }

// unreadOf notes a section of one server, if the change is about that server.
func (r *reading) unreadOf(section, server string) {
	if slices.ContainsFunc(r.bundle.plan.Servers(), func(s plan.Server) bool { return s.FQDN == server }) {
		r.unread(section + " of " + server)
	}
}

// saysUnread reports whether a file lists a section, or what it holds of a server, as unread.
func (r *reading) saysUnread(section, server string) bool {
	return slices.ContainsFunc(r.Files, func(f *inventory.File) bool {
		return slices.ContainsFunc(f.Unread, func(u inventory.Unread) bool {
			return u.Section == section && (u.Of == "" || u.Of == server)
		})
	})
}

// seconds is a time of an inventory on the farm's clock.
func (r *reading) seconds(text string) int {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err) // inventory.Load has seen it
	}
	return int(at.Unix() - r.f.Start)
}

// addAbsentHosts adds the computers that the scripts run on and that no inventory knows: there they refuse.
func (r *reading) addAbsentHosts() {
	names := []string{}
	for _, s := range r.bundle.plan.Servers() {
		names = append(names, s.FQDN)
	}
	for _, i := range r.bundle.runSheet(r.f) {
		names = append(names, i.host)
	}
	for _, name := range names {
		if r.f.host(name) == nil {
			r.f.Hosts = append(r.f.Hosts, newExchangeHost(name))
		}
	}
}
