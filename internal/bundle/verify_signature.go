package bundle

import (
	"bytes"
	"path"
	"strings"

	"lyncowa/internal/pattern"
)

// signatureBlock is an Authenticode block at the very end of a script: comment lines of base64 and nothing else.
// The scripts' own guard has the same expression (templates/common/seal.psm1, templates/prologue.ps1.tmpl).
var signatureBlock = pattern.Of(`\r\n# SIG # Begin signature block\r\n(?:# [0-9A-Za-z+/=]+\r\n)+# SIG # End signature block\r\n\z`)

// signatureMark is the beginning of a line around such a block.
var signatureMark = []byte("\n# SIG # ")

// isScript tells the files that can carry an Authenticode block.
func isScript(file string) bool {
	extension := strings.ToLower(path.Ext(file))
	return extension == ".ps1" || extension == ".psm1"
}

// unsigned is a file without its Authenticode block: what its sum is of.
func unsigned(file string, data []byte) []byte {
	if !isScript(file) || !bytes.Contains(data, signatureMark) {
		return data
	}
	if block := signatureBlock().FindIndex(data); block != nil {
		return data[:block[0]]
	}
	return data
}
