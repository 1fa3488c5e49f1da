package topology

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Texts that are made to take time or memory are refused quickly.
func TestLimits(t *testing.T) {
	full := func(s string) string { return strings.Repeat(s, maxBytes/len(s)) }
	var stairs strings.Builder
	for i := range 1000 {
		stairs.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	tests := []struct{ name, text, want string }{
		{"largest", litware + "#" + strings.Repeat("x", maxBytes-len(litware)-1), ""},
		{"too large", litware + "#" + strings.Repeat("x", maxBytes-len(litware)), "0:0 file-too-large"},
		{"2 MiB", strings.Repeat("a", 2<<20), "0:0 file-too-large"},
		{"100,000 brackets", strings.Repeat("[", 100_000), "1:33 yaml-depth"},
		{"100,000 closed brackets", "a: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "1:36 yaml-depth"},
		{"100,000 braces", strings.Repeat("{a: ", 100_000), "1:129 yaml-depth"},
		{"100,000 dashes", strings.Repeat("- ", 100_000), "1:65 yaml-depth"},
		{"100,000 question marks", strings.Repeat("? ", 100_000), "1:65 yaml-depth"},
		{"1,000 steps", stairs.String(), "33:33 yaml-depth"},
		{"5,000 brackets", strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000), "1:33 yaml-depth"},
		{"1 MiB of brackets", full("["), "1:33 yaml-depth"},
		{"brackets in comments and quotes are none", and("# " + strings.Repeat("[", 100) + "\nmailboxPolicies: [\"" + strings.Repeat("{", 100) + "\"]"), ""},
		{"1 MiB of lists", "[" + strings.Repeat("[],", 300_000) + "]", "1:1 wrong-type"},
		{"1 MiB of apostrophes", full("'"), "1:1 wrong-type"},
		{"1 MiB of dashes", full("-\n"), "1:1 wrong-type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			start := time.Now()
			top, list := Load("t.yaml", []byte(test.text))
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			if got := strings.Join(places(list), ", "); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
			checkPromises(t, []byte(test.text), top, list)
		})
	}
}

// Only the first findings are shown. Their number is limited even for the largest file.
func TestTooManyFindings(t *testing.T) {
	for name, text := range map[string]string{
		"hidden characters": strings.Repeat("\u00ad", maxBytes/2),
		"unknown keys":      manyKeys(40_000),
		"one too many":      litware + "pilotUsers:\n" + strings.Repeat("  -\n", maxFindings+1),
	} {
		t.Run(name, func(t *testing.T) {
			top, list := Load("t.yaml", []byte(text))
			if len(list) != maxFindings+1 || list[maxFindings].ID != "too-many-findings" {
				t.Errorf("got %d findings, the last %+v", len(list), list[len(list)-1])
			}
			checkPromises(t, []byte(text), top, list)
		})
	}
}

// Warnings never stop the work, however many they are.
func TestManyWarnings(t *testing.T) {
	pools := maxFindings + 100
	top, list := Load("t.yaml", bytes.ReplaceAll(farm(pools), []byte("port: 5199"), []byte("port: 900")))
	last := list[len(list)-1]
	if top == nil || len(list) != maxFindings+1 || list[0].ID != "port-low" || last.ID != "too-many-warnings" {
		t.Errorf("got %d findings, topology %v", len(list), top != nil)
	}
	if want := "100 more warnings are not shown"; pools-maxFindings != 100 || last.Message != want {
		t.Errorf("got %q, want %q", last.Message, want)
	}
}

// An error among many warnings is shown.
func TestErrorAmongManyWarnings(t *testing.T) {
	text := bytes.ReplaceAll(farm(2*maxFindings), []byte("port: 5199"), []byte("port: 900"))
	_, list := Load("t.yaml", append(text, "pilotUsers: x\n"...))
	if len(list) != 2 || list[0].ID != "wrong-type" || list[1].Message != "100 more findings are not shown" {
		t.Errorf("got %+v", list)
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	b.WriteString(litware)
	for i := range n {
		fmt.Fprintf(&b, "key%d: x\n", i)
	}
	return b.String()
}

// farm is a topology of that many pools with 20 servers each.
func farm(pools int) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: lyncowa/v1\nname: farm\nowaPools:\n")
	for p := range pools {
		fmt.Fprintf(&b, "  - fqdn: owa-%d.contoso.com\n    registrar: cs-%d.contoso.com\n    siteId: Site %d\n    port: 5199\n    certificateThumbprint: %040X\n    umColocated: false\n    clientAccessServers: [cas-%d.contoso.com]\n    mailboxServers:\n", p, p%7, p%7, p+1, p)
		for s := range 20 {
			fmt.Fprintf(&b, "      - mbx-%d-%d.contoso.com\n", p, s)
		}
	}
	return []byte(b.String())
}

func TestLargeFarm(t *testing.T) {
	top, list := Load("t.yaml", farm(500))
	if len(list) > 0 || len(top.Pools) != 500 || len(top.Pools[499].MailboxServers) != 20 || len(top.Pools[499].TrustedComputers) != 20 {
		t.Errorf("got %+v", list)
	}
}

func BenchmarkLoad(b *testing.B) {
	for _, pools := range []int{1, 10, 100, 500} {
		b.Run(fmt.Sprint(pools, " pools"), func(b *testing.B) {
			data := farm(pools)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, list := Load("t.yaml", data); len(list) > 0 {
					b.Fatal(list)
				}
			}
		})
	}
}
