package plan

import (
	"slices"
	"strings"
	"sync"
	"text/template"

	"lyncowa/internal/escape"
	"lyncowa/internal/topology"
	"lyncowa/templates"
)

// What is printed is in templates/plan/certificate-request.tmpl.
var certificateRequest = sync.OnceValue(func() *template.Template {
	funcs := template.FuncMap{"quote": escape.Quote, "array": escape.Array, "comment": escape.Comment, "names": Names}
	return template.Must(template.New("certificate-request.tmpl").Funcs(funcs).ParseFS(templates.Files, "plan/certificate-request.tmpl"))
})

// CertificateRequest returns the commands that request and import the certificate of each Mailbox server, with the
// names under which Lync knows it (P3, P9). The topology needs no thumbprints. The text is ASCII.
func CertificateRequest(t *topology.Topology) (string, error) {
	p := &Plan{Name: t.Name, Versions: Versions(t.Versions), Topology: t}
	var text strings.Builder
	err := certificateRequest().Execute(&text, p)
	return text.String(), err
}

// nonPublic are domains that nobody can own. No public authority issues a certificate for a name in them (RFC 2606 and
// 6761, RFC 6762 with its appendix G, baseline requirements of the CA/Browser Forum).
var nonPublic = []string{
	".corp", ".example", ".home", ".home.arpa", ".internal", ".intranet", ".invalid", ".lan", ".local", ".localdomain", ".localhost", ".private", ".test",
}

// NonPublicNames are the names of the Mailbox servers' certificates that no public authority certifies, each once.
func (p *Plan) NonPublicNames() []string {
	var names []string
	for _, s := range p.Servers() {
		names = append(names, s.Known...)
	}
	return slices.DeleteFunc(unique(names), func(name string) bool {
		return !slices.ContainsFunc(nonPublic, func(domain string) bool { return strings.HasSuffix(name, domain) })
	})
}

// SharedOverrides are the pools that take over a setting override for several servers: it has room for one thumbprint.
func (p *Plan) SharedOverrides() []topology.Pool {
	return p.pools(func(pool topology.Pool) bool { return pool.SettingOverride != "" && len(pool.MailboxServers) > 1 })
}
