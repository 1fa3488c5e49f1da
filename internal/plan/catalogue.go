package plan

// Listed is a step as a kind of change has it, whatever the topology.
type Listed struct {
	Change  Change
	Order   int
	ID      string
	Title   string
	Kind    Kind
	Shell   Shell
	Sources []string // of the procedure: "P3", ...
}

// Catalogue lists the steps of every kind of change, in the order of Changes and then of the steps.
func Catalogue() []Listed {
	var list []Listed
	for _, c := range changes {
		for _, d := range c.steps {
			list = append(list, Listed{Change: c.name, Order: d.order, ID: d.id, Title: d.title, Kind: d.kind, Shell: d.shell, Sources: d.sources})
		}
	}
	return list
}
