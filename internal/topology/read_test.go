package topology

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "t.yaml")
	if err := os.WriteFile(file, []byte("a"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"file": file, "stdin": "-"} {
		t.Run(name, func(t *testing.T) {
			if got, err := Read(path, strings.NewReader("a")); err != nil || string(got) != "a" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := Read(dir, nil); err == nil || !strings.Contains(err.Error(), "is a directory, not a topology file") {
		t.Errorf("directory: got %v", err)
	}
	missing := filepath.Join(dir, "none.yaml")
	if _, err := Read(missing, nil); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "there is no file") || strings.Contains(err.Error(), "stat ") {
		t.Errorf("missing: got %v", err)
	}
	if _, err := Read("-", nil); err == nil {
		t.Error("no standard input: got no error")
	}
	broken := errors.New("broken")
	if _, err := Read("-", failing{broken}); !errors.Is(err, broken) || !strings.Contains(err.Error(), "standard input") {
		t.Errorf("broken standard input: got %v", err)
	}
}

func TestReadWithoutPermission(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("permission bits do not stop this user")
	}
	file := filepath.Join(t.TempDir(), "t.yaml")
	if err := os.WriteFile(file, nil, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(file, nil); !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "no permission to read") {
		t.Errorf("got %v", err)
	}
}

// Read stops an endless input at the size that Load refuses.
func TestReadIsBounded(t *testing.T) {
	data, err := Read("-", endless{})
	if err != nil || len(data) != maxBytes+1 {
		t.Fatalf("got %d bytes, %v", len(data), err)
	}
	if _, list := Load("-", data); len(list) != 1 || list[0].ID != "file-too-large" {
		t.Errorf("got %+v", list)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

var _ io.Reader = failing{}
