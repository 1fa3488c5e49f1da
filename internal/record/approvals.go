package record

// approvals leaves room for names: a person who wrote the change does not approve it.
func (r subject) approvals() section {
	c := r.Topology.Change
	t := newQuietTable("Approvals", "Role", "Name", "Decision", "Date and time", "Signature")
	sign := func(role, name prose) { t.row(role, name, empty(), empty(), empty()) }
	sign(say("Author: wrote the topology and made this folder"), orBlank(""))
	sign(say("Requester"), orBlank(c.Requester))
	sign(say("Owner of the service"), orBlank(c.Owner))
	sign(say("Technical reviewer: read the scripts; **is not the author**"), orBlank(""))
	sign(say("Approver for the change board: **is not the author**"), orBlank(""))
	sign(say("Implementer: runs the scripts"), orBlank(c.Implementer))
	return section{ID: "approvals", Title: "Approvals", Blocks: []block{
		paragraph(say("Approved is the digest, not the name of the folder. It stands in `approval.md` beside this record, with three ways to check it; write it into the ticket.")),
		paragraph(say("`approval.md` **is the one place for sign-off:** it is not sealed, and what is signed there counts. The table below is for a record on paper, and repeats it.")),
		sealed(),
		t.block(),
		paragraph(join(say("**Digest approved, as it stands in the ticket:** "), blank())),
		paragraph(r.afterwards()),
		paragraph(join(say("**Change closed, result and remarks:** "), blank())),
	}}
}

// afterwards is what becomes of the evidence when the change is closed.
func (r subject) afterwards() prose {
	if r.planned(trustStep) {
		return say("Keep the folders `evidence` until the change is closed; then delete the configuration export; file the logs and before-states with the ticket.")
	}
	return say("Keep the folders `evidence` until the change is closed; then file the logs and before-states with the ticket.")
}
