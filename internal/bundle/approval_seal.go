package bundle

import (
	"bytes"
	"crypto/sha256"
)

// The seal is approval.md's last line. It holds the sum of the blank page above it, so that lyncowa can tell
// a page that somebody has written on from a blank one, whichever version made it.
const (
	sealPrefix = "<!-- blank page, SHA-256 of what stands above this line: "
	sealSuffix = " -->\n"
)

// seal appends the seal to a blank page.
func seal(page []byte) []byte {
	sealed := make([]byte, 0, len(page)+len(sealPrefix)+2*sha256.Size+len(sealSuffix)+1)
	sealed = append(append(sealed, bytes.TrimRight(page, "\n")...), '\n')
	return append(sealed, sealPrefix+sum(sealed)+sealSuffix...)
}

// isBlank reports whether nobody has written on an approval page. Other line ends are no writing; a page
// without a seal counts as written on.
func isBlank(page []byte) bool {
	page = bytes.ReplaceAll(page, []byte("\r\n"), []byte("\n"))
	i := bytes.LastIndex(page, []byte(sealPrefix))
	return i >= 0 && bytes.Equal(page, seal(page[:i]))
}
