// Package record writes the change record: the page on which a change board finds every answer of its form, in
// Markdown for the ticket and in HTML for the screen and the printer.
//
// Both are views of one document, and the document is a view of the plan: what is to be done and why has been
// decided there. What stands here is wording only.
package record

import (
	"cmp"
	"slices"
	"strings"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// Paths of the two views in a bundle.
const (
	MarkdownPath = "change-record.md"
	HTMLPath     = "change-record.html"
)

// Record is the change record of a plan. Its two pages are made of one document. The same plan gives the same bytes.
type Record struct{ document document }

// New returns the record of a plan.
func New(p *plan.Plan) Record { return Record{newDocument(p)} }

// Markdown is the record as a Markdown page: UTF-8, LF.
func (r Record) Markdown() []byte { return inMarkdown(r.document) }

// HTML is the record as one self-contained page: UTF-8, LF, well-formed XML, without script and without anything to
// load from elsewhere.
func (r Record) HTML() []byte { return inHTML(r.document) }

// newDocument arranges the whole record.
func newDocument(p *plan.Plan) document {
	r := subject{p}
	return document{
		Title:    "Change record: " + escape.Visible(firstOf(p.Topology.Change.Title, p.Name)),
		Subtitle: say("%s, %s, %s", p.BundleName(), string(p.Change), r.products()),
		Sections: number([]section{
			r.summary(),
			r.identification(),
			r.whatAndWhy(),
			r.affected(),
			r.decision(),
			r.risk(),
			r.prerequisites(),
			r.questions(),
			r.steps(),
			r.backOut(),
			r.verification(),
			r.compatibility(),
			r.sources(),
			r.approvals(),
		}),
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}

// subject is the plan with the questions that the wording asks of it.
type subject struct{ *plan.Plan }

// Ids of the steps that the wording speaks of.
const (
	dialPlanStep   = "sip-dial-plans"
	trustStep      = "trusted-application"
	enableStep     = "enable-topology"
	directoryStep  = "owa-virtual-directories"
	settingsStep   = "im-settings"
	policyStep     = "mailbox-policies"
	checkExchange  = "preflight-exchange"
	checkLync      = "preflight-lync"
	verifyExchange = "verify-exchange"
	verifyLync     = "verify-lync"
	signInStep     = "sign-in"
)

// planned reports whether a step is to be done.
func (r subject) planned(id string) bool {
	s, found := r.Step(id)
	return found && s.Status == plan.Planned
}

// products are those that the change is about: one that concerns OWA alone asks nothing of Lync, not even to be there.
func (r subject) products() string {
	exchange := "Exchange Server " + r.Versions.Exchange
	if r.switchesOff() {
		return exchange
	}
	return exchange + ", " + r.Versions.LyncProduct()
}

// webConfig reports whether OWA's web.config is edited.
func (r subject) webConfig() bool {
	s, _ := r.Step(settingsStep)
	return slices.ContainsFunc(s.Commands, func(c plan.Command) bool { return c.Kind == plan.File })
}

// pools are the OWA pools that the change is about: a removal of double entries leaves out those without one.
func (r subject) pools() []topology.Pool {
	if r.removes() {
		return r.DiscoveredPools()
	}
	return r.Topology.Pools
}

// servers are the Mailbox servers of those pools.
func (r subject) servers() []plan.Server {
	if r.removes() {
		return r.DiscoveredServers()
	}
	return r.Servers()
}

// registrars are the Lync pools of those pools, each once.
func (r subject) registrars() []string { return plan.Registrars(r.pools()) }

// How a change treats the trusted application pools.
func (r subject) creates() bool { return r.Change == plan.Integrate && r.planned(trustStep) }
func (r subject) removes() bool { return r.Change == plan.RemoveDuplicate }
func (r subject) keeps() bool   { return r.Change == plan.Reapply || r.Change == plan.RenewCertificate }

// How it treats instant messaging on the virtual directories.
func (r subject) switchesOn() bool  { return r.Change == plan.Integrate && r.planned(directoryStep) }
func (r subject) switchesOff() bool { return r.Change == plan.Disable }

// renews reports whether the change is about a certificate and names what it replaces.
func (r subject) renews() bool { return r.Change == plan.RenewCertificate }

// trusts reports whether trusted application pools have a part in this change.
func (r subject) trusts() bool {
	return !r.switchesOff() && !r.removes() && len(r.TrustedPools()) > 0
}

// discovers reports whether Lync discovers some of the servers by itself, and that has a part in this change.
func (r subject) discovers() bool { return !r.switchesOff() && len(r.DiscoveredPools()) > 0 }

// onlyReads reports whether nothing is left to change, as for a version that keeps what another one loses.
func (r subject) onlyReads() bool { return !slices.ContainsFunc(r.Steps, plan.Step.Changes) }

// changing are the planned steps that change something, in order.
func (r subject) changing() []plan.Step {
	var steps []plan.Step
	for _, s := range r.Steps {
		if s.Changes() {
			steps = append(steps, s)
		}
	}
	return steps
}

// shellName is the name of the management shell.
func (r subject) shellName(s plan.Shell) string {
	return cmp.Or(r.Versions.ShellName(s), "none; done by a person")
}

// computers are the computers of a trusted application pool; without any, the pool is its own one computer.
func computers(pool topology.Pool) []string {
	if len(pool.TrustedComputers) == 0 {
		return []string{pool.FQDN}
	}
	return pool.TrustedComputers
}
