package record

import (
	"iter"
	"unicode/utf8"
)

// Lengths of words and their parts, in characters.
const (
	wholeWord  = 24 // a word up to this stays whole
	shortPart  = 8  // a part has at least so many, so that no line holds a mere "com"
	longerPart = 20 // a part has at most so many: half a thumbprint
)

// wordParts are a word in parts between which a line may end, if it is long: after the dots and slashes of names
// where there are any.
func wordParts(word string) iter.Seq[string] {
	return func(yield func(string) bool) {
		rest := utf8.RuneCountInString(word)
		if rest <= wholeWord {
			yield(word)
			return
		}
		start, length, afterMark := 0, 0, false
		for i, r := range word {
			if (afterMark && length >= shortPart || length >= longerPart) && rest >= shortPart {
				if !yield(word[start:i]) {
					return
				}
				start, length = i, 0
			}
			length++
			rest--
			afterMark = r == '.' || r == '/' || r == '\\' || r == '@'
		}
		yield(word[start:])
	}
}
