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
	return 30
}

// measureAll measures in a folder, in which it leaves nothing behind but what its caller removes.
func measureAll(t tools, litware, folder string) (*measurements, error) {
	m := &measurements{validated: validated{servers: 10_000}}
	var err error
	if m.version, err = measure(50, func() error { return nil }, t.lyncowa, "version"); err != nil {
		return nil, err
	}
	if m.litware, err = t.render("litware", litware, folder, runsOf(1)); err != nil {
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
	m.validate, err = measure(runsOf(m.servers), func() error { return nil }, t.lyncowa, "validate", path)
	return m, err
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

// render measures one topology: lyncowa, then the floor with lyncowa's bundle, then the allocations.
func (t tools) render(name, path, folder string, runs int) (rendering, error) {
	r := rendering{name: name}
	bundle, floored := filepath.Join(folder, "bundle"), filepath.Join(folder, "floor")
	absent := func(dir string) func() error { return func() error { return os.RemoveAll(dir) } }
	var err error
	if r.lyncowa, err = measure(runs, absent(bundle), t.lyncowa, "render", path, "-o", bundle); err != nil {
		return r, err
	}
	if r.floor, err = measure(runs, absent(floored), t.floor, path, bundle, floored); err != nil {
		return r, err
	}
	if r.size, err = sizeOf(bundle); err != nil {
		return r, err
	}
	answer, err := exec.Command(t.allocations, path).Output()
	if err != nil {
		return r, fmt.Errorf("count the allocations of %s: %w", name, err)
	}
	var allocated struct{ Count, Bytes uint64 }
	err = json.Unmarshal(answer, &allocated)
	r.count, r.bytes = allocated.Count, allocated.Bytes
	return r, err
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
