package topology

import (
	_ "embed"
	"slices"
	"strings"
)

// Sample is the commented topology that `lyncowa init` writes. It validates without findings; its names are
// those of the Page.
func Sample() []byte { return slices.Clone(sample) }

//go:embed sample.yaml
var sample []byte

// sampleDomain is the domain of the Page's names. Names in it are not "other names".
const sampleDomain = ".litwareinc.com"

// sampleValues are the names, addresses and thumbprints of the Page and of Sample. Port, SiteId and
// applicationId are not among them: a real farm may have the same.
var sampleValues = map[string]bool{
	"atl-owa-001.litwareinc.com":               true,
	"atl-cs-001.litwareinc.com":                true,
	"atl-mbx-001.litwareinc.com":               true,
	"atl-mbx-002.litwareinc.com":               true,
	"atl-cas-001.litwareinc.com":               true,
	"kim.akers@litwareinc.com":                 true,
	"EA5A332496CC05DA69B75B66111C0F78A110D22D": true,
	"0123456789ABCDEF0123456789ABCDEF01234567": true,
}

// checkSample refuses a value of the sample that was left among names of another domain. A topology that is
// the sample's all through is fine: it is for trying out.
func (l *loader) checkSample(pools []*poolDraft, pilots []named) {
	isOther := func(n named) bool { return !strings.HasSuffix(n.value, sampleDomain) }
	if !slices.ContainsFunc(pools, func(p *poolDraft) bool { return slices.ContainsFunc(p.names(), isOther) }) {
		return
	}
	for _, p := range pools {
		l.reportSample(p.names())
		l.reportSample(p.thumbprints())
	}
	l.reportSample(pilots)
}

func (l *loader) reportSample(values []named) {
	for _, v := range values {
		if sampleValues[v.value] {
			l.report("sample-value", v.at, "replace it by your own", "%s is a value of the sample, among names that are not", v.value)
		}
	}
}

// names are all host names that the file gives for a pool.
func (p *poolDraft) names() []named {
	var own []named
	for _, v := range []located[string]{p.fqdn, p.registrar} {
		if v.ok {
			own = append(own, named{v.value, v.at})
		}
	}
	return slices.Concat(own, p.mailboxNames, p.clientAccessServers.value.names, p.trustedComputers.value)
}

// thumbprints are all thumbprints that the file gives for a pool.
func (p *poolDraft) thumbprints() []named {
	list := []named{{p.thumbprint.value, p.thumbprint.at}}
	for _, s := range p.mailboxServers.value {
		if s.thumbprint.given {
			list = append(list, named{s.thumbprint.value, s.thumbprint.at})
		}
	}
	return list
}
