package plan

import "time"

// Part is something that takes time, and how often a change has it. Templates/record says what it is called.
type Part struct {
	Name    string
	Minutes int // each time
	Count   int
}

// The parts, by their place in a Duration.
const (
	changingPart = iota
	readingPart
	recyclePart
	replicationPart
	policyPart
)

// Duration is how long a change takes, one person doing one thing after the other: the sum of its parts.
type Duration []Part

// newDuration has every part with the minutes it takes. The replication is a deadline, which the scripts enforce, and
// OWA keeps a mailbox policy for up to an hour (Microsoft's page Set-OwaMailboxPolicy); the rest is what a person needs who
// reads what is printed.
func newDuration() Duration {
	return Duration{
		changingPart:    {"changing-run", 5, 0}, // with -WhatIf, then without
		readingPart:     {"reading-run", 3, 0},  // or a sign-in
		recyclePart:     {"recycle", 2, 0},      // until OWA answers again
		replicationPart: {"replication", ReplicationMinutes, 0},
		policyPart:      {"policy", 60, 0}, // until OWA takes it up
	}
}

// ReplicationMinutes is how long a script waits for Lync or Active Directory before it ends with 3.
const ReplicationMinutes = 15

// Minutes are those of all parts together.
func (d Duration) Minutes() int {
	sum := 0
	for _, part := range d {
		sum += part.Minutes * part.Count
	}
	return sum
}

// Expected is how long the change takes if every wait lasts until its deadline.
func (p *Plan) Expected() Duration {
	d := newDuration()
	for _, s := range p.Steps {
		switch {
		case s.Status == Skipped:
		case s.Kind != KindChange:
			d[readingPart].Count += len(s.RunOn)
		default:
			d.add(p, s)
		}
	}
	if p.waitsForPolicies() {
		d[policyPart].Count = 1
	}
	return d
}

// waitsForPolicies reports whether the verification waits until OWA takes up the mailbox policies: they change after the last
// restart of OWA. Pilot users do not wait, because a restart follows on the change of their own policy.
func (p *Plan) waitsForPolicies() bool {
	waits := false
	for _, s := range p.Visits() {
		switch {
		case !s.Changes():
		case s.ID == mailboxPolicies.id:
			waits = true
		case s.ID == imSettings.id:
			waits = false
		}
	}
	return waits && !p.HasPilotPolicy()
}

// BackOutTime is how long a back-out of all steps takes.
func (p *Plan) BackOutTime() Duration {
	d := newDuration()
	for _, s := range p.Steps {
		if s.BackOut != "" {
			d.add(p, s)
		}
		if s.BackOut != "" && s.ID == trustedApplication.id { // its back-out enables the topology too
			d[replicationPart].Count++
		}
	}
	return d
}

// add counts one run of a changing step on each of its computers.
func (d Duration) add(p *Plan, s Step) {
	d[changingPart].Count += len(s.RunOn)
	switch s.ID {
	case enableTopology.id:
		d[replicationPart].Count++
	case owaRecycle.id:
		d[recyclePart].Count += len(s.RunOn)
	case imSettings.id:
		d[recyclePart].Count += len(s.RunOn)
		if p.UsesOverride() {
			d[replicationPart].Count += len(s.RunOn)
		}
	}
}

// Moment is a time of the topology in its own offset, not in that of this computer; the zero time where there is none.
func Moment(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	_, offset := t.Zone()
	return t.In(time.FixedZone("", offset))
}

// LatestBackOut is when a back-out must begin at the latest so that it ends with the window; the zero time where the
// topology does not say when the window ends.
func (p *Plan) LatestBackOut() time.Time {
	end := Moment(p.Topology.Change.WindowEnd)
	if end.IsZero() {
		return end
	}
	return end.Add(-time.Duration(p.BackOutTime().Minutes()) * time.Minute)
}

// Shortage is how many minutes the window is too short for the whole change and a back-out after it.
func (p *Plan) Shortage() int {
	start, latest := Moment(p.Topology.Change.WindowStart), p.LatestBackOut()
	if start.IsZero() || latest.IsZero() {
		return 0
	}
	return max(0, p.Expected().Minutes()-int(latest.Sub(start)/time.Minute))
}
