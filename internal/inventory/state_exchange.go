package inventory

import (
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

func (m marker) virtualDirectories() []state {
	byServer := groupBy(m.VirtualDirectories, func(d VirtualDirectory) string { return d.Server })
	scope := m.plan.ClientAccess()
	if scope.All {
		return []state{m.directories("", m.VirtualDirectories)}
	}
	var states []state
	for _, server := range scope.Names {
		states = append(states, m.directories(server, byServer[server]))
	}
	return states
}

func (m marker) directories(server string, directories []VirtualDirectory) state {
	switch {
	case m.VirtualDirectories == nil:
		return m.unknown("virtualDirectories", server)
	case len(directories) == 0:
		return conflict("no OWA virtual directory")
	}
	for _, d := range directories {
		if d.Enabled == nil {
			return m.unknown("virtualDirectories", server)
		}
		if !m.isSet(*d.Enabled, d.Type) {
			return change(d.Identity + " has " + messaging(*d.Enabled, d.Type))
		}
	}
	return state{plan.Done, messaging(*directories[0].Enabled, directories[0].Type)}
}

// isSet reports whether instant messaging is as the change sets it.
func (m marker) isSet(enabled bool, kind string) bool {
	switch m.plan.Change {
	case plan.Disable:
		return !enabled
	case plan.Retire:
		return !enabled && strings.EqualFold(kind, "None")
	}
	return enabled && strings.EqualFold(kind, "OCS")
}

// recycles are due whatever the virtual directories say: OWA that has started instant messaging keeps it until it is
// recycled, and inventories do not show when that was (P13).
func (m marker) recycles() []state {
	due := change("OWA keeps instant messaging until it is recycled")
	if m.VirtualDirectories == nil {
		due = m.unknown("virtualDirectories", "")
	}
	return slices.Repeat([]state{due}, len(m.plan.Servers()))
}

// removedSettings are the keys or the overrides that go, and the restart of OWA, which is due in any case as after
// disable. Whether a server still runs with an override, its refresh tells.
func (m marker) removedSettings() []state {
	due := change("OWA keeps instant messaging until it is recycled")
	if m.plan.UsesOverride() {
		first := map[string]plan.Override{}
		for _, o := range m.plan.Overrides() {
			first[o.First] = o
		}
		var states []state
		for _, server := range m.plan.Servers() {
			if o, isFirst := first[server.FQDN]; isFirst {
				states = append(states, m.removedOverride(o))
			}
			if m.Overrides == nil {
				states = append(states, m.unknown("overrides", ""), m.unknown("overrides", ""))
				continue
			}
			states = append(states, change("the server reads the overrides again"), due)
		}
		return states
	}
	var states []state
	for _, server := range m.plan.Servers() {
		w, isRead := m.webConfig[server.FQDN]
		if !isRead {
			states = append(states, slices.Repeat([]state{m.unknown("webConfig", server.FQDN)}, 3)...)
			continue
		}
		name := either(w.ServerName == "", "not there", "there with "+w.ServerName)
		if w.ServerName != "" && !strings.EqualFold(w.ServerName, server.Registrar()) {
			name = conflict("there with " + w.ServerName)
		}
		states = append(states, either(w.Thumbprint == "", "not there", "there with "+w.Thumbprint), name, due)
	}
	return states
}

func (m marker) removedOverride(wanted plan.Override) state {
	if m.Overrides == nil {
		return m.unknown("overrides", "")
	}
	i := slices.IndexFunc(m.Overrides, func(o Override) bool { return strings.EqualFold(o.Name, wanted.Name) })
	if i < 0 {
		return state{plan.Done, "there is no such override"}
	}
	found := m.Overrides[i]
	fact := "there with " + listed(found.Parameters) + " for " + listed(found.Servers)
	if !containsFold(found.Parameters, wanted.Parameters()[0]) || len(found.Servers) == 0 {
		return conflict(fact)
	}
	return change(fact)
}

// messaging says how instant messaging is set.
func messaging(enabled bool, kind string) string {
	if !enabled {
		return "instant messaging off"
	}
	return "the type " + kind
}

func (m marker) webConfigs() []state {
	var states []state
	for _, server := range m.plan.CanaryFirst() {
		w, isRead := m.webConfig[server.FQDN]
		if !isRead {
			states = append(states, slices.Repeat([]state{m.unknown("webConfig", server.FQDN)}, 3)...)
			continue
		}
		thumbprint := key(w.Thumbprint, server.Thumbprint)
		name := key(w.ServerName, server.Registrar())
		recycle := either(thumbprint.is == plan.Done && name.is == plan.Done, "nothing to take over", "takes the keys over")
		states = append(states, thumbprint, name, recycle)
	}
	return states
}

func key(is, wanted string) state {
	if is == "" {
		return change("not there")
	}
	return either(strings.EqualFold(is, wanted), "there", "there with "+is)
}

// overrides are the override of each certificate on its first server, and on its canary before, then refresh and recycle
// on every server.
func (m marker) overrides() []state {
	own := m.plan.Overrides()
	var states []state
	for _, server := range m.plan.CanaryFirst() {
		wanted := own[slices.IndexFunc(own, func(o plan.Override) bool { return o.Name == server.Override })]
		stored := m.override(wanted)
		if wanted.Canary == server.FQDN && stored.is != plan.Done {
			stored = m.override(wanted.OfCanary())
		}
		if wanted.First == server.FQDN || wanted.Canary == server.FQDN {
			states = append(states, stored)
		}
		taken := m.takenOver(server.FQDN, wanted, stored)
		states = append(states, taken, taken)
	}
	return states
}

func (m marker) override(wanted plan.Override) state {
	if m.Overrides == nil {
		return m.unknown("overrides", "")
	}
	found := change("there is no such override")
	if wanted.TakenOver || len(m.plan.ScopeBefore(wanted)) > 0 {
		found.is = plan.Conflict
	}
	for _, o := range m.Overrides {
		switch {
		case strings.EqualFold(o.Name, wanted.Name):
			isSame := sameFold(o.Parameters, wanted.Parameters()) && (m.plan.Change != plan.Integrate && !m.plan.Grows() || sameFold(o.Servers, wanted.Servers))
			found = either(isSame, "there", "there with "+listed(o.Parameters)+" for "+listed(o.Servers))
		case len(wanted.Servers) == 0 || slices.ContainsFunc(wanted.Servers, o.isFor):
			return conflict("the override " + o.Name + " is for these servers")
		}
	}
	return found
}

// takenOver tells whether a server has taken an override over.
func (m marker) takenOver(server string, wanted plan.Override, stored state) state {
	if stored.is != plan.Done {
		return stored
	}
	rows, isRead := m.effective[server]
	if !isRead {
		return m.unknown("effectiveOverrides", server)
	}
	isTaken := slices.ContainsFunc(rows, func(e EffectiveOverride) bool {
		return strings.EqualFold(e.Name, wanted.Name) && sameFold(e.Parameters, wanted.Parameters())
	})
	return either(isTaken, "in effect", "not in effect yet")
}

func (m marker) policies() []state {
	policies := m.plan.MailboxPolicies()
	if m.MailboxPolicies == nil {
		return slices.Repeat([]state{m.unknown("mailboxPolicies", "")}, max(1, len(policies.Names)))
	}
	if policies.All {
		for _, p := range m.MailboxPolicies {
			if s := m.policy(p); s.is != plan.Done {
				return []state{change(p.Name + ": " + s.fact)}
			}
		}
		return []state{{plan.Done, "all have it"}}
	}
	var states []state
	for _, name := range policies.Names {
		i := slices.IndexFunc(m.MailboxPolicies, func(p MailboxPolicy) bool { return strings.EqualFold(p.Name, name) })
		if i < 0 {
			states = append(states, conflict("there is no such policy"))
			continue
		}
		states = append(states, m.policy(m.MailboxPolicies[i]))
	}
	return states
}

// pilotPolicy is the state of the pilot policy. Who has it no inventory tells.
func (m marker) pilotPolicy() []state {
	one := m.unknown("mailboxPolicies", "")
	if m.MailboxPolicies != nil {
		one = conflict("there is no such policy")
	}
	for _, p := range m.MailboxPolicies {
		if strings.EqualFold(p.Name, m.plan.Topology.PilotPolicy) {
			one = m.policy(p)
		}
	}
	return append([]state{one}, slices.Repeat([]state{{plan.Unknown, "inventories do not name users"}}, len(m.plan.Topology.PilotUsers))...)
}

func (m marker) policy(p MailboxPolicy) state {
	isOn := p.Enabled != nil && *p.Enabled
	return either(m.isSet(isOn, p.Type), messaging(isOn, p.Type), "has "+messaging(isOn, p.Type))
}
