package inventory

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"lyncowa/internal/finding"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Mark tells of each command of a plan whether the farm has what it does. A command that the facts do not cover is
// unknown.
func (f *Farm) Mark(p *plan.Plan) {
	p.Inventories, p.Totals = f.sealed(), &plan.Totals{}
	m := marker{f, p}
	for i := range p.Steps {
		s := &p.Steps[i]
		states := m.step(s)
		if len(states) != len(s.Commands) { // a step that this file does not know
			states = slices.Repeat([]state{{plan.Unknown, "inventories do not tell"}}, len(s.Commands))
		}
		for j, one := range states {
			s.Commands[j].State, s.Commands[j].Fact = one.is, shortened(finding.Visible(one.fact, ""), longestFact)
			p.Totals.Count(one.is)
		}
	}
}

// longestFact is how many characters of a fact a page has room for.
const longestFact = 160

// Folder is where a bundle has its inventories.
const Folder = "inventory"

// sealed are the files as a bundle holds them, the oldest first. They are named by kind and host; of several of one host
// the newest has the plain name.
func (f *Farm) sealed() []plan.Inventory {
	files := make([]plan.Inventory, len(f.Files))
	taken := map[string]int{}
	for i, file := range slices.Backward(f.Files) {
		name := file.Kind + "-" + file.Host
		taken[name]++
		if n := taken[name]; n > 1 {
			name += fmt.Sprintf("~%d", n) // no host name has that character
		}
		digest := sha256.Sum256(file.Data)
		files[i] = plan.Inventory{
			Path: Folder + "/" + name + ".json", Kind: file.Kind, Host: file.Host, TakenAt: file.TakenAt,
			Digest: hex.EncodeToString(digest[:]), Data: file.Data,
		}
	}
	return files
}

// state is that of one command, and the fact that it follows from.
type state struct {
	is   plan.State
	fact string
}

func change(fact string) state   { return state{plan.ToChange, fact} }
func conflict(fact string) state { return state{plan.Conflict, fact} }

type marker struct {
	*Farm
	plan *plan.Plan
}

// step is the states of a step's commands, in their order.
func (m marker) step(s *plan.Step) []state {
	switch {
	case !s.Changes():
		return nil
	case s.ID == "enable-topology":
		return []state{m.enableTopology()}
	}
	switch s.ID {
	case "sip-dial-plans":
		return m.dialPlans()
	case "trusted-application":
		if m.plan.Change == plan.RemoveDuplicate || m.plan.Change == plan.Retire {
			return m.removals()
		}
		return m.trustedApplications()
	case "owa-virtual-directories":
		return m.virtualDirectories()
	case "pilot-policy":
		return m.pilotPolicy()
	case "im-settings":
		if m.plan.Change == plan.Retire {
			return m.removedSettings()
		}
		if m.plan.UsesOverride() {
			return m.overrides()
		}
		return m.webConfigs()
	case "owa-recycle":
		return m.recycles()
	case "mailbox-policies":
		return m.policies()
	}
	return nil
}

// unknown is the state where a section was not read, about a server or as a whole.
func (m marker) unknown(section, server string) state {
	why := m.unreadReason(section, server)
	if why == "" {
		why = "no inventory has it"
	}
	return state{plan.Unknown, section + " not read: " + why}
}

// either is done or to change.
func either(isDone bool, done, other string) state {
	if isDone {
		return state{plan.Done, done}
	}
	return change(other)
}

func (m marker) dialPlans() []state {
	var states []state
	for _, pool := range m.plan.DialPlanPools() {
		for _, s := range pool.MailboxServers {
			states = append(states, m.holder("umServices", m.UMServices != nil, m.um, s.FQDN, pool.SipDialPlans))
		}
		for _, s := range pool.ClientAccessServers.Names {
			states = append(states, m.holder("callRouters", m.CallRouters != nil, m.routers, s, pool.SipDialPlans))
		}
	}
	return states
}

func (m marker) holder(section string, isRead bool, holders map[string]UMHolder, server string, wanted topology.Selection) state {
	h, known := holders[server]
	switch {
	case !isRead || !known && m.unreadReason(section, server) != "" || m.DialPlans == nil:
		return m.unknown(section, server)
	case !known:
		return conflict(server + " has none of it")
	}
	names := wanted.Names
	if wanted.All {
		for _, p := range m.DialPlans {
			if p.URIType == "SipName" {
				names = append(names, p.Name)
			}
		}
	}
	for _, name := range names {
		if !containsFold(h.DialPlans, name) {
			return change("in " + listed(h.DialPlans))
		}
	}
	return state{plan.Done, "in " + listed(h.DialPlans)}
}

func (m marker) trustedApplications() []state {
	var states []state
	for _, pool := range m.plan.TrustedPools() {
		if m.plan.GrowsFrom(pool) {
			for _, computer := range m.plan.NewComputers(pool) {
				states = append(states, m.newComputer(pool, computer))
			}
			continue
		}
		existing, exists := m.trusted[pool.FQDN]
		states = append(states, m.trustedPool(pool))
		if len(pool.TrustedComputers) > 0 {
			for _, computer := range pool.TrustedComputers[1:] {
				switch {
				case m.TrustedPools == nil:
					states = append(states, m.unknown("trustedPools", ""))
				case exists && isOwnComputer(existing):
					states = append(states, conflict("the pool is its own one computer"))
				default:
					states = append(states, either(slices.Contains(existing.Computers, computer), "in the pool", "not in the pool"))
				}
			}
		}
		states = append(states, m.application(pool))
	}
	return states
}

// newComputer is a computer that is added to a pool that the earlier topology has.
func (m marker) newComputer(pool topology.Pool, computer string) state {
	existing, exists := m.trusted[pool.FQDN]
	switch {
	case m.TrustedPools == nil:
		return m.unknown("trustedPools", "")
	case !exists:
		return conflict("there is no such pool to add to")
	case isOwnComputer(existing):
		return conflict("the pool is its own one computer")
	}
	return either(slices.Contains(existing.Computers, computer), "in the pool", "not in the pool")
}

func (m marker) trustedPool(pool topology.Pool) state {
	existing, exists := m.trusted[pool.FQDN]
	site := m.sites[strings.ToLower(existing.Site)]
	switch {
	case m.TrustedPools == nil:
		return m.unknown("trustedPools", "")
	case !exists:
		return change("there is no such pool")
	case existing.Registrar != pool.Registrar:
		return conflict("the pool exists with the registrar " + existing.Registrar)
	case site.SiteID != "" && !strings.EqualFold(site.SiteID, pool.SiteID):
		return conflict("the pool exists in the site with SiteId " + site.SiteID)
	case isOwnComputer(existing) && len(pool.TrustedComputers) > 0 && !slices.Contains(pool.TrustedComputers, pool.FQDN):
		return conflict("the pool is its own one computer")
	case len(pool.TrustedComputers) > 0 && !slices.Contains(existing.Computers, pool.TrustedComputers[0]):
		return change("the pool exists without " + pool.TrustedComputers[0])
	}
	return state{plan.Done, "the pool exists"}
}

func (m marker) application(pool topology.Pool) state {
	if m.Applications == nil {
		return m.unknown("applications", "")
	}
	for _, a := range m.applications[pool.FQDN] {
		isOwn := strings.EqualFold(a.ApplicationID, pool.ApplicationID)
		switch {
		case isOwn && a.Port == pool.Port:
			return state{plan.Done, "the application exists"}
		case isOwn:
			return conflict("the application exists with another port")
		case a.Port == pool.Port:
			return conflict("the port belongs to " + a.ApplicationID)
		}
	}
	return change("there is no such application")
}

// removals are what goes from Lync: the application, where the plan names them its further computers, then the pool.
func (m marker) removals() []state {
	var states []state
	for _, pool := range m.plan.RemovedPools() {
		var further []string
		if m.plan.Change == plan.Retire && len(pool.TrustedComputers) > 0 {
			further = pool.TrustedComputers[1:]
		}
		if m.TrustedPools == nil || m.Applications == nil {
			states = append(states, m.unknown("applications", ""))
			states = append(states, slices.Repeat([]state{m.unknown("trustedPools", "")}, len(further)+1)...)
			continue
		}
		existing, exists := m.trusted[pool.FQDN]
		hasApplication := slices.ContainsFunc(m.applications[pool.FQDN], func(a Application) bool {
			return strings.EqualFold(a.ApplicationID, pool.ApplicationID)
		})
		states = append(states, either(!hasApplication, "there is no such application", "the application exists"))
		for _, computer := range further {
			states = append(states, either(!slices.Contains(existing.Computers, computer), "not in the pool", "in the pool"))
		}
		states = append(states, either(!exists, "there is no such pool", "the pool exists"))
	}
	return states
}

// enableTopology is due where the step that changes the topology has something to change.
func (m marker) enableTopology() state {
	s, has := m.plan.Step("trusted-application")
	step := fmt.Sprintf("step %d ", s.Order)
	worst := state{plan.Done, step + "has nothing to change"}
	if has && s.Changes() {
		for _, one := range m.step(&s) {
			switch {
			case one.is == plan.ToChange:
				return change(step + "changes the topology")
			case one.is != plan.Done:
				worst = state{plan.Unknown, step + "is not clear"}
			}
		}
	}
	return worst
}

func containsFold(list []string, name string) bool {
	return slices.ContainsFunc(list, func(s string) bool { return strings.EqualFold(s, name) })
}

// sameFold compares lists in any order.
func sameFold(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !containsFold(b, s) })
}

func listed(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return finding.Few(names)
}
