package record_test

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestHTMLStructure(t *testing.T) {
	for _, top := range examples() {
		for _, name := range []string{"change-record.html", "approval.html"} {
			page := parseHTML(t, page(t, build(t, top), name))
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
		}
	}
}

// A parameter that ends a line in its hyphen is typed wrong from paper, and a list in one line is read badly.
func TestHTMLBreaksItsLinesWell(t *testing.T) {
	p := build(t, litware())
	for _, want := range []string{"<span>-ApprovedDigest</span> $d", "<span>New-CsTrustedApplicationPool</span> <span>-Identity</span>"} {
		if !strings.Contains(page(t, p, "approval.html")+page(t, p, "change-record.html"), want) {
			t.Errorf("no page holds %q", want)
		}
	}
	for _, cell := range parseHTML(t, page(t, p, "change-record.html")).all("td") {
		for _, item := range []string{" 2. ", " 3. ", "? ☐ "} {
			if text := cell.content(); strings.Contains(text, item) && len(cell.all("br")) == 0 {
				t.Errorf("the cell %q is one line", text)
			}
		}
	}
}

func checkTables(t *testing.T, page *element) {
	t.Helper()
	for _, table := range page.all("table") {
		rows := table.all("tr")
		columns := len(table.all("thead")[0].all("th"))
		if len(rows) < 2 {
			t.Errorf("the table %q has no row", table.content())
		}
		for _, row := range rows {
			if n := len(row.all("th")) + len(row.all("td")); n != columns {
				t.Errorf("row %q has %d cells, not %d", row.content(), n, columns)
			}
		}
		for _, th := range table.all("th") {
			if th.attr["scope"] != "col" && th.attr["scope"] != "row" {
				t.Errorf("header %q has no scope", th.content())
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

// TestContrast computes the contrast of every text with its ground, WCAG 2: 4.5 at least.
func TestContrast(t *testing.T) {
	style := parseHTML(t, page(t, build(t, litware()), "change-record.html")).all("style")[0].content()
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
