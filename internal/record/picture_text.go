package record

import (
	"sort"
	"strings"

	"lyncowa/internal/escape"
)

// line is one line of text in a box.
type line struct {
	text  string
	size  int
	bold  bool
	muted bool
}

// box adds a rectangle and returns its index, for a height that is known only later.
func (s *sketch) box(x, y, w, h int, class string) int {
	s.Boxes = append(s.Boxes, box{x, y, w, h, class})
	return len(s.Boxes) - 1
}

// lines writes lines below one another, each cut to the width.
func (s *sketch) lines(x, y, w int, lines ...line) {
	for i, l := range lines {
		class := ""
		if l.muted {
			class = "muted"
		}
		s.Labels = append(s.Labels, label{x, y + i*lineHeight + 13, l.size, l.bold, class, shorten(escape.Visible(l.text), w, l.size, l.bold)})
	}
}

// splitName parts a name into its host and its domain, which stand on two lines.
func splitName(fqdn string) (host, domain string) {
	host, domain, _ = strings.Cut(fqdn, ".")
	return host, domain
}

// textWidth is about how wide a text becomes, rather too wide than too narrow: the reader's font is not known.
func textWidth(text string, size int, bold bool) int {
	hundredths := 0
	for _, r := range text {
		hundredths += advance(r)
	}
	if bold {
		hundredths += hundredths / 14
	}
	return (hundredths*size + 99) / 100
}

// advance is the width of a character in hundredths of the font size, as common sans-serif fonts have it.
func advance(r rune) int {
	switch {
	case r >= 0x1100:
		return 110 // ideographs and the like
	case strings.ContainsRune("iljtf.,:;'|!()[] -/I", r):
		return 40
	case strings.ContainsRune("mwMWO@%", r):
		return 95
	case r >= 'A' && r <= 'Z':
		return 72
	default:
		return 62
	}
}

// shorten cuts a text that is too wide and says so by an ellipsis; the tables hold it whole.
func shorten(text string, width, size int, bold bool) string {
	if textWidth(text, size, bold) <= width {
		return text
	}
	runes := []rune(text)
	fitting := sort.Search(len(runes), func(n int) bool { return textWidth(string(runes[:n+1])+"…", size, bold) > width })
	return string(runes[:fitting]) + "…"
}
