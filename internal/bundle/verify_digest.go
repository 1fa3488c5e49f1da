package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// ParseDigest reads a digest as people copy it from a ticket: 64 hex digits in any case, blanks left out, because
// some tools print them. It returns lower-case hex.
func ParseDigest(text string) (string, error) {
	digest := strings.ToLower(strings.Join(strings.Fields(text), ""))
	raw, err := hex.DecodeString(digest)
	if err != nil || len(raw) != sha256.Size {
		return "", fmt.Errorf("%q is not a SHA-256 digest of 64 hex digits", text)
	}
	return digest, nil
}
