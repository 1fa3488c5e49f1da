package facts

import (
	"cmp"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

// StandInVersions are the product versions for which there are stand-ins.
var StandInVersions = []struct {
	Product Product
	Version string
}{
	{Lync, "2013"},
	{Lync, "2015"},
	{Lync, "2019"},
	{Exchange, "2013"},
	{Exchange, "2016"},
	{Exchange, "2019"},
}

// StandInFile is the name of the module that stands in for a product.
func StandInFile(product Product, version string) string {
	return fmt.Sprintf("%s-%s.psm1", product, version)
}

// behaviour finds what the farm models in its own source.
var behaviour = regexp.MustCompile(`\$script:Behaviour\['([A-Za-z-]+)'\] = \{`)

// Modelled returns the names of the cmdlets that the farm's files model, sorted.
func Modelled(farm fs.FS) ([]string, error) {
	var names []string
	files, err := fs.Glob(farm, "*.ps1")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		source, err := fs.ReadFile(farm, file)
		if err != nil {
			return nil, err
		}
		for _, match := range behaviour.FindAllSubmatch(source, -1) {
			names = append(names, string(match[1]))
		}
	}
	slices.Sort(names)
	return names, nil
}

// StandIns returns the module that stands in for one product version on the simulated farm: for each of names that
// the version has a function with exactly the parameters, types, mandatory flags, parameter sets and -WhatIf support
// of the facts, so that the engine's own binder refuses what the real cmdlet would refuse. What a cmdlet does is in
// farm/*.ps1, never here.
func StandIns(product Product, version string, names []string) []byte {
	var target Target
	switch product {
	case Lync:
		target.Lync = version
	case Exchange:
		target.Exchange = version
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Generated from the cmdlet facts by `make stand-ins`; do not edit.\n# The %s cmdlets of version %s that the farm models.\n", product, version)
	for _, name := range names {
		if c, found := Lookup(target, name); found {
			out.WriteString("\n" + function(c))
		}
	}
	return []byte(out.String())
}

func function(c Cmdlet) string {
	var parameters []string
	for _, p := range c.Parameters {
		if p.Name == "WhatIf" || p.Name == "Confirm" {
			continue // SupportsShouldProcess brings them
		}
		parameters = append(parameters, parameter(c, p))
	}
	return fmt.Sprintf("function %s {\n    [CmdletBinding(%s)]\n    param(\n%s\n    )\n    process { Invoke-Behaviour '%s' $PSBoundParameters $PSCmdlet }\n}\n",
		c.Name, binding(c), strings.Join(parameters, ",\n"), c.Name)
}

func binding(c Cmdlet) string {
	options := []string{"PositionalBinding = $false"}
	if len(c.Sets) > 1 {
		options = append(options, fmt.Sprintf("DefaultParameterSetName = '%s'", defaultSet(c)))
	}
	if c.ShouldProcess {
		options = append(options, "SupportsShouldProcess = $true")
	}
	// Exchange and Lync ask before they remove.
	if c.ShouldProcess && strings.HasPrefix(c.Name, "Remove-") {
		options = append(options, "ConfirmImpact = 'High'")
	}
	return strings.Join(options, ", ")
}

// defaultSets are the default parameter sets that the reference shows by its examples only: "Get-ExchangeCertificate
// -Server" without anything else.
var defaultSets = map[string]string{
	"Get-ExchangeCertificate": "Thumbprint",
}

// defaultSet is the one that the reference names; where it names none, the one for an identity.
func defaultSet(c Cmdlet) string {
	if set := cmp.Or(c.DefaultSet, defaultSets[c.Name]); set != "" {
		return set
	}
	if slices.ContainsFunc(c.Sets, func(s Set) bool { return s.Name == "Identity" }) {
		return "Identity"
	}
	return c.Sets[0].Name
}

func parameter(c Cmdlet, p Parameter) string {
	var text strings.Builder
	for _, set := range c.Sets {
		required := slices.Contains(set.Required, p.Name)
		if !required && !slices.Contains(set.Optional, p.Name) {
			continue
		}
		if attributes := attributes(c, p, set, required); attributes != "" {
			fmt.Fprintf(&text, "        [Parameter(%s)]\n", attributes)
		}
	}
	if len(p.Aliases) > 0 {
		fmt.Fprintf(&text, "        [Alias('%s')]\n", strings.Join(p.Aliases, "', '"))
	}
	if values, known := enumerations[p.Type]; known {
		fmt.Fprintf(&text, "        [ValidateSet('%s')]\n", strings.Join(values, "', '"))
	}
	fmt.Fprintf(&text, "        [%s]$%s", engineType(p), p.Name)
	return text.String()
}

func attributes(c Cmdlet, p Parameter, set Set, required bool) string {
	var list []string
	if len(c.Sets) > 1 {
		list = append(list, fmt.Sprintf("ParameterSetName = '%s'", set.Name))
	}
	if required {
		list = append(list, "Mandatory = $true")
	}
	if p.Pipeline == "True" || strings.Contains(p.Pipeline, "ByValue") {
		list = append(list, "ValueFromPipeline = $true")
	}
	if p.Pipeline == "True" || strings.Contains(p.Pipeline, "ByPropertyName") {
		list = append(list, "ValueFromPipelineByPropertyName = $true")
	}
	return strings.Join(list, ", ")
}

// enumerations are the types whose values a cmdlet checks and a script gives.
var enumerations = map[string][]string{
	"InstantMessagingTypeOptions": {"None", "Ocs"},
}

// engineTypes maps a type of the reference to one that the engine has and that is as strict.
var engineTypes = map[string]string{
	"SwitchParameter":             "switch",
	"Boolean":                     "bool",
	"Int32":                       "int",
	"UInt16":                      "uint16",
	"String":                      "string",
	"Fqdn":                        "string",
	"Uri":                         "uri",
	"XdsGlobalRelativeIdentity":   "string",
	"ExternalApplicationIdentity": "string",
	"UserIdParameter":             "string",
}

func engineType(p Parameter) string {
	if t, known := engineTypes[p.Type]; known {
		return t
	}
	if _, enumeration := enumerations[p.Type]; enumeration {
		return "string"
	}
	return "object" // an identity or a list: text, or an object from the pipeline
}
