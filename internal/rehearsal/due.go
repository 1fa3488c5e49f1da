package rehearsal

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
)

// A plan with the states of an inventory lists commands as Microsoft's page writes them, for a farm that has nothing.
// What of a command is due on a farm that has a part of it is decided here.

var newPool = regexp.MustCompile(`^New-CsTrustedApplicationPool -Identity ('[^']+') .* -ComputerFqdn ('[^']+') -Force$`)

// enactDue carries out what of a command is due.
func (s *stage) enactDue(w world, host string, command plan.Command) ([]Mutation, world, error) {
	o, err := s.typed(w, host, w.farm.dueText(command), manner{direct: true, person: true, journal: true})
	made := dueMutations(w, o.moments)
	return made, o.after, idle(made, o, err)
}

// dueText is the command for a farm where its object exists already without what the command gives it: the pool gets its
// computer, the override its parameters.
func (f *Farm) dueText(command plan.Command) string {
	if match := newPool.FindStringSubmatch(command.Text); match != nil {
		if slices.ContainsFunc(f.Lync.Trusted, func(p TrustedPool) bool { return escape.Quote(p.FQDN) == match[1] }) {
			return fmt.Sprintf("New-CsTrustedApplicationComputer -Identity %s -Pool %s -Force", match[2], match[1])
		}
	}
	for _, o := range f.Exchange.Directory.Overrides {
		name := escape.Quote(o.Name)
		if values, isOwn := strings.CutPrefix(command.Text, "New-SettingOverride -Name "+name+" -Component OwaServer -Section IMSettings "); isOwn {
			return "Set-SettingOverride -Identity " + name + " " + values
		}
	}
	return command.Text
}

// dueMutations are those mutations of a command that changed something: a server that is in one of two dial plans is
// added to the other, and an object that has its settings gets none.
func dueMutations(before world, moments []moment) []Mutation {
	var due []Mutation
	for _, m := range moments {
		made, same := m.made[0], len(before.differences(m.world)) == 0
		if strings.HasPrefix(made.Command, "Set-UM") {
			made.Parameters = map[string]string{"DialPlans": "Add=" + strings.Join(addedPlans(before.farm, m.world.farm, made.Object), ",")}
		}
		if !same || !strings.HasPrefix(made.Command, "Set-") {
			due = append(due, made)
		}
		before = m.world
	}
	return due
}

// addedPlans are the dial plans that a server, by its name, got.
func addedPlans(before, after *Farm, server string) []string {
	plansOf := func(f *Farm) []string {
		i := slices.IndexFunc(f.Exchange.Servers, func(s Server) bool { return strings.EqualFold(s.Name, server) })
		return slices.Concat(f.Exchange.Servers[i].UMDialPlans, f.Exchange.Servers[i].CallRouterDialPlans)
	}
	was, is := plansOf(before), plansOf(after)
	for _, name := range was {
		if i := slices.Index(is, name); i >= 0 {
			is = slices.Delete(is, i, i+1)
		}
	}
	return is
}
