package topology

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Read returns the bytes of a topology file; path "-" is stdin.
//
// It reads at most one byte more than a topology may have, so that Load reports what is too large without
// anybody having it in memory. Its errors say what could not be read: they are no findings.
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

// unreadable puts the reason first that a person can act on; the operating system's own words follow
// where they add something. errors.Is still finds the cause.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("there is no file %q%w", path, silent{err})
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("no permission to read %q%w", path, silent{err})
	}
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err
	}
	return fmt.Errorf("cannot read %q: %w", path, err)
}

// silent keeps a cause for errors.Is without its words.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }
