package record

import "lyncowa/internal/plan"

// wording is what the record says of a step beside the plan's own texts.
type wording struct {
	changes, expected, goOn, stop func(subject) prose
}

// wordingOf is the wording of a step: its own, and that of its kind where it has none.
func wordingOf(s plan.Step) wording {
	w, known := kindWordings[s.Kind]
	if !known {
		w = kindWordings[plan.KindManual]
	}
	own := stepWordings[s.ID]
	for _, part := range []struct{ general, own *func(subject) prose }{
		{&w.changes, &own.changes},
		{&w.expected, &own.expected},
		{&w.goOn, &own.goOn},
		{&w.stop, &own.stop},
	} {
		if *part.own != nil {
			*part.general = *part.own
		}
	}
	return w
}

// fixed is wording that is the same for every topology.
func fixed(text string) func(subject) prose { return func(subject) prose { return say(text) } }

var kindWordings = map[plan.Kind]wording{
	plan.KindCheck: {
		changes:  fixed("Nothing."),
		expected: fixed("`OK` for each check, then `DONE` and `NEXT`; exit code 0."),
		goOn:     fixed("Exit code 0 on every computer of this step, every `WARNING` read."),
		stop:     fixed("Any `FAILED` line. Nothing was changed: mend what it names and run the step again."),
	},
	plan.KindChange: {
		changes:  fixed("What the commands below say."),
		expected: fixed("`CHANGED` for each object, `OK` for one that is so already, then `DONE` and `NEXT`; exit code 0."),
		goOn:     fixed("Exit code 0, and with `-WhatIf` before it no line that surprises."),
		stop:     fixed("Exit code 2: nothing was changed, the line says why. Exit code 3: run the same line again; if it does not finish, back out."),
	},
	plan.KindVerify: {
		changes:  fixed("Nothing."),
		expected: fixed("`OK` for each check, then `DONE`; exit code 0."),
		goOn:     fixed("Exit code 0 on every computer of this step, every `WARNING` read."),
		stop:     fixed("Any `FAILED` line: mend what it names and run the step again; if that does not help within the window, back out."),
	},
	plan.KindManual: {
		changes:  fixed("Nothing."),
		expected: fixed("As the reason of the step says."),
		goOn:     fixed("It is as expected."),
		stop:     fixed("It is not: see section \"Verification\"."),
	},
}

var stepWordings = map[string]wording{
	checkLync: {
		goOn: fixed("Exit code 0, and every question of a `NOT SEEN` line answered as section \"What the scripts cannot see\" wants it."),
	},
	dialPlanStep: {
		changes:  fixed("The list of dial plans of the UM service or UM Call Router of each named server: plans are added, none is replaced."),
		expected: fixed("`CHANGED` for each UM service and each UM Call Router, `OK` for one that is in its plans already, then `DONE`; exit code 0."),
	},
	trustStep: {
		changes:  fixed("The Lync topology in the Central Management Store: the trusted application pools with their computers and applications. Before that the script saves a snapshot of the topology and a configuration export; **the export is sensitive**."),
		expected: fixed("`OK` for the saved snapshot and export, `CHANGED` for each pool, each further computer and each application, then `DONE`; exit code 0. In the topology the application appears as `urn:application:` and its id."),
	},
	enableStep: {
		changes:  fixed("The published topology takes effect, and replication carries it to all Lync servers."),
		expected: fixed("`WARNING` that other people's waiting changes go live too, `CHANGED` for the topology, `OK` when replication to the registrars is up to date; exit code 0."),
		goOn:     fixed("Nobody's changes are waiting, or their authors agree; exit code 0."),
		stop:     fixed("Somebody's changes are waiting and their author does not agree: do not begin. Exit code 3 past the deadline: mend replication, run the same line again, it goes on waiting."),
	},
	directoryStep: {
		changes:  func(r subject) prose { return r.directoryChange() },
		expected: fixed("`CHANGED` for each OWA virtual directory, `OK` for one that is so already, then `DONE`; exit code 0."),
	},
	settingsStep: {
		expected: fixed("`CHANGED` for web.config, `CHANGED` for the OWA application pool, `OK` that the pool is started, then `DONE`; exit code 0. Only where web.config changed is OWA recycled."),
		changes:  fixed("Two settings of OWA on that server, the thumbprint of its certificate and the name of its Lync pool; then OWA's application pool is recycled. Nothing else in the file changes."),
		goOn:     fixed("Exit code 0, and OWA answers on that server, before the next server."),
	},
	policyStep: {
		changes:  func(r subject) prose { return r.policyEffect() },
		expected: fixed("`CHANGED` for each OWA mailbox policy, `OK` for one that is so already, then `DONE`; exit code 0."),
	},
	verifyExchange: {
		goOn: fixed("Exit code 0 on every Mailbox server. Sign in to OWA once on each server beforehand: event 112 comes only then."),
	},
	verifyLync: {
		goOn: fixed("Exit code 0, and every question of a `NOT SEEN` line answered."),
	},
	signInStep: {
		expected: fixed("A presence icon beside the display name, upper right; a message to another pilot user arrives."),
		goOn:     fixed("Each pilot user sees it."),
		stop:     fixed("It stays blank: section \"Verification\" says what to do, in order."),
	},
}

func (r subject) directoryChange() prose {
	if r.ClientAccess().All {
		return say("`InstantMessagingEnabled` and `InstantMessagingType` of every OWA virtual directory of the organisation. **Every one, in every site and of every version.**")
	}
	return say("`InstantMessagingEnabled` and `InstantMessagingType` of the OWA virtual directories on the named Client Access servers.")
}
