package topology

import (
	"fmt"
	"strings"

	"lyncowa/internal/finding"
)

// thumbprint reads the SHA-1 thumbprint of a certificate: 40 hexadecimal digits, upper-cased, without the
// blanks that the Windows certificate dialog puts between them.
func (l *loader) thumbprint(e entry) (string, bool) {
	// A thumbprint of digits, perhaps with one E, is a number to YAML; its text is meant all the same.
	s, ok := l.text(e, "!!int", "!!float")
	if !ok {
		return "", false
	}
	if f := checkThumbprint(e.name, s); f != nil {
		l.reportFault(e, f)
		return "", false
	}
	return plainThumbprint(s), true
}

// ThumbprintError says why a text is no thumbprint, and the way out.
type ThumbprintError struct{ Problem, Hint string }

func (e *ThumbprintError) Error() string { return e.Problem }

// ParseThumbprint reads a thumbprint as certificateThumbprint does: 40 upper-case hexadecimal digits come back, blanks
// and lower case are accepted. Any error is a *ThumbprintError.
func ParseThumbprint(s string) (string, error) {
	if f := checkThumbprint("it", s); f != nil {
		return "", &ThumbprintError{f.message, f.hint}
	}
	return plainThumbprint(s), nil
}

func plainThumbprint(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }

func checkThumbprint(field, s string) *fault {
	index, digits := 0, 0
	for _, r := range s {
		switch {
		case isHexDigit(r):
			digits++
		case r != ' ':
			return &fault{
				"thumbprint-character", index,
				fmt.Sprintf("%s holds %s at character %d, which is no hexadecimal digit", field, codePoint(r), index+1), thumbprintHint(r),
			}
		}
		index++
	}
	if digits != 40 {
		return &fault{
			"thumbprint-length", wholeValue, fmt.Sprintf("%s has %d hexadecimal digits, not 40", field, digits),
			"copy it from Get-ExchangeCertificate",
		}
	}
	return nil
}

func isHexDigit(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'f' || r >= 'A' && r <= 'F'
}

func thumbprintHint(r rune) string {
	if finding.Hidden(r) {
		return "the Windows certificate dialog puts it before a copied thumbprint; delete it, or copy from Get-ExchangeCertificate"
	}
	return "a thumbprint is 40 of 0-9 and A-F; copy it from Get-ExchangeCertificate"
}
