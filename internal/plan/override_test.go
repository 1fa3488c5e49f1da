package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// A renewal finds the override that integrate made: a second one of that name cannot be made.
func TestRenewalUpdatesTheOverride(t *testing.T) {
	top := litware()
	top.Versions = topology.Versions{Exchange: "2016", Lync: "2015"}
	p, _ := plan.Build(top, nil, plan.RenewCertificate)
	want := []string{
		`Set-SettingOverride -Identity 'OWA IM atl-owa-001.litwareinc.com' -Parameters @('IMServerName=atl-cs-001.litwareinc.com', 'IMCertificateThumbprint=EA5A332496CC05DA69B75B66111C0F78A110D22D') -Reason 'litware-owa-im-renew-certificate on atl-owa-001.litwareinc.com'`,
		`Get-ExchangeDiagnosticInfo -Server 'atl-owa-001.litwareinc.com' -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh`,
		`Restart-WebAppPool -Name MSExchangeOWAAppPool`,
	}
	if diff := cmp.Diff(want, texts(p, "im-settings")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
