package main

import "fmt"

// target is a promise about speed.
type target struct {
	name     string
	limit    float64
	unit     string
	measured func(*measurements) float64
}

// targets are the promises. Ratios hold on any machine; the two of seconds and megabytes are those of a machine
// with two processors.
var targets = []target{
	{"litware against `lyncowa version`, time", 2, "times", func(m *measurements) float64 { return ratio(m.litware.lyncowa, m.version) }},
	{"10,000 servers, time", 1, "s", func(m *measurements) float64 { return m.largest().lyncowa.time.Seconds() }},
	{"10,000 servers, memory", 200, "MB", func(m *measurements) float64 { return float64(m.largest().lyncowa.memory) / 1e6 }},
	{"10,000 servers against the floor, time", 3, "times", func(m *measurements) float64 { return ratio(m.largest().lyncowa, m.largest().floor) }},
	{"twice as many servers, CPU time", 2.2, "times", (*measurements).growth},
}

// holds says whether a target is reached, in a word that cannot be overlooked.
func (t target) holds(m *measurements) string {
	if t.measured(m) <= t.limit {
		return "yes"
	}
	return "**no**"
}

func (t target) row(m *measurements) string {
	return fmt.Sprintf("| %s | %g %s | %.2f %s | %s |\n", t.name, t.limit, t.unit, t.measured(m), t.unit, t.holds(m))
}

// ratio compares times from start to exit.
func ratio(a, b cost) float64 { return a.time.Seconds() / b.time.Seconds() }

func (m *measurements) largest() rendering { return m.farms[len(m.farms)-1] }

// growth is the largest factor by which twice as many servers cost more. It compares CPU time, which other work
// of the machine disturbs least.
func (m *measurements) growth() float64 {
	var most float64
	for i := 1; i < len(m.doubled); i++ {
		most = max(most, m.doubled[i].lyncowa.cpu.Seconds()/m.doubled[i-1].lyncowa.cpu.Seconds())
	}
	return most
}
