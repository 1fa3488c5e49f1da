package topology

import (
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"lyncowa/internal/finding"

	"gopkg.in/yaml.v3"
)

// parse turns the text into the root node of its one document, or into findings and nil.
func (l *loader) parse(text string) *yaml.Node {
	l.source = newSource(text)
	l.mask()
	first, second, err := documents(string(l.characters))
	switch {
	case errors.Is(err, io.EOF) || err == nil && isNothing(first):
		l.report("file-empty", place{}, "`lyncowa init` writes a commented sample", "the file holds no topology, only blanks and comments")
		return nil
	case err != nil:
		l.reportSyntax(err)
		return nil
	case second != nil:
		l.report("yaml-document", l.within(at(second)), "put each topology into a file of its own", "a second document begins here")
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

// Some characters do not reach the YAML parser. A private-use character takes the place of each, and is replaced by
// the original afterwards, so that columns stay right. This is for
//   - hidden characters: the parser stops at some without a place and takes others for line ends;
//   - the asterisk: an alias is a finding of ours with a place, and is never resolved (no alias bombs).
const (
	maskBase   = 0xF0000 // plane 15 holds private-use characters only, and those are hidden themselves
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
	// An escape that would be unmasked to another character than it says.
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
		"%s is not allowed here: it cannot be seen", finding.CodePoint(r))
}

// shape reports what no topology has, whatever the field, and puts masked characters back. It is false if the
// tree is too deep to go on.
func (l *loader) shape(n *yaml.Node, depth int) bool {
	if depth > maxDepth && n.Kind != yaml.ScalarNode {
		l.report("yaml-depth", l.within(at(n)), "a topology needs no more than five levels",
			"lists and mappings are nested deeper than %d", maxDepth)
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

// refused is the kind of a node that is already reported: the fields pass over it.
const refused yaml.Kind = 0

func (l *loader) shapeScalar(n *yaml.Node) {
	if n.Kind != yaml.ScalarNode {
		return
	}
	value := unmask(n.Value)
	plain := n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	if plain && strings.HasPrefix(n.Value, string(maskedStar)) && len(value) > 1 {
		l.report("yaml-alias", at(n), "write the value itself; a text that begins with * needs quotes",
			"the alias %s is not allowed here", quote(value))
		n.Kind = refused
	}
	n.Value = value
}

// shapeKeys reports merge keys and keys that stand twice. The first one counts.
func (l *loader) shapeKeys(n *yaml.Node) {
	lines := make(map[string]int, len(n.Content)/2)
	kept := n.Content[:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		name := unmask(key.Value)
		line, twice := lines[name]
		switch {
		case key.Tag == "!!merge":
			l.report("yaml-merge-key", l.within(at(key)), "write the fields out", "merge keys are not allowed")
			continue
		case key.Kind == yaml.ScalarNode && twice:
			l.report("duplicate-key", l.within(at(key)), "keep one of the two",
				"%s stands here a second time; the first is in line %d", quote(name), line)
			continue
		case key.Kind == yaml.ScalarNode:
			lines[name] = key.Line
		}
		kept = append(kept, key, value)
	}
	n.Content = kept
}
