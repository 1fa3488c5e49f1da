// Command floor is the least that a program which turns a topology into a bundle has to do: it decodes the
// topology with yaml.v3 and writes a bundle's bytes, taken from a bundle that is there already. It checks
// nothing, decides nothing, and does not wait for the disk.
//
//	floor TOPOLOGY BUNDLE NEW
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: floor TOPOLOGY BUNDLE NEW")
		os.Exit(3)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(4)
	}
}

func run(topology, bundle, target string) error {
	data, err := os.ReadFile(topology)
	if err != nil {
		return err
	}
	var decoded map[string]any
	if err := yaml.Unmarshal(data, &decoded); err != nil {
		return err
	}
	return write(bundle, target)
}

// write writes every file of one folder into another, which must not exist.
func write(from, to string) error {
	return filepath.WalkDir(from, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.Mkdir(filepath.Join(to, path), 0o755)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), data, 0o644)
	})
}
