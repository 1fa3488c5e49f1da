package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"lyncowa/internal/inventory"
)

// inventoryFolder is where the inventory scripts are written without -o.
const inventoryFolder = "lyncowa-inventory"

func newInventory() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "inventory",
		Short: "Write the two read-only scripts that list what a farm is",
		Long: `Write two PowerShell scripts into DIR, ` + inventoryFolder + ` if left out. They only read: one
the Exchange organisation and the server that it runs on, one the Lync topology.
Each writes one JSON file beside itself, without any user name, and prints its
SHA-256. Copy the folder to the servers, run the scripts and bring the JSON files
back. A script that is there already, and the same, is left alone.`,
		Example: "  lyncowa inventory\n  lyncowa inventory -o dublin-inventory",
		Args:    noArguments,
	}
	output := addText(cmd, "output", "o", "DIR", "folder to write the scripts into", completeFolders)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		folder := cmp.Or(*output, inventoryFolder)
		if err := writeInventoryScripts(folder); err != nil {
			return err
		}
		out := cmd.OutOrStdout()
		fmt.Fprintf(out, "wrote %s: 2 scripts, read-only\n", printable(folder))
		fmt.Fprintln(out, `on one Mailbox server, in the Exchange Management Shell:   .\inventory-exchange.ps1
on each other Mailbox server, in the same shell:           .\inventory-exchange.ps1 -ThisServer
on a Front End, in the Lync Server Management Shell:       .\inventory-lync.ps1
then bring the JSON files into this folder`)
		next(out, "lyncowa init --inventory "+quoted(folder))
		return nil
	}
	return cmd
}

func writeInventoryScripts(folder string) error {
	scripts, err := inventory.Scripts()
	if err != nil {
		return err
	}
	if !isFolder(folder) {
		if err := os.Mkdir(folder, 0o755); err != nil {
			return notWritten(folder, fmt.Sprintf("you need the right to make folders in %q", parentOf(folder)), err)
		}
	}
	for _, s := range scripts {
		name := filepath.Join(folder, s.Name)
		if there, err := os.ReadFile(name); err == nil && bytes.Equal(there, s.Text) {
			continue
		}
		if err := writeNew(name, s.Text); err != nil {
			return err
		}
	}
	return nil
}

// addInventory defines --inventory.
func addInventory(cmd *cobra.Command) *[]string {
	return addList(cmd, "inventory", "PATH", "file of an inventory script, or folder with such files; may be repeated", completeAny)
}

// withInventories are the flags of a suggested command that reads the same inventories.
func withInventories(paths []string) string {
	text := ""
	for _, path := range paths {
		text += " --inventory " + quoted(path)
	}
	return text
}

// readFacts reads the inventories that topologies are held against; none is right too.
func (r *reading) readFacts(paths []string) (err error) {
	if len(paths) > 0 {
		r.facts, err = r.farm(paths)
	}
	return err
}

// farm reads inventories and merges them. Of a folder it reads the files that the scripts name so. The farm is nil if
// there is an error among the findings.
func (r *reading) farm(paths []string) (*inventory.Farm, error) {
	names, err := inventoryFiles(paths)
	if err != nil {
		return nil, err
	}
	var files []*inventory.File
	seen := map[[sha256.Size]byte]bool{}
	for _, name := range names {
		data, err := readInventory(name)
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(data); seen[sum] {
			continue // the same file, or a copy of it
		} else {
			seen[sum] = true
		}
		r.texts[name] = data
		file, findings := inventory.Load(name, data)
		r.findings = append(r.findings, findings...)
		files = append(files, file)
	}
	if r.findings.HasErrors() {
		return nil, nil
	}
	farm, findings := inventory.Merge(files)
	r.findings = append(r.findings, findings...)
	return farm, nil
}

// inventoryFiles are the files of the paths, those of a folder in the order of their names.
func inventoryFiles(paths []string) ([]string, error) {
	var names []string
	for _, path := range paths {
		if !isFolder(path) {
			names = append(names, path)
			continue
		}
		before := len(names)
		for _, kind := range []string{inventory.Exchange, inventory.Lync} {
			found, err := os.ReadDir(path)
			if err != nil {
				return nil, fmt.Errorf("cannot read %q: %w", path, cause(err))
			}
			for _, entry := range found {
				if matches, _ := filepath.Match(kind+"-*.json", entry.Name()); matches {
					names = append(names, filepath.Join(path, entry.Name()))
				}
			}
		}
		if len(names) == before {
			return nil, &hintedError{
				error: fmt.Errorf("%q holds no file of an inventory script", path),
				hint:  "they are named exchange-HOST.json and lync-HOST.json; lyncowa inventory writes the scripts",
			}
		}
		slices.Sort(names[before:])
	}
	return names, nil
}

// readInventory reads one byte more than a file may have, so that a larger one is a finding. It opens regular files only:
// a pipe would block.
func readInventory(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%q is no regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", name, cause(err))
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, inventory.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("cannot read %q: %w", name, cause(err))
	}
	return data, nil
}
