package bundle_test

import (
	"regexp"
	"strings"
	"testing"

	"lyncowa/internal/plan"
)

// run.ps1 has a row for each step, with its scripts, its hosts and the back-out after which the step is no longer done.
func TestGuideHasARowForEachStep(t *testing.T) {
	row := regexp.MustCompile(`Id = '([^']*)'; Kind = '[^']*'.* Script = '([^']*)'; BackOut = '([^']*)'; Undo = '([^']*)'\r\n +Hosts = (@\([^)]*\))`)
	everyBundle(t, func(t *testing.T, p *plan.Plan, scripts map[string][]byte) {
		rows := map[string][][]string{}
		for _, r := range row.FindAllStringSubmatch(string(scripts["run.ps1"]), -1) {
			rows[r[1]] = append(rows[r[1]], r)
		}
		for _, step := range p.Steps {
			var hosts string
			for _, r := range rows[step.ID] {
				hosts += r[5]
				if r[2] != step.Script || r[3] != step.BackOut {
					t.Errorf("the row of %s has the scripts %q and %q", step.ID, r[2], r[3])
				}
				// Enable-CsTopology goes back with the step whose change it enabled.
				if step.ID == "enable-topology" && step.Changes() && !strings.HasSuffix(r[4], "-trusted-application.ps1") {
					t.Errorf("the row of %s is undone by %q", step.ID, r[4])
				}
			}
			if !step.PerServer && hosts != "@()" {
				t.Errorf("%s is for any one computer, but run.ps1 has the hosts %q", step.ID, hosts)
			}
			for _, host := range step.RunOn {
				if step.PerServer && strings.Count(hosts, "'"+host+"'") != 1 {
					t.Errorf("%s is for %s, but run.ps1 has the hosts %q", step.ID, host, hosts)
				}
			}
		}
	})
}
