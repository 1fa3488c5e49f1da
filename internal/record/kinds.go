package record

import (
	"fmt"
	"strings"

	"lyncowa/internal/plan"
)

// kind is what the record says of one kind of change in sentences of its own. A new kind is a new row of kinds.
type kind struct {
	inShort  string // what it does, in a few words
	purpose  string // what it is for, in plain words; %s is the Lync product
	noticed  string // who notices it
	lyncSide string // what happens to the Lync side where the topology is not enabled
	takeBack string // what the back-out amounts to
	around   string // "What and why": what the reader has to know beside the purpose; may be empty

	failed      string // heading: what a person sees when it did not work
	seen        string // what a pilot user looks for, as a column of a table
	seenExpects string // what is to be seen
	pilots      string // whom to choose
}

// about is what the record says of this kind of change.
func (r subject) about() kind {
	k := kinds[r.Change]
	if r.writesOverride() {
		return r.byOverride(k)
	}
	return k
}

var kinds = map[plan.Change]kind{
	plan.Integrate: {
		inShort:     "join OWA to Lync",
		purpose:     "It joins Outlook Web App (OWA) to %s, so that people who work in OWA see who is available and can chat from there.",
		noticed:     "Whoever is signed in to OWA on a Mailbox server while its OWA application pool is recycled: a short interruption, once on each server, and unsaved text can be lost.",
		lyncSide:    "No. Nothing is written to the Central Management Store.",
		takeBack:    "Each takes back only what this change did.",
		failed:      "When the presence icon stays blank",
		seen:        "Presence icon seen",
		seenExpects: "A presence icon beside the display name, upper right; a message to another Lync user arrives.",
		pilots:      "At least one pilot user for each Lync pool, with the mailbox on each Mailbox server in turn if possible.",
	},
	plan.Disable: {
		inShort:     "switch instant messaging off in OWA",
		purpose:     "It switches instant messaging off in Outlook Web App (OWA). Where OWA is not joined to Lync, or is to be so no longer, users see a blank presence and an error at each sign-in; afterwards OWA shows neither.",
		noticed:     "Every OWA user whose sign-in goes through one of these virtual directories: from the next sign-in on there is no presence and no chat in OWA, and no error about them. No session is interrupted.",
		lyncSide:    "No. No script of this change runs on the Lync side or reads it. Presence and chat outside OWA are not touched.",
		takeBack:    "It restores the values that each virtual directory had before, and only where this change altered them.",
		failed:      "When presence or its error is still there",
		seen:        "No presence icon, no error",
		seenExpects: "No presence icon beside the display name, upper right, and no error about instant messaging at sign-in.",
		pilots:      "At least one user whose OWA address leads to these virtual directories.",
	},
	plan.RemoveDuplicate: {
		inShort:     "remove the second entry of servers that Lync discovers",
		purpose:     "It takes out of %s the trusted application pool that was entered by hand for servers that Lync discovers by itself. Two entries for one server stop presence and chat in Outlook Web App (OWA); afterwards each server has one.",
		noticed:     "Nobody's session is interrupted. Where the second entry has stopped presence and chat in OWA, they can come back after the topology is enabled.",
		takeBack:    "It creates the entry again from the state that was captured before the removal, and with it the situation of before: two entries.",
		around:      "**This change is destructive:** the pool is removed with its computers and its application. Before that its registrar, site, settings, computers, applications and ports are captured, and the back-out creates it again from those.",
		failed:      "When the presence icon stays blank",
		seen:        "Presence icon seen",
		seenExpects: "A presence icon beside the display name, upper right; a message to another Lync user arrives.",
		pilots:      "At least one pilot user for each Lync pool, with the mailbox on one of these servers.",
	},
	plan.Reapply: {
		inShort:     "write OWA's settings again after a cumulative update",
		purpose:     "It writes the two settings again by which Outlook Web App (OWA) finds %s and identifies itself to it, on each Mailbox server where a cumulative update of Exchange has overwritten them, so that presence and chat in OWA work again.",
		noticed:     "Whoever is signed in to OWA on a Mailbox server while its OWA application pool is recycled: a short interruption, once on each server whose settings had to be written again, and unsaved text can be lost.",
		lyncSide:    "No. No script of this change runs on the Lync side or reads it: a cumulative update of Exchange takes nothing away there.",
		takeBack:    "It brings back the two settings as they were captured, that is, as the update left them.",
		around:      "It presupposes that OWA was joined to Lync before with the same values: this change creates nothing, and a server that still has both settings is left as it is.",
		failed:      "When the presence icon stays blank",
		seen:        "Presence icon seen",
		seenExpects: "A presence icon beside the display name, upper right; a message to another Lync user arrives.",
		pilots:      "At least one pilot user with the mailbox on each updated Mailbox server in turn if possible.",
	},
	plan.RenewCertificate: {
		inShort:     "give OWA another certificate",
		purpose:     "It makes Outlook Web App (OWA) identify itself to %s with another certificate, on one Mailbox server after the other, so that presence and chat in OWA go on when the old certificate is gone.",
		noticed:     "Whoever is signed in to OWA on a Mailbox server while its OWA application pool is recycled: a short interruption, once on each server that does not have the new thumbprint yet, and unsaved text can be lost.",
		lyncSide:    "No. No script of this change runs on the Lync side or reads it. The Lync servers have to trust the authority of the new certificate: a question below.",
		takeBack:    "It brings back the old thumbprint. **That helps only while the old certificate is still on the server and within its dates.**",
		around:      "It presupposes that OWA is joined to Lync already. At any moment each server works with the old or with the new certificate: a break between two servers leaves no server without one, and a second run does only what is missing. **Keep the old certificate on every server until the change is closed:** servers that are not done yet need it, and so does the back-out.",
		failed:      "When the presence icon stays blank",
		seen:        "Presence icon seen",
		seenExpects: "A presence icon beside the display name, upper right; a message to another Lync user arrives.",
		pilots:      "At least one pilot user with the mailbox on each Mailbox server in turn if possible.",
	},
}

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
