package topology

import (
	_ "embed"
	"slices"
	"strings"
)

// Sample returns the commented topology that `lyncowa init` writes. It has no findings. Its names are the names of
// Microsoft's page.
func Sample() []byte { return slices.Clone(sample) }

//go:embed sample.yaml
var sample []byte

// sampleDomain is the domain of all names in the sample.
const sampleDomain = ".litwareinc.com"

// sampleValues are the names, addresses and thumbprints of Microsoft's page and of Sample. They exclude port, SiteId
// and applicationId, because a real farm may use the same ones.
var sampleValues = []string{
	"atl-owa-001.litwareinc.com", "atl-cs-001.litwareinc.com", "atl-mbx-001.litwareinc.com", "atl-mbx-002.litwareinc.com",
	"atl-cas-001.litwareinc.com", "kim.akers@litwareinc.com",
	"EA5A332496CC05DA69B75B66111C0F78A110D22D", "0123456789ABCDEF0123456789ABCDEF01234567",
}

// IsSample reports whether every computer is in the sample's domain.
func (t *Topology) IsSample() bool {
	for _, p := range t.Pools {
		hosts := slices.Concat([]string{p.FQDN, p.Registrar}, p.ClientAccessServers.Names, p.TrustedComputers)
		for _, s := range p.MailboxServers {
			hosts = append(hosts, s.FQDN)
		}
		if slices.ContainsFunc(hosts, func(host string) bool { return host != "" && !strings.HasSuffix(host, sampleDomain) }) {
			return false
		}
	}
	return true
}

// checkSample refuses values of the sample in a topology with other names. It accepts a topology with all names of the
// sample, so that people can try it.
func (l *loader) checkSample(t *Topology) {
	if t.IsSample() {
		return
	}
	var names, values []name
	for _, p := range l.named(t.Pools) {
		names = append(names, slices.Concat(p.fqdn, l.single(p.path+"registrar", p.Registrar), p.exchangeServers(), p.computers)...)
		values = append(values, l.single(p.path+"certificateThumbprint", p.Thumbprint)...)
		for i, s := range p.MailboxServers {
			values = append(values, l.single(itemPath(p.path+"mailboxServers", i, ".certificateThumbprint"), s.Thumbprint)...)
		}
	}
	for _, v := range slices.Concat(names, values, l.pilots(t.PilotUsers)) {
		if slices.Contains(sampleValues, v.value) {
			l.report("sample-value", v.at, "replace it with your own value", "%s is a value of the sample, but other names are not", v.value)
		}
	}
}
