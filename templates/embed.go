// Package templates holds the texts that people read: scripts, back-outs, the common module, the words of the plan, the
// change record, the approval and the implementation report. They take no decision; the plan has made them. A word can be changed here alone.
package templates

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"strings"
	"sync"
)

// Files is every template, by its path below this folder.
//
//go:embed *.tmpl scripts/*.tmpl backout/*.tmpl plan/*.tmpl record/* report/*
var Files embed.FS

//go:embed common
var common embed.FS

// Module is the common module of a product family. It holds no value of a topology, so it is the same file in every
// bundle of a program version and family: a board reads it once.
type Module struct {
	Family string // what Exchange takes the settings from
	Text   []byte // with the line ends of Windows
}

// Lines is the number of lines of the module.
func (m Module) Lines() int { return strings.Count(string(m.Text), "\n") }

// SHA256 is the module's sum in lower-case hex, as SHA256SUMS has it.
func (m Module) SHA256() string {
	sum := sha256.Sum256(m.Text)
	return hex.EncodeToString(sum[:])
}

// Modules are the modules of all families: web.config (Exchange 2013), then the setting override (2016 and later).
var Modules = sync.OnceValue(func() []Module {
	return []Module{
		{"web.config", join(append(shared, "web-settings", "web-config"))},
		{"setting override", join(append(shared, "override"))},
	}
})

// ModuleFor is the module of the family that takes its settings from a setting override, or of the other.
func ModuleFor(usesOverride bool) Module {
	if usesOverride {
		return Modules()[1]
	}
	return Modules()[0]
}

// shared are the parts of every module, in their order.
var shared = []string{"step", "seal", "place", "events", "evidence", "change", "lync", "exchange", "um", "pilots", "run"}

func join(parts []string) []byte {
	var texts []string
	for _, part := range parts {
		text, err := common.ReadFile("common/" + part + ".psm1")
		if err != nil {
			panic(err) // a part without its file: the first test finds it
		}
		texts = append(texts, string(text))
	}
	return []byte(strings.ReplaceAll(strings.Join(texts, "\n"), "\n", "\r\n"))
}

// Inventory is the scripts that read a farm, which are whole, and the template of a topology that is derived from what
// they read.
//
//go:embed inventory/*
var Inventory embed.FS
