package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"lyncowa/internal/rehearsal/facts"
)

// writeFacts prints the part of two reference files that lyncowa needs. The first file is a map from cmdlet name to
// the facts of Microsoft's Lync and Exchange reference pages, the second one a map from cmdlet name to the facts of
// each version of Windows PowerShell. It drops what lyncowa does not need and never corrects a value. A product name that
// it does not know is an error.
func writeFacts(productsPath, windowsPath string) error {
	products := map[string]productFacts{}
	windows := map[string]windowsFacts{}
	if err := errors.Join(read(productsPath, &products), read(windowsPath, &windows)); err != nil {
		return err
	}
	all, err := trimProducts(products)
	if err != nil {
		return err
	}
	out, err := lines(append(all, trimWindows(windows)...))
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(out)
	return err
}

func read(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// lines writes one cmdlet a line, sorted, so that a change of one cmdlet is a change of one line.
func lines(all []facts.Cmdlet) ([]byte, error) {
	slices.SortFunc(all, func(a, b facts.Cmdlet) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Product, b.Product))
	})
	var out bytes.Buffer
	separator := "[\n"
	for _, c := range all {
		line, err := json.Marshal(c)
		if err != nil {
			return nil, err
		}
		out.WriteString(separator)
		out.Write(line)
		separator = ",\n"
	}
	out.WriteString("\n]\n")
	return out.Bytes(), nil
}

// productFacts is one cmdlet of the first file.
type productFacts struct {
	Module        facts.Product
	AppliesTo     []string
	ShouldProcess bool   `json:"supportsShouldProcess"`
	DefaultSet    string `json:"defaultParameterSet"`
	Sets          map[string]map[string]struct {
		Required bool
	} `json:"parameterSets"`
	Parameters map[string]struct {
		Type      string
		Switch    bool
		Aliases   []string
		Pipeline  string
		AppliesTo []string
	}
}

// shortVersions maps the reference's product names to years; "" = not an on-premises version we serve.
// "Skype for Business Server 2013" is left out on purpose: there is no such product, so a cmdlet that claims
// it cannot be trimmed without a person's decision. A parameter of a cumulative update is not sure to be there.
var shortVersions = map[string]string{
	"Lync Server 2010":                                   "2010",
	"Lync Server 2013":                                   "2013",
	"Skype for Business Server 2015":                     "2015",
	"Skype for Business Server 2019":                     "2019",
	"Skype for Business Server 2019CU1":                  "",
	"Skype for Business Online":                          "",
	"Microsoft Teams":                                    "",
	"Exchange Server 2010":                               "2010",
	"Exchange Server 2013":                               "2013",
	"Exchange Server 2016":                               "2016",
	"Exchange Server 2019":                               "2019",
	"Exchange Server SE":                                 "SE",
	"Exchange Online":                                    "",
	"Exchange Online Protection":                         "",
	"Security & Compliance":                              "",
	"Built-in security add-on for on-premises mailboxes": "",
}

func versions(appliesTo []string) ([]string, error) {
	short := []string{}
	for _, product := range appliesTo {
		v, known := shortVersions[product]
		if !known {
			return nil, fmt.Errorf("unknown product %q", product)
		}
		if v != "" {
			short = append(short, v)
		}
	}
	return short, nil
}

func trimProducts(all map[string]productFacts) ([]facts.Cmdlet, error) {
	var kept []facts.Cmdlet
	for _, name := range wanted {
		source, found := all[name]
		if !found {
			return nil, fmt.Errorf("%s: not in the reference", name)
		}
		c, err := trimProduct(name, source)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		kept = append(kept, c)
	}
	return kept, nil
}

// trimProduct leaves out the parameters that no version we serve has, and the sets that need one of them.
func trimProduct(name string, source productFacts) (facts.Cmdlet, error) {
	years, err := versions(source.AppliesTo)
	c := facts.Cmdlet{
		Name: name, Product: source.Module, Versions: years,
		ShouldProcess: source.ShouldProcess, DefaultSet: source.DefaultSet,
	}
	absent := map[string]bool{}
	for _, p := range slices.Sorted(maps.Keys(source.Parameters)) {
		f := source.Parameters[p]
		own, wrong := versions(f.AppliesTo)
		err = errors.Join(err, wrong)
		switch {
		case len(own) == 0:
			absent[p] = true // online or of a cumulative update only
			continue
		case slices.Equal(own, years):
			own = nil
		}
		c.Parameters = append(c.Parameters, facts.Parameter{
			Name: p, Type: f.Type, Switch: f.Switch, Aliases: f.Aliases,
			Pipeline: f.Pipeline, Versions: own,
		})
	}
	for _, set := range slices.Sorted(maps.Keys(source.Sets)) {
		s, served := source.set(set, absent)
		if served {
			c.Sets = append(c.Sets, s)
		}
	}
	return c, err
}

// set returns one parameter set, and whether it can be used without the absent parameters.
func (f productFacts) set(name string, absent map[string]bool) (s facts.Set, served bool) {
	s.Name = name
	for _, p := range slices.Sorted(maps.Keys(f.Sets[name])) {
		required := f.Sets[name][p].Required
		switch {
		case absent[p] && required:
			return facts.Set{}, false
		case absent[p]:
		case required:
			s.Required = append(s.Required, p)
		default:
			s.Optional = append(s.Optional, p)
		}
	}
	return s, true
}

// windowsFacts is one cmdlet of the second file.
type windowsFacts struct {
	Versions map[string]struct {
		ShouldProcess bool `json:"supportsShouldProcess"`
		Parameters    map[string]struct {
			Type    string
			Aliases []string
		}
	}
}

// powershellVersions says which Windows PowerShell each column of the second file stands for, oldest first.
// Modules of Windows itself come with its server version: 2012 has 3.0, 2012 R2 has 4.0, 2016 has 5.1.
var powershellVersions = []struct{ column, version string }{
	{"3.0", "3.0"},
	{"winserver2012", "3.0"},
	{"4.0", "4.0"},
	{"winserver2012r2", "4.0"},
	{"5.1", "5.1"},
	{"winserver2016", "5.1"},
}

// trimWindows takes each cmdlet and parameter as the oldest version that has it describes it.
func trimWindows(all map[string]windowsFacts) []facts.Cmdlet {
	var kept []facts.Cmdlet
	for name, source := range all {
		c := facts.Cmdlet{Name: name, Product: facts.Windows}
		seen := map[string]bool{}
		for _, column := range powershellVersions {
			described, found := source.Versions[column.column]
			if !found {
				continue
			}
			if len(c.Versions) == 0 {
				c.Versions = []string{column.version}
				c.ShouldProcess = described.ShouldProcess
			}
			for _, p := range slices.Sorted(maps.Keys(described.Parameters)) {
				if seen[p] {
					continue
				}
				seen[p] = true
				f := described.Parameters[p]
				added := facts.Parameter{Name: p, Type: f.Type, Aliases: f.Aliases, Switch: f.Type == "SwitchParameter"}
				if column.version != c.Versions[0] {
					added.Versions = []string{column.version}
				}
				c.Parameters = append(c.Parameters, added)
			}
		}
		slices.SortFunc(c.Parameters, func(a, b facts.Parameter) int { return strings.Compare(a.Name, b.Name) })
		kept = append(kept, c)
	}
	return kept
}
