// Command release makes the parts of a release. It is no part of lyncowa.
//
//	release pack FOLDER ARCHIVE.tar.gz|ARCHIVE.zip
//	release notices PROGRAM
//
// pack writes an archive whose bytes depend on the names and the contents of the files alone, not on times, owners, modes
// or the order of a file system. Everything in the archive lies in one folder, named as the archive without its extension.
// notices prints the licences of what is linked into a program.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
)

var errUsage = errors.New("usage: release pack FOLDER ARCHIVE | release notices PROGRAM")

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		if errors.Is(err, errUsage) {
			os.Exit(3)
		}
		os.Exit(4)
	}
}

func run(words []string) error {
	switch {
	case len(words) == 3 && words[0] == "pack":
		return packFolder(words[1], words[2])
	case len(words) == 2 && words[0] == "notices":
		return notices(os.Stdout, words[1])
	}
	return errUsage
}

func packFolder(folder, archive string) error {
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
