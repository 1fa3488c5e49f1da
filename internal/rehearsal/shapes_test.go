package rehearsal

import (
	"context"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// showShapes prints a line for each property of the first object of each cmdlet: cmdlet, type, property, kind, text.
const showShapes = `
foreach ($name in 'Get-ExchangeServer', 'Get-ExchangeCertificate', 'Get-OwaVirtualDirectory', 'Get-OwaMailboxPolicy', 'Get-UMDialPlan', 'Get-UMService',
    'Get-UMCallRouterSettings', 'Get-Mailbox', 'Get-CASMailbox', 'Get-MailboxDatabase', 'Get-ServerHealth', 'Get-SettingOverride', 'Get-ExchangeDiagnosticInfo') {
    if (-not (Get-Command -Name $name -ErrorAction SilentlyContinue)) { continue }
    $parameter = @{}
    if ($name -eq 'Get-ServerHealth') { $parameter['Identity'] = @(Get-ExchangeServer)[0].Name }
    if ($name -eq 'Get-ExchangeDiagnosticInfo') { $parameter['Process'] = 'Other' }
    $object = @(& $name @parameter)[0]
    foreach ($property in $object.PSObject.Properties) {
        $value = $property.Value
        $kind = if ($null -eq $value) { 'null' } elseif ($value -is [bool]) { 'bool' } elseif ($value -is [datetime]) { 'datetime' } elseif ($value -is [byte[]]) { 'bytes' }
        elseif ($value -is [guid]) { 'guid' } elseif ($value -is [uri]) { 'uri' } elseif ($value -is [string]) { 'string' } elseif ($value -is [Collections.IList]) { 'list' }
        elseif ($value -is [int] -and "$value" -ne [string]$value) { 'enum' } else { 'object' }
        "$name|$($object.PSObject.TypeNames[0])|$($property.Name)|$kind|$([string]$value)"
    }
}`

// TestObjectsAreAsRecorded holds what a script reads of each stand-in's objects against testdata/shapes.txt, through a
// remoting session and without one, and finds a property that scripts read and that has no row.
func TestObjectsAreAsRecorded(t *testing.T) {
	if !engineFound(t) {
		return
	}
	t.Parallel()
	for _, example := range []string{"litware-colocated", "contoso-2016"} {
		b, err := readBundle(writeBundle(t, exampleTopology(t, example), unchanged))
		if err != nil {
			t.Fatal(err)
		}
		s, err := newStage(context.Background(), t.TempDir(), b, "")
		if err != nil {
			t.Fatal(err)
		}
		defer s.engine.close()
		read := map[string]bool{}
		for _, name := range b.scripts() {
			for _, match := range regexp.MustCompile(`\.(\w+)`).FindAllStringSubmatch(b.files[name], -1) {
				read[strings.ToLower(match[1])] = true
			}
		}
		host := b.topology.Pools[0].MailboxServers[0].FQDN
		for _, how := range []manner{{}, {direct: true}} {
			o, err := s.play(s.fresh(), host, map[string]any{"script": "", "command": showShapes, "arguments": map[string]any{}}, how)
			if err != nil {
				t.Fatal(err)
			}
			checkShapes(t, example, o.Text, read)
		}
	}
}

func checkShapes(t *testing.T, example, text string, read map[string]bool) {
	t.Helper()
	rows := shapes(t)
	lines := strings.Split(text, "\n")
	if len(lines) < 50 {
		t.Errorf("%s: %d properties only: %s", example, len(lines), text)
	}
	for _, line := range lines {
		part := strings.SplitN(line, "|", 5)
		if len(part) < 5 || slices.Contains([]string{"PSComputerName", "RunspaceId", "PSShowComputerName"}, part[2]) {
			continue
		}
		row, found := rows[part[0]+" "+part[2]]
		switch {
		case !found && read[strings.ToLower(part[2])]:
			t.Errorf("%s: scripts read %s of %s, for which testdata/shapes.txt has no row", example, part[2], part[0])
		case found && (part[1] != row.typeName || part[3] != row.kind || !regexp.MustCompile("^(?s)"+row.text+"$").MatchString(part[4])):
			t.Errorf("%s: %s; want %+v", example, line, row)
		}
	}
}

type shape struct{ typeName, kind, text string }

func shapes(t *testing.T) map[string]shape {
	t.Helper()
	data, err := os.ReadFile("testdata/shapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]shape{}
	var cmdlet, typeName string
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		line = strings.TrimSuffix(line, " *")
		if fields := strings.Fields(line); !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "#") {
			cmdlet, typeName = fields[0], fields[1]
		} else if strings.HasPrefix(line, "  ") {
			field := strings.SplitN(line[2:]+" ", " ", 3)
			rows[cmdlet+" "+field[0]] = shape{typeName, field[1], strings.TrimSuffix(field[2], " ")}
		}
	}
	return rows
}
