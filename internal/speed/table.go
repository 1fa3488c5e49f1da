package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

const introduction = `# Speed

Made by ` + "`make bench`" + `; a run on another machine gives other times and, if it has nothing else to do, much the same ratios. Every number
is of a whole process, start to exit: the least time and the most memory of several runs, in turns with what it is compared with. The **floor**
is a program that only decodes the same file with yaml.v3 and writes the same bytes: it checks nothing, decides nothing and, unlike ` + "`render`" + `, does
not wait until they are on the disk. The bundles are written to a file system in memory where there is one, so that no disk is measured.
`

// page is docs/benchmarks.md.
func page(m *measurements) string {
	var out strings.Builder
	out.WriteString(introduction)
	fmt.Fprintf(&out, "\nMeasured on %s/%s, %d processors, %s.\n", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())

	out.WriteString("\n## Targets\n\n| what | at most | measured | holds |\n|---|---:|---:|---|\n")
	for _, t := range targets {
		out.WriteString(t.row(m))
	}

	fmt.Fprintf(&out, "\n## Start and render\n\n`lyncowa version` takes %s, %s of CPU and %s.\n", span(m.version.time), span(m.version.cpu), megabytes(m.version.memory))
	out.WriteString("\n| servers | bundle | time | CPU | memory | allocations | allocated | floor | times the floor |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range append([]rendering{m.litware}, m.farms...) {
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %d | %s | %s | %.1f |\n", r.name, megabytes(r.size), span(r.lyncowa.time), span(r.lyncowa.cpu),
			megabytes(r.lyncowa.memory), r.count, megabytes(int64(r.bytes)), span(r.floor.time), ratio(r.lyncowa, r.floor))
	}

	out.WriteString("\n## Growth\n\n| servers | CPU | as against half as many |\n|---|---:|---:|\n")
	for i, r := range m.doubled {
		growth := ""
		if i > 0 {
			growth = fmt.Sprintf("%.2f", r.lyncowa.cpu.Seconds()/m.doubled[i-1].lyncowa.cpu.Seconds())
		}
		fmt.Fprintf(&out, "| %s | %s | %s |\n", r.name, span(r.lyncowa.cpu), growth)
	}

	seconds := m.validate.time.Seconds()
	fmt.Fprintf(&out, "\n## Validate\n\n%d servers, %s of YAML, take %s: %s and %.0f servers a second.\n", m.servers, megabytes(int64(m.bytes)), span(m.validate.time),
		megabytes(int64(float64(m.bytes)/seconds)), float64(m.servers)/seconds)
	return out.String()
}

// span is a time in the unit that people read it in.
func span(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
