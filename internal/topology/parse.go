package topology

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"lyncowa/internal/finding"

	"gopkg.in/yaml.v3"
)

// parse returns the root node of the single document in the text. If it returns nil, it has reported the findings.
func (l *loader) parse(text string) *yaml.Node {
	l.source = newSource(text)
	l.mask()
	first, second, err := documents(string(l.characters))
	switch {
	case errors.Is(err, io.EOF) || err == nil && isNothing(first):
		l.report("file-empty", place{}, "`lyncowa init` writes a commented sample", "the file has no topology, only spaces and comments")
		return nil
	case err != nil:
		l.reportSyntax(err)
		return nil
	case second != nil:
		l.report("yaml-document", l.within(at(second)), "put each topology into its own file", "a second document starts here")
	}
	root := first.Content[0]
	if !l.shape(root, 1) {
		return nil
	}
	return root
}

// isNothing reports whether a document has no content, such as a lone ---.
func isNothing(document *yaml.Node) bool {
	return len(document.Content) == 0 || document.Content[0].Tag == "!!null"
}

// documents parses a text: its first document, the second if there is one, and io.EOF if there is none.
func documents(text string) (first, second *yaml.Node, err error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	first, second = new(yaml.Node), new(yaml.Node)
	if err := decoder.Decode(first); err != nil {
		return nil, nil, err
	}
	switch err := decoder.Decode(second); {
	case errors.Is(err, io.EOF):
		return first, nil, nil
	case err != nil:
		return nil, nil, err
	}
	return first, second, nil
}

// The YAML parser never sees some characters. mask replaces each by a private-use character, and unmask restores the
// original, so that columns stay correct. The masked characters are
//   - hidden characters: the parser stops at some without a place, and reads others as line ends;
//   - the asterisk: Load reports an alias with its place and never resolves it, so alias bombs cannot work.
const (
	maskBase   = 0xF0000 // plane 15 has only private-use characters, which are hidden characters too
	maskedStar = maskBase + '*'
)

// hiddenCharacter is the rule for hidden characters anywhere in the file.
const hiddenCharacter = "hidden-character"

// mask reports every hidden character of the source, comments included, and masks it.
func (l *loader) mask() {
	for i, r := range l.characters {
		isHidden := r != '\t' && r != '\n' && finding.Hidden(r)
		if isHidden {
			l.reportHidden(l.place(i), r)
		}
		if isHidden || r == '*' {
			l.characters[i] = maskBase + r&0xFFFF
		}
	}
	// unmask would change the character of such an escape.
	for _, escape := range []string{`\U000F`, `\U000f`} {
		if before, _, found := strings.Cut(string(l.characters), escape); found {
			l.report(hiddenCharacter, l.place(utf8.RuneCountInString(before)), "leave it out",
				"the escape of a private-use character is not allowed here")
		}
	}
}

func unmask(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= maskBase && r <= maskBase+0xFFFF {
			return r - maskBase
		}
		return r
	}, s)
}

func (l *loader) reportHidden(at place, r rune) {
	l.report(hiddenCharacter, at, "delete it and type the text again instead of pasting it",
		"%s is not allowed here: it is invisible", finding.CodePoint(r))
}

// shape reports YAML features that no field allows, and restores masked characters. It returns false if the tree is too
// deep.
func (l *loader) shape(n *yaml.Node, depth int) bool {
	if depth > maxDepth && n.Kind != yaml.ScalarNode {
		l.report("yaml-depth", l.within(at(n)), "a topology needs at most five levels",
			"lists and mappings are nested more than %d levels deep", maxDepth)
		return false
	}
	here := l.within(at(n))
	n.Line, n.Column = here.line, here.column
	l.shapeScalar(n)
	if n.Style&yaml.TaggedStyle != 0 {
		l.report("yaml-tag", at(n), "leave the tag out", "the tag %s is not allowed here", quote(unmask(n.Tag)))
		n.Kind = refused
	}
	if n.Kind == yaml.MappingNode {
		l.shapeKeys(n)
	}
	for _, child := range n.Content {
		if !l.shape(child, depth+1) {
			return false
		}
	}
	return true
}

// refused is the kind of a node that has a finding already. Fields skip it.
const refused yaml.Kind = 0

func (l *loader) shapeScalar(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode {
		return
	}
	value := unmask(n.Value)
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if plain && strings.HasPrefix(n.Value, string(maskedStar)) && len(value) > 1 {
		l.report("yaml-alias", at(n), "write the value itself; put text that starts with * in quotes",
			"the alias %s is not allowed here", quote(value))
		n.Kind = refused
	}
	n.Value = value
}

// shapeKeys reports merge keys and duplicate keys. It keeps the first of two equal keys.
func (l *loader) shapeKeys(n *yaml.Node) {
	lines := make(map[string]int, len(n.Content)/2)
	kept := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := unmask(key.Value)
		line, twice := lines[name]
		switch {
		case key.Tag == "!!merge":
			l.report("yaml-merge-key", l.within(at(key)), "write all fields in full", "merge keys are not allowed")
			continue
		case key.Kind == yaml.ScalarNode && twice:
			l.report("duplicate-key", l.within(at(key)), "keep one of the two",
				"%s is repeated; it is first given in line %d", quote(name), line)
			continue
		case key.Kind == yaml.ScalarNode:
			lines[name] = key.Line
		}
		kept = append(kept, key, value)
	}
	n.Content = kept
}
