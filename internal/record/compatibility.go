package record

// compatibility is what else works, and what does not, with these versions (P15).
func (r subject) compatibility() section {
	var items []prose
	add := func(applies bool, p prose) {
		if applies {
			items = append(items, p)
		}
	}
	lync2013 := r.Versions.Lync == "2013"
	touchesLync := r.planned(checkLync)
	add(touchesLync, say("This change is made for Exchange Server %s and %s. Every script refuses to run on another version.", r.Versions.Exchange, r.Versions.LyncProduct()))
	add(!touchesLync, say("This change is made for Exchange Server %s. Every script refuses to run on another version; none runs on the Lync side.", r.Versions.Exchange))
	add(r.switchesOff(), say("Only OWA is concerned: presence and chat in other programs and on mobile devices are not touched."))
	add(r.switchesOff() && r.ClientAccess().All, say("OWA virtual directories of other Exchange versions are set too; the script names each such server in a `WARNING`."))
	add(!r.switchesOff() && lync2013, say("Lync Server 2013 also integrates with Unified Messaging and OWA of Exchange 2010, and Lync 2013 works with Exchange 2010 and Outlook 2010 (P15). Those servers are set up otherwise and are no part of this change."))
	add(!r.switchesOff() && lync2013, say("Unified contact store, archiving to Exchange and high-resolution photos need both 2013 products (P15)."))
	add(!r.switchesOff() && !lync2013 && r.Versions.Exchange == "2013", say("The source page is written for Lync Server 2013; %s is set up by the same text with Exchange 2013.", r.Versions.LyncProduct()))
	add(r.switchesOn(), say("Users whose mailbox is still on an older Exchange are not integrated by this change, whatever their policy says."))
	add(r.webConfig(), say("Exchange 2016 and later keep these settings elsewhere: an upgrade needs a change of its own."))
	add(true, say("Mailboxes in Exchange Online are no part of it."))
	add(true, say("The scripts need Windows PowerShell 3.0 or later."))
	return section{ID: "compatibility", Title: "Compatibility", Blocks: []block{bullets(items...)}}
}
