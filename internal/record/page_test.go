package record_test

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lyncowa/internal/topology"
)

// examples are topologies of every make.
func examples() []*topology.Topology {
	everything := litware()
	everything.Name = "everything"
	everything.Pools[0].ClientAccessServers = topology.Selection{All: true}
	everything.MailboxPolicies = topology.Selection{All: true}
	everything.Versions.Lync = "2015"
	return []*topology.Topology{litware(), colocated(), mixed(), everything, large(40), onePool(40), hostile()}
}

// hostile has text in every field that any reader could take for markup. Rules refuse most of it; the record
// must not rely on them.
func hostile() *topology.Topology {
	t := mixed()
	year := t.Versions
	poison(reflect.ValueOf(t).Elem(), "<script>alert(1)</script> a|b `c` ```d ](http://x) [e] &amp; **f** ~~g~~ <!--h--> \u202ei")
	t.Versions = year
	return t
}

// poison appends a text to every string below a value.
func poison(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace("- " + v.String() + " " + text))
	case reflect.Struct:
		for i := range v.NumField() {
			poison(v.Field(i), text)
		}
	case reflect.Slice:
		for i := range v.Len() {
			poison(v.Index(i), text)
		}
	}
}

func TestViewsAgree(t *testing.T) {
	for _, top := range examples() {
		t.Run(top.Name, func(t *testing.T) {
			markdown, html := render(t, top)
			if diff := cmp.Diff(readMarkdown(t, markdown), readHTML(t, html)); diff != "" {
				t.Errorf("a reader of Markdown and one of HTML do not read the same (-Markdown +HTML):\n%s", diff)
			}
		})
	}
}

func TestHostileTextIsVisibleText(t *testing.T) {
	_, html := render(t, hostile())
	page := parseHTML(t, html)
	if n := len(page.all("script")); n != 0 {
		t.Errorf("%d script elements", n)
	}
	if got, want := page.all("h1")[0].content(), "<script>alert(1)</script> a|b `c` ```d ](http://x) [e] &amp; **f** ~~g~~ <!--h--> U+202Ei"; !strings.HasSuffix(got, want) {
		t.Errorf("the heading reads %q, want it to end with %q", got, want)
	}
}

func TestSamePlanSameBytes(t *testing.T) {
	for _, top := range examples() {
		markdown, html := render(t, top)
		again, htmlAgain := render(t, top)
		if markdown != again || html != htmlAgain {
			t.Errorf("%s: two runs differ", top.Name)
		}
		for _, page := range []string{markdown, html} {
			if strings.Contains(page, "\r") || !strings.HasSuffix(page, "\n") || strings.HasSuffix(page, "\n\n") {
				t.Errorf("%s: line ends are not LF with one at the end", top.Name)
			}
		}
	}
}

func TestWindowAsGiven(t *testing.T) {
	markdown, html := render(t, mixed())
	for _, page := range []string{markdown, html} {
		text := strings.ReplaceAll(strings.ReplaceAll(page, "<wbr/>", ""), "&#43;", "+")
		if !strings.Contains(text, "2026-05-02T22:00:00+02:00") {
			t.Error("the window is not as the topology gives it")
		}
	}
}

func TestEveryCommandStandsExactly(t *testing.T) {
	for _, top := range examples() {
		p := build(t, top)
		lines := readHTML(t, asHTML(p))
		for _, s := range p.Steps {
			for _, c := range s.Commands {
				if !slices.Contains(lines, "code: "+c.Text) {
					t.Errorf("%s: step %d: no line reads %s", top.Name, s.Order, c.Text)
				}
			}
		}
	}
}

func TestHTMLStructure(t *testing.T) {
	for _, top := range examples() {
		t.Run(top.Name, func(t *testing.T) {
			_, html := render(t, top)
			page := parseHTML(t, html)
			if n := len(page.all("h1")); n != 1 {
				t.Errorf("%d headings of the first level", n)
			}
			if lang := page.all("html")[0].attr["lang"]; lang != "en" {
				t.Errorf("lang is %q", lang)
			}
			ids := map[string]bool{}
			level := 0
			page.each(func(e *element) bool {
				if id := e.attr["id"]; id != "" {
					if ids[id] {
						t.Errorf("id %s twice", id)
					}
					ids[id] = true
				}
				if len(e.name) == 2 && e.name[0] == 'h' && e.name[1] >= '1' && e.name[1] <= '6' {
					if next := int(e.name[1] - '0'); next > level+1 {
						t.Errorf("heading %q skips a level", e.content())
					} else {
						level = next
					}
				}
				return true
			})
			checkTables(t, page)
			checkReferences(t, page, ids)
			for _, svg := range page.all("svg") {
				for id := range strings.FieldsSeq(svg.attr["aria-labelledby"]) {
					if !ids[id] {
						t.Errorf("the picture's text %s is not there", id)
					}
				}
				if svg.attr["role"] != "img" || len(svg.all("title")) != 1 || len(svg.all("desc")) != 1 {
					t.Error("a picture without role, title or description")
				}
			}
		})
	}
}

func checkTables(t *testing.T, page *element) {
	t.Helper()
	for _, table := range page.all("table") {
		caption := table.all("caption")
		if len(caption) != 1 || caption[0].content() == "" {
			t.Error("a table without caption")
			continue
		}
		columns := len(table.all("thead")[0].all("th"))
		for _, row := range table.all("tr") {
			if n := len(row.all("th")) + len(row.all("td")); n != columns {
				t.Errorf("table %q: a row has %d cells, not %d", caption[0].content(), n, columns)
			}
		}
		for _, th := range table.all("th") {
			if th.attr["scope"] != "col" && th.attr["scope"] != "row" {
				t.Errorf("table %q: header %q without scope", caption[0].content(), th.content())
			}
		}
	}
}

// checkReferences refuses everything that a page could load, and links to nowhere.
func checkReferences(t *testing.T, page *element, ids map[string]bool) {
	t.Helper()
	page.each(func(e *element) bool {
		for name, value := range e.attr {
			switch {
			case name == "href" && strings.HasPrefix(value, "#") && ids[value[1:]]:
			case slices.Contains([]string{"href", "src", "srcset", "action", "data", "poster", "style"}, name) || strings.HasPrefix(name, "on"):
				t.Errorf("%s has %s=%q", e.name, name, value)
			}
		}
		if slices.Contains([]string{"script", "link", "iframe", "object", "embed", "img", "image", "use", "base", "form"}, e.name) {
			t.Errorf("the page has an element %s", e.name)
		}
		if e.name == "style" && regexp.MustCompile(`(?i)url\(|@import|https?:|//`).MatchString(e.content()) {
			t.Error("the style sheet refers to something outside")
		}
		return true
	})
}

// A bundle for colocated servers must not let anybody think that something is to be created for them.
func TestColocatedCreatesNothing(t *testing.T) {
	top := colocated()
	top.Pools[0].SipDialPlans = topology.Selection{}
	for _, top := range []*topology.Topology{colocated(), top} {
		markdown, html := render(t, top)
		for _, page := range []string{markdown, html} {
			for _, banned := range []string{"New-Cs", "Enable-CsTopology", "40-lync", "50-lync", "port 0", "configuration export", "whatever was last published", "go live", "RequiresReplication"} {
				if strings.Contains(strings.ReplaceAll(page, "<wbr/>", ""), banned) {
					t.Errorf("the record of a colocated topology says %q", banned)
				}
			}
		}
	}
}

func TestNoUnifiedMessagingNoLine(t *testing.T) {
	markdown, _ := render(t, litware())
	if strings.Contains(markdown, "| Unified Messaging (UM) |") || strings.Contains(markdown, "discovery: UM") {
		t.Error("the record of a topology without UM names it as affected")
	}
}

func TestSizeGrowsWithServers(t *testing.T) {
	small, _ := render(t, large(100))
	big, _ := render(t, large(200))
	if ratio := float64(len(big)) / float64(len(small)); ratio > 2 {
		t.Errorf("twice the servers make a record %.1f times as long", ratio)
	}
}

// TestContrast computes the contrast of every text with its ground, WCAG 2: 4.5 at least.
func TestContrast(t *testing.T) {
	_, html := render(t, litware())
	style := parseHTML(t, html).all("style")[0].content()
	palettes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(style, -1)
	if len(palettes) != 3 {
		t.Fatalf("%d palettes, want light, dark and print", len(palettes))
	}
	for i, palette := range palettes {
		colour := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(palette[1], -1) {
			colour[m[1]] = m[2]
		}
		for _, text := range []string{"ink", "soft", "accent"} {
			for _, ground := range []string{"page", "tint", "strong-fill", "calm-fill", "note-fill"} {
				if c := contrast(t, colour[text], colour[ground]); c < 4.5 {
					t.Errorf("palette %d: %s on %s has a contrast of %.2f", i, text, ground, c)
				}
			}
		}
		// Frames that carry a meaning: 3 at least.
		if c := contrast(t, colour["strong-line"], colour["page"]); c < 3 {
			t.Errorf("palette %d: the frame of what changes has a contrast of %.2f", i, c)
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	channel := func(shift uint) float64 {
		c := float64(n>>shift&0xFF) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func TestEveryPlannedStepHasASection(t *testing.T) {
	for _, top := range examples() {
		p := build(t, top)
		_, html := render(t, top)
		for _, s := range p.Steps {
			has := strings.Contains(html, fmt.Sprintf(`<section id="step-%d">`, s.Order))
			if want := s.Status == "planned"; has != want {
				t.Errorf("%s: step %d has a section: %v, want %v", top.Name, s.Order, has, want)
			}
		}
	}
}
