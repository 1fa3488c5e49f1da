// Command trespasser does one thing that lyncowa must never do: trespasser WHAT ELSEWHERE. ELSEWHERE is a folder with
// a file named "file"; another one named "own" is in the current folder. It ends with exit code 0 if it could do it.
package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
)

func main() {
	what, elsewhere := os.Args[1], os.Args[2]
	theirs := filepath.Join(elsewhere, "file")
	trespasses := map[string]func() error{
		"nothing":   func() error { _, err := os.ReadFile("own"); return err },
		"start":     func() error { return exec.Command("/bin/true").Run() },
		"listen":    func() error { _, err := net.ListenPacket("udp", "127.0.0.1:0"); return err },
		"read":      func() error { _, err := os.ReadFile(theirs); return err },
		"look":      func() error { _, err := os.Stat(theirs); return err },
		"list":      func() error { _, err := os.ReadDir(elsewhere); return err },
		"climb":     func() error { _, err := os.ReadDir("../elsewhere"); return err },
		"write":     func() error { return os.WriteFile(filepath.Join(elsewhere, "new"), nil, 0o644) },
		"move out":  func() error { return os.Rename("own", filepath.Join(elsewhere, "own")) },
		"move in":   func() error { return os.Rename(theirs, "taken") },
		"link out":  func() error { return os.Link("own", filepath.Join(elsewhere, "link")) },
		"link in":   func() error { return os.Link(theirs, "link") },
		"point out": func() error { return os.Symlink("own", filepath.Join(elsewhere, "link")) },
		"point in":  func() error { return os.Symlink(theirs, "link") },
		"mode":      func() error { return os.Chmod(theirs, 0o600) },
		"cut":       func() error { return os.Truncate(theirs, 0) },
		"remove":    func() error { return os.Remove(theirs) },
		"make":      func() error { return os.Mkdir(filepath.Join(elsewhere, "folder"), 0o755) },
		"go":        func() error { return os.Chdir(elsewhere) },
	}
	if err := trespasses[what](); err != nil {
		println(err.Error())
		os.Exit(1)
	}
}
