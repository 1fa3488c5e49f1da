package compare

// match is a pair of places at which two lists hold the same entry.
type match struct{ old, new int }

// maxCells bounds the table of a comparison: a list of thousands of entries that has been rewritten is not worth
// gigabytes of memory.
const maxCells = 4 << 20

// common is a longest common subsequence of two lists, in order. What they begin and end with alike costs nothing;
// where the rest is too large to compare, nothing of it counts as common.
func common(old, new []entry) []match {
	head := 0
	for head < len(old) && head < len(new) && old[head] == new[head] {
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(new)-head && old[len(old)-1-tail] == new[len(new)-1-tail] {
		tail++
	}
	var all []match
	for i := range head {
		all = append(all, match{i, i})
	}
	for _, m := range inner(old[head:len(old)-tail], new[head:len(new)-tail]) {
		all = append(all, match{head + m.old, head + m.new})
	}
	for i := tail; i > 0; i-- {
		all = append(all, match{len(old) - i, len(new) - i})
	}
	return all
}

// inner is the textbook table: cell (i, j) is the length of what old[i:] and new[j:] have in common.
func inner(old, new []entry) []match {
	if (len(old)+1)*(len(new)+1) > maxCells {
		return nil
	}
	length := make([][]int32, len(old)+1)
	for i := range length {
		length[i] = make([]int32, len(new)+1)
	}
	for i := len(old) - 1; i >= 0; i-- {
		for j := len(new) - 1; j >= 0; j-- {
			if old[i] == new[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var all []match
	for i, j := 0, 0; i < len(old) && j < len(new); {
		switch {
		case old[i] == new[j]:
			all = append(all, match{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return all
}
