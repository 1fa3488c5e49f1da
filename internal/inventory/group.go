package inventory

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// owaGroup is servers that belong to one OWA pool.
type owaGroup struct {
	hosts        []string // candidates for its FQDN
	clientAccess []string
	mailbox      []string
	undecided    []string // Mailbox servers that could belong to several groups
}

// owaGroups groups the servers by the host names of their OWA virtual directories. A Mailbox server without one belongs
// to the group in its site of Active Directory.
func (f *Farm) owaGroups() []*owaGroup {
	byHosts := map[string]*owaGroup{}
	groupOf := map[string]*owaGroup{}
	for _, d := range f.VirtualDirectories {
		hosts := f.narrowed(d.owaHosts())
		if len(hosts) == 0 || groupOf[d.Server] != nil || f.servers[d.Server].Year() == "" {
			continue
		}
		key := strings.Join(hosts, " ")
		if byHosts[key] == nil {
			byHosts[key] = &owaGroup{hosts: hosts}
		}
		groupOf[d.Server] = byHosts[key]
		byHosts[key].clientAccess = append(byHosts[key].clientAccess, d.Server)
	}
	bySite := map[string][]*owaGroup{}
	for server, g := range groupOf {
		if site := f.servers[server].Site; !slices.Contains(bySite[site], g) {
			bySite[site] = append(bySite[site], g)
		}
	}
	for _, s := range f.Servers {
		if !s.IsMailbox() || s.Year() == "" {
			continue
		}
		if g := groupOf[s.Server]; g != nil {
			g.mailbox = append(g.mailbox, s.Server)
			continue
		}
		switch near := bySite[s.Site]; len(near) {
		case 0:
		case 1:
			near[0].mailbox = append(near[0].mailbox, s.Server)
		default:
			for _, g := range near {
				g.undecided = append(g.undecided, s.Server)
			}
		}
	}
	var groups []*owaGroup
	for _, key := range slices.Sorted(maps.Keys(byHosts)) {
		groups = append(groups, byHosts[key])
	}
	return groups
}

// narrowed keeps the host names that are trusted application pools, if there are any.
func (f *Farm) narrowed(hosts []string) []string {
	isTrusted := func(h string) bool { _, is := f.trusted[h]; return is }
	if len(hosts) > 1 && slices.ContainsFunc(hosts, isTrusted) {
		return slices.DeleteFunc(hosts, func(h string) bool { return !isTrusted(h) })
	}
	return hosts
}

// chosen are the groups of the chosen FQDNs, each with this one name.
func chosen(groups []*owaGroup, names []string) ([]*owaGroup, error) {
	var kept []*owaGroup
	var offered []string
	for _, g := range groups {
		offered = append(offered, g.hosts...)
	}
	for _, name := range names {
		i := slices.IndexFunc(groups, func(g *owaGroup) bool { return slices.Contains(g.hosts, strings.ToLower(name)) })
		if i < 0 {
			return nil, &ChoiceError{fmt.Sprintf("no OWA virtual directory has the host name %q", name), unique(offered)}
		}
		g := *groups[i]
		g.hosts = []string{strings.ToLower(name)}
		kept = append(kept, &g)
	}
	return kept, nil
}
