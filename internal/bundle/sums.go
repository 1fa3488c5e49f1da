package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// formatSums writes SHA256SUMS as `sha256sum -c` reads it: "<hex>  <path>", one file a line, sorted by path.
func formatSums(sums map[string]string) []byte {
	var out bytes.Buffer
	for _, path := range sortedKeys(sums) {
		fmt.Fprintf(&out, "%s  %s\n", sums[path], path)
	}
	return out.Bytes()
}

// parseSums reads SHA256SUMS into path -> lower-case hex. It accepts what formatSums writes, and CRLF.
func parseSums(data []byte) (map[string]string, error) {
	sums := map[string]string{}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		hexSum, path, found := strings.Cut(strings.TrimSuffix(line, "\r"), "  ")
		if raw, err := hex.DecodeString(hexSum); !found || err != nil || len(raw) != sha256.Size || path == "" {
			return nil, fmt.Errorf("%s:%d: not a line of the form <sha-256>  <path>", SumsPath, i+1)
		}
		sums[path] = strings.ToLower(hexSum)
	}
	return sums, nil
}

// sum is the SHA-256 of data in lower-case hex.
func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}

// sumsOf are the sums of files, by path.
func sumsOf(files []File) map[string]string {
	sums := make(map[string]string, len(files))
	for _, f := range files {
		sums[f.Path] = sum(f.Data)
	}
	return sums
}
