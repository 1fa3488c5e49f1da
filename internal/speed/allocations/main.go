// Command allocations renders the bundle of a topology in memory and prints, as JSON, how much was allocated. It
// is a program of its own so that its memory is in nobody else's count.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"

	"lyncowa/internal/bundle"
	"lyncowa/internal/plan"
	"lyncowa/internal/topology"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: allocations TOPOLOGY")
		os.Exit(3)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(4)
	}
}

func run(name string) error {
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := render(data); err != nil {
		return err
	}
	runtime.ReadMemStats(&after)
	return json.NewEncoder(os.Stdout).Encode(map[string]uint64{
		"count": after.Mallocs - before.Mallocs,
		"bytes": after.TotalAlloc - before.TotalAlloc,
	})
}

func render(data []byte) error {
	top, findings := topology.Load(bundle.TopologyPath, data)
	if findings.HasErrors() {
		return errors.New("the topology has findings")
	}
	p, findings := plan.Build(top, data, plan.Integrate)
	if findings.HasErrors() {
		return errors.New("there is no plan")
	}
	_, err := bundle.Render(p)
	return err
}
