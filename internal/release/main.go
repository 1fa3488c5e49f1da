// Command release packs a folder into an archive whose bytes depend on nothing but the names and the contents of
// the files: no time, owner, mode, order or file system of the machine enters it. It is no part of lyncowa.
//
//	release FOLDER ARCHIVE.tar.gz
//	release FOLDER ARCHIVE.zip
//
// Everything in the archive lies in one folder, named as the archive is without its extension.
package main

import (
	"bytes"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: release FOLDER ARCHIVE")
		os.Exit(3)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(4)
	}
}

func run(folder, archive string) error {
	top, pack, err := formatOf(archive)
	if err != nil {
		return err
	}
	entries, err := list(os.DirFS(folder), top)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := pack(&out, entries); err != nil {
		return err
	}
	return os.WriteFile(archive, out.Bytes(), 0o644)
}
