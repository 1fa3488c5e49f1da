package bundle

import (
	"bytes"
	"encoding/json"

	"lyncowa/internal/plan"
)

// EncodePlan makes plan.json: indented for people, with < > & as they are.
//
// The encoder writes it compact and appendIndented lays it out: the encoder's own SetIndent reads everything a
// second time with a validating parser, which for 10,000 servers took three times as long as the encoding.
func EncodePlan(p *plan.Plan) ([]byte, error) {
	var compact bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		return nil, err
	}
	return appendIndented(make([]byte, 0, 3*compact.Len()/2), compact.Bytes()), nil
}

// appendIndented appends valid JSON without blanks in the form that json.Indent gives it, with two blanks for each
// level. A line end behind the value stays.
func appendIndented(dst, compact []byte) []byte {
	depth := 0
	for i := 0; i < len(compact); i++ {
		switch c := compact[i]; c {
		case '"':
			end := i + textLength(compact[i:])
			dst = append(dst, compact[i:end]...)
			i = end - 1
		case '{', '[':
			if closing := compact[i+1]; closing == '}' || closing == ']' {
				dst = append(dst, c, closing)
				i++
				continue
			}
			depth++
			dst = appendLine(append(dst, c), depth)
		case '}', ']':
			depth--
			dst = append(appendLine(dst, depth), c)
		case ',':
			dst = appendLine(append(dst, c), depth)
		case ':':
			dst = append(dst, c, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// appendLine ends the line and indents the next one.
func appendLine(dst []byte, depth int) []byte {
	dst = append(dst, '\n')
	for range depth {
		dst = append(dst, "  "...)
	}
	return dst
}

// textLength is the length of the JSON text that begins here, quotes included: up to the first quote that has an
// even number of backslashes before it.
func textLength(quoted []byte) int {
	for end := 1; ; end++ {
		end += bytes.IndexByte(quoted[end:], '"')
		before := quoted[1:end]
		if backslashes := len(before) - len(bytes.TrimRight(before, `\`)); backslashes%2 == 0 {
			return end + 1
		}
	}
}
