package topology

import (
	"regexp"
	"time"
)

var changeKeys = []string{"id", "title", "reason", "requester", "owner", "implementer", "windowStart", "windowEnd", "risk", "userImpact", "contacts"}

// change reads what the change record quotes. Every field is optional.
func (l *loader) change(e entry) (Change, bool) {
	o, ok := l.object(e, "change", changeKeys)
	if !ok {
		return Change{}, false
	}
	field := func(key string, read func(entry) (string, bool)) string { return optional(o, key, read).value }
	c := Change{
		ID:          field("id", l.line),
		Title:       field("title", l.line),
		Reason:      field("reason", l.paragraph),
		Requester:   field("requester", l.line),
		Owner:       field("owner", l.line),
		Implementer: field("implementer", l.line),
		Risk:        field("risk", l.paragraph),
		UserImpact:  field("userImpact", l.paragraph),
		Contacts:    field("contacts", l.paragraph),
	}
	start, end := optional(o, "windowStart", l.moment), optional(o, "windowEnd", l.moment)
	c.WindowStart, c.WindowEnd = start.value.text, end.value.text
	if start.ok && end.ok && !start.value.time.Before(end.value.time) {
		l.report("window-order", end.at, "check day and time zone of both", "windowEnd %s is not after windowStart %s", end.value.text, start.value.text)
	}
	return c, true
}

// moment is a point in time, as given and as understood.
type moment struct {
	text string
	time time.Time
}

// momentForm is the form that the schema shows. time.Parse takes more than that, such as one digit for the hour.
var momentForm = regexp.MustCompile(momentPattern)

// moment reads a date and time of RFC 3339, for which YAML has a type of its own.
func (l *loader) moment(e entry) (moment, bool) {
	s, ok := l.text(e, "!!timestamp")
	if !ok {
		return moment{}, false
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || !momentForm.MatchString(s) {
		l.report("window-form", e.place(), "write it as 2026-05-02T22:00:00+02:00", "%s %s is no date and time with a time zone", e.name, quote(s))
		return moment{}, false
	}
	return moment{s, t}, true
}
