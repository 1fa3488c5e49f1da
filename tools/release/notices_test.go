package main

import (
	"bytes"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestNoticesNameEveryLinkedModule(t *testing.T) {
	program := filepath.Join(t.TempDir(), "lyncowa")
	if out, err := exec.Command("go", "build", "-o", program, "lyncowa/cmd/lyncowa").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var out bytes.Buffer
	if err := notices(&out, program); err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if len(info.Deps) < 3 {
		t.Errorf("the program has only %d modules", len(info.Deps))
	}
	for _, module := range info.Deps {
		if !strings.Contains(out.String(), module.Path+" "+module.Version+"\n==") {
			t.Errorf("no notice of %s", module.Path)
		}
	}
	for _, text := range []string{"The Go Authors", "Apache License", "copyright 2011-2016 Canonical"} {
		if !strings.Contains(strings.ToLower(out.String()), strings.ToLower(text)) {
			t.Errorf("the notices do not say %q", text)
		}
	}
}

func TestLicences(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"README.md": "no", "licenses.go": "no"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := licences(folder); err == nil {
		t.Error("a module without a licence file is not refused")
	}
	for name, text := range map[string]string{"LICENCE.txt": "one\r\n", "NOTICE": "two\n"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := licences(folder); err != nil || got != "one\n\ntwo" {
		t.Errorf("%q, %v", got, err)
	}
}
