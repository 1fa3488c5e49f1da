package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// pages are all pages for people.
func pages(t *testing.T) []string {
	t.Helper()
	return append(docs(t), readme, "../../CONTRIBUTING.md", "../../SECURITY.md", "../../CHANGELOG.md")
}

// Every file that a page links to exists, and every file of the sources that it names.
func TestLinks(t *testing.T) {
	sources, links := 0, 0
	source := regexp.MustCompile("`((?:cmd|internal|templates|tools|examples|docs|\\.ci)/[A-Za-z0-9_./-]+)`")
	for _, path := range pages(t) {
		for _, name := range source.FindAllStringSubmatch(readText(t, path), -1) {
			sources++
			if _, err := os.Stat(filepath.Join("../..", name[1])); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
		for _, target := range link.FindAllStringSubmatch(readText(t, path), -1) {
			links++
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), target[1])); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
	if sources < 15 || links < 8 {
		t.Errorf("only %d files of the sources and %d links", sources, links)
	}
}

// Every target of make that a page names is in the Makefile.
func TestMakeTargets(t *testing.T) {
	makefile := readText(t, "../../Makefile")
	found := 0
	for _, path := range pages(t) {
		for _, target := range regexp.MustCompile(`\bmake ([a-z-]+)\b`).FindAllStringSubmatch(readText(t, path), -1) {
			found++
			if !strings.Contains(makefile, "\n"+target[1]+":") {
				t.Errorf("%s: there is no make %s", path, target[1])
			}
		}
	}
	if found < 8 {
		t.Errorf("only %d targets", found)
	}
}

// Every command that a page names in its text exists, with its flags. TestPages runs those in blocks.
func TestCommandsInTextExist(t *testing.T) {
	found := 0
	for _, path := range pages(t) {
		for _, span := range regexp.MustCompile("`(lyncowa [^`]+)`").FindAllStringSubmatch(readText(t, path), -1) {
			found++
			mustBeCommand(t, path, span[1])
		}
	}
	if found < 15 {
		t.Errorf("only %d commands", found)
	}
}

// mustBeCommand fails if a line names a command, a topic, an id or a flag that does not exist.
func mustBeCommand(t *testing.T, where, line string) {
	t.Helper()
	words := strings.Fields(line)[1:]
	if words[0] == "help" {
		words = words[1:]
	}
	if len(words) == 0 {
		return // of lyncowa itself
	}
	cmd, rest, err := newRoot().Find(words)
	if err != nil || !cmd.HasParent() {
		t.Errorf("%s: %q: there is no such command (%v)", where, line, err)
		return
	}
	for _, word := range words {
		name, isFlag := strings.CutPrefix(word, "--")
		if name, _, _ = strings.Cut(name, "="); isFlag && name != "help" && cmd.Flags().Lookup(name) == nil {
			t.Errorf("%s: %q: there is no flag --%s", where, line, name)
		}
	}
	if cmd.Name() == "explain" && len(rest) > 0 && rest[0] != strings.ToUpper(rest[0]) {
		if code := run([]string{"explain", rest[0]}, nil, io.Discard, io.Discard); code != 0 {
			t.Errorf("%s: %q: there is nothing to explain", where, line)
		}
	}
}

var picture = regexp.MustCompile("(?s)<!-- rooms -->\n```text\n(.*?)```")

// withPicture replaces the picture of the rooms in a page by one drawn from the sources.
func withPicture(t *testing.T, text string) string {
	t.Helper()
	if !picture.MatchString(text) {
		t.Fatal("the page has no picture of the rooms")
	}
	return picture.ReplaceAllLiteralString(text, "<!-- rooms -->\n```text\n"+drawRooms(rooms(t))+"```")
}

// rooms maps each package of the program to the packages of the program that it imports, by their paths.
func rooms(t *testing.T) map[string][]string {
	t.Helper()
	const imports = `{{if not .Standard}}{{.ImportPath}} {{join .Imports " "}}{{end}}`
	out, err := exec.Command("go", "list", "-deps", "-f", imports, "lyncowa/cmd/lyncowa").Output()
	if err != nil {
		t.Fatal(err)
	}
	graph := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		var own []string
		for _, path := range strings.Fields(line) {
			if room, found := strings.CutPrefix(path, "lyncowa/"); found {
				own = append(own, room)
			}
		}
		if len(own) > 0 && strings.HasPrefix(line, "lyncowa/") {
			graph[own[0]] = own[1:]
		}
	}
	if len(graph) < 5 {
		t.Fatalf("rooms: %v", graph)
	}
	return graph
}

// drawRooms draws the floors. A room imports only rooms of the floors below its own.
func drawRooms(graph map[string][]string) string {
	floors := map[string]int{}
	var floor func(string) int
	floor = func(room string) int {
		if _, known := floors[room]; !known {
			floors[room] = 0
			for _, below := range graph[room] {
				floors[room] = max(floors[room], floor(below)+1)
			}
		}
		return floors[room]
	}
	top := 0
	for room := range graph {
		top = max(top, floor(room))
	}
	names := slices.Sorted(maps.Keys(graph))
	width := len(slices.MaxFunc(names, func(a, b string) int { return len(a) - len(b) }))
	var out strings.Builder
	for level := top; level >= 0; level-- {
		if level < top {
			out.WriteString("   |\n")
		}
		for _, room := range names {
			if floors[room] == level {
				line := fmt.Sprintf("%d  %-*s  %s", level, width, room, strings.Join(short(graph[room]), " "))
				out.WriteString(strings.TrimRight(line, " ") + "\n")
			}
		}
	}
	return out.String()
}

// short are the rooms' names without the folder that most of them share.
func short(rooms []string) []string {
	names := make([]string, len(rooms))
	for i, room := range rooms {
		names[i] = strings.TrimPrefix(room, "internal/")
	}
	return names
}

// The plan must know no file but its words, no YAML and no terminal, and the lowest rooms no other room.
func TestRoomsImportOnlyWhatTheyMay(t *testing.T) {
	graph := rooms(t)
	for room, allowed := range map[string][]string{
		"internal/finding":  nil,
		"internal/escape":   nil,
		"templates":         nil,
		"internal/topology": {"internal/finding"},
		"internal/plan":     {"internal/escape", "internal/finding", "internal/topology", "templates"},
	} {
		if _, isRoom := graph[room]; !isRoom {
			t.Errorf("there is no room %s", room)
		}
		for _, imported := range graph[room] {
			if !slices.Contains(allowed, imported) {
				t.Errorf("%s imports %s", room, imported)
			}
		}
	}
}
