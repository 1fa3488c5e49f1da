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
		t.block(),
		paragraph(join(say("**Digest approved, as it stands in the ticket:** "), blank())),
		paragraph(join(say("**Change closed, result and remarks:** "), blank())),
	}}
}
