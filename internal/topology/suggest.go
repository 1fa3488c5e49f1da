package topology

import (
	"strings"

	"lyncowa/internal/finding"
)

// didYouMean is the hint for an unknown key: the nearest known one, or all of them.
func didYouMean(got string, known []string) string {
	if near := finding.Nearest(got, known); len(near) > 0 {
		return "did you mean " + near[0] + "?"
	}
	return "known fields: " + strings.Join(known, ", ")
}
