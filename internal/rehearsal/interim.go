package rehearsal

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What may be asked of the time while a change goes on, beside that it can be broken off.

// workEverywhere has people sign in on every server after each mutation of a change that is to interrupt nothing:
// with what OWA runs with, and with what it would take over if it started again at that moment.
func (r *rehearsal) workEverywhere() []try {
	if kind, err := r.bundle.kind(); err != nil || !kind.working {
		return nil
	}
	return []try{{
		name: "each server works at every moment, with the old or the new certificate",
		do: func(s *stage) (string, string, outcome, error) {
			moments := 0
			for _, o := range r.forward.runs {
				for _, m := range o.moments {
					moments++
					if complaint := s.idleServer(m.world); complaint != "" {
						return "", fmt.Sprintf("after %s %s", m.made[0], complaint), o, nil
					}
				}
			}
			return "after " + count(moments, "change"), "", outcome{}, nil
		},
	}}
}

// idleServer names the first server on which a sign-in would fail; "" where there is none.
func (s *stage) idleServer(w world) string {
	for _, server := range s.bundle.plan.Servers() {
		next := world{w.farm.clone(), maps.Clone(w.files)}
		host := next.farm.host(server.FQDN)
		for _, pool := range []AppPool{host.AppPool, w.restarted(host, s.bundle.plan.UsesOverride())} {
			host.AppPool = pool
			host.AppPool.SignedIn = false
			next.signInOn(server.FQDN, *server.Pool)
			if host.IMHealth != "Healthy" {
				return fmt.Sprintf("instant messaging does not work on %s, where OWA has %q and %q", server.FQDN, pool.ServerName, pool.Thumbprint)
			}
		}
	}
	return ""
}

// restarted is OWA's application pool if it started at this moment, as farm/host.ps1 and farm/override.ps1 start it.
func (w world) restarted(h *Host, override bool) AppPool {
	values := map[string]string{}
	if override {
		for _, o := range h.Running {
			if o.Section == "IMSettings" && o.isFor(h.FQDN) {
				values = o.values()
			}
		}
	} else {
		for _, s := range appSettings(w.files[webConfigPath(h.FQDN)]) {
			values[s.key] = s.value
		}
	}
	return AppPool{State: h.AppPool.State, ServerName: values["IMServerName"], Thumbprint: values["IMCertificateThumbprint"]}
}

// replicateLate lets Active Directory take longer than a script waits, before the last server that takes over what
// another server's run put there: the script gives up with exit 3, and a later run finishes.
func (r *rehearsal) replicateLate() []try {
	n := len(r.forward.runs) - 1
	for ; n >= 0 && r.forward.runs[n].step.ID != "im-settings"; n-- {
	}
	if n < 0 || !sharedOverride(r.bundle) {
		return nil
	}
	i := r.forward.runs[n].invocation
	return []try{{
		name: "Active Directory replicates late: " + i.String(),
		do: func(s *stage) (string, string, outcome, error) {
			w := s.before(r.forward, n)
			w.farm = w.farm.clone()
			directory := &w.farm.Exchange.Directory
			// As if the override had just been made, and this server's domain controller were an hour behind.
			directory.Earlier = slices.Clone(r.forward.start.farm.Exchange.Directory.Overrides)
			directory.ChangedAt, directory.ReplicationSeconds = w.farm.Clock, 3600
			o, err := s.run(w, i, manner{})
			if err != nil {
				return "", "", o, err
			}
			if complaint := firstOf(wrongExit(o, 3), silent(o, "Active Directory replication")); complaint != "" {
				return "", complaint, o, nil
			}
			late := o.after
			late.farm.Clock += 3600
			complaint, o, err := s.resume(r.forward, n, late)
			return "exit 3 past the deadline, re-run ends as part 2", complaint, o, err
		},
	}}
}

// values are the override's parameters by name.
func (o SettingOverride) values() map[string]string {
	values := map[string]string{}
	for _, p := range o.Parameters {
		name, value, _ := strings.Cut(p, "=")
		values[name] = value
	}
	return values
}
