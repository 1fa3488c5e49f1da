package record

import "strings"

// identification is who, what and when, with blanks for what the topology does not say.
func (r subject) identification() section {
	c := r.Topology.Change
	t := newQuietTable("Identification", "Field", "Value")
	t.row(say("Change number"), orBlank(c.ID))
	t.row(say("Title"), orBlank(c.Title))
	t.row(say("Kind of change"), say("%s: %s", string(r.Change), r.about().inShort))
	t.row(say("Change type: standard, normal or emergency"), blank())
	t.row(say("Name of the topology"), say("%s", r.Name))
	t.row(say("Requester"), orBlank(c.Requester))
	t.row(say("Owner"), orBlank(c.Owner))
	t.row(say("Implementer"), orBlank(c.Implementer))
	t.row(say("Window from"), orBlank(c.WindowStart))
	t.row(say("Window to"), orBlank(c.WindowEnd))
	t.row(say("Service desk told: by whom, when"), blank())
	t.row(say("Post-implementation review: by whom, when"), blank())
	t.row(say("Contacts"), orBlank(oneLine(c.Contacts)))
	t.row(say("Products"), say("%s", r.products()))
	t.row(say("Folder"), say("`%s`", r.BundleName()))
	t.row(say("Made by"), say("%s %s", r.Tool.Name, r.Tool.Version))
	t.row(say("Made from"), say("`topology.yaml` in this folder, SHA-256 `%s`", r.TopologyDigest))
	t.row(say("Approved digest"), say("see `approval.md`. This record is one of the files that the digest covers, so it cannot hold it."))
	return section{ID: "identification", Title: "Identification", Blocks: []block{sealed(), t.block()}}
}

// oneLine joins the lines of a text for a table cell.
func oneLine(text string) string {
	lines := strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' })
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}
