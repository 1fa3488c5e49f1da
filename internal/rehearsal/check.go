package rehearsal

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"lyncowa/internal/plan"
	"lyncowa/internal/rehearsal/facts"
)

// harmless are the engine's own cmdlets that a script may call: they cannot reach a farm, and what they do to
// files they do on the stage.
var harmless = []string{
	"Add-Content", "Add-Member", "Compare-Object", "ConvertFrom-Csv", "ConvertFrom-Json", "ConvertTo-Json", "ConvertTo-Xml", "Copy-Item",
	"Export-ModuleMember", "ForEach-Object", "Format-List", "Format-Table", "Get-ChildItem", "Get-Command", "Get-Content", "Get-Item",
	"Get-Member", "Get-Variable", "Group-Object", "Import-Module", "Join-Path", "Measure-Object", "Move-Item", "New-Item", "New-Object",
	"Out-File", "Out-Null", "Out-String", "Remove-Item", "Remove-Module", "Remove-Variable", "Resolve-Path", "Select-Object", "Select-String", "Set-Content",
	"Set-StrictMode", "Set-Variable", "Sort-Object", "Split-Path", "Test-Path", "Where-Object", "Write-Debug", "Write-Error", "Write-Output",
	"Write-Progress", "Write-Verbose", "Write-Warning",
}

// hostFacts are the commands for facts of the host that the farm stands in for (farm/host.ps1).
var hostFacts = []string{"Get-Date", "Start-Sleep", "Get-ItemProperty", "Get-Service", "Get-WinEvent", "Restart-WebAppPool"}

// classes are the .NET classes that a script may use: values, texts, plain files, hashes and XML.
var classes = []string{
	"Array", "array", "ArgumentException", "AllowEmptyString", "AllowEmptyCollection", "AllowNull", "BitConverter", "bool", "Boolean", "byte", "char",
	"CmdletBinding", "Collections.ArrayList", "Collections.IDictionary", "Collections.Generic.Dictionary[string,object]", "Collections.Generic.List[int]",
	"Collections.Generic.List[string]", "Convert", "DateTime", "Globalization.CultureInfo", "Globalization.DateTimeStyles", "Guid", "hashtable", "int", "IO.Directory", "IO.File",
	"IO.FileAttributes", "IO.FileInfo", "IO.IOException", "IO.MemoryStream", "IO.Path", "IO.StreamReader", "IO.StringReader", "long", "Math",
	"Management.Automation.ErrorRecord", "Management.Automation.PSCmdlet", "NullString", "object", "OutputType", "Parameter", "PSCustomObject",
	"pscustomobject", "PSObject", "psobject", "regex", "scriptblock", "Security.Cryptography.SHA256CryptoServiceProvider", "string", "String", "StringComparer",
	"StringComparison", "switch", "Text.Encoding", "Text.ASCIIEncoding", "Text.RegularExpressions.Regex", "Text.StringBuilder", "Text.UnicodeEncoding",
	"Text.UTF8Encoding", "TimeSpan", "timespan", "UnauthorizedAccessException", "UriKind", "ValidateSet", "version", "void", "xml", "Xml.XmlDocument", "Xml.XmlException",
	"Xml.XmlTextReader",
}

// checkCommands lets no script run before every command in it is known to be harmless here.
func (r *rehearsal) checkCommands() error {
	names, err := facts.Modelled(farmFolder())
	if err != nil {
		return err
	}
	allowed := append(append(append([]string{}, harmless...), hostFacts...), r.standIns(names)...)
	for _, shell := range programs {
		allowed = append(allowed, shell...)
	}
	folder := bundleFolder(r.bundle.lyncHost(), r.bundle)
	staged := maps.Clone(r.forward.start.files)
	staged[folder+"/"+plannedCommands] = r.bundle.planText()
	if err := staged.write(r.root, r.disk); err != nil {
		return err
	}
	r.disk = staged
	files := []string{}
	for _, script := range append(r.bundle.scripts(), plannedCommands) {
		files = append(files, filepath.Join(r.root, filepath.FromSlash(folder), filepath.FromSlash(script)))
	}
	var answer struct {
		Complaints []struct {
			File    string `json:"file"`
			Line    int    `json:"line"`
			Message string `json:"message"`
		} `json:"complaints"`
	}
	request := map[string]any{"op": "check", "files": files, "allowed": allowed, "types": classes}
	if err := r.engine.ask(request, nil, &answer); err != nil {
		return err
	}
	t := take{stage: r.stage}
	for _, c := range answer.Complaints {
		script := t.bundlePath(c.File)
		r.record(script, "", c.Message, outcome{Script: script, culprit: &Mutation{Script: script, Line: c.Line}})
	}
	if len(answer.Complaints) == 0 {
		r.record(fmt.Sprintf("%d scripts and modules, and the plan", len(files)-1), "every command and class is known", "", outcome{})
	}
	return nil
}

// plannedCommands is where the plan's commands stand while they are checked, a line a command.
const plannedCommands = "plan.json.ps1"

// planText is the plan's commands: the rehearsal runs them too.
func (b *bundle) planText() string {
	var text strings.Builder
	for _, step := range b.plan.Steps {
		for _, command := range step.Commands {
			if command.Kind != plan.File {
				text.WriteString(command.Text + "\n")
			}
		}
	}
	return text.String()
}

// standIns returns those of names that exist in the bundle's product versions.
func (r *rehearsal) standIns(names []string) []string {
	target := facts.Target{Lync: r.bundle.plan.Versions.Lync, Exchange: r.bundle.plan.Versions.Exchange}
	var found []string
	for _, name := range names {
		if _, exists := facts.Lookup(target, name); exists {
			found = append(found, name)
		}
	}
	return found
}

// sentence joins complaints for a report.
func sentence(complaints []string) string {
	if len(complaints) > 5 {
		complaints = append(complaints[:5:5], fmt.Sprintf("and %d more", len(complaints)-5))
	}
	return strings.Join(complaints, "; ")
}
