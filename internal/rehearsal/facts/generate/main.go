// Command generate makes the two generated parts of the simulated farm:
//
//	generate facts CMDLETS.json CMDLETS-WINDOWS.json    writes facts.json to standard output (trim.go)
//	generate stand-ins FARM                             writes the stand-ins into the farm's folder
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"lyncowa/internal/rehearsal/facts"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 3 && args[0] == "facts":
		return writeFacts(args[1], args[2])
	case len(args) == 2 && args[0] == "stand-ins":
		return writeStandIns(args[1])
	}
	return errors.New("usage: generate facts CMDLETS.json CMDLETS-WINDOWS.json | generate stand-ins FARM")
}

func writeStandIns(farm string) error {
	names, err := facts.Modelled(os.DirFS(farm))
	if err != nil {
		return err
	}
	for _, v := range facts.StandInVersions {
		path := filepath.Join(farm, "stand-ins", facts.StandInFile(v.Product, v.Version))
		if err := os.WriteFile(path, facts.StandIns(v.Product, v.Version, names), 0o644); err != nil {
			return err
		}
	}
	return nil
}
