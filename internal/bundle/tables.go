package bundle

import (
	"strconv"
	"strings"
	"sync"
	"text/template"

	"lyncowa/internal/escape"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

// tableFuncs give the templates the rows of the tables that grow with the farm. templates/tables.ps1.tmpl has what
// stands around them: the names of the variables and what they mean. Several scripts show the same table, so its
// rows are written once for a plan, when the first script asks for them; a template that wrote them anew for each
// script took most of the time of a large bundle.
func tableFuncs(p *plan.Plan) template.FuncMap {
	funcs := template.FuncMap{}
	for name, write := range map[string]func(*plan.Plan) *tableRows{
		"poolRows":             poolRows,
		"discoveredRows":       discoveredRows,
		"owaPoolRows":          owaPoolRows,
		"serverRows":           serverRows,
		"overrideRows":         overrideRows,
		"discoveredPoolRows":   discoveredPoolRows,
		"discoveredServerRows": discoveredServerRows,
		"memberRows":           memberRows,
	} {
		funcs[name] = sync.OnceValue(func() string { return write(p).String() })
	}
	return funcs
}

// tableRows is the inside of an array or a hash table of PowerShell, a line a row, each after its line end.
type tableRows struct{ strings.Builder }

// rowRoom is about the length of a row in bytes, rather more.
const rowRoom = 256

// newRows makes room for that many rows.
func newRows(n int) *tableRows {
	var r tableRows
	r.Grow(n * rowRoom)
	return &r
}

// field is one entry of a row: its name and its value, a PowerShell expression.
type field struct{ name, value string }

// add adds a row to an array.
func (r *tableRows) add(fields ...field) {
	r.WriteString("\n    ")
	r.fields(fields)
}

// addNamed adds a row to a hash table.
func (r *tableRows) addNamed(name string, fields ...field) {
	r.WriteString("\n    ")
	r.WriteString(escape.Quote(name))
	r.WriteString(" = ")
	r.fields(fields)
}

func (r *tableRows) fields(fields []field) {
	separator := "@{ "
	for _, f := range fields {
		r.WriteString(separator)
		r.WriteString(f.name)
		r.WriteString(" = ")
		r.WriteString(f.value)
		separator = "; "
	}
	r.WriteString(" }")
}

// poolRows are the trusted application pools.
func poolRows(p *plan.Plan) *tableRows {
	pools := p.TrustedPools()
	r := newRows(len(pools))
	for i := range pools {
		pool := &pools[i]
		r.add(
			field{"Fqdn", escape.Quote(pool.FQDN)},
			field{"Registrar", escape.Quote(pool.Registrar)},
			field{"Site", escape.Quote(pool.SiteID)},
			field{"ApplicationId", escape.Quote(pool.ApplicationID)},
			field{"Port", strconv.Itoa(pool.Port)},
			field{"Computers", escape.Array(pool.TrustedComputers)},
		)
	}
	return r
}

// discoveredRows are the pools that Lync discovers by itself, as it knows them.
func discoveredRows(p *plan.Plan) *tableRows {
	pools := p.DiscoveredPools()
	r := newRows(len(pools))
	for i := range pools {
		pool := &pools[i]
		r.add(
			field{"Fqdn", escape.Quote(pool.FQDN)},
			field{"ApplicationId", escape.Quote(pool.ApplicationID)},
			field{"Servers", escape.Array(serverNames(pool.MailboxServers))},
		)
	}
	return r
}

// owaPoolRows are all OWA pools.
func owaPoolRows(p *plan.Plan) *tableRows {
	pools := p.Topology.Pools
	step, exists := p.Step("sip-dial-plans")
	adds := exists && step.Status == plan.Planned
	r := newRows(len(pools))
	for i := range pools {
		r.addOwaPool(&pools[i], adds && !pools[i].SipDialPlans.IsEmpty(), pools[i].TrustedComputers)
	}
	return r
}

// addOwaPool adds an OWA pool. planComing says whether a step of the plan adds its servers to a SipName dial plan.
func (r *tableRows) addOwaPool(pool *topology.Pool, planComing bool, computers []string) {
	r.addNamed(pool.FQDN,
		field{"Registrar", escape.Quote(pool.Registrar)},
		field{"Colocated", escape.Bool(pool.UMColocated)},
		field{"PlanComing", escape.Bool(planComing)},
		field{"Computers", escape.Array(computers)},
	)
}

// serverRows are the Mailbox servers, each with its certificate, its subject and, where there are any, its override.
func serverRows(p *plan.Plan) *tableRows {
	servers := p.Servers()
	r := newRows(len(servers))
	for i := range servers {
		server := &servers[i]
		fields := []field{
			{"Fqdn", escape.Quote(server.FQDN)},
			{"Thumbprint", escape.Quote(server.Thumbprint)},
			{"Pool", escape.Quote(server.Pool.FQDN)},
			{"Subject", escape.Quote(server.Subject)},
		}
		if p.UsesOverride() {
			fields = append(fields, field{"Override", escape.Quote(server.Override)})
		}
		r.add(fields...)
	}
	return r
}

// overrideRows are the setting overrides as the change makes them.
func overrideRows(p *plan.Plan) *tableRows {
	overrides := p.Overrides()
	r := newRows(len(overrides))
	for i := range overrides {
		override := &overrides[i]
		r.add(
			field{"Name", escape.Quote(override.Name)},
			field{"First", escape.Quote(override.First)},
			field{"Exists", "$true"},
			field{"Parameters", escape.Array(override.Parameters())},
			field{"Servers", escape.Array(override.Servers)},
		)
	}
	return r
}

// discoveredPoolRows are the OWA pools that Lync discovers by itself, where a change concerns no others. Nothing is
// to be entered by hand for them and no dial plan is added.
func discoveredPoolRows(p *plan.Plan) *tableRows {
	pools := p.DiscoveredPools()
	r := newRows(len(pools))
	for i := range pools {
		r.addOwaPool(&pools[i], false, nil)
	}
	return r
}

// discoveredServerRows are the Mailbox servers of these pools.
func discoveredServerRows(p *plan.Plan) *tableRows {
	servers := p.Servers()
	r := newRows(len(servers))
	for i := range servers {
		if server := &servers[i]; server.Pool.UMColocated {
			r.add(
				field{"Fqdn", escape.Quote(server.FQDN)},
				field{"Pool", escape.Quote(server.Pool.FQDN)},
				field{"Subject", escape.Quote(server.Subject)},
			)
		}
	}
	return r
}

// memberRows are the servers that go into SipName dial plans, in their two roles, and which plans these are.
func memberRows(p *plan.Plan) *tableRows {
	pools := p.DialPlanPools()
	r := newRows(len(pools))
	for _, pool := range pools {
		plans := escape.Array(pool.SipDialPlans.Names)
		for _, server := range pool.MailboxServers {
			r.addMember(server.FQDN, "UM", plans)
		}
		for _, name := range pool.ClientAccessServers.Names {
			r.addMember(name, "Router", plans)
		}
	}
	return r
}

func (r *tableRows) addMember(server, role, plans string) {
	r.add(field{"Server", escape.Quote(server)}, field{"Role", escape.Quote(role)}, field{"Plans", plans})
}

func serverNames(servers []topology.MailboxServer) []string {
	names := make([]string, len(servers))
	for i, s := range servers {
		names[i] = s.FQDN
	}
	return names
}
