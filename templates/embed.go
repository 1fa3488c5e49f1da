// Package templates holds the texts of a bundle. Scripts are text/template sources: one file a script and a shared
// prologue. The parts of the common module are plain PowerShell, but for the one that holds a value. They take no
// decision; the plan has made them.
package templates

import "embed"

// Files is every script template and every part of the module, by its path below this folder.
//
//go:embed *.tmpl common/* scripts/*.tmpl backout/*.tmpl
var Files embed.FS

// RecordStyle is the style sheet of the change record's page.
//
//go:embed record/change-record.css
var RecordStyle string

// The prose of approval.md that is the same in every bundle: how to check and how to sign a bundle, and the rules for
// every run sheet.
var (
	//go:embed record/approval-check.md
	ApprovalCheck string
	//go:embed record/approval-rules.md
	ApprovalRules string
)
