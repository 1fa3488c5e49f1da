package rehearsal

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestNoTwoIdentifiersAreEqual: a script that takes one name of a thing for another has to fail on the farm. That is the
// rule that would have caught a pool's site that was compared with the identity in place of the SiteId.
func TestNoTwoIdentifiersAreEqual(t *testing.T) {
	for _, dir := range exampleBundles(t) {
		b, err := readBundle(dir)
		if err != nil {
			t.Fatal(err)
		}
		f := (&stage{bundle: b}).fresh().farm
		var groups [][]string
		for _, s := range f.Lync.Sites {
			groups = append(groups, []string{s.SiteID, strings.TrimPrefix(s.Identity, "Site:"), s.DisplayName})
		}
		for _, p := range f.Lync.Pools {
			groups = append(groups, append([]string{p.FQDN}, p.Computers...))
		}
		for _, p := range f.Lync.Trusted {
			groups = append(groups, append([]string{p.FQDN}, p.Computers...))
		}
		for _, s := range f.Exchange.Servers {
			short, _, _ := strings.Cut(s.FQDN, ".")
			groups = append(groups, []string{s.Name, short, strings.ToLower(short)}, []string{s.FQDN, strings.ToLower(s.FQDN)})
		}
		for i, m := range f.Exchange.Mailboxes {
			groups = append(groups, []string{m.Name, m.Address}, []string{strings.ToLower(m.Server), strings.ToLower(shortName(f.Exchange.Databases[i].MountedOn))})
		}
		for _, names := range groups {
			slices.Sort(names)
			if len(slices.Compact(slices.Clone(names))) != len(names) {
				t.Errorf("%s: two names of one thing are equal: %q", filepath.Base(dir), names)
			}
		}
	}
}

// FACTS.md names files and cases that exist.
func TestFactsNameFilesAndCases(t *testing.T) {
	data, err := os.ReadFile("FACTS.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(data), "|---|")
	for _, match := range regexp.MustCompile(`"([^"]+)"|\b([\w-]+\.(?:ps1|go))\b`).FindAllStringSubmatch(table, -1) {
		isCase := slices.ContainsFunc(troubles, func(r trouble) bool { return r.name == match[1] }) ||
			slices.ContainsFunc(incidents, func(i incident) bool { return i.name == match[1] })
		_, inFarm := os.Stat(filepath.Join("farm", match[2]))
		_, here := os.Stat(match[2])
		if !isCase && (match[2] == "" || inFarm != nil && here != nil) && match[1] != "suppresses any confirmation prompts" {
			t.Errorf("FACTS.md names %s, which does not exist", match[0])
		}
	}
}
