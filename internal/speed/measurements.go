package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// tools are the paths of the programs that are measured, each built as a release is.
type tools struct{ lyncowa, floor, allocations string }

// rendering is what one topology costs.
type rendering struct {
	name           string
	size           int64 // of the bundle in bytes
	lyncowa, floor cost
	count, bytes   uint64 // allocations of load, plan and render
}

// measurements are everything that the table shows.
type measurements struct {
	version  cost
	litware  rendering
	farms    []rendering
	doubled  []rendering // each has twice as many servers as the one before
	validate cost
	validated
}

// validated is what validate reads: so many bytes with so many servers.
type validated struct{ bytes, servers int }

// The sizes of farms, in servers. The last ones nearly fill the 1 MiB that a topology may have.
var (
	farmSizes    = []int{1, 10, 100, 1_000, 10_000}
	doubledSizes = []int{5_000, 10_000, 20_000}
)

// runsOf is how often a farm of that size is rendered: the small ones vary more, and cost less.
func runsOf(servers int) int {
	if servers >= 1_000 {
		return 5
	}
	return 200
}

// measureAll measures in a folder, in which it leaves nothing behind but what its caller removes.
func measureAll(t tools, litware, folder string) (*measurements, error) {
	m := &measurements{validated: validated{servers: 10_000}}
	var err error
	if m.litware, m.version, err = t.renderBesideVersion("litware", litware, folder); err != nil {
		return nil, err
	}
	if m.farms, err = t.renderFarms(farmSizes, folder); err != nil {
		return nil, err
	}
	if m.doubled, err = t.renderFarms(doubledSizes, folder); err != nil {
		return nil, err
	}
	text := farm(m.servers)
	m.bytes = len(text)
	path := filepath.Join(folder, "validate.yaml")
	if err := os.WriteFile(path, text, 0o644); err != nil {
		return nil, err
	}
	costs, err := measure(runsOf(m.servers), command{program: t.lyncowa, arguments: []string{"validate", path}})
	if err != nil {
		return nil, err
	}
	m.validate = costs[0]
	return m, nil
}

func (t tools) renderFarms(sizes []int, folder string) ([]rendering, error) {
	var all []rendering
	for _, servers := range sizes {
		path := filepath.Join(folder, "farm.yaml")
		if err := os.WriteFile(path, farm(servers), 0o644); err != nil {
			return nil, err
		}
		r, err := t.render(fmt.Sprint(servers), path, folder, runsOf(servers))
		if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

// render measures one topology: lyncowa and the floor in turns, then the allocations.
func (t tools) render(name, path, folder string, runs int) (rendering, error) {
	costs, err := measure(runs, t.renderings(path, folder)...)
	if err != nil {
		return rendering{}, err
	}
	return t.weigh(name, path, folder, costs)
}

// renderBesideVersion does the same and measures in turns with it what a start of lyncowa costs that does nothing.
func (t tools) renderBesideVersion(name, path, folder string) (r rendering, version cost, err error) {
	start := command{program: t.lyncowa, arguments: []string{"version"}}
	costs, err := measure(runsOf(1), append(t.renderings(path, folder), start)...)
	if err != nil {
		return rendering{}, cost{}, err
	}
	r, err = t.weigh(name, path, folder, costs)
	return r, costs[len(costs)-1], err
}

// renderings are lyncowa and the floor, which writes lyncowa's bundle once more.
func (t tools) renderings(path, folder string) []command {
	bundle, floored := filepath.Join(folder, "bundle"), filepath.Join(folder, "floor")
	return []command{
		{t.lyncowa, []string{"render", path, "-o", bundle}, bundle},
		{t.floor, []string{path, bundle, floored}, floored},
	}
}

// weigh adds the size of the bundle and the allocations to the costs of renderings.
func (t tools) weigh(name, path, folder string, costs []cost) (rendering, error) {
	size, err := sizeOf(filepath.Join(folder, "bundle"))
	if err != nil {
		return rendering{}, err
	}
	answer, err := exec.Command(t.allocations, path).Output()
	if err != nil {
		return rendering{}, fmt.Errorf("count the allocations of %s: %w", name, err)
	}
	var allocated struct{ Count, Bytes uint64 }
	err = json.Unmarshal(answer, &allocated)
	return rendering{name, size, costs[0], costs[1], allocated.Count, allocated.Bytes}, err
}

// sizeOf adds up the files of a folder.
func sizeOf(folder string) (int64, error) {
	var size int64
	err := filepath.WalkDir(folder, func(_ string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
