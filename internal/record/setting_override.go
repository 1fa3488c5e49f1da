package record

import (
	"fmt"
	"strings"

	"lyncowa/internal/plan"
)

// What is different where OWA takes its settings from a setting override: one object for several servers, where a
// web.config is one server's own.

// microsoftsOverridePage is the source of what the Page cannot say, because it is older.
const microsoftsOverridePage = "Microsoft's page on the integration of Exchange 2016 and 2019"

// writesOverride reports whether the change makes or changes setting overrides.
func (r subject) writesOverride() bool { return r.UsesOverride() && r.planned(settingsStep) }

// overrideSpread says when a setting override changes for whom.
func (r subject) overrideSpread() string {
	settings, check := r.number(settingsStep), r.number(checkExchange)
	return fmt.Sprintf("A setting override is one object in Active Directory for all of its servers: it changes for all of them when step %s runs on the first. Each takes it up at its own refresh and recycle, or at any earlier restart of OWA. So step %s must have passed on all of them first; step %s checks the certificates of all servers of the override again. A back-out takes it back for all of them.", settings, check, settings)
}

// whichRecycle says on which servers OWA is recycled.
func (r subject) whichRecycle() string {
	if r.writesOverride() {
		return "one server at a time; each server whose setting override this change made or changed recycles once"
	}
	return "one server at a time, and only where something was changed"
}

// byOverride is what the record says of a kind of change where the settings are in a setting override.
func (r subject) byOverride(k kind) kind {
	k.takeBack += fmt.Sprintf(" The back-out of step %s takes a setting override back for all of its servers.", r.number(settingsStep))
	if !r.renews() {
		k.around = r.overrideSpread()
		return k
	}
	k.purpose = "It makes Outlook Web App (OWA) identify itself to %s with another certificate, for all servers of a setting override at once, so that presence and chat in OWA go on when the old certificate is gone."
	k.noticed = "Whoever is signed in to OWA on a Mailbox server while its OWA application pool is recycled: a short interruption, once on each server whose setting override this change changed, and unsaved text can be lost."
	k.around = "It presupposes that OWA is joined to Lync already. " + r.overrideSpread() + " **Keep the old certificate on every server until the change is closed:** a server that has not taken the new setting up yet needs it, and so does the back-out."
	return k
}

// overrideBlocks are the setting overrides with their scope and both values.
func (r subject) overrideBlocks() []block {
	if !r.writesOverride() {
		return nil
	}
	t := newQuietTable("Setting overrides, each with both of its values", "Setting override", "For the servers", "Values, always both")
	for _, o := range r.Overrides() {
		scope := say("%s", strings.Join(o.Servers, ", "))
		if len(o.Servers) == 0 {
			scope = say("**not scoped: every Exchange server of the organisation**, also those that this record does not name")
		}
		t.row(say("`%s`", o.Name), scope, overrideValues(o))
	}
	return []block{t.block(), paragraph(say(r.overrideSpread()))}
}

func overrideValues(o plan.Override) prose {
	p := prose{}
	for i, parameter := range o.Parameters() {
		if i > 0 {
			p = append(p, say(", ")...)
		}
		p = append(p, say("`%s`", parameter)...)
	}
	return p
}
