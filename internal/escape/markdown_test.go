package escape_test

import (
	"testing"

	"lyncowa/internal/escape"
)

func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Redmond 2, Building-A.", "Redmond 2, Building-A."},
		{"table bar", "a|b", `a\|b`},
		{"link", "[x](y)", `\[x\](y)`},
		{"URL", "see https://x.y/z?a=b, or http://q.", "see `https://x.y/z?a=b`, or `http://q`."},
		{"URL with a bar", "http://x/a|b", "`http://x/a`\\|`b`"},
		{"host of the web", "www.contoso.com", "`www.contoso.com`"},
		{"address", "ask kim@contoso.com (on call)", "ask `kim@contoso.com` (on call)"},
		{"html", "<img src=x>", `\<img src=x\>`},
		{"entity", "&lt;", `\&lt;`},
		{"backslash before bar", `a\|b`, `a\\\|b`},
		{"line end cannot start a heading", "a\n# b", `a \# b`},
		{"direction override", "a\u202eb", "aU+202Eb"},
		{"letters of any script", "Zürich Łódź", "Zürich Łódź"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := escape.Markdown(c.in); got != c.want {
				t.Errorf("Markdown(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestCode(t *testing.T) {
	for _, c := range []struct{ name, in, span, cell string }{
		{"plain", "Enable-CsTopology", "`Enable-CsTopology`", "`Enable-CsTopology`"},
		{"backtick", "a`b", "``a`b``", "``a`b``"},
		{"backticks at the ends", "`a``", "``` `a`` ```", "``` `a`` ```"},
		{"bar", "a | b", "`a | b`", "`a \\| b`"},
		{"bar and markup", "<a>|`*_", "``<a>|`*_``", "``<a>\\|`*_``"},
		{"bar behind a backslash", `a\|b`, "`a\\|b`", "`a\\`\\|`b`"},
		{"line end", "a\r\nb", "`a  b`", "`a  b`"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := escape.Code(c.in); got != c.span {
				t.Errorf("Code(%q) = %q, want %q", c.in, got, c.span)
			}
			if got := escape.CodeCell(c.in); got != c.cell {
				t.Errorf("CodeCell(%q) = %q, want %q", c.in, got, c.cell)
			}
		})
	}
}

func TestFenceOutlastsTheFencesInside(t *testing.T) {
	for in, want := range map[string]string{
		"a":       "```sh\na\n```\n",
		"x\n````": "`````sh\nx\n````\n`````\n",
	} {
		if got := escape.Fence("sh", in); got != want {
			t.Errorf("Fence(%q) = %q, want %q", in, got, want)
		}
	}
}
