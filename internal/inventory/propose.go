package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lyncowa/internal/finding"
)

// Choice is what a person decides where the facts leave a choice.
type Choice struct {
	Pools     []string // the OWA pools to describe, by FQDN; none for all of them
	Registrar string   // the Lync pool; "" for none
}

// Value is one field of a proposed topology. An open one has no text, but the reason and the candidates.
type Value struct {
	Text       string
	Fact       string // what it follows from; of an open one, why it is open
	Candidates []string
}

// IsOpen reports whether the facts leave the field to a person.
func (v Value) IsOpen() bool { return v.Text == "" }

// Field is an open field of a proposal's file.
type Field struct {
	Line, Column int // of its key
	Key, Why     string
}

// Proposal is a topology as far as it follows from the facts.
type Proposal struct {
	Name            string
	Sources         []string
	Exchange, Lync  Value
	Pools           []ProposedPool
	MailboxPolicies []Value
	LeftOut         []string // servers that are in no OWA pool, with the reason
}

// ProposedPool is one OWA pool of a proposal. TrustedComputers is nil where the default is right.
type ProposedPool struct {
	FQDN, Registrar, SiteID, Port, UMColocated, Thumbprint Value
	MailboxServers                                         []ProposedServer
	MailboxServersOpen                                     *Value // instead of the servers
	ClientAccessServers                                    []string
	TrustedComputers                                       *TrustedComputers
	SipDialPlans                                           []string
	IsDiscovered                                           bool // Lync knows the servers without a trusted pool
}

// ProposedServer is a Mailbox server. Its Thumbprint is nil where that of the pool is its own.
type ProposedServer struct {
	FQDN       string
	Thumbprint *Value
}

// TrustedComputers are the computers of the trusted application pool, and the fact that decides it.
type TrustedComputers struct {
	Names []string
	Fact  string
}

// ChoiceError is a choice that the facts do not offer.
type ChoiceError struct {
	Problem string
	Offered []string
}

func (e *ChoiceError) Error() string { return e.Problem }

// Propose derives a topology from the facts. Where they have more than one answer, the field stays open.
func (f *Farm) Propose(choice Choice) (*Proposal, error) {
	if choice.Registrar != "" && !f.pools[choice.Registrar].Registrar {
		return nil, &ChoiceError{fmt.Sprintf("%q is no Lync pool with a Registrar service", choice.Registrar), f.registrars()}
	}
	groups := f.owaGroups()
	if len(choice.Pools) > 0 {
		var err error
		if groups, err = chosen(groups, choice.Pools); err != nil {
			return nil, err
		}
	}
	p := &Proposal{}
	for _, file := range f.Files {
		p.Sources = append(p.Sources, fmt.Sprintf("%s %s (%s)", file.Kind, file.Host, file.TakenAt))
	}
	for _, g := range groups {
		p.Pools = append(p.Pools, f.proposePool(g, choice.Registrar))
	}
	p.Name = bundleName(p.Pools)
	p.Exchange, p.Lync = f.exchangeVersion(groups), f.lyncVersion()
	p.MailboxPolicies = f.defaultPolicies()
	if len(choice.Pools) == 0 {
		p.LeftOut = f.leftOut(groups)
	}
	return p, nil
}

func (f *Farm) exchangeVersion(groups []*owaGroup) Value {
	counts := map[string]int{}
	reported := ""
	for _, g := range groups {
		for _, s := range slices.Concat(g.mailbox, g.undecided) {
			counts[f.servers[s].Year()]++
			reported = f.servers[s].Version
		}
	}
	switch years := slices.Sorted(maps.Keys(counts)); len(years) {
	case 0:
		return open("no Mailbox server of Exchange 2013, 2016 or 2019 was read")
	case 1:
		return Value{Text: years[0], Fact: "the Mailbox servers report such as " + reported}
	default:
		var candidates []string
		for _, y := range years {
			candidates = append(candidates, fmt.Sprintf("%s: %s", y, Count(counts[y], "Mailbox server")))
		}
		return open("the Mailbox servers have several versions; describe each version in a file of its own", candidates...)
	}
}

func (f *Farm) lyncVersion() Value {
	short, reported := f.lyncYear()
	if short == "" {
		return open("the version of Lync was not read; " + f.source(Lync))
	}
	return Value{Text: short, Fact: reported}
}

// defaultPolicies is the policy that the organisation's mailboxes get. The others are candidates.
func (f *Farm) defaultPolicies() []Value {
	counts := map[string]int{}
	for _, c := range f.MailboxCounts {
		if c.By == "policy" {
			counts[c.Name] = c.Count
		}
	}
	var all []string
	var values []Value
	for _, p := range f.MailboxPolicies {
		isDefault := p.IsDefault != nil && *p.IsDefault || len(f.MailboxPolicies) == 1
		text, count := p.Name, counts[p.Name]
		if isDefault {
			values = append(values, Value{Text: p.Name})
			count += counts[""] // a mailbox without a policy gets the organisation's default
		}
		if f.MailboxCounts != nil {
			text += " (" + Count(count, "mailbox") + ")"
		}
		all = append(all, text)
	}
	for i := range values {
		values[i].Fact = Count(len(all), "policy") + ": " + finding.Few(all)
	}
	return values
}

// leftOut are the Exchange servers that no OWA pool has.
func (f *Farm) leftOut(groups []*owaGroup) []string {
	in := map[string]bool{}
	for _, g := range groups {
		for _, s := range slices.Concat(g.mailbox, g.clientAccess, g.undecided) {
			in[s] = true
		}
	}
	var left []string
	for _, s := range f.Servers {
		switch {
		case in[s.Server]:
		case s.Year() == "":
			left = append(left, s.Server+": "+cmp.Or(s.Version, "its version was not read"))
		default:
			left = append(left, s.Server+": no OWA virtual directory, and none in its site")
		}
	}
	return left
}

// bundleName names the bundle by its only pool, else by the farm.
func bundleName(pools []ProposedPool) string {
	if len(pools) != 1 || pools[0].FQDN.IsOpen() {
		return "owa-im"
	}
	name := strings.ReplaceAll(strings.ReplaceAll(pools[0].FQDN.Text, ".", "-"), "_", "-")
	return strings.Trim(name[:min(len(name), 63)], "-")
}

func unique(names []string) []string { return slices.Compact(slices.Sorted(slices.Values(names))) }

// Count writes a number and its noun.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if base, isY := strings.CutSuffix(noun, "y"); isY {
		return fmt.Sprintf("%d %sies", n, base)
	}
	if strings.HasSuffix(noun, "x") {
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
