package explain

import (
	"strings"
	"testing"

	"lyncowa/internal/plan"
)

func TestTopicsFitATerminal(t *testing.T) {
	for _, topic := range Topics() {
		text := topic.Text()
		if topic.Short == "" || strings.HasSuffix(text, "\n\n") || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: %q, ends with %q", topic.Name, topic.Short, text[max(0, len(text)-10):])
		}
		for line := range strings.Lines(text) {
			if len(line) > 90 {
				t.Errorf("%s: a line of %d characters: %s", topic.Name, len(line), line)
			}
		}
	}
}

func TestChangesTopicHasEveryKindAndStep(t *testing.T) {
	text := Topic{Name: "changes"}.Text()
	for _, change := range plan.Changes() {
		if Purpose(change) == "" || !strings.Contains(text, "\n"+string(change)+"\n") {
			t.Errorf("%s: %q", change, Purpose(change))
		}
	}
	for _, step := range plan.Catalogue() {
		if !strings.Contains(text, step.Title) {
			t.Errorf("%s has no step %q", step.Change, step.Title)
		}
	}
}

func TestTopologyTopicHasEveryField(t *testing.T) {
	text := Topic{Name: "topology"}.Text()
	for _, want := range []string{
		"\napiVersion *\n", "\nversions\n", "\n  lync (*)\n", "\n  fqdn *\n", "\n  siteId (*)\n", "\n  mailboxServers\n",
		"\n    certificateThumbprint\n", "\npilotUsers\n", "(P3) and becomes\n      IMServerName",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
}
