package topology

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf16"
	"unicode/utf8"

	"lyncowa/internal/finding"
)

// Read returns the bytes of a topology file; path "-" is standard input.
//
// It reads at most one byte more than a topology may have, so that Load reports a file that is too large. Its errors
// are about the file, and no findings. errors.Is finds their cause.
func Read(path string, stdin io.Reader) ([]byte, error) {
	if path == "-" {
		return readAll("standard input", stdin)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if info.IsDir() {
		return nil, fmt.Errorf("%q is a directory, not a topology file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	return readAll(path, f)
}

func readAll(name string, r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, fmt.Errorf("cannot read %q: there is no input", name)
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, unreadable(name, err)
	}
	return data, nil
}

// unreadable says first what a person can act on. The operating system's own words follow only where they add
// something.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &fileError{fmt.Sprintf("there is no file %q", path), err}
	case errors.Is(err, os.ErrPermission):
		return &fileError{fmt.Sprintf("no permission to read %q", path), err}
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("cannot read %q: %w", path, err)
}

// fileError has words of its own for its cause.
type fileError struct {
	message string
	cause   error
}

func (e *fileError) Error() string { return e.message }
func (e *fileError) Unwrap() error { return e.cause }

const encodingHint = "save the file as UTF-8 (in Notepad: Save as, Encoding UTF-8)"

// decode turns the bytes of the file into text: UTF-8 with or without a byte order mark, or UTF-16 with one. It is
// false when the text cannot be known at all. Single bad bytes are reported and replaced.
func (l *loader) decode(data []byte) (string, bool) {
	unknown := func(what string) (string, bool) {
		l.report("file-encoding", place{}, encodingHint, "the file %s", what)
		return "", false
	}
	text := finding.Text(data)
	switch {
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE, 0, 0}), bytes.HasPrefix(data, []byte{0, 0, 0xFE, 0xFF}):
		return unknown("is UTF-32")
	case bytes.HasPrefix(data, []byte{0xFF, 0xFE}), bytes.HasPrefix(data, []byte{0xFE, 0xFF}):
		if len(data)%2 != 0 {
			return unknown("is UTF-16 and ends in half a character")
		}
		l.reportHalfCharacter(text, data)
	case len(data) >= 2 && (data[0] == 0) != (data[1] == 0): // YAML begins with an ASCII character, and NUL is no text
		return unknown("looks like UTF-16 without a byte order mark")
	default:
		l.reportBadByte(bytes.TrimPrefix(data, []byte{0xEF, 0xBB, 0xBF}))
	}
	return text, true
}

// reportBadByte reports the first byte that is not UTF-8.
func (l *loader) reportBadByte(data []byte) {
	for i, r := range string(data) {
		if _, size := utf8.DecodeRune(data[i:]); r == utf8.RuneError && size == 1 {
			l.report("file-encoding", endOf(string(data[:i])), encodingHint, "the byte 0x%02X is not UTF-8", data[i])
			return
		}
	}
}

// reportHalfCharacter reports the first unit of UTF-16 that is half a character: it was read as another character.
func (l *loader) reportHalfCharacter(text string, data []byte) {
	var order binary.ByteOrder = binary.LittleEndian
	if data[0] == 0xFE {
		order = binary.BigEndian
	}
	units := utf16.Encode([]rune(text))
	for i, u := range units {
		if given := order.Uint16(data[2+2*i:]); given != u {
			l.report("file-encoding", endOf(string(utf16.Decode(units[:i]))), encodingHint, "0x%04X is half a UTF-16 character", given)
			return
		}
	}
}

// endOf is the place right behind a text that starts the file.
func endOf(text string) place {
	s := newSource(text)
	return s.place(len(s.characters))
}
