//go:build unix

// Command bench measures lyncowa as its users run it, in whole processes, and prints docs/benchmarks.md. It exits with 1
// if a target is missed. The benchmarks of internal/bundle measure the same work without a process around it.
//
//	bench LYNCOWA HELM TOPOLOGY FOLDER
//
// HELM renders the chart that `helm create` writes. FOLDER receives the chart, the topologies and the bundles.
package main

import (
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"text/template"
	"time"
)

//go:embed page.tmpl
var page string

// report is what the page shows.
type report struct {
	Targets []target
	Rows    []row
}

// target is a promise about speed: so much at most.
type target struct {
	Name            string
	Limit, Measured float64
	Unit            string
}

func (t target) Holds() bool { return t.Measured <= t.Limit }

func (report) Machine() string {
	return fmt.Sprintf("%s/%s, %d processors, %s", runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version())
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: bench LYNCOWA HELM TOPOLOGY FOLDER")
		os.Exit(3)
	}
	report, err := measureAll(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err == nil {
		err = template.Must(template.New("page").Parse(page)).Execute(os.Stdout, report)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(4)
	}
	for _, t := range report.Targets {
		if !t.Holds() {
			os.Exit(1)
		}
	}
}

// measureAll measures every command of the page.
func measureAll(lyncowa, helm, litware, folder string) (*report, error) {
	chart, bundle := filepath.Join(folder, "litware"), filepath.Join(folder, "bundle")
	if err := exec.Command(helm, "create", chart).Run(); err != nil {
		return nil, fmt.Errorf("%s create: %w", helm, err)
	}
	rows, err := measure(100,
		command{"`lyncowa version`", []string{lyncowa, "version"}, ""},
		command{"`lyncowa render`, litware", []string{lyncowa, "render", litware, "-o", bundle}, bundle},
		command{"`helm template`, the chart of `helm create`", []string{helm, "template", chart}, ""})
	if err != nil {
		return nil, err
	}
	small, peer := rows[1], rows[2]

	topology := filepath.Join(folder, "farm.yaml")
	farms := map[int]row{}
	for _, servers := range []int{10, 100, 1_000, 5_000, 10_000, 20_000} {
		if err := os.WriteFile(topology, farm(servers), 0o644); err != nil {
			return nil, err
		}
		measured, err := measure(10,
			command{fmt.Sprintf("`lyncowa validate`, %d servers", servers), []string{lyncowa, "validate", topology}, ""},
			command{fmt.Sprintf("`lyncowa render`, %d servers", servers), []string{lyncowa, "render", topology, "-o", bundle}, bundle})
		if err != nil {
			return nil, err
		}
		rows = append(rows, measured...)
		farms[servers] = measured[1]
	}
	large := farms[10_000]
	return &report{[]target{
		{"litware, time", 15, milliseconds(small.Time), "ms"},
		{"litware, time as against `helm template`", 1 / 3., ratio(small.Time, peer.Time), "times"},
		{"10,000 servers, time", 1000, milliseconds(large.Time), "ms"},
		{"10,000 servers, memory", 250, large.Megabytes(), "MB"},
		{"twice as many servers, CPU time", 2.2, max(ratio(large.CPU, farms[5_000].CPU), ratio(farms[20_000].CPU, large.CPU)), "times"},
	}, rows}, nil
}

func milliseconds(d time.Duration) float64 { return d.Seconds() * 1000 }

func ratio(a, b time.Duration) float64 { return a.Seconds() / b.Seconds() }
