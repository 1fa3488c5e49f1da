package finding

import "io"

// FormatVersion is the version of the shape that WriteJSON writes.
const FormatVersion = 1

// WriteJSON writes {"formatVersion": 1, "findings": [...]} for a program. The array is never null.
func WriteJSON(w io.Writer, l List) error {
	if l == nil {
		l = List{}
	}
	return EncodeJSON(w, struct {
		FormatVersion int  `json:"formatVersion"`
		Findings      List `json:"findings"`
	}{FormatVersion, l})
}
