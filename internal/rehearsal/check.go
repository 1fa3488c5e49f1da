package rehearsal

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/rehearsal/facts"
)

// harmless are the engine's own cmdlets that a script may call: they cannot reach a farm, and what they do to
// files they do on the stage.
var harmless = []string{
	"ConvertFrom-Csv", "ConvertFrom-Json", "ConvertTo-Json", "ForEach-Object", "Get-ChildItem", "Get-Command",
	"Get-Item", "Get-Random", "Import-Module", "Join-Path", "Move-Item", "New-Item", "New-Object", "Remove-Item", "Select-Object", "Set-StrictMode",
	"Sort-Object", "Split-Path", "Test-Path", "Where-Object", "Write-Output", "Write-Verbose",
}

// hostFacts are the commands for facts of the host that the farm stands in for (farm/host.ps1).
var hostFacts = []string{"Get-Date", "Get-PSDrive", "Read-Host", "Start-Sleep", "Get-ItemProperty", "Get-Service", "Get-WinEvent", "Restart-WebAppPool"}

// newer are the cmdlets that Windows Server 2012 lacks. Scripts call them only where Get-Command finds them; the
// rehearsal also runs without them.
var newer = []string{"Test-NetConnection"}

// classes are the .NET classes that a script may use: values, texts, plain files, hashes, XML, and whether a person types.
var classes = []string{
	"Array", "ArgumentException", "BitConverter", "bool", "byte", "char", "Collections.IDictionary",
	"Collections.Generic.Dictionary[string,object]", "Console", "Convert", "DateTime", "Globalization.CultureInfo", "Globalization.DateTimeStyles",
	"hashtable", "int", "IO.File", "IO.FileAttributes", "IO.StringReader", "Math", "NullString", "object", "ordered", "PSCustomObject", "PSObject",
	"regex", "scriptblock", "Security.Cryptography.SHA256CryptoServiceProvider", "string", "StringComparer", "StringComparison",
	"switch", "Text.Encoding", "Text.UnicodeEncoding", "UnauthorizedAccessException", "void", "xml", "Xml.XmlException",
	"Xml.XmlTextReader",
}

// checkCommands lets no script run before every command in it is known to be harmless here.
func (r *rehearsal) checkCommands() error {
	limits, err := limitsOf(&r.bundle.plan)
	if err != nil {
		return err
	}
	texts := tree{}
	for _, name := range r.bundle.scripts() {
		texts[name] = r.bundle.files[name]
	}
	scripts := len(texts)
	maps.Copy(texts, plannedCommands(&r.bundle.plan))
	lists, err := listScripts(filepath.Join(filepath.Dir(r.root), "scripts"), texts, r.engine.list)
	if err != nil {
		return err
	}
	problems := facts.Check(lists, limits)
	for _, p := range problems {
		r.record(p.Script, "", p.Message, outcome{Script: p.Script, culprit: &Mutation{Script: p.Script, Line: p.Line}})
	}
	if len(problems) == 0 {
		r.record(fmt.Sprintf("%d scripts and modules, and the plan", scripts), "every command and class is known", "", outcome{})
	}
	return nil
}

// limitsOf is what the scripts of a plan may use: what the farm stands in for in the plan's versions, and what is
// harmless.
func limitsOf(p *plan.Plan) (facts.Limits, error) {
	target := facts.Target{Lync: p.Versions.Lync, Exchange: p.Versions.Exchange}
	modelled, err := facts.Modelled(farmFolder())
	if err != nil {
		return facts.Limits{}, err
	}
	allowed := slices.Concat(harmless, hostFacts, newer)
	family := target
	if p.UsesOverride() {
		family.Exchange = "2016" // whose module 2019 shares
	}
	for _, name := range modelled {
		_, exists := facts.Lookup(target, name)
		if _, shared := facts.Lookup(family, name); exists || shared {
			allowed = append(allowed, name)
		}
	}
	for _, shell := range programs {
		allowed = append(allowed, shell...)
	}
	return facts.Limits{Target: target, Allowed: allowed, Newer: newer, Classes: classes}, nil
}

// plannedCommands is the plan's commands, a file a step, under the name of the step's script: the rehearsal runs them
// too.
func plannedCommands(p *plan.Plan) tree {
	texts := tree{}
	for _, step := range p.Steps {
		var text strings.Builder
		for _, command := range step.Commands {
			if command.Kind != plan.File {
				text.WriteString(command.Text + "\n")
			}
		}
		if text.Len() > 0 {
			texts[fmt.Sprintf("plan.json/%d-%s-%s.ps1", step.Order, step.Shell, step.ID)] = text.String()
		}
	}
	return texts
}

// listScripts lists what scripts are made of, by their names, with a parser that reads files: it writes them into
// folder.
func listScripts(folder string, texts tree, parse func(files []string) ([]facts.Script, error)) (map[string]facts.Script, error) {
	if err := texts.write(folder, tree{}); err != nil {
		return nil, err
	}
	names := texts.names()
	files := make([]string, len(names))
	for i, name := range names {
		files[i] = filepath.Join(folder, filepath.FromSlash(name))
	}
	parsed, err := parse(files)
	if err != nil {
		return nil, err
	}
	if len(parsed) != len(names) {
		return nil, fmt.Errorf("the parser listed %d scripts instead of %d", len(parsed), len(names))
	}
	lists := map[string]facts.Script{}
	for i, name := range names {
		lists[name] = parsed[i]
	}
	return lists, nil
}

// list lists what scripts are made of, by the engine's own parser.
func (e *engine) list(files []string) ([]facts.Script, error) {
	var answer struct{ Scripts []facts.Script }
	err := e.ask(map[string]any{"op": "list", "files": files}, nil, &answer)
	return answer.Scripts, err
}

// sentence joins complaints for a report.
func sentence(complaints []string) string {
	if len(complaints) > 5 {
		complaints = append(complaints[:5:5], fmt.Sprintf("and %d more", len(complaints)-5))
	}
	return strings.Join(complaints, "; ")
}
