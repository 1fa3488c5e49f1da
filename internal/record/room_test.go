package record_test

import (
	"slices"
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// The record is sealed: wherever it has room for writing, it says that one writes elsewhere.
func TestRoomForWritingSaysThatTheRecordIsSealed(t *testing.T) {
	forEachKind(t, func(t *testing.T, p *plan.Plan) {
		page := parseHTML(t, asHTML(p))
		wanted := []string{"summary", "identification", "questions", "approvals"}
		if slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.BackOut != "" }) {
			wanted = append(wanted, "back-out-trigger")
		}
		for _, section := range page.all("section") {
			if slices.Contains(wanted, section.attr["id"]) && !strings.Contains(section.content(), "Do not write into this file") {
				t.Errorf("section %s does not say that it is sealed", section.attr["id"])
			}
		}
	})
}

// Servers that step 30 adds to dial plans are known by their own names; their trusted pool is for the shared one.
func TestTrustedPoolWhoseServersGoIntoDialPlans(t *testing.T) {
	top := mixed()
	top.Pools[0].TrustedComputers = nil
	top.Pools[0].SipDialPlans = topology.Selection{Names: []string{"Redmond SIP"}}
	markdown, _ := render(t, top)
	if want := "known under their own names by the dial plans of step 30; the trusted application pool is for the shared name owa-pool.contoso.com, which discovery never yields"; !strings.Contains(markdown, want) {
		t.Errorf("the record does not say %q", want)
	}
	for _, untrue := range []string{"Its servers are not discovered", "knows the OWA servers only through"} {
		if strings.Contains(markdown, untrue) {
			t.Errorf("of servers in a dial plan the record says %q", untrue)
		}
	}
}

func TestLyncPoolsAreAskedOnce(t *testing.T) {
	top := large(60) // two OWA pools a Lync pool
	top.Pools[0].Registrar, top.Pools[1].Registrar, top.Pools[2].Registrar = "a.contoso.com", "b.contoso.com", "a.contoso.com"
	top.Pools = top.Pools[:3]
	markdown, _ := render(t, top)
	if !strings.Contains(markdown, "On a Front End of a.contoso.com, b.contoso.com: does") {
		t.Error("the Lync pools A, B, A are not asked as A, B")
	}
}

func TestWhoNoticesIt(t *testing.T) {
	top := mixed()
	named, _ := render(t, top)
	top.MailboxPolicies = topology.Selection{All: true}
	all, _ := render(t, top)
	for page, want := range map[string]string{named: "Every user with the mailbox policy Default or Branch", all: "**Every OWA user of the organisation**, because every mailbox policy is touched"} {
		if !strings.Contains(page, want) || !strings.Contains(page, "Between steps 60 and 70 a sign-in can show a blank presence") {
			t.Errorf("the summary does not say %q", want)
		}
	}
}
