package record

import "strings"

// Lengths of words and their parts, in characters.
const (
	wholeWord  = 24 // a word up to this stays whole
	shortPart  = 8  // a part has at least so many, so that no line holds a mere "com"
	longerPart = 20 // a part has at most so many: half a thumbprint
)

// Parts are the text in parts between which a line may end, beside the usual places: inside long words only, after
// the dots and slashes of names where there are any.
func (s span) Parts() []string {
	var parts []string
	part := ""
	for _, word := range strings.SplitAfter(s.Text, " ") {
		pieces := wordParts([]rune(word))
		parts = append(parts, pieces[:len(pieces)-1]...)
		if len(pieces) > 1 {
			parts[len(parts)-len(pieces)+1] = part + pieces[0]
			part = ""
		}
		part += pieces[len(pieces)-1]
	}
	return append(parts, part)
}

func wordParts(word []rune) []string {
	if len(word) <= wholeWord {
		return []string{string(word)}
	}
	var parts []string
	start := 0
	for i := 1; i < len(word); i++ {
		length, rest := i-start, len(word)-i
		afterMark := strings.ContainsRune(`./\@`, word[i-1]) && length >= shortPart && rest >= shortPart
		if afterMark || length >= longerPart && rest >= shortPart {
			parts = append(parts, string(word[start:i]))
			start = i
		}
	}
	return append(parts, string(word[start:]))
}
