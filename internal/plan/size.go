package plan

import "slices"

// Effect is what a command does to its object.
type Effect string

// The effects. A command without one, such as a recycle, makes an earlier one count.
const (
	creates Effect = "creates"
	changes Effect = "changes"
	removes Effect = "removes"
)

// Effects are in the order in which people read them.
var Effects = []Effect{creates, changes, removes}

// Object is a kind of object that commands create, change or remove.
type Object string

// The kinds of object, in the order of the procedure. What they are called is in templates/record/words.tmpl.
const (
	TrustedPool        Object = "trusted-pool"
	TrustedComputer    Object = "trusted-computer"
	TrustedApplication Object = "trusted-application"
	UMService          Object = "um-service"
	UMCallRouter       Object = "um-call-router"
	VirtualDirectory   Object = "virtual-directory"
	WebConfig          Object = "web-config"
	SettingOverride    Object = "setting-override"
	MailboxPolicy      Object = "mailbox-policy"
	PilotMailbox       Object = "pilot-mailbox"
)

// Touched is how many objects of a kind a plan touches, and how. Every says that it is all of the organisation instead,
// a number that the topology does not tell.
type Touched struct {
	Effect Effect
	Object Object
	Count  int
	Every  bool
	Done   int // how many more are as they should be already, as the inventories tell
}

// Touches counts the objects that the commands create, change and remove, in their order: at most these, because a
// script leaves what is as it should be.
func (p *Plan) Touches() []Touched {
	var all []Touched
	for _, s := range p.Steps {
		for j, c := range s.Commands {
			if c.Effect == "" {
				continue
			}
			i := slices.IndexFunc(all, func(t Touched) bool { return t.Effect == c.Effect && t.Object == c.Object })
			if i < 0 {
				i = len(all)
				all = append(all, Touched{Effect: c.Effect, Object: c.Object})
			}
			switch {
			case isDone(s.Commands[j:]):
				all[i].Done++
			case c.All:
				all[i].Every = true
			default:
				all[i].Count++
			}
		}
	}
	return all
}

// isDone reports whether the object of the first command is as it should be. Each key of a web.config has a command.
func isDone(commands []Command) bool {
	for i, c := range commands {
		if i > 0 && (c.Kind != File || c.Effect != "") {
			break
		}
		if c.State != Done {
			return false
		}
	}
	return true
}

// Count is the number of steps with a status.
func (p *Plan) Count(status Status) int {
	n := 0
	for _, s := range p.Steps {
		if s.Status == status {
			n++
		}
	}
	return n
}
