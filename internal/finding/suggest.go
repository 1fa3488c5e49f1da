package finding

import (
	"fmt"
	"strings"
)

// Nearest returns at most three known words that resemble an unknown word, the most similar first. A known word matches
// if it differs in a few letters, or if it starts with the word and a dash. Case does not matter.
func Nearest(word string, known []string) []string {
	word = strings.ToLower(word)
	limit := len(word)/3 + 2
	byDistance := make([][]string, limit+1)
	for _, k := range known {
		d := editDistance(word, strings.ToLower(k), limit)
		begins := word != "" && strings.HasPrefix(strings.ToLower(k), word+"-")
		if d < limit || begins {
			byDistance[d] = append(byDistance[d], k)
		}
	}
	var near []string
	for _, words := range byDistance {
		near = append(near, words...)
	}
	return near[:min(len(near), 3)]
}

// editDistance counts the letters to insert, delete or replace, up to the limit.
func editDistance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return min(row[len(b)], limit)
}

// Few lists the first names, and how many more there are.
func Few(names []string) string {
	const shown = 3
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
