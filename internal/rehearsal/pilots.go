package rehearsal

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"lyncowa/internal/plan"
)

// What a careful roll-out promises: who has instant messaging, and what has changed, before the sign-offs.

// onlyPilots looks at every moment before the policies of everybody change: the pilot users' effective policies alone have
// instant messaging. Afterwards others have it too, or there would be nothing to see.
func (r *rehearsal) onlyPilots() []try {
	if !r.bundle.plan.HasPilotPolicy() || r.bundle.inventory != nil {
		return nil
	}
	return []try{{
		name: "nobody but the pilot users has instant messaging before step 80",
		do: func(*stage) (string, string, outcome, error) {
			moments := 0
			for _, o := range r.forward.runs {
				if o.step.ID == "mailbox-policies" {
					break
				}
				for _, m := range o.moments {
					moments++
					if names := r.othersWithMessaging(m.world.farm); len(names) > 0 {
						return "", fmt.Sprintf("after %s %s has it", m.made[0], names[0]), o, nil
					}
				}
			}
			if len(r.othersWithMessaging(r.forward.end().farm)) == 0 {
				return "", "nobody but the pilot users has it after step 80 either", r.forward.whole(), nil
			}
			return "after " + count(moments, "change"), "", outcome{}, nil
		},
	}}
}

// othersWithMessaging are the users beside the pilots whom the gate of the policies lets use instant messaging.
func (r *rehearsal) othersWithMessaging(f *Farm) []string {
	var names []string
	for _, m := range f.Exchange.Mailboxes {
		if !r.bundle.isPilot(m) && f.mayMessage(m) {
			names = append(names, m.Name)
		}
	}
	return names
}

func (b *bundle) isPilot(m Mailbox) bool {
	for _, pilot := range b.topology.PilotUsers {
		if strings.EqualFold(pilot.Mailbox, m.Address) {
			return true
		}
	}
	return false
}

// mayMessage tells whether the effective policy of a user has instant messaging: the own one, or else the default one; without
// either a virtual directory decides (code of Exchange 2013).
func (f *Farm) mayMessage(m Mailbox) bool {
	for _, p := range f.Exchange.Policies {
		if m.Policy == "" && p.IsDefault || m.Policy != "" && strings.EqualFold(m.Policy, p.Name) {
			return p.Settings.instantMessaging()
		}
	}
	return slices.ContainsFunc(f.Exchange.VirtualDirectories, func(d VirtualDirectory) bool { return d.Settings.instantMessaging() })
}

// canaryFails lets the verification of the first canary fail, as a certificate that OWA does not find would. No other Mailbox
// server and no policy of anybody but the pilots has changed then, and the way back for what ran leads to the start.
func (r *rehearsal) canaryFails() []try {
	n := slices.IndexFunc(r.forward.runs, func(o outcome) bool { return o.step.ID == "verify-exchange" && len(o.step.Canary) > 0 })
	if n < 0 {
		return nil
	}
	i := r.forward.runs[n].invocation
	return []try{{
		name: "the canary fails: " + i.String(),
		do: func(s *stage) (string, string, outcome, error) {
			c := &scene{bundle: s.bundle, world: s.before(r.forward, n).copy(), run: i}
			c.unread(true)
			c.host().Events = append(c.host().Events, LogEvent{"Application", "MSExchange OWA", 103, 2, c.world.farm.Clock, "The certificate was not found."})
			c.world.farm.Clock += 4 * 3600 // past every cache
			o, err := s.run(c.world, i, manner{direct: true})
			if err != nil {
				return "", "", o, err
			}
			if complaint := firstOf(wrongExit(o, 1), r.spread(s.before(r.forward, n))); complaint != "" {
				return "", complaint, o, nil
			}
			complaint, o, err := s.retreat(r.forward, n, s.before(r.forward, n))
			return "exit 1, no other server and no policy of others has changed, back-out as part 4", complaint, o, err
		},
	}}
}

// spread complains about a change that has reached farther than the canaries and the pilot users.
func (r *rehearsal) spread(w world) string {
	before, after := r.forward.start.farm.settled(), w.farm.settled()
	var canaries []string
	for _, s := range r.bundle.plan.Steps {
		canaries = append(canaries, s.Canary...)
	}
	for _, server := range r.bundle.plan.Servers() {
		if slices.Contains(canaries, server.FQDN) {
			continue
		}
		path := webConfigPath(server.FQDN)
		isForIt := func(o SettingOverride) bool { return o.Section == "IMSettings" && o.isFor(server.FQDN) }
		if w.files[path] != r.forward.start.files[path] || !reflect.DeepEqual(before.host(server.FQDN), after.host(server.FQDN)) ||
			slices.ContainsFunc(after.Exchange.Directory.Overrides, isForIt) {
			return server.FQDN + " has changed too"
		}
	}
	for k, p := range after.Exchange.Policies {
		if !strings.EqualFold(p.Name, r.bundle.topology.PilotPolicy) && !reflect.DeepEqual(p, before.Exchange.Policies[k]) {
			return "the OWA mailbox policy " + p.Name + " has changed too"
		}
	}
	for k, m := range after.Exchange.Mailboxes {
		if !r.bundle.isPilot(m) && m != before.Exchange.Mailboxes[k] {
			return "the mailbox of " + m.Name + " has changed too"
		}
	}
	return ""
}

// Rows of part 6.

func withCanary(b *bundle) bool       { return b.plan.HasCanary() }
func withPilotPolicy(b *bundle) bool  { return b.plan.HasPilotPolicy() }
func canaryOfOverride(b *bundle) bool { return withOverride(b) && overrideOfCanary(b) != nil }

// overrideOfCanary is the first override that a canary has for itself before other servers; nil for none.
func overrideOfCanary(b *bundle) *plan.Override {
	for _, o := range b.plan.Overrides() {
		if o.Canary != "" {
			return &o
		}
	}
	return nil
}

// pilot is a row about the pilot policy, which the preflight sees too.
func pilot(name, phrase string, arrange func(*scene)) trouble {
	return row("pilot-policy", name, refuses, phrase, arrange).seen(finds).when(withPilotPolicy)
}

// policy returns the policy of that name on the farm.
func (s *scene) policy(name string) *Policy {
	i := slices.IndexFunc(s.world.farm.Exchange.Policies, func(p Policy) bool { return strings.EqualFold(p.Name, name) })
	return &s.world.farm.Exchange.Policies[i]
}

func (s *scene) pilotPolicy() *Policy { return s.policy(s.bundle.topology.PilotPolicy) }

// other is the mailbox of a user who is no pilot.
func (s *scene) other() *Mailbox {
	mailboxes := s.world.farm.Exchange.Mailboxes
	return &mailboxes[slices.IndexFunc(mailboxes, func(m Mailbox) bool { return !s.bundle.isPilot(m) })]
}

var pilotTroubles = []trouble{
	pilot("no such pilot policy", "explain pilot-policy", func(s *scene) { s.pilotPolicy().Name = "Another" }),
	pilot("the pilot policy is the default", "default", func(s *scene) {
		s.policy("Default").IsDefault, s.pilotPolicy().IsDefault = false, true
	}),
	pilot("somebody else has the pilot policy", "1 other user.*User without", func(s *scene) { s.other().Policy = s.bundle.topology.PilotPolicy }),
	pilot("the default policy has instant messaging already", "Default: has instant messaging", func(s *scene) {
		s.policy("Default").Settings["InstantMessagingType"] = "Ocs"
	}),
	pilot("a policy of other users has instant messaging already", "bystanders: has instant messaging", func(s *scene) {
		s.policy(bystanders).Settings["InstantMessagingType"] = "Ocs"
	}),
	row("pilot-policy", "a policy that nobody has has instant messaging already", works, "", func(s *scene) {
		s.world.farm.Exchange.Policies = append(s.world.farm.Exchange.Policies, Policy{"Nobody's", false, Settings{"InstantMessagingEnabled": true, "InstantMessagingType": "Ocs"}})
	}).seen(passes).when(withPilotPolicy),
	pilot("no policy is the default", "step 60", func(s *scene) { s.policy("Default").IsDefault = false }),
	pilot("no such pilot user", "0 mailboxes", func(s *scene) { s.world.farm.Exchange.Mailboxes[0].Address = "gone@farm.example" }),
	row("verify-exchange", "a pilot user has another policy", finds, "step 65", func(s *scene) {
		s.world.farm.Exchange.Mailboxes[0].Policy = bystanders
	}).when(withPilotPolicy),
	row("pilot-policy", "a pilot user's mailbox is gone", passes, "WARNING.*no longer exists", func(s *scene) {
		for i := range s.world.farm.Exchange.Mailboxes {
			if m := &s.world.farm.Exchange.Mailboxes[i]; s.bundle.isPilot(*m) {
				m.Address = "gone-" + m.Address
			}
		}
		s.how.whatIf = true
	}).goingBack().when(withPilotPolicy),

	row("preflight-exchange", "no pilot user's mailbox is active on the canary", finds, "Move-ActiveMailboxDatabase", (*scene).awayFromCanary).onCanary(),
	row("verify-exchange", "no pilot user's mailbox is active on the canary", finds, "Move-ActiveMailboxDatabase", (*scene).awayFromCanary).onCanary(),
	row("im-settings", "the canary's override is not there", refuses, "is not there for the canary", (*scene).withoutOverride).onLast().when(canaryOfOverride),
	row("im-settings", "the canary has another Lync pool", refuses, "is not there for the canary", func(s *scene) {
		s.override(overrideOfCanary(s.bundle).Name, shortName(overrideOfCanary(s.bundle).Canary))
	}).onLast().when(canaryOfOverride),
	row("im-settings", "the override serves another server already", refuses, "take instant messaging away", func(s *scene) {
		s.override(overrideOfCanary(s.bundle).Name, overrideOfCanary(s.bundle).Servers...)
	}).seen(finds).onCanary().when(canaryOfOverride),
	row("im-settings", "back-out of the canary while the others have the override", refuses, "run this back-out on", func(*scene) {}).goingBack().onCanary().when(canaryOfOverride),
}

// awayFromCanary has every database mounted on a server that is not of the change.
func (s *scene) awayFromCanary() {
	for i := range s.world.farm.Exchange.Databases {
		s.world.farm.Exchange.Databases[i].MountedOn = mixedCase(bystander)
	}
}
