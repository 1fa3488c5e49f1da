package record_test

import (
	"strings"
	"testing"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// in2016 is mixed with Exchange 2016: its settings are in three setting overrides, one of them of two servers.
func in2016(t *testing.T, change plan.Change) string {
	t.Helper()
	top := mixed()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2019"}
	p, findings := plan.Build(top, nil, change, replacing(change, top))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	return strings.ReplaceAll(asMarkdown(p), `\`, "")
}

func TestOverrideIsOneObjectForItsServers(t *testing.T) {
	for _, change := range []plan.Change{plan.Integrate, plan.RenewCertificate} {
		page := in2016(t, change)
		for _, want := range []string{
			"it changes for all of them when step 70 runs on the first",
			"| `OWA IM owa-pool.contoso.com mbx1` | mbx1, mbx2 | `IMServerName=lync-red.contoso.com`, `IMCertificateThumbprint=" + strings.Repeat("3C", 20) + "` |",
			"Active Directory |",
			"not from the Page",
			"takes a setting override back for all of its servers",
			"Has step 10 passed on **every** server",
			"each server whose setting override this change made or changed recycles once",
			"up to 15 minutes **on each server**",
		} {
			if !strings.Contains(page, want) {
				t.Errorf("%s: the record does not say %q", change, want)
			}
		}
		for _, untrue := range []string{
			"only where something was changed", "OWA is not recycled", "works with the old or with the new certificate at any moment",
			"At any moment each server works", "Each server is switched on its own", "on one Mailbox server after the other", "then one server at a time.",
		} {
			if strings.Contains(page, untrue) {
				t.Errorf("%s: the record says %q", change, untrue)
			}
		}
	}
}

func TestWebConfigIsOneServersOwn(t *testing.T) {
	p, _ := plan.Build(mixed(), nil, plan.RenewCertificate, replacing(plan.RenewCertificate, mixed()))
	page := asMarkdown(p)
	for _, want := range []string{"At any moment each server works with the old or with the new certificate", "Each server is switched on its own", "its OWA is not recycled"} {
		if !strings.Contains(page, want) {
			t.Errorf("the record does not say %q", want)
		}
	}
	if strings.Contains(page, "setting override") {
		t.Error("the record speaks of a setting override that is not there")
	}
}

func TestUnscopedOverrideIsForEveryServer(t *testing.T) {
	top := litware()
	top.Versions = topology.Versions{Exchange: "2019", Lync: "2019"}
	markdown, _ := render(t, top)
	if !strings.Contains(markdown, "| **not scoped: every Exchange server of the organisation**") {
		t.Error("the record does not say for whom an override without a scope is")
	}
}
