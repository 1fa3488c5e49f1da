package record

import "lyncowa/internal/plan"

// wording is what the record says of a step beside the plan's own texts.
type wording struct {
	changes, expected, goOn, stop func(subject) prose
}

// wordingOf is the wording of a step: its own in this kind of change, its own in any, and that of its kind.
func (r subject) wordingOf(s plan.Step) wording {
	w, known := kindWordings[s.Kind]
	if !known {
		w = kindWordings[plan.KindManual]
	}
	for _, own := range []wording{stepWordings[stepIn{id: s.ID}], stepWordings[stepIn{s.ID, r.Change}]} {
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
	}
	return w
}

// fixed is wording that is the same for every topology.
func fixed(text string) func(subject) prose { return func(subject) prose { return say(text) } }

var kindWordings = map[plan.Kind]wording{
	plan.KindCheck: {
		changes:  fixed("Nothing."),
		expected: fixed("`OK` for each check, then `DONE` and `NEXT`; exit code 0. Where the script cannot look: `NOT SEEN` with a question, and `GO/NO-GO` with their number after `DONE`."),
		goOn:     fixed("Exit code 0 on every computer of this step, every `WARNING` read, every question of a `NOT SEEN` line answered."),
		stop:     fixed("Any `FAILED` line (exit code 1), or `REFUSED` (exit code 2). Nothing was changed: mend what it names and run the step again."),
	},
	plan.KindChange: {
		changes:  fixed("What the commands below say."),
		expected: fixed("`OK` for each check and for the before-state, `CHANGED` for each object or `OK` for one that is so already, then `DONE` and `NEXT`; exit code 0."),
		goOn:     fixed("Exit code 0, and with `-WhatIf` before it no line that surprises."),
		stop:     fixed("Exit code 2: nothing was changed, the line says why. Exit code 3: run the same line again; if it does not finish, back out."),
	},
	plan.KindVerify: {
		changes:  fixed("Nothing."),
		expected: fixed("`OK` for each check, then `DONE` and `NEXT`; exit code 0. Where the script cannot look: `NOT SEEN` with a question, and `GO/NO-GO` with their number after `DONE`."),
		goOn:     fixed("Exit code 0 on every computer of this step, every `WARNING` read, every question of a `NOT SEEN` line answered."),
		stop:     fixed("Any `FAILED` line: mend what it names and run the step again; if that does not help within the window, back out."),
	},
	plan.KindManual: {
		changes:  fixed("Nothing."),
		expected: fixed("As the reason of the step says."),
		goOn:     fixed("It is as expected."),
		stop:     fixed("It is not: see section \"Verification\"."),
	},
}

// stepIn is a step in one kind of change; without a kind, in any.
type stepIn struct {
	id     string
	change plan.Change
}

// backUpTopology is what both ways to change the trusted application pools do first.
const backUpTopology = " Before that the script saves a snapshot of the topology and a configuration export; **the export is sensitive**."

var stepWordings = map[stepIn]wording{
	{id: checkLync}: {
		goOn: fixed("Exit code 0, and every question of a `NOT SEEN` line answered as section \"What the scripts cannot see\" wants it."),
	},
	{id: dialPlanStep}: {
		changes:  fixed("The list of dial plans of the UM service or UM Call Router of each named server: plans are added, none is replaced."),
		expected: fixed("`OK` for each check and for the before-state, `CHANGED` for each UM service and each UM Call Router, `OK` for one that is in its plans already, then `DONE` and `NEXT`; exit code 0."),
	},
	{id: trustStep}: {
		goOn: fixed("Exit code 0, with `-WhatIf` before it no line that surprises, and every question of a `NOT SEEN` line answered **before** the run without `-WhatIf`."),
	},
	{trustStep, plan.Integrate}: {
		changes:  fixed("The Lync topology in the Central Management Store: the trusted application pools with their computers and applications." + backUpTopology),
		expected: fixed("`OK` for each check, for the saved snapshot and export and for the before-state, `CHANGED` for each pool, each further computer and each application, then `DONE` and `NEXT`; exit code 0. In the topology the application appears as `urn:application:` and its id."),
	},
	{trustStep, plan.RemoveDuplicate}: {
		changes:  fixed("**Destructive.** The Lync topology in the Central Management Store: the trusted application pools named below go, with their computers and applications. A pool that does not exist is left alone, and one that holds anything else is refused." + backUpTopology),
		expected: fixed("`OK` for each check, for the saved snapshot and export and for the before-state, `CHANGED` for each application and each pool, `OK` for a pool that is not there, then `DONE` and `NEXT`; exit code 0."),
	},
	{id: enableStep}: {
		changes: fixed("The published topology takes effect, and replication carries it to all Lync servers."),
		expected: func(r subject) prose {
			return say("`OK` for what step %s left, `WARNING` that other people's waiting changes go live too, `CHANGED` for the topology, `OK` when replication to the registrars is up to date, then `DONE` and `NEXT`; exit code 0.", r.number(trustStep))
		},
		goOn: fixed("Nobody's changes are waiting, or their authors agree; exit code 0."),
		stop: func(r subject) prose {
			return say("Somebody's changes are waiting and their author does not agree: do not begin. Exit code 2: nothing was enabled, the line says why; most often step %s has not been run on this computer with the same evidence folder. Exit code 3 past the deadline of 15 minutes: mend replication, run the same line again, it goes on waiting.", r.number(trustStep))
		},
	},
	{id: directoryStep}: {
		changes:  func(r subject) prose { return r.directoryChange() },
		expected: fixed("`OK` for each check and for the before-state, `CHANGED` for each OWA virtual directory, `OK` for one that is so already, then `DONE` and `NEXT`; exit code 0."),
	},
	{id: settingsStep}: {
		expected: func(r subject) prose { return r.settingsOutput() },
		changes:  func(r subject) prose { return r.settingsChange() },
		goOn:     fixed("Exit code 0, and OWA answers on that server, before the next server."),
	},
	{id: policyStep}: {
		changes:  func(r subject) prose { return r.policyEffect() },
		expected: fixed("`OK` for each check and for the before-state, `CHANGED` for each OWA mailbox policy, `OK` for one that is so already, then `DONE` and `NEXT`; exit code 0."),
	},
	{id: verifyExchange}: {
		expected: func(r subject) prose { return r.verifyOutput() },
		goOn:     fixed("Exit code 0 on every Mailbox server, every question of a `NOT SEEN` line answered. Sign in to OWA once on each server beforehand, with a user whose mailbox is active there: event 112 comes only then."),
	},
	{verifyExchange, plan.Disable}: {
		expected: fixed("`OK` for each OWA virtual directory: instant messaging is switched off; then `DONE` and `NEXT`; exit code 0."),
		goOn:     fixed("Exit code 0, every `WARNING` read."),
	},
	{verifyLync, plan.RemoveDuplicate}: {
		expected: fixed("`OK` that no trusted application pool or computer is left for each server, then `DONE` and `NEXT`; exit code 0. On a Front End `OK`, or `WARNING` as long as its list does not name a server yet; elsewhere `NOT SEEN` with the question."),
	},
	{id: signInStep}: {
		expected: func(r subject) prose { return say(r.about().seenExpects) },
		goOn:     fixed("Each pilot user sees it."),
		stop:     fixed("It stays blank: section \"Verification\" says what to do, in order."),
	},
	{signInStep, plan.Disable}: {
		goOn: fixed("Each pilot user sees neither."),
		stop: fixed("One of them is still there: section \"Verification\" says what to do, in order."),
	},
}

// directoryChange names the properties that are set, and where.
func (r subject) directoryChange() prose {
	properties := "`InstantMessagingEnabled` and `InstantMessagingType`"
	if r.switchesOff() {
		properties = "`InstantMessagingEnabled`"
	}
	if r.ClientAccess().All {
		return say(properties + " of every OWA virtual directory of the organisation. **Every one, in every site and of every version.**")
	}
	return say(properties + " of the OWA virtual directories on the named Client Access servers.")
}

func (r subject) settingsChange() prose {
	if r.webConfig() {
		return say("Two keys of OWA's web.config on that server, the thumbprint of its certificate and the name of its Lync pool; then OWA's application pool is recycled. Nothing else in the file changes.")
	}
	return say("The setting override of that server, with both values, the thumbprint of its certificate and the name of its Lync pool: on the first server of the override, **for all of its servers**. Then the server takes it up and OWA's application pool is recycled there.")
}

func (r subject) settingsOutput() prose {
	if r.writesOverride() {
		return say("`OK` for each check and for the before-state, `CHANGED` for the setting override on its first server and `OK` on the others, `CHANGED` for the OWA application pool, `OK` that the pool is started, then `DONE` and `NEXT`; exit code 0. Each server whose override this change made or changed recycles once, also where the override is `OK`; a further run recycles nothing.")
	}
	return say("`OK` for each check and for the before-state, `CHANGED` for web.config, `CHANGED` for the OWA application pool, `OK` that the pool is started, then `DONE` and `NEXT`; exit code 0. Where both settings are as wanted already: `OK` instead of `CHANGED`, and OWA is not recycled.")
}

// verifyOutput says what stands for event 112, which only a sign-in on that very server brings.
func (r subject) verifyOutput() prose {
	text := "`OK` for each check, event 112 among them, then `DONE` and `NEXT`; exit code 0. `WARNING` for each error or warning of OWA since the recycle, and while Exchange's own monitoring lags behind. On a server where this change had nothing to recycle: `NOT SEEN`, and the last 7 days are looked at instead."
	if len(r.Topology.PilotUsers) > 0 {
		return say(text + " Where event 112 or the logs are missing and no pilot user's mailbox is active on that server: `NOT SEEN` instead of `FAILED`, to be answered by a sign-in with a user who has one there.")
	}
	return say(text + " The topology names no pilot user, so event 112 is required on every server: sign in with a user whose mailbox is active there.")
}
