package topology

import "strings"

// didYouMean is the hint for an unknown key: the nearest known one, or all of them.
func didYouMean(got string, known []string) string {
	best, distance := "", len(got)/3+2
	for _, k := range known {
		if d := editDistance(strings.ToLower(got), strings.ToLower(k), distance); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "known fields: " + strings.Join(known, ", ")
}

// editDistance counts the letters to insert, delete or replace; it stops caring at the limit.
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
	return row[len(b)]
}

// Nearest are the known words that resemble the given one, the most alike first: slips of a letter or two in it, and
// words that it is the beginning of. At most three.
func Nearest(got string, known []string) []string {
	limit := len(got)/3 + 2
	byDistance := make([][]string, limit+1)
	for _, k := range known {
		d := editDistance(got, k, limit)
		if d >= limit && got != "" && strings.HasPrefix(k, got+"-") {
			d = limit
		} else if d >= limit {
			continue
		}
		byDistance[d] = append(byDistance[d], k)
	}
	var near []string
	for _, words := range byDistance {
		near = append(near, words...)
	}
	return near[:min(len(near), 3)]
}
