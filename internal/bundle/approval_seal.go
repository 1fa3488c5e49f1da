package bundle

import (
	"bytes"
	"fmt"
)

// The seal is approval.md's last line. It holds the sum of the blank page above it, so that lyncowa can tell
// a page that somebody has written on from a blank one, whichever version made it.
const (
	sealPrefix = "<!-- blank page, SHA-256 of what stands above this line: "
	sealSuffix = " -->\n"
)

// seal appends the seal to a blank page.
func seal(page []byte) []byte {
	page = append(bytes.TrimRight(bytes.Clone(page), "\n"), '\n')
	return fmt.Appendf(page, "%s%s%s", sealPrefix, sum(page), sealSuffix)
}

// isBlank reports whether nobody has written on an approval page. Other line ends are no writing; a page
// without a seal counts as written on.
func isBlank(page []byte) bool {
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	i := bytes.LastIndex(page, []byte(sealPrefix))
	return i >= 0 && bytes.Equal(page, seal(page[:i]))
}

// withoutSignOff cuts the part of an approval page that people are meant to fill in: from the sign-off heading
// to the next one. What is left may not differ from the page that lyncowa makes.
func withoutSignOff(page []byte) []byte {
	before, rest, found := bytes.Cut(page, []byte("\n## Sign-off\n"))
	if !found {
		return page
	}
	_, after, found := bytes.Cut(rest, []byte("\n## "))
	if !found {
		return page
	}
	after, _, _ = bytes.Cut(after, []byte(sealPrefix))
	return bytes.Join([][]byte{before, after}, nil)
}
