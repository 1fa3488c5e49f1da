package inventory

import (
	"io/fs"
	"path"
	"strings"

	"lyncowa/templates"
)

// Script is one of the scripts that read a farm.
type Script struct {
	Name string // of its file
	Text []byte // ASCII with CRLF, as every script of lyncowa
}

// Scripts returns the scripts that read a farm: that of Exchange, then that of Lync.
func Scripts() ([]Script, error) {
	names, err := fs.Glob(templates.Inventory, "inventory/*.ps1")
	if err != nil {
		return nil, err
	}
	var scripts []Script
	for _, name := range names {
		text, err := fs.ReadFile(templates.Inventory, name)
		if err != nil {
			return nil, err
		}
		crlf := strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\n", "\r\n")
		scripts = append(scripts, Script{path.Base(name), []byte(crlf)})
	}
	return scripts, nil
}
