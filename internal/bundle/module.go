package bundle

import (
	"io"
	"path"
	"text/template"

	"lyncowa/internal/plan"
	"lyncowa/templates"
)

// modulePath is the module that every script of a bundle imports.
const modulePath = "scripts/common.psm1"

// moduleRoom is about the length of the module in bytes, rather more.
const moduleRoom = 128 << 10

// module is what the module's templates see.
type module struct {
	*plan.Plan
	Parts []modulePart
}

// LyncShell is the name of the Lync management shell of this version.
func (m module) LyncShell() string { return m.Versions.ShellName(plan.ShellLync) }

// modulePart is a part of the module.
type modulePart struct {
	Name   string // as the module's first lines call it
	About  string
	path   string                // below the templates folder; a template only where it ends so
	needed func(*plan.Plan) bool // nil where every plan needs it
}

// moduleParts are all parts that a module can have, in their order.
var moduleParts = []modulePart{
	{"step", "begins and ends a step, prints its lines, decides its exit code", "common/step.psm1", nil},
	{"seal", "is this the bundle that was approved?", "common/seal.psm1", nil},
	{"place", "which host, which shell, which rights", "common/place.psm1.tmpl", nil},
	{"evidence", "before-states, follow-up marks, attempts, log", "common/evidence.psm1", nil},
	{"change", "the one door through which anything is changed", "common/change.psm1", nil},
	{"lync", "what can be seen of the Lync topology", "common/lync.psm1", nil},
	{"exchange", "what can be seen of Exchange", "common/exchange.psm1", nil},
	{"um", "which SipName dial plans a server is in", "common/um.psm1", (*plan.Plan).HasUM},
	{"override", "the setting override in Active Directory that holds the Lync pool and the certificate", "common/override.psm1", (*plan.Plan).UsesOverride},
	{"settings", "the two keys of web.config: captured, written, restored", "common/web-settings.psm1", usesWebConfig},
	{"webconfig", "the file itself: two keys, every other byte kept", "common/web-config.psm1", usesWebConfig},
}

func usesWebConfig(p *plan.Plan) bool { return !p.UsesOverride() }

// renderModule makes the module that the scripts share: its first lines and the parts that the plan needs.
func renderModule(p *plan.Plan) ([]byte, error) {
	m := module{Plan: p}
	for _, part := range moduleParts {
		if part.needed == nil || part.needed(p) {
			m.Parts = append(m.Parts, part)
		}
	}
	set := templateSet{template.New("")}
	text := scriptText{name: modulePath, out: make([]byte, 0, moduleRoom)}
	if err := set.write(&text, "common.psm1.tmpl", m); err != nil {
		return nil, err
	}
	for _, part := range m.Parts {
		if err := part.write(&text, set, m); err != nil {
			return nil, err
		}
	}
	_, err := io.WriteString(&text, "Export-ModuleMember -Function '*'\n")
	return text.bytes(), err
}

// write adds the part and an empty line. A part that is no template goes in as it is, past all copies that a template
// makes of its text: the module is the largest script of all.
func (part modulePart) write(text *scriptText, set templateSet, m module) error {
	if path.Ext(part.path) == ".tmpl" {
		if err := set.write(text, part.path, m); err != nil {
			return err
		}
	} else if err := text.addFile(part.path); err != nil {
		return err
	}
	_, err := io.WriteString(text, "\n")
	return err
}

// addFile adds a file below the templates folder.
func (t *scriptText) addFile(path string) error {
	data, err := templates.Files.ReadFile(path)
	if err == nil {
		_, err = t.Write(data)
	}
	return err
}
