package bundle

import (
	"bytes"
	"regexp"
)

// signatureBlock is an Authenticode block at the very end of a script: comment lines of base64 and nothing else.
// The scripts' own guard has the same expression (templates/common/seal.psm1.tmpl, templates/prologue.ps1.tmpl).
var signatureBlock = regexp.MustCompile(`\r\n# SIG # Begin signature block\r\n(?:# [0-9A-Za-z+/=]+\r\n)+# SIG # End signature block\r\n\z`)

// signatureMark is the beginning of a line around such a block.
var signatureMark = []byte("\n# SIG # ")

// isScript tells the files that can carry an Authenticode block.
var isScript = regexp.MustCompile(`(?i)\.psm?1$`)

// unsigned is a file without its Authenticode block: what its sum is of.
func unsigned(path string, data []byte) []byte {
	if !isScript.MatchString(path) || !bytes.Contains(data, signatureMark) {
		return data
	}
	if block := signatureBlock.FindIndex(data); block != nil {
		return data[:block[0]]
	}
	return data
}
