// Command generate writes the stand-ins into the farm: `go run ./standin/generate farm`, by `make stand-ins`.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"lyncowa/internal/rehearsal/standin"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FARM")
		os.Exit(3)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(4)
	}
}

func generate(farm string) error {
	names, err := standin.Modelled(os.DirFS(farm))
	if err != nil {
		return err
	}
	for _, v := range standin.Versions {
		path := filepath.Join(farm, "stand-ins", standin.FileName(v.Product, v.Version))
		if err := os.WriteFile(path, standin.Module(v.Product, v.Version, names), 0o644); err != nil {
			return err
		}
	}
	return nil
}
