package bundle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// compareApproval compares approval.md with the page that lyncowa wrote, and ignores what people have written into it.
// blank is the page without their writing, or nil when it is not known: then only the digests are compared.
func (f *folder) compareApproval(blank, page []byte) (Difference, bool) {
	d := Difference{Path: ApprovalPath, Kind: Edited}
	lines := strings.Split(Text(page), "\n")
	if blank == nil {
		d.Line, d.Detail = wrongDigest(lines, sum(f.files[SumsPath]))
		return d, d.Detail == ""
	}
	if line := unlike(strings.Split(Text(blank), "\n"), lines); line > 0 {
		d.Line = line
		if at, detail := wrongDigest(lines, digestOn(blank)); detail != "" {
			d.Line, d.Detail = at, detail
		}
		return d, false
	}
	return d, true
}

// isThePage reports whether a page is the blank one, apart from what people have written into it.
func isThePage(blank, page []byte) bool {
	return unlike(strings.Split(Text(blank), "\n"), strings.Split(Text(page), "\n")) == 0
}

// digestOn is the first digest of a page that lyncowa made.
func digestOn(page []byte) string {
	lines := strings.Split(string(page), "\n")
	if i := slices.IndexFunc(lines, isDigest); i >= 0 {
		return lines[i]
	}
	return ""
}

// wrongDigest finds the first line that gives another digest as the approved one; "" when there is none.
func wrongDigest(lines []string, digest string) (line int, detail string) {
	found := false
	for i, text := range lines {
		given := strings.TrimSpace(text)
		if _, after, runs := strings.Cut(given, " -ApprovedDigest "); runs {
			given, _, _ = strings.Cut(after, " ")
		}
		switch {
		case strings.EqualFold(given, digest):
			found = true
		case isDigest(given):
			return i + 1, fmt.Sprintf("it names another digest, %s", given)
		}
	}
	if !found {
		return 1, "it does not name the digest of this bundle"
	}
	return 0, ""
}

// unlike is the line, 1-based, from which on a page lacks what the blank one says, or at which it has a command
// line that the blank one has not; 0 when there is none. Lines may be added and ended by people; a code block is
// as it was or it is not there.
func unlike(blank, page []string) int {
	at := 0
	for _, u := range units(blank) {
		found := u.find(page[at:])
		if found < 0 {
			return at + 1
		}
		at += found + len(u)
	}
	return foreignCommand(blank, page)
}

// unit is one line with room for writing, or a whole code block, whose lines belong together.
type unit []*regexp.Regexp

// units cuts a blank page. Empty lines say nothing and are left out.
func units(blank []string) []unit {
	var all []unit
	inBlock, signOff := false, false
	for _, line := range blank {
		fence := strings.HasPrefix(strings.TrimSpace(line), "```")
		if !inBlock && strings.HasPrefix(line, "## ") {
			signOff = line == "## Sign-off"
		}
		switch {
		case inBlock:
			last := &all[len(all)-1]
			*last = append(*last, exactly(line))
		case fence:
			all = append(all, unit{exactly(line)})
		case line != "":
			all = append(all, unit{withRoom(line, signOff)})
		}
		if fence {
			inBlock = !inBlock
		}
	}
	return all
}

// find is the index of the first place where the unit stands, or -1.
func (u unit) find(page []string) int {
	for i := range page {
		if u.standsAt(page[i:]) {
			return i
		}
	}
	return -1
}

func (u unit) standsAt(page []string) bool {
	if len(page) < len(u) {
		return false
	}
	for i, line := range u {
		if !line.MatchString(page[i]) {
			return false
		}
	}
	return true
}

func exactly(line string) *regexp.Regexp {
	return regexp.MustCompile("^" + regexp.QuoteMeta(line) + "$")
}

// room is where a blank page leaves room for writing.
var room = regexp.MustCompile(`_{4,}|\| *\|`)

// withRoom matches a line in which the room is filled or not, and which may go on. In the sign-off a value that
// the topology gave may be written over: of such a line only what it is about has to stay.
func withRoom(line string, signOff bool) *regexp.Regexp {
	if signOff {
		line = aboutOnly(line)
	}
	var expression strings.Builder
	expression.WriteString("^")
	for {
		at := room.FindStringIndex(line)
		if at == nil {
			return regexp.MustCompile(expression.String() + regexp.QuoteMeta(line))
		}
		cells := strings.HasPrefix(line[at[0]:], "|")
		expression.WriteString(regexp.QuoteMeta(line[:at[0]]))
		line = line[at[1]:]
		if cells {
			expression.WriteString(`\|`)
			line = "|" + line
		}
		expression.WriteString(".*")
	}
}

// aboutOnly is the label of a list item or the first cell of a row.
func aboutOnly(line string) string {
	if label, _, found := strings.Cut(line, ": "); found && strings.HasPrefix(line, "- ") {
		return label + ":"
	}
	if end := strings.Index(line[1:], " | "); end >= 0 && strings.HasPrefix(line, "| ") {
		return line[:end+3]
	}
	return line
}

// foreignCommand is the first line, 1-based, that runs something and is not the next one of the blank page.
func foreignCommand(blank, page []string) int {
	var allowed []string
	for _, line := range blank {
		if runs(line) {
			allowed = append(allowed, line)
		}
	}
	for i, line := range page {
		if !runs(line) {
			continue
		}
		if len(allowed) == 0 || line != allowed[0] {
			return i + 1
		}
		allowed = allowed[1:]
	}
	return 0
}

// runs reports whether a line of approval.md is one to be typed.
func runs(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), `.\`) }
