package record

import "lyncowa/internal/plan"

// longest says how long a step can take, where it waits for something.
func (r subject) longest(s plan.Step) (prose, bool) {
	switch {
	case s.Status != plan.Planned:
		return nil, false
	case s.ID == enableStep:
		return say("Waits up to 15 minutes for replication, then ends with exit code 3."), true
	case s.ID == settingsStep && r.UsesOverride():
		return say("Waits up to 15 minutes **on each server** until the setting has come there by Active Directory replication, then ends with exit code 3; the recycle takes seconds."), true
	case s.ID == settingsStep:
		return say("Seconds on each server, for the recycle."), true
	default:
		return nil, false
	}
}

// duration is what the longest waits are, for whoever plans the window.
func (r subject) duration() prose {
	var p prose
	for _, s := range r.Steps {
		if text, waits := r.longest(s); waits {
			p = join(p, say("Step %s: ", decimal(s.Order)), text, say(" "))
		}
	}
	if len(p) == 0 {
		return say("No step waits for anything. A person runs each, first with `-WhatIf`.")
	}
	return join(p, say("No other step waits for anything. A person runs each on each of its computers, first with `-WhatIf`."))
}
