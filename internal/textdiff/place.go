package textdiff

import "bytes"

// FirstLine is the line, 1-based, at which two files begin to differ. For equal files it is the last one.
func FirstLine(was, is []byte) int {
	n := min(len(was), len(is))
	i := 0
	for i < n && was[i] == is[i] {
		i++
	}
	return 1 + bytes.Count(is[:i], []byte("\n"))
}

// Lines counts the lines of a file; what follows the last line end is one more.
func Lines(data []byte) int {
	n := bytes.Count(data, []byte("\n"))
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		n++
	}
	return n
}
