package topology

import "gopkg.in/yaml.v3"

var topologyKeys = []string{"apiVersion", "name", "versions", "change", "owaPools", "mailboxPolicies", "pilotUsers"}

const defaultMailboxPolicy = "Default"

// topology reads the whole file: first every field, then what must hold between them. What it returns is
// complete only if nothing was reported as an error.
func (l *loader) topology(root *yaml.Node) *Topology {
	o, ok := l.object(entry{name: "the topology", at: at(root), value: root}, "the topology", topologyKeys)
	if !ok {
		return nil
	}
	required(l, o, "apiVersion", l.apiVersion)
	name := required(l, o, "name", l.bundleName)
	versions := optional(o, "versions", l.versions)
	change := optional(o, "change", l.change)
	pools := required(l, o, "owaPools", l.pools)
	policies := optional(o, "mailboxPolicies", l.selection(l.objectName))
	pilots := optional(o, "pilotUsers", func(e entry) ([]named, bool) { return l.names(e, l.address) })

	l.checkUM(versions.value.versions(), pools.value)
	l.checkNames(pools.value)
	l.checkTrust(pools.value)
	l.checkClientAccess(pools.value)
	l.checkSample(pools.value, pilots.value)

	t := &Topology{
		Name:            name.value,
		Versions:        versions.value.versions(),
		Change:          change.value,
		MailboxPolicies: orDefault(policies, selectionDraft{names: []named{{value: defaultMailboxPolicy}}}).selection(),
		PilotUsers:      values(pilots.value),
	}
	t.Pools = make([]Pool, len(pools.value))
	for i, p := range pools.value {
		t.Pools[i] = p.pool()
	}
	return t
}

// pools reads the OWA pools.
func (l *loader) pools(e entry) ([]*poolDraft, bool) {
	entries, ok := l.list(e)
	if !ok {
		return nil, false
	}
	drafts := make([]*poolDraft, 0, len(entries))
	for _, item := range entries {
		item.name = "an OWA pool"
		if p, ok := l.pool(item); ok {
			drafts = append(drafts, p)
		}
	}
	return drafts, true
}
