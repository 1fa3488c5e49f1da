package rehearsal

import (
	"encoding/xml"
	"path"
	"slices"
	"strings"

	"lyncowa/internal/inventory"
)

// readHosts takes over the facts of each Exchange server: UCMA, the keys of web.config, the application pool, the
// overrides that it runs with. OWA has taken over what it was to.
func (r *reading) readHosts(w world) {
	for i := range w.farm.Hosts {
		h := &w.farm.Hosts[i]
		server := w.farm.server(h.FQDN)
		if server == nil || !slices.Contains(server.Roles, "Mailbox") {
			continue
		}
		r.readUCMA(w, h)
		keys := r.readWebConfig(w, h)
		r.readRunning(h, server)
		if strings.HasPrefix(server.Version, "Version 15.0 ") {
			h.AppPool.ServerName, h.AppPool.Thumbprint = keys.ServerName, keys.Thumbprint
		} else {
			h.AppPool.ServerName, h.AppPool.Thumbprint = h.setting("IMServerName"), h.setting("IMCertificateThumbprint")
		}
		if p, isRead := rowOf(r.ApplicationPools, func(p inventory.ApplicationPool) bool { return p.Server == h.FQDN }); isRead {
			h.AppPool.State = p.State
		} else {
			r.unreadOf("applicationPools", h.FQDN)
		}
	}
}

func rowOf[T any](rows []T, is func(T) bool) (row T, found bool) {
	if i := slices.IndexFunc(rows, is); i >= 0 {
		return rows[i], true
	}
	return row, false
}

func (r *reading) readUCMA(w world, h *Host) {
	u, isRead := rowOf(r.UCMA, func(u inventory.UCMA) bool { return u.Server == h.FQDN })
	library := hostFolder(h.FQDN) + "/" + ucmaLibrary
	switch {
	case !isRead:
		r.unreadOf("ucma", h.FQDN)
	case u.Path == "":
		delete(h.Registry, ucmaKey)
	case u.Found == "folder":
		h.Registry[ucmaKey]["ImplementationDLLPath"] = "{host}/" + path.Dir(ucmaLibrary)
	case u.Found != "file":
		delete(w.files, library)
	case !strings.HasSuffix(strings.ToLower(u.Path), strings.ToLower(path.Base(ucmaLibrary))):
		h.Registry[ucmaKey]["ImplementationDLLPath"] = "{host}/exchange/ClientAccess/Owa/web.config" // another file
	}
}

func (r *reading) readWebConfig(w world, h *Host) inventory.WebConfig {
	keys, isRead := rowOf(r.WebConfig, func(c inventory.WebConfig) bool { return c.Server == h.FQDN })
	if !isRead {
		if !r.bundle.plan.UsesOverride() {
			r.unreadOf("webConfig", h.FQDN)
		}
		return keys
	}
	var lines strings.Builder
	for _, key := range [][2]string{{"IMCertificateThumbprint", keys.Thumbprint}, {"IMServerName", keys.ServerName}, {"IMPortNumber", keys.PortNumber}} {
		if key[1] != "" {
			lines.WriteString("\r\n    <add key=\"" + key[0] + "\" value=\"")
			if err := xml.EscapeText(&lines, []byte(key[1])); err != nil {
				panic(err) // a strings.Builder takes everything
			}
			lines.WriteString("\"/>")
		}
	}
	const end = "\r\n  </appSettings>"
	w.files[webConfigPath(h.FQDN)] = strings.Replace(webConfig, end, lines.String()+end, 1)
	return keys
}

// readRunning takes over the overrides that a server runs with, beside those of other sections.
func (r *reading) readRunning(h *Host, server *Server) {
	stored := r.f.Exchange.Directory.Overrides
	isRead := slices.ContainsFunc(r.Files, func(f *inventory.File) bool { return f.Host == h.FQDN && f.Objects.EffectiveOverrides != nil })
	if !isRead {
		h.Running = slices.Clone(stored)
		if r.bundle.plan.UsesOverride() {
			r.unreadOf("effectiveOverrides", h.FQDN)
		}
		return
	}
	h.Running = foreignOverrides().Overrides
	for _, e := range r.EffectiveOverrides {
		if e.Server != h.FQDN {
			continue
		}
		o, _ := rowOf(stored, func(o SettingOverride) bool { return strings.EqualFold(o.Name, e.Name) })
		if o.Servers == nil {
			o.Servers = []string{server.Name}
		}
		h.Running = append(h.Running, SettingOverride{
			Name: e.Name, Component: "OwaServer", Section: "IMSettings", Parameters: append([]string{}, e.Parameters...), Servers: o.Servers,
		})
	}
}

// setting is the value that OWA takes from the overrides that the host runs with.
func (h *Host) setting(name string) string {
	for _, o := range h.Running {
		for _, p := range o.Parameters {
			if key, value, _ := strings.Cut(p, "="); key == name && o.Section == "IMSettings" && o.isFor(h.FQDN) {
				return value
			}
		}
	}
	return ""
}

// readEvents takes over the event logs, and what they and the folder of the logs tell of OWA: it has initialised instant
// messaging if a sign-in would, and if no folder was seen to be missing.
func (r *reading) readEvents(w world) {
	if d, isRead := newestOf(r.Discovery); isRead {
		for i := range w.farm.Hosts {
			for k, e := range w.farm.Hosts[i].Events {
				if e.ID == 44024 {
					w.farm.Hosts[i].Events[k].Message, w.farm.Hosts[i].Events[k].Time = d.Text, r.seconds(d.Time)
				}
			}
		}
	} else {
		r.unread("discovery")
	}
	for _, server := range r.bundle.plan.Servers() {
		signedIn := w.copy()
		signedIn.signInOn(server.FQDN, *server.Pool)
		h, after := w.farm.host(server.FQDN), signedIn.farm.host(server.FQDN)
		folder, isRead := rowOf(r.LogFolders, func(l inventory.LogFolder) bool { return l.Server == h.FQDN && l.Exists != nil })
		log := imLogFolder(h.FQDN) + "/InstantMessaging.log"
		switch {
		case !isRead:
			r.unread("logFolders of " + h.FQDN)
			if text, logged := signedIn.files[log]; logged {
				w.files[log] = text
			}
		case *folder.Exists:
			w.files[log] = "The endpoint manager was initialised.\r\n"
		}
		if !isRead || *folder.Exists {
			h.AppPool.Initialised, h.IMHealth = after.AppPool.Initialised, after.IMHealth
		}
		if slices.ContainsFunc(r.Files, func(f *inventory.File) bool { return f.Host == h.FQDN && f.Objects.Events != nil }) {
			h.Events = append(h.Events, r.events(h.FQDN)...)
		} else {
			r.unread("events of " + h.FQDN)
			h.Events = after.Events
		}
	}
}

// events are OWA's events of a server: as many as were counted, twenty of each id at most, all of them at the newest time.
func (r *reading) events(server string) []LogEvent {
	const most = 20
	var events []LogEvent
	for _, e := range r.Events {
		level := 2
		if e.ID == 106 {
			level = 3
		} else if e.ID == 112 {
			level = 4
		}
		for n := 0; n < min(e.Count, most) && e.Server == server; n++ {
			events = append(events, LogEvent{"Application", "MSExchange OWA", e.ID, level, r.seconds(e.Newest), "as counted by the inventory"})
		}
	}
	return events
}

func newestOf(rows []inventory.Discovery) (newest inventory.Discovery, found bool) {
	for _, d := range rows {
		if d.Time >= newest.Time {
			newest, found = d, true
		}
	}
	return newest, found
}
