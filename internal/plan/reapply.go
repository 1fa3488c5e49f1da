package plan

// reapply brings back what a cumulative update of Exchange overwrites: the two keys of web.config. Nothing on the
// Lync side is lost by an update, so there is no step there.
var reapply = []definition{
	row(integrate, "preflight-exchange"),
	row(integrate, "im-settings").with(func(d *definition) {
		d.reason = always("A cumulative update of Exchange overwrites web.config, and with it the Lync pool and the certificate that OWA uses.")
		d.override = func(d *definition) { d.title, d.reason = "Set the setting override again", overrideSurvives }
	}),
	row(integrate, "verify-exchange"),
	row(integrate, "sign-in"),
}

func overrideSurvives(p *Plan) (Status, string) {
	return Skipped, "Exchange " + p.Versions.Exchange + " keeps the Lync pool and the certificate in a setting override in Active Directory, which survives cumulative updates: there is nothing to reapply, and step 90 verifies the values that are in effect."
}
