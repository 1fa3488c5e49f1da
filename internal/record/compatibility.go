package record

// compatibility is what else works, and what does not, with these versions (P15).
func (r subject) compatibility() section {
	items := []prose{
		say("This change is made for Exchange Server %s and %s. Every script refuses another version.", r.Versions.Exchange, r.lync()),
	}
	if r.Versions.Lync == "2013" {
		items = append(items,
			say("Lync Server 2013 also integrates with Unified Messaging and OWA of Exchange 2010, and Lync 2013 works with Exchange 2010 and Outlook 2010. Those servers are set up otherwise and are no part of this change."),
			say("Unified contact store, archiving to Exchange and high-resolution photos need both 2013 products."),
		)
	} else {
		items = append(items, say("The source page is written for Lync Server 2013; %s is set up by the same text with Exchange 2013.", r.lync()))
	}
	items = append(items,
		say("Users whose mailbox is still on an older Exchange are not integrated by this change, whatever their policy says."),
		say("Exchange 2016 and later keep these settings elsewhere: an upgrade needs a change of its own."),
		say("Mailboxes in Exchange Online are no part of it: they are joined to Lync by other means."),
		say("The scripts need Windows PowerShell 3.0 or later."),
	)
	return section{ID: "compatibility", Title: "Compatibility", Blocks: []block{bullets(items...)}}
}
