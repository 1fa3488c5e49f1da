// Package templates holds the texts of a bundle as text/template sources: one file a script, a shared prologue,
// and the parts of the common module. They take no decision; the plan has made them.
package templates

import "embed"

// Files is every template, by its path below this folder.
//
//go:embed *.tmpl common/*.tmpl scripts/*.tmpl backout/*.tmpl record/*.tmpl
var Files embed.FS

// RecordStyle is the style sheet of the change record's page.
//
//go:embed record/change-record.css
var RecordStyle string
