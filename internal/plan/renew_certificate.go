package plan

import (
	"fmt"
	"strings"
)

// renewCertificate puts another thumbprint into service, one server at a time: each server works with the old or
// with the new certificate at any moment.
var renewCertificate = []definition{
	row(integrate, "preflight-exchange").with(func(d *definition) {
		d.title = "Check the new certificate on every server"
		d.reason = always("The new certificate has to be whole on every server before the first one uses it.")
	}),
	row(integrate, "im-settings").with(func(d *definition) {
		d.title, d.reason = "Write the new thumbprint into web.config and recycle OWA", renewReason
		d.undo = "Restores the captured web.config, and with it the old thumbprint, if nobody else has changed it since, otherwise the two keys only; then recycles OWA on that server. Keep the old certificate until then."
		d.override = func(d *definition) {
			imSettingsByOverride(d)
			d.title, d.reason, d.commands = "Write the new thumbprint into the setting override and recycle OWA", renewReason, overrideUpdates
			d.undo += " Keep the old certificate until then."
		}
	}),
	row(integrate, "verify-exchange"),
	row(integrate, "sign-in"),
}

func renewReason(p *Plan) (Status, string) {
	presented := "OWA presents to Lync the certificate whose thumbprint stands in " + p.settingsPlace() + "."
	const listed = 3 // more than that are for the record's table
	if len(p.Replaces) > listed {
		return Planned, fmt.Sprintf("%s It changes on %d servers; the change record lists old and new.", presented, len(p.Replaces))
	}
	if len(p.Replaces) == 0 {
		return Planned, presented
	}
	var pairs []string
	for _, r := range p.Replaces {
		pairs = append(pairs, fmt.Sprintf("%s: %s replaces %s", r.Server, r.New, r.Old))
	}
	return Planned, presented + " " + strings.Join(pairs, "; ") + "."
}
