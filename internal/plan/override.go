package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
)

// Override is a setting override of Exchange 2016 and later: it takes the place of the two keys of web.config.
type Override struct {
	Name       string   // unique in the organisation, and stable when the certificate changes
	Registrar  string   // IMServerName
	Thumbprint string   // IMCertificateThumbprint
	Servers    []string // short names of the servers that it is for; empty = every server of the organisation
	First      string   // FQDN of the server whose run of step 70 makes it
}

// Parameters are the override's parameters. Both always: setting one alone would drop the other.
func (o Override) Parameters() []string {
	return []string{"IMServerName=" + o.Registrar, "IMCertificateThumbprint=" + o.Thumbprint}
}

// UsesOverride reports whether Exchange takes the Lync pool and the certificate from a setting override instead
// of web.config.
func (p *Plan) UsesOverride() bool { return usesOverride(p.Versions.Exchange) }

func usesOverride(exchange string) bool { return exchange != "2013" }

// HasUM reports whether this version of Exchange has unified messaging.
func (p *Plan) HasUM() bool { return p.Versions.Exchange != "2019" }

func (p *Plan) settingsPlace() string {
	if p.UsesOverride() {
		return "the setting override"
	}
	return "web.config"
}

// Overrides returns the setting overrides, one for each certificate of each OWA pool; none where Exchange reads
// web.config. A single one is for the whole organisation, as Microsoft's page has it; several are scoped to their
// servers. The list belongs to the plan: it is for reading.
func (p *Plan) Overrides() []Override { return p.on().overrides }

func overridesOf(servers []Server) []Override {
	var overrides []Override
	index := map[string]int{}
	for _, s := range servers {
		i, known := index[s.Override]
		if !known {
			i = len(overrides)
			index[s.Override] = i
			overrides = append(overrides, Override{Name: s.Override, First: s.FQDN, Registrar: s.Pool.Registrar, Thumbprint: s.Thumbprint})
		}
		overrides[i].Servers = append(overrides[i].Servers, shortName(s.FQDN))
	}
	if len(overrides) == 1 {
		overrides[0].Servers = nil
	}
	return overrides
}

// overrideNames names the override of a pool for each thumbprint: by the pool, or, where its servers have
// certificates of their own, by the pool and the first server that has this one.
func overrideNames(pool topology.Pool) map[string]string {
	names := map[string]string{}
	for _, m := range pool.MailboxServers {
		if _, known := names[m.Thumbprint]; !known {
			names[m.Thumbprint] = overrideName(pool.FQDN + " " + shortName(m.FQDN))
		}
	}
	if len(names) == 1 {
		names[pool.MailboxServers[0].Thumbprint] = overrideName(pool.FQDN)
	}
	return names
}

// overrideName is the name of an override for what it is for. Active Directory holds a name of 64 characters; a longer
// one ends in a sum of the whole, so that two of them stay two.
func overrideName(what string) string {
	const longest, digits = 64, 8
	name := "OWA IM " + what
	if len(name) <= longest {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return name[:longest-digits-1] + "-" + hex.EncodeToString(sum[:])[:digits]
}

// Regrouped is an OWA pool whose certificates are shared by other servers than before, so that the setting override of
// one of its servers would have another name.
type Regrouped struct {
	Server        string // FQDN of the first such server
	Before, After string // names of its override
}

// Regroup finds the OWA pools whose setting overrides a renewal could not keep. old is the thumbprint that a server
// has before it, by FQDN; "" for one that has none. Where Exchange reads web.config there are no overrides.
func Regroup(t *topology.Topology, old func(server string) string) []Regrouped {
	if !usesOverride(t.Versions.Exchange) {
		return nil
	}
	var regrouped []Regrouped
	for _, pool := range t.Pools {
		before := pool
		before.MailboxServers = nil
		for _, m := range pool.MailboxServers {
			if thumbprint := old(m.FQDN); thumbprint != "" {
				before.MailboxServers = append(before.MailboxServers, topology.MailboxServer{FQDN: m.FQDN, Thumbprint: thumbprint})
			}
		}
		if r, differs := firstRenamed(before, pool); differs {
			regrouped = append(regrouped, r)
		}
	}
	return regrouped
}

// firstRenamed is the first server of a pool before a renewal whose override is called otherwise after it.
func firstRenamed(before, after topology.Pool) (r Regrouped, differs bool) {
	if len(before.MailboxServers) == 0 {
		return r, false
	}
	old, names := overrideNames(before), overrideNames(after)
	thumbprints := map[string]string{}
	for _, m := range after.MailboxServers {
		thumbprints[m.FQDN] = m.Thumbprint
	}
	for _, m := range before.MailboxServers {
		r = Regrouped{m.FQDN, old[m.Thumbprint], names[thumbprints[m.FQDN]]}
		if r.Before != r.After {
			return r, true
		}
	}
	return r, false
}

// shortName is the name by which a setting override knows a server.
func shortName(fqdn string) string {
	name, _, _ := strings.Cut(fqdn, ".")
	return name
}

// imSettingsByOverride is step 70 for Exchange 2016 and later, which ignore web.config.
func imSettingsByOverride(d *definition) {
	d.title, d.template = "Set the setting override and recycle OWA", "override-im-settings"
	d.rights = "local administrator on the server (elevated shell); role group Organization Management, or one that includes New-, Set- and Remove-SettingOverride"
	d.undo = "Removes the setting override if this change created it, otherwise restores its captured parameters; then refreshes and recycles OWA on that server. It takes effect for all servers of that override. Begin on the server where step 70 ran first."
	d.commands, d.impact = overrideCommands, overrideImpact
	d.reason = func(p *Plan) (Status, string) {
		return Planned, "Exchange " + p.Versions.Exchange + " reads the Lync pool and the certificate from a setting override in Active Directory and ignores web.config."
	}
}

// overrideCommands make the override on the first server that it is for, then refresh and recycle on each.
func overrideCommands(p *Plan) []Command {
	return onEachOverride(p, func(o Override, reason string) string {
		text := "New-SettingOverride -Name " + escape.Quote(o.Name) + " -Component OwaServer -Section IMSettings" +
			" -Parameters " + escape.Array(o.Parameters()) + " -Reason " + escape.Quote(reason)
		if len(o.Servers) > 0 {
			text += " -Server " + escape.List(o.Servers)
		}
		return text
	})
}

// overrideUpdates are the same where the override is there and gets other parameters. Its scope stays.
func overrideUpdates(p *Plan) []Command {
	return onEachOverride(p, func(o Override, reason string) string {
		return "Set-SettingOverride -Identity " + escape.Quote(o.Name) +
			" -Parameters " + escape.Array(o.Parameters()) + " -Reason " + escape.Quote(reason)
	})
}

// onEachOverride writes each override on its first server, and has each server take it over.
func onEachOverride(p *Plan, write func(o Override, reason string) string) []Command {
	overrides, servers := p.Overrides(), p.Servers()
	first := make(map[string]Override, len(overrides))
	for _, o := range overrides {
		first[o.First] = o
	}
	commands := make([]Command, 0, len(overrides)+2*len(servers))
	for _, s := range servers {
		if o, ok := first[s.FQDN]; ok {
			commands = append(commands, Command{Kind: Cmdlet, On: s.FQDN, Text: write(o, p.BundleName()+" on "+s.FQDN)})
		}
		commands = append(commands,
			cmdlet(s.FQDN, "Get-ExchangeDiagnosticInfo -Server "+escape.Quote(s.FQDN)+" -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh"),
			cmdlet(s.FQDN, "Restart-WebAppPool -Name MSExchangeOWAAppPool"))
	}
	return commands
}

func overrideImpact(p *Plan) string {
	overrides := p.Overrides()
	if len(overrides) == 1 {
		return recycleImpact + fmt.Sprintf(" WARNING: the setting override %q is not scoped: it is for every Exchange server of the organisation, also those that this topology does not name.", overrides[0].Name)
	}
	return recycleImpact + fmt.Sprintf(" The %d setting overrides are scoped to their servers.", len(overrides))
}
